"""Tables of HTML as Markdown has them: a head of one row, cells of one line, none that spans others."""

from django.utils.translation import gettext as _

# Ends of a cell, a row, a caption in what the converter makes of a table; no text has U+E000.
CELL, ROW, CAPTION = "\ue000c", "\ue000r", "\ue000t"
WIDEST = 100  # columns that a cell, and with it a table, may span
LONGEST_CAPTION = 200  # characters, as `text.chartblocks` reads them


def table(element, text, notes):
    """Return the Markdown of a table: its `element` of the tree, and the `text` of its parts, each with its end."""
    caption, _end, text = text.rpartition(CAPTION)
    rows = [
        (row, list(zip(row.find_all(["td", "th"]), line.split(CELL), strict=False)))
        for row, line in zip(element.find_all("tr"), text.split(ROW), strict=False)
    ]
    rows = [(row, cells) for row, cells in rows if cells]
    if not rows:
        return caption
    if len(rows) == 1 and len(rows[0][1]) == 1:  # which only lays something out
        return "\n\n".join(filter(None, (caption, rows[0][1][0][1].replace("<br>", "  \n"))))
    headed = "head" in rows[0][0].get("class", ()) or all(cell.name == "th" for cell, _words in rows[0][1])
    lines = _placed([cells for _row, cells in rows], headed, notes)
    width = max(map(len, lines))
    lines = [line + [""] * (width - len(line)) for line in lines]
    if not headed:
        lines.insert(0, [""] * width)
    rules = [_rule([row[place] for _r, row in rows if place < len(row)]) for place in range(width)]
    told = [f"| {' | '.join(line)} |" for line in (lines[0], rules, *lines[1:])]
    if caption and len(caption) <= LONGEST_CAPTION:
        told.insert(0, f"Table: {caption}")
    elif caption:
        told.insert(0, f"{caption}\n")
    return "\n".join(told)


def _placed(rows, headed, notes):
    """Return the words of the cells in their columns; where a cell spans others, these are empty."""
    lines, hanging = [], {}  # {column: rows for which a cell above goes on}
    for number, cells in enumerate(rows):
        line = []
        for cell, words in cells:
            while hanging.get(len(line), 0) > 0 and len(line) < WIDEST:
                hanging[len(line)] -= 1
                line.append("")
            wide, high = _span(cell, "colspan"), _span(cell, "rowspan")
            if wide > 1 or high > 1:
                notes.add(_("A table’s cell that spans several columns or rows stands in the first of them."))
            is_head = cell.name == "th" and words and not (headed and number == 0)
            line.append(_bold(words) if is_head else words)
            line += [""] * (wide - 1)
            if high > 1:
                hanging |= dict.fromkeys(range(len(line) - wide, len(line)), high - 1)
        while hanging.get(len(line), 0) > 0 and len(line) < WIDEST:
            hanging[len(line)] -= 1
            line.append("")
        lines.append(line)
    return lines


def _span(cell, name):
    said = cell.get(name, "1")
    return max(1, min(int(said[:4]), WIDEST)) if said.isdecimal() else 1


def _bold(words):
    return f"**{words}**" if "*" not in words and "<br>" not in words else f"<strong>{words}</strong>"


def _rule(cells):
    """Return the rule below the head of a column: it says how the column is aligned, if all its cells are."""
    aligned = {cell.get("align", "") for cell, _words in cells[:50]}
    return {"right": "---:", "center": ":---:"}.get(aligned.pop() if len(aligned) == 1 else "", "---")
