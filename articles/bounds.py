"""What the processes may take that read what people send."""

import contextlib
import resource


def bound(**most):
    """Let this process have at most so much of each resource, such as `AS=2**30`, or less where it has less already."""
    for name, limit in most.items():
        with contextlib.suppress(ValueError, OSError, AttributeError):  # where the system knows no such bound
            what = getattr(resource, f"RLIMIT_{name}")
            hard = resource.getrlimit(what)[1]
            least = limit if hard == resource.RLIM_INFINITY else min(limit, hard)
            resource.setrlimit(what, (least, least))
