"""What the site adds to Python-Markdown. Loaded by the child process that renders, and nowhere else."""

from xml.etree.ElementTree import Element, SubElement

from markdown.blockprocessors import BlockProcessor
from markdown.extensions import Extension
from markdown.inlinepatterns import InlineProcessor
from markdown.preprocessors import Preprocessor
from markdown.treeprocessors import Treeprocessor
from markdown.util import HTML_PLACEHOLDER_RE, AtomicString

from . import chartblocks, timelines
from .citations import CITATION, cited
from .links import NAMED, PLAIN

MARK = "\ue000"  # of the private use area; what is typed there is taken out
TIMELINE, CHART = f"{MARK}timeline", f"{MARK}chart "
HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}


class HouseStyle(Extension):
    """Headings that fit below the page's own, and tables that can be read on a phone.

    | class | registry | name | priority |
    | --- | --- | --- | --- |
    | HeadingLevels | treeprocessors | heading-levels | 6, before the contents (5) |
    | TableCells | treeprocessors | table-cells | 4, on the finished tree |
    """

    def extendMarkdown(self, md):  # noqa: N802 - Python-Markdown's name
        """Register the processors."""
        md.treeprocessors.register(HeadingLevels(md), "heading-levels", 6)
        md.treeprocessors.register(TableCells(md), "table-cells", 4)


class HeadingLevels(Treeprocessor):
    """The page's title is its only h1, and nothing goes deeper than h4."""

    LEVELS = {"h1": "h2", "h5": "h4", "h6": "h4"}

    def run(self, root):
        """Rename the headings that stand too high or too low."""
        for element in root.iter():
            if element.tag in self.LEVELS:
                element.tag = self.LEVELS[element.tag]


class TableCells(Treeprocessor):
    """Alignment as a class, and each cell with its column's heading, which narrow screens print before it."""

    CLASSES = {"text-align: right;": "num", "text-align: center;": "mid"}

    def run(self, root):
        """Mark the cells of every table."""
        for table in root.iter("table"):
            headings = [self._words(cell) for cell in table.iterfind("thead/tr/th")]
            for row in table.iter("tr"):
                for place, cell in enumerate(row):
                    aligned = self.CLASSES.get(cell.attrib.pop("style", ""))
                    if aligned:
                        cell.set("class", aligned)
                    if cell.tag == "td" and place < len(headings):
                        cell.set("data-label", headings[place])

    def _words(self, cell):
        """Return the words of a heading, without the tags that the engine puts back in their places afterwards."""

        def put_back(found):
            return "" if str(self.md.htmlStash.rawHtmlBlocks[int(found[1])]).startswith("<") else found[0]

        return HTML_PLACEHOLDER_RE.sub(put_back, "".join(cell.itertext())).strip()


class References(Extension):
    """Citations, links by name, names kept plain.

    | class | registry | name | priority |
    | --- | --- | --- | --- |
    | Named | inlinePatterns | named | 172, before citations |
    | Plain | inlinePatterns | plain | 172 |
    | Cite | inlinePatterns | cite | 171, before links and references (170) |
    | OutOfHeadings | treeprocessors | cites-out | 6, before the contents (5) |
    | IntoHeadings | treeprocessors | cites-in | 4, after the contents |
    """

    def extendMarkdown(self, md):  # noqa: N802 - Python-Markdown's name
        """Register the processors."""
        md.inlinePatterns.register(Named(NAMED, md), "named", 172)
        md.inlinePatterns.register(Plain(PLAIN, md), "plain", 172)
        md.inlinePatterns.register(Cite(CITATION, md), "cite", 171)
        apart = []
        md.treeprocessors.register(OutOfHeadings(md, apart), "cites-out", 6)
        md.treeprocessors.register(IntoHeadings(md, apart), "cites-in", 4)


