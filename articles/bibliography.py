"""Articles and sources as reference managers take them: CSL-JSON, BibTeX, RIS.

Everything goes through CSL 1.0.2 items (https://citationstyles.org), of which the other two are spellings.
"""

import json
import re

import rispy

from . import names
from .text import dates

MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
SUPPLIED = re.compile(r"\[(.+)\]")  # a title in brackets is a description of ours
CONTAINED = {"article-newspaper", "article-journal"}
BIBTEX = {"article-newspaper": "article", "article-journal": "article", "report": "techreport", "book": "book"}
RIS = {
    "article-newspaper": "NEWS",
    "article-journal": "JOUR",
    "report": "RPRT",
    "book": "BOOK",
    "legislation": "STAT",
    "treaty": "LEGAL",
    "dataset": "DATA",
    "speech": "HEAR",
    "webpage": "ELEC",
}
# Braces by name: readers of BibTeX count even escaped ones.
ESCAPED = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        "{": r"\textbraceleft{}",
        "}": r"\textbraceright{}",
        "$": r"\$",
        "&": r"\&",
        "%": r"\%",
        "#": r"\#",
        "_": r"\_",
        "^": r"\textasciicircum{}",
        "~": r"\textasciitilde{}",
    }
)


def of_source(source):
    """Return the CSL item of a `Source`."""
    item = {
        "id": source.key,
        "type": source.kind,
        "title": SUPPLIED.sub(r"\1", names.clean_line(source.title)),
        "author": [_person(name) for name in source.creator_list],
        "container-title" if source.kind in CONTAINED else "publisher": source.publisher,
        "issued": _issued(*dates.parse(source.date)) if source.date else None,
        "language": source.language,
        "URL": source.url,
        "archive_location": source.archived_url,
        "note": source.note,
    }
    return {name: value for name, value in item.items() if value}


def of_article(article, authors, *, publication, base):
    """Return the CSL item of an article by `authors`; `publication` is the site's name, `base` scheme and host."""
    day = article.published_at
    return {
        "id": article.slug,
        "type": "webpage",
        "title": names.clean_line(article.title),
        "author": [{"literal": author.name} for author in authors],
        "container-title": publication,
        "issued": _issued(day.year, day.month, day.day),
        "language": article.language,
        "URL": base + article.get_absolute_url(),
        "abstract": names.clean_line(article.summary),
    }


def _person(name):
    family, comma, given = name.partition(",")
    return {"family": family.strip(), "given": given.strip()} if comma else {"literal": name}


def _issued(*parts):
    return {"date-parts": [[part for part in parts if part]]}


def csl_json(items):
    """Return `items` as CSL-JSON."""
    return json.dumps(items, ensure_ascii=False, indent=1) + "\n"


def bibtex(items):
    """Return `items` as BibTeX in UTF-8. Addresses stay as they are: `url` is read verbatim."""
    return "\n".join(_entry(item) for item in items)


def _entry(item):
    parts = item.get("issued", {"date-parts": [[]]})["date-parts"][0]
    place = {"article": "journal", "techreport": "institution", "book": "publisher"}.get(
        BIBTEX.get(item["type"]), "howpublished"
    )
    fields = {
        "author": " and ".join(_bibtex_name(person) for person in item.get("author", [])),
        "title": f"{{{item.get('title', '').translate(ESCAPED)}}}",
        place: item.get("container-title", item.get("publisher", "")).translate(ESCAPED),
        "year": str(parts[0]) if parts else "",
        "language": item["language"].translate(ESCAPED),
        "url": item.get("URL", "").replace("{", "%7B").replace("}", "%7D").replace("\\", "%5C"),
        "note": item.get("note", "").translate(ESCAPED),
    }
    lines = [f"  {name} = {{{value}}}," for name, value in fields.items() if value]
    if len(parts) > 1:
        lines.append(f"  month = {MONTHS[parts[1] - 1]},")
    return "\n".join([f"@{BIBTEX.get(item['type'], 'misc')}{{{item['id']},", *lines, "}", ""])


def _bibtex_name(person):
    if "literal" in person:
        return f"{{{person['literal'].translate(ESCAPED)}}}"
    return f"{person['family'].translate(ESCAPED)}, {person['given'].translate(ESCAPED)}"


def ris(items):
    """Return `items` as RIS."""
    return rispy.dumps([_record(item) for item in items])


def _record(item):
    parts = item.get("issued", {"date-parts": [[]]})["date-parts"][0]
    record = {
        "type_of_reference": RIS[item["type"]],
        "id": item["id"],
        "title": item.get("title", ""),
        "authors": [
            person.get("literal") or f"{person['family']}, {person['given']}" for person in item.get("author", [])
        ],
        "secondary_title": item.get("container-title"),
        "publisher": item.get("publisher"),
        "year": str(parts[0]) if parts else None,
        "date": "/".join(f"{part:02}" for part in parts) + "/" * (3 - len(parts)) if parts else None,
        "language": item["language"],
        "urls": [item["URL"]] if "URL" in item else None,
        "abstract": item.get("abstract"),
        "notes": [item["note"]] if "note" in item else None,
    }
    return {name: value for name, value in record.items() if value}


FORMATS = {
    "bib": (bibtex, "application/x-bibtex; charset=utf-8"),
    "ris": (ris, "application/x-research-info-systems; charset=utf-8"),
    "json": (csl_json, "application/vnd.citationstyles.csl+json; charset=utf-8"),
}
