"""How rendering and explaining grow with the text, and with the number of themes. Run: python -m tests.benchmarks.texts"""

import statistics
import time

from articles.text import render
from articles.text.glossary import Glossary

PART = """## Part {number}

Energy diplomacy and Syria, in word {number}.[@source-{number}; @hub-2022, p. 3] See [[Libya]] and a note.[^n{number}]

| Year | bcm |
| --- | ---: |
| 2019 | {number} |

```timeline
2019-07: Word {number} arrives.[@hub-2022]
```

[^n{number}]: A note on Syria.

"""
CHART = """```chart
type: line
title: Chart {number}

| Year | Share |
| --- | ---: |
| 2019 | {number} |
| 2020 | 5 |
```

"""


def text_of(parts):
    """Return a text of so many parts; every fourth has a chart."""
    return "".join((PART if n % 4 else CHART + PART).format(number=n) for n in range(parts))


def glossary_of(count):
    return Glossary(
        [("Syria", "en", 1), ("Libya", "en", 2), *((f"Theme {n} energy", "en", 10 + n) for n in range(count))]
    )


def median_ms(run, times=5):
    taken = []
    for _time in range(times):
        start = time.perf_counter()
        run()
        taken.append((time.perf_counter() - start) * 1000)
    return statistics.median(taken)


def main():
    """Print times, and times for each part of the text relative to the smallest."""
    few, many = glossary_of(50), glossary_of(5_000)
    columns = ("parts", "characters", "render ms", "per part", "50 names ms", "per part", "5000 names ms", "per part")
    print(" ".join(f"{column:>13}" for column in columns))
    base = None
    for parts in (1, 10, 100, 600):
        body = text_of(parts)
        html = render(body).html
        taken = [
            median_ms(lambda body=body: render(body)),
            median_ms(lambda html=html: few.mark(html, lambda key, words: words)),
            median_ms(lambda html=html: many.mark(html, lambda key, words: words)),
        ]
        each = [ms / parts for ms in taken]
        base = base or each
        row = [parts, len(body)]
        for ms, one, first in zip(taken, each, base, strict=True):
            row += [f"{ms:.2f}", f"{one / first:.2f}"]
        print(" ".join(f"{value:>13}" for value in row))


if __name__ == "__main__":
    main()