class Cite(InlineProcessor):
    """One pair of brackets with keys in it."""

    def handleMatch(self, match, data):  # noqa: N802 - Python-Markdown's name
        """Return a `sup` with a link for each key; `numbered` gives them their numbers."""
        mark, last = Element("sup", {"class": "cites"}), None
        for key, locator in cited(match[1]):
            if last is not None:
                last.tail = AtomicString("; ")
            last = SubElement(mark, "a", {"class": "cite", "href": f"#source-{key}"})
            last.text = AtomicString(f"{key}, {locator}" if locator else key)
        return mark, match.start(0), match.end(0)


class Blocks(Extension):
    """Fenced blocks that are more than code.

    | class | registry | name | priority |
    | --- | --- | --- | --- |
    | Opened | preprocessors | blocks-opened | 26, before fenced code (25) |
    | Timeline | parser.blockprocessors | timeline | 175, before all others |
    | Chart | parser.blockprocessors | chart | 175 |
    | Captions | treeprocessors | captions | 21, before inline patterns (20) |
    """

    def extendMarkdown(self, md):  # noqa: N802 - Python-Markdown's name
        """Register the processors."""
        found = []
        md.preprocessors.register(Opened(md, found), "blocks-opened", 26)
        md.parser.blockprocessors.register(Timeline(md.parser), "timeline", 175)
        md.parser.blockprocessors.register(Chart(md.parser, found), "chart", 175)
        md.treeprocessors.register(Captions(md), "captions", 21)


class Opened(Preprocessor):
    """Sets timelines and charts apart from code: each becomes one block without empty lines."""

    def __init__(self, md, found):
        super().__init__(md)
        self.found = found

    def run(self, lines):
        """Return the lines with every block between marks that no text has; the charts are put into `found`."""
        body = "\n".join(lines)
        self.found.clear()
        named = chartblocks.tables(body)

        parts, place = [], 0
        for block in timelines.fenced(body):
            parts += [body[place : block.start], self.opened(block, named) or body[block.start : block.end]]
            place = block.end
        return chartblocks.parted("".join([*parts, body[place:]])).split("\n")

    def opened(self, block, named):
        """Return what stands for the `timelines.Fenced` block; nothing for one of code."""
        if block.what == "chart":
            self.found.append((chartblocks.parse(block.lines, named), block.lines))
            return f"\n{CHART}{len(self.found)}\n"
        if block.what != "timeline":
            return ""
        kept = [line.strip() for line in block.lines.splitlines() if line.strip()]
        return "\n".join(["", TIMELINE, *kept, ""])


class Timeline(BlockProcessor):
    """A list of dated events; a line without a date stands as it is."""

    def __init__(self, parser):
        super().__init__(parser)
        self.count = 0

    def test(self, parent, block):
        """Whether `block` is a timeline."""
        return block.startswith(TIMELINE)

    def run(self, parent, blocks):
        """Build the list."""
        listing = SubElement(parent, "ol", {"class": "timeline"})
        for line in blocks.pop(0).split("\n")[1:]:
            event = timelines.parse(line)
            if event is None:
                SubElement(listing, "li").text = line
                continue
            self.count += 1
            item = SubElement(listing, "li", {"class": "event", "id": f"event-{self.count}"})
            for place, date in enumerate(filter(None, event[:2])):
                if place:
                    item[-1].tail = " – "
                SubElement(item, "time", {"datetime": date}).text = AtomicString(date)
            item[-1].tail = " "
            SubElement(item, "span", {"class": "what"}).text = event[2]


