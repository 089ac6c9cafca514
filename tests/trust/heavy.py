"""X3 and F13: texts that make a renderer run for ever, take all memory or crash, at the desk of a site with one worker."""

from . import Row, sick
from .desk import Desk

UNITS = [
    "[",
    "]",
    "![",
    "[a](",
    "[a](<",
    "](",
    "<",
    "<a",
    "<![",
    "<!--",
    "<?",
    "<div>",
    "</p>",
    ">",
    "<p",
    'a="',
    "-",
    "1.",
    "*a",
    "**a",
    "_a",
    "__a_",
    "*_",
    "`",
    "`a``",
    "#",
    "|",
    "||",
    "[^a]",
    "&",
    "&#",
    "&amp;",
    "\\",
    "\\[",
    "{:",
    "{#a",
    "http://",
    "<http://",
    "a@b.",
    "[@a]",
    "[@a;",
    "[[a]]",
    "[[a|",
    "{{not:",
    "İ",
    "́",
    "ﷺ",
    "𝔞",
    "😀",
    "a",
    "aa.aa",
    "S-400",
    "1,234.5%",
    "((",
    '"a"',
    "''",
    "--",
    "...",
    "&#x41;",
    "$x$",
    "[a][b]",
    ":a:",
    "~~a",
    "^a^",
    "==a",
]
LINES = (
    "> > ", "* * ", "# a\n\n", "a\n=\n", "=\n", "|a|\n|-|\n", "|a|b|\n", "[^a]: x\n", "*[a]: b\n", "a\n:   b\n\n", "```\n", "~~~\n", "\t", " ", "\n", "[a]: /x\n",
    "![a](/pictures/x.jpg)\n\n", "```timeline\n2019: a\n```\n\n", "```chart\ntype: bar\ntitle: a\n\n|a|b|\n|-|-|\n|1|2|\n```\n\n", "Table: a\n\n|a|\n|-|\n|b|\n\n", "Syria and Libya. ", "<b>a</b> ",
    "a  \n", "- a\n\n    b\n\n", "1. a\n", "**a** *b* ", "[a](/x) ", "`a` ", "a[^1] ", "Word word, word. ", "слово слово. ", "<p title=\"", "2019-07-12: a\n", "> a\n\n", "a\\\n", "|",
)  # fmt: skip


