"""Footnotes of HTML, whoever made them: a mark that leads to a note, and a note that leads back."""

from ... import names

_HOLDERS = ["li", "p", "dd", "td"]
_HEADINGS = ["h1", "h2", "h3", "h4", "h5", "h6"]
LONGEST_MARK = 12  # characters; longer ones are words that lead to a part of the text
MOST_LINKS = 20  # in a note, that are looked at for the one that leads back
# What stands above notes and is not needed where the page says it itself, folded.
_TITLES = {"footnotes", "notes", "endnotes", "dipnotlar", "notlar", "son notlar", "primechaniya", "snoski"}


def taken_out(soup):
    """Take the footnotes out of `soup`; return [(label, element with its content), …] in the order of their marks.

    Each mark becomes an element `footnote` with that label.
    """
    order = {id(element): place for place, element in enumerate(soup.find_all(True))}
    by_id = {element["id"]: element for element in soup.find_all(id=True)}
    links = [link for link in soup.find_all("a", href=True) if link["href"].startswith("#")]
    holders = {id(link): link.find_parent(_HOLDERS + _HEADINGS) for link in links}
    labels, found = {}, []
    for link in links:
        note = _note(by_id.get(link["href"][1:]))
        if note is None or len(link.get_text()) > LONGEST_MARK or note is _block(holders[id(link)]):
            continue
        if id(note) not in labels:
            if order[id(note)] < order[id(link)] or not _leads_back(note, link, by_id):
                continue
            labels[id(note)] = str(len(labels) + 1)
            found.append((labels[id(note)], note))
        _mark(soup, link, labels[id(note)])
    notes = {id(note) for _label, note in found}
    for _label, note in found:
        for link in note.find_all("a", href=True):
            there = by_id.get(link["href"][1:]) if link["href"].startswith("#") else None
            if there is not None and not any(id(parent) in notes for parent in [there, *there.parents]):
                _with_wrapper(link).decompose()
    for _label, note in found:
        _take(note)
    if found:
        _take_what_stood_above(soup)
    return found


def _note(target):
    """Return the element that holds the note at `target`."""
    if target is None:
        return None
    return _block(target if target.name in _HOLDERS else target.find_parent(_HOLDERS))


def _block(holder):
    """Return the item around a paragraph, or the paragraph itself."""
    if holder is None:
        return None
    return holder.find_parent("li") or holder if holder.name == "p" else holder


def _leads_back(note, mark, by_id):
    """Whether a link in `note` leads to where its `mark` stands."""
    place = mark.find_parent(_HOLDERS + _HEADINGS)
    for link in note.find_all("a", href=True, limit=MOST_LINKS):
        there = by_id.get(link["href"][1:]) if link["href"].startswith("#") else None
        if there is not None and place is not None and (there is place or place in there.parents):
            return True
    return False


def _with_wrapper(link):
    """Return the link, or the mark around it that holds nothing else."""
    while link.parent is not None and link.parent.name in {"sup", "sub", "span", "strong", "em"}:
        if len(link.parent.contents) > 3 or link.parent.get_text().strip(" []()") != link.get_text().strip(" []()"):
            break
        link = link.parent
    return link


def _mark(soup, link, label):
    mark = soup.new_tag("footnote", attrs={"label": label})
    _with_wrapper(link).replace_with(mark)


def _take(note):
    """Take `note` out of the tree, with the list, the rule and the heading that are left of the notes' place."""
    listing = note.parent
    note.extract()
    note.name = "[note]"
    if listing is None or listing.name not in {"ol", "ul", "dl"} or listing.find(["li", "dt", "dd"]):
        return
    before = listing.find_previous_sibling()
    listing.extract()
    _take_title(before)


def _take_what_stood_above(soup):
    """Take the rule and the heading out that stood above notes at the end of the text, which were no list."""
    last = next((each for each in reversed(soup.contents) if getattr(each, "name", None) or each.strip()), None)
    if getattr(last, "name", None) in {"hr", *_HEADINGS}:
        _take_title(last)


def _take_title(before):
    if before is not None and before.name in _HEADINGS and names.fold(before.get_text()) in _TITLES:
        before, title = before.find_previous_sibling(), before
        title.extract()
    if before is not None and before.name == "hr":
        before.extract()