class Chart(BlockProcessor):
    """A figure with the table that its drawing is made from; with its faults it stays a table."""

    def __init__(self, parser, found):
        super().__init__(parser)
        self.found = found

    def test(self, parent, block):
        """Whether `block` is the mark of a chart."""
        return block.startswith(CHART)

    def run(self, parent, blocks):
        """Build the figure."""
        number = int(blocks.pop(0).removeprefix(CHART))
        block, typed = self.found[number - 1]
        if not block.columns:
            SubElement(SubElement(parent, "pre"), "code").text = AtomicString(typed)
            return
        settings, figure = block.settings, SubElement(parent, "figure", {"class": "chart", "id": f"chart-{number}"})
        if not block.problems:
            figure.set("data-kind", settings["type"])
            for name in ("unit", "from"):
                if settings.get(name):
                    figure.set(f"data-{name}", settings[name])
            if settings.get("table"):
                figure.set("data-table", chartblocks.anchor(settings["table"]))
        for name in ("title", "subtitle"):
            if settings.get(name):
                SubElement(figure, "p", {"class": f"chart-{name}"}).text = AtomicString(settings[name])
        self._table(figure, block)
        if settings.get("source") or settings.get("note"):
            caption = SubElement(figure, "figcaption")
            for name in ("note", "source"):
                if settings.get(name):
                    SubElement(caption, "span", {"class": f"chart-{name}"}).text = settings[name]
                    caption[-1].tail = " "

    @staticmethod
    def _table(figure, block):
        table = SubElement(figure, "table")
        head = SubElement(SubElement(table, "thead"), "tr")
        for place, words in enumerate(block.columns):
            SubElement(head, "th", {"class": "num"} if place else {}).text = AtomicString(words)
        body = SubElement(table, "tbody")
        for cells in chartblocks.marked(block):
            row = SubElement(body, "tr")
            for place, (tag, attribute, said, words) in enumerate(cells):
                cell = SubElement(row, "td", {"class": "num"} if place else {})
                if tag:
                    cell = SubElement(cell, tag, {attribute: said})
                cell.text = AtomicString(words)


class Captions(Treeprocessor):
    """The line "Table: NAME" above a table becomes its caption, by which charts name it."""

    def run(self, root):
        """Move the lines into their tables."""
        named = set()
        for parent in list(root.iter()):
            for line, table in list(zip(parent, list(parent)[1:], strict=False)):
                found = (
                    chartblocks.CAPTION.fullmatch(line.text or "") if line.tag == "p" and table.tag == "table" else None
                )
                if found and not len(line):
                    caption = Element("caption")
                    caption.text = found[1]
                    place = chartblocks.anchor(found[1])
                    if place not in named:
                        caption.set("id", place)
                    named.add(place)
                    table.insert(0, caption)
                    parent.remove(line)


class Named(InlineProcessor):
    """A link by name, [[Name]] or [[Name|words]]; where it leads is put in when the text is shown."""

    def handleMatch(self, match, data):  # noqa: N802 - Python-Markdown's name
        """Return a `span` with the name and the words."""
        name = " ".join(match[1].split())
        span = Element("span", {"class": "named", "data-name": name})
        span.text = AtomicString(" ".join((match[2] or name).split()))
        return span, match.start(0), match.end(0)


class Plain(InlineProcessor):
    """A name that is not to be explained here: {{not:Name}}."""

    def handleMatch(self, match, data):  # noqa: N802 - Python-Markdown's name
        """Return a `span` with the name."""
        span = Element("span", {"class": "plain"})
        span.text = AtomicString(match[1].strip())
        return span, match.start(0), match.end(0)


class OutOfHeadings(Treeprocessor):
    """Takes citations out of headings, whose words become the contents."""

    def __init__(self, md, apart):
        super().__init__(md)
        self.apart = apart

    def run(self, root):
        """Put them apart."""
        self.apart.clear()
        for heading in (element for element in root.iter() if element.tag in HEADINGS):
            for mark in [child for child in heading if child.get("class") == "cites"]:
                before = list(heading)[: list(heading).index(mark)]
                if before:
                    before[-1].tail = (before[-1].tail or "") + (mark.tail or "")
                else:
                    heading.text = (heading.text or "") + (mark.tail or "")
                mark.tail = None
                heading.remove(mark)
                self.apart.append((heading, mark))


class IntoHeadings(OutOfHeadings):
    """Puts them back, at the ends of their headings."""

    def run(self, root):
        """Append them."""
        for heading, mark in self.apart:
            heading.append(mark)