def texts():
    """Return {name: a function that gives such a text of that many characters}."""
    found = {
        unit: lambda size, unit=unit: (unit * (size // len(unit) + 1))[:size]
        for unit in dict.fromkeys([*UNITS, *LINES])
    }
    found["fences that nothing closes"] = lambda size: ("~~~a\n" * size)[:size]
    found["a fence and spaces"] = lambda size: "``` " + " " * (size - 5) + "x"
    found["a chart that can't be drawn"] = lambda size: (
        "```chart\ntype: line\ntitle: a\n\n|a|b|\n|-|-|\n" + ("|x|y|z|\n" * size)[: size - 60] + "\n```\n"
    )
    found["lists within lists"] = lambda size: grown(size, lambda depth: "  " * depth + "- a\n")
    found["quotations within quotations"] = lambda size: grown(size, lambda depth: ">" * depth + " a\n")
    found["emphasis within emphasis"] = lambda size: ("*a_b" * (size // 8))[: size // 2] + ("_*" * size)[: size // 2]
    found["notes of their own"] = lambda size: counted(size, "a[^{}]\n\n[^{}]: b\n\n")
    found["headings of their own"] = lambda size: counted(size, "## a {}\n\n")
    found["abbreviations of their own"] = lambda size: counted(size, "*[ab{}]: c\n\nab{} ")
    found["addresses of their own"] = lambda size: counted(size, "[a][{}]\n\n[{}]: /x{}\n\n")
    return found


def grown(size, line):
    """Return at most `size` characters of lines each deeper than the one before."""
    lines, length = [], 0
    while length < size:
        lines.append(line(len(lines)))
        length += len(lines[-1])
    return "".join(lines)[:size]


def counted(size, part):
    """Return at most `size` characters of `part` with numbers of their own in it."""
    return "".join(part.replace("{}", str(number)) for number in range(size // len(part) + 1))[:size]


REFUSALS = (b"takes too long to render", b"can&#x27;t be rendered", b"Divide it into parts")


class Tally:
    """The longest of the answers of each kind of request, and what was wrong."""

    def __init__(self):
        self.longest, self.refused, self.wrong, self.asked = {}, 0, [], 0

    def add(self, kind, size, name, answer, limit):
        """Count an answer; return whether it is a refusal."""
        self.asked += 1
        refused = any(words in answer.content for words in REFUSALS)
        self.refused += refused
        self.longest[size, kind] = max(self.longest.get((size, kind), 0), answer.seconds)
        if answer.status == 0 or answer.status >= 500 or answer.seconds > (3.0 if refused else limit):
            self.wrong.append(f"{kind} of {name!r} x {size}: {answer.status}, {answer.seconds:.2f} s")
        return refused


def x3(work, few):
    """Save, preview, publish, show, compare, feed and find every such text in three sizes."""
    desk, tally = Desk(work), Tally()
    known = dict(list(texts().items())[:: 20 if few else 1])
    if not few:  # eight minutes are enough for these
        known = dict(pair for place, pair in enumerate(known.items()) if place % 5 not in {1, 3})
    key = desk.site.shell("from articles.models import Article; print(Article.objects.get(slug='pipes').pk)")
    try:
        for size, limit in ((20_000, 2.0), (100_000, 2.0), (200_000, 3.0)):
            for name, made in known.items():
                round_of(desk, tally, key, name, made(size), size, limit)
        alive = desk.is_alive()
    finally:
        desk.close()
    slowest = ", ".join(
        f"{size // 1000}k {max(s for (z, _k), s in tally.longest.items() if z == size):.2f} s"
        for size in (20_000, 100_000, 200_000)
    )
    for wrong in tally.wrong[:20]:
        print(wrong)
    figure = (
        f"{len(known)} texts x 3 sizes, {tally.asked:,} requests, {tally.refused} refused in words, slowest {slowest}, "
        f"{len(tally.wrong)} past the limit or 5xx, worker {'alive' if alive else 'dead'}"
    )
    target = "at most 2 s at 100,000 characters, 3 s at 200,000, or a clear refusal; 0 workers dead"
    anchor = "cmark: 25 inputs, 5 s; Python-Markdown alone fails 11 of 62 at 20,000"
    return [
        Row(
            "X3",
            "texts that grow beyond all measure: saved, previewed, published, shown, compared, in feeds, found",
            anchor,
            target,
            figure,
            alive and not tally.wrong,
        )
    ]


def round_of(desk, tally, key, name, body, size, limit):
    """Do with one text all that an editor and readers do."""
    saved = desk.draft(key, body)
    page = desk.get(saved.location) if saved.status == 302 else saved
    tally.add("save", size, name, saved, 3.0)
    refused = tally.add("form", size, name, page, limit)
    if not refused or size == 100_000:
        shown = desk.post(f"/admin/articles/article/{key}/preview/", {"title": "x", "body": body, "language": "en"})
        refused = tally.add("preview", size, name, shown, limit) or refused
    if not refused:
        published = desk.draft(key, body, "update", change="typo")
        tally.add("publish", size, name, published, 3.0)
        desk.cookies, own = {}, desk.cookies
        for path in (
            "/articles/pipes/",
            "/feed.atom",
            "/articles/pipes/history/",
            "/search/?q=word+pipes",
            "/articles/",
        ):
            tally.add(path, size, name, desk.get(path), limit)
        desk.cookies = own
    tally.add("history", size, name, desk.get(f"/admin/articles/article/{key}/history/"), limit)
    numbers = desk.site.shell(
        f"from articles.models import Revision; print(*Revision.objects.filter(article={key}).order_by('-pk').values_list('pk', flat=True)[:2])"
    ).split()
    if len(numbers) == 2:
        compared = desk.get(f"/admin/articles/article/{key}/history/{numbers[0]}/")
        tally.add("compare", size, name, compared, limit)


def f13(work, few):
    """Save texts over which the child loops, takes two gigabytes or crashes."""
    desk, count = Desk(work, "--factory", "tests.trust.sick:site"), 3 if few else 100
    slowest, wrong, unknown = {}, [], 0
    key = desk.site.shell("from tests.make import make_article; print(make_article(published=False).pk)")
    try:
        for number in range(count):
            for sickness in (sick.LOOP, sick.MEMORY, sick.SEGFAULT):
                body = f"Typed with care, {number}. {sickness}"
                saved = desk.draft(key, body)
                page = desk.get(saved.location)
                slowest[sickness] = max(slowest.get(sickness, 0), saved.seconds)
                stored = desk.site.shell(
                    f"from articles.models import Article; print(Article.objects.get(pk={key}).working.fields['body'])"
                )
                told = any(words in page.content for words in REFUSALS)
                if saved.status != 302 or stored != body or not told or saved.seconds > 3:
                    wrong.append(
                        f"{sickness}: {saved.status}, {saved.seconds:.2f} s, told {told}, stored {stored == body}"
                    )
            unknown += (
                b"Well again"
                not in desk.post(
                    f"/admin/articles/article/{key}/preview/", {"title": "x", "body": "Well again.", "language": "en"}
                ).content
            )
        alive = desk.is_alive()
    finally:
        desk.close()
    for each in wrong[:5]:
        print(each)
    times = ", ".join(f"{name.strip('<>').removeprefix('sick-')} {seconds:.2f} s" for name, seconds in slowest.items())
    figure = (
        f"{count} each of loop, 2 GB, segfault: slowest save {times}; {len(wrong)} saves late, untold or not stored, "
        f"{unknown} of {count} previews after them failed, worker {'alive' if alive else 'dead'}"
    )
    return [
        Row(
            "F13",
            "a child that loops, takes 2 GB or crashes over the text that is saved",
            "cmark: 5 s",
            "save in at most 3 s with a clear message, text stored, worker alive",
            figure,
            alive and not wrong and not unknown,
        )
    ]


TRIALS = {"X3": x3, "F13": f13}
