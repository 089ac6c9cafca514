"""What `serving` found, as tables (Markdown) and as a picture (SVG)."""

import math
import os
from html import escape

LEFT, WIDTH, ROW, TOP = 170, 720, 24, 64
STYLE = """<style>text{font:13px system-ui,sans-serif;fill:#1c1a17}.t{font-weight:600;font-size:15px}.m{fill:#5c564d;font-size:12px}
line{stroke:#dcd5c6}.n{fill:#8a8378}.c{fill:#94291a}.p{fill:#0b4a70}</style>"""


def tables(sizes, engine):
    """Return the tables of a list of `Size`, the smallest first; `engine` is the database's name."""
    return "\n".join([*_plain(sizes, engine), "", *_anew(sizes), "", *_cached(sizes[-1]), "", *_whole(sizes)]) + "\n"


def _row(*cells):
    return f"| {' | '.join(cells)} |"


def _head(*cells):
    return [_row(*cells), _row("---", *["---:"] * (len(cells) - 1))]


def _plain(sizes, engine):
    names = [f"{size.articles:,}" for size in sizes]
    lines = [
        f"Not cached, {engine}: milliseconds of CPU a request, by number of articles, and milliseconds of latency.",
        "",
    ]
    lines += _head("page", *names, "ratio", f"p50 / p99 at {names[-1]}")
    for kind in sizes[-1].plain:
        loads = [size.plain[kind] for size in sizes]
        lines.append(
            _row(
                kind,
                *(f"{load.cpu:.2f}" for load in loads),
                f"{loads[-1].cpu / loads[0].cpu:.2f}",
                f"{loads[-1].p50:.1f} / {loads[-1].p99:.1f}",
            )
        )
    return lines


def _anew(sizes):
    names = [f"{size.articles:,}" for size in sizes]
    lines = ["Made anew: milliseconds of CPU for one view after a change, and what is stored of it then.", ""]
    lines += _head("page", *names, "ratio")
    for kind in sizes[-1].anew:
        costs = [size.anew[kind] for size in sizes]
        lines.append(_row(kind, *(f"{cost:.1f}" for cost in costs), f"{costs[-1] / costs[0]:.2f}"))
    return lines


def _cached(size):
    lines = [
        f"Cached, {size.articles:,} articles: milliseconds of CPU a request, and of latency with eight connections.",
        "",
    ]
    lines += _head("page", "bytes", "site", "nginx", "ratio", "the server alone", "p50 / p99", "nginx's")
    for kind, (length, own, other, alone) in size.cached.items():
        lines.append(
            _row(
                kind,
                f"{length:,}",
                f"{own.cpu:.4f}",
                f"{other.cpu:.4f}",
                f"{own.cpu / other.cpu:.2f}",
                f"{alone.cpu:.4f}",
                f"{own.p50:.2f} / {own.p99:.2f}",
                f"{other.p50:.2f} / {other.p99:.2f}",
            )
        )
    return lines


def _whole(sizes):
    names = [f"{size.articles:,}" for size in sizes]
    lines = _head("of the whole, by number of articles", *names)
    front = [(_rate(whole), _rate(file)) for whole, file in (size.front for size in sizes)]
    lines.append(_row("requests a second of CPU, the site behind nginx", *(f"{whole:,.0f}" for whole, _file in front)))
    lines.append(_row("the same, nginx with a file", *(f"{file:,.0f}" for _whole, file in front)))
    lines.append(_row("ratio", *(f"{whole / file:.2f}" for whole, file in front)))
    lines.append(
        _row("memory of the worker, MB, RSS / PSS", *(f"{size.memory[0]:.0f} / {size.memory[1]:.0f}" for size in sizes))
    )
    told = [size.publish for size in sizes]
    lines.append(
        _row("publishing one article, ms, time / CPU", *(f"{one['time']:.0f} / {one['cpu']:.0f}" for one in told))
    )
    return lines


def _rate(load):
    return 1000 / load.cpu


def plot(sizes):
    """Return the CPU of a request to each kind of page as a picture: nginx, cached, and not cached at each size."""
    last = sizes[-1]
    kinds = sorted(last.plain, key=lambda kind: last.plain[kind].cpu)
    marks = {kind: _marks(kind, sizes) for kind in kinds}
    values = [value for found in marks.values() for value, _kind, _radius, _words in found if value > 0]
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))

    def place(value):
        return LEFT + (math.log10(max(value, 10**low)) - low) / (high - low) * (WIDTH - LEFT - 30)

    bottom = TOP + ROW * len(kinds)
    parts = [
        f'<text class="t" x="10" y="20">CPU of one request</text><text class="m" x="10" y="40">milliseconds; grey: nginx sending '
        f"the same bytes; red: cached; blue: not cached, {' / '.join(f'{size.articles:,}' for size in sizes)} articles</text>"
    ]
    for power in range(low, high + 1):
        x = place(10**power)
        parts.append(f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{TOP - 8}" y2="{bottom}"/>')
        parts.append(f'<text class="m" x="{x:.1f}" y="{bottom + 16}" text-anchor="middle">{10.0**power:g}</text>')
    for number, kind in enumerate(kinds):
        y = TOP + ROW * number + ROW / 2
        parts.append(f'<text x="{LEFT - 14}" y="{y + 4:.1f}" text-anchor="end">{escape(kind)}</text>')
        parts += [
            f'<circle class="{name}" cx="{place(value):.1f}" cy="{y:.1f}" r="{radius}"><title>{words}</title></circle>'
            for value, name, radius, words in marks[kind]
        ]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {bottom + 28}" width="{WIDTH}" height="{bottom + 28}" '
        f'role="img">{STYLE}<rect width="100%" height="100%" fill="#fbf9f4"/>{"".join(parts)}</svg>{os.linesep}'
    )


def _marks(kind, sizes):
    """Return (milliseconds, class, radius, words) of what is drawn of a kind of page."""
    found = []
    if kind in sizes[-1].cached:
        _bytes, own, other, _alone = sizes[-1].cached[kind]
        found += [(other.cpu, "n", 4, f"nginx {other.cpu:.3f} ms"), (own.cpu, "c", 4, f"cached {own.cpu:.3f} ms")]
    for number, size in enumerate(sizes):
        cost = size.plain[kind].cpu
        found.append((cost, "p", 3 + number, f"{size.articles:,} articles: {cost:.2f} ms"))
    return found
