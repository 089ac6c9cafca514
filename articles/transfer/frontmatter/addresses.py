"""At which path the readers of a former site had a text, computed from its configuration and the head of the text.

Hexo: permalinks likewise (hexo.io/docs/permalinks). Zola: folders and `path` (getzola.org/documentation/content/page).
Jekyll: permalinks with placeholders (jekyllrb.com/docs/permalinks). Hugo: `url`, the section's pattern, or folders
(gohugo.io/content-management/urls). Pelican: ARTICLE_URL and its kin. Eleventy: `permalink`, or folders
(11ty.dev/docs/permalinks).
"""

import posixpath
import re
import unicodedata
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from django.utils.translation import gettext as _

from .setups import Dialect

_STYLES = {
    "date": "/:categories/:year/:month/:day/:title.html",
    "pretty": "/:categories/:year/:month/:day/:title/",
    "ordinal": "/:categories/:year/:y_day/:title.html",
    "weekdate": "/:categories/:year/W:week/:short_day/:title.html",
    "none": "/:categories/:title.html",
}
_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
_DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
_PATTERN = re.compile(r"(?:%[YmdbBjyHM]|[-/.\w])*")
LONGEST = 500  # characters of a path


class Unknown(ValueError):
    """A path can't be computed; says why, in words."""


@dataclass(frozen=True)
class Text:
    """What of a text decides where it stood.

    `below` is its path below the folder of texts, without its ending and the suffix of its language; `stem` the last
    part of that, a leading date taken off; `date` an aware datetime or None; `categories` names as typed.
    """

    below: str
    stem: str
    fields: dict
    title: str = ""
    slug: str = ""
    date: object = None
    categories: tuple = ()
    language: str = ""
    is_post: bool = True


def former(setup, text):
    """Return the path at which readers had `text`, or "" where that isn't known; raise Unknown, in words."""
    computing = {Dialect.JEKYLL: _jekyll, Dialect.HUGO: _hugo, Dialect.PELICAN: _pelican, Dialect.ELEVENTY: _eleventy,
                 Dialect.HEXO: _hexo, Dialect.ZOLA: _zola}  # fmt: skip
    given = text.fields.get("permalink") or text.fields.get("url")
    if setup.dialect in computing:
        path = computing[setup.dialect](setup, text)
    else:
        owns = (text.fields.get(key) for key in ("path", "slug"))  # Gatsby's, Docusaurus's
        given = given or next((own for own in owns if isinstance(own, str) and own.startswith("/")), None)
        path = given if isinstance(given, str) and not re.search(r"[{}:]", urlsplit_path(given)) else ""
    return local(path, setup)


def urlsplit_path(address):
    """Return the path of an address, whole or not."""
    try:
        return urlsplit(address).path
    except ValueError:
        return ""


def local(address, setup, at="/"):
    """Return the path of an address of the former site, beginning with a slash; "" for its front page and for none.

    A relative one is below the path `at`; one that begins with a slash stands below the site's own path.
    """
    try:
        parts = urlsplit(address.strip())
    except (ValueError, AttributeError):
        return ""
    path = unquote(parts.path, errors="replace")
    if not path or "\\" in path or re.search("[\x00-\x1f\x7f]", path):
        return ""
    if not path.startswith("/"):
        path = posixpath.join(at, path)
    ends = path.endswith(("/", "/.", "/.."))
    path = "/" + posixpath.normpath(path).strip("/")
    path = path.removesuffix("/index.html") + ("/" if path.endswith("/index.html") or ends else "")
    path = re.sub("/+", "/", path)
    if not parts.netloc and setup.base and not f"{path}/".startswith(setup.base + "/"):
        path = setup.base + path
    return path if path.strip("/") and len(path) <= LONGEST else ""


def _filled(pattern, values, said):
    """Return `pattern` with its :names put in; raise Unknown for a name without a value."""

    def value(found):
        name = found[1].lower()
        if values.get(name) is None:
            raise Unknown(_("The address it had can't be computed: nothing is known of %s.") % found[0])
        return values[name]

    return re.sub("/+", "/", re.sub(said, value, pattern))


def _of_date(date):
    """Return what the patterns of Jekyll and Hugo say of a date."""
    if date is None:
        return {}
    year, week, day = date.isocalendar()
    month, weekday = _MONTHS[date.month - 1], _DAYS[date.weekday()]
    return {
        "year": f"{date.year:04}", "month": f"{date.month:02}", "day": f"{date.day:02}", "short_year": f"{date.year:04}"[2:],
        "i_month": str(date.month), "i_day": str(date.day), "y_day": f"{date:%j}", "yearday": str(date.timetuple().tm_yday),
        "hour": f"{date.hour:02}", "minute": f"{date.minute:02}", "second": f"{date.second:02}",
        "week": f"{week:02}", "w_year": str(year), "w_day": str(day), "weekday": str(date.isoweekday() % 7),
        "short_month": month[:3], "long_month": month, "monthname": month, "weekdayname": weekday,
        "short_day": weekday[:3], "long_day": weekday,
    }  # fmt: skip


def _slug(words, strict=True, cased=False):
    """Return words as Jekyll and Hugo make a part of a path of them: accents and other scripts stay; capitals if `cased`."""
    words = unicodedata.normalize("NFC", words).strip()
    words = words if cased else words.lower()
    if strict:
        return re.sub(r"[^\w]+|_+", "-", words).strip("-")
    return re.sub("-+", "-", re.sub(r"[^\w\-./+~]", "", re.sub(r"\s+", "-", words)))


def _jekyll(setup, text):
    pattern, style = text.fields.get("permalink"), setup.settings.get("permalink") or "date"
    wished = pattern or _of_collection(setup, text, str(style)) or style
    wished = _STYLES.get(wished, wished) if isinstance(wished, str) else _STYLES["date"]
    folder, last = posixpath.split(text.below)
    if not text.is_post and not pattern:
        stem = "" if last == "index" else last
        pretty = wished.endswith("/")
        return "/" + posixpath.join(folder, stem) + ("/" if pretty or not stem else ".html")
    values = _of_date(text.date) | {
        "title": re.sub(r"[^\w.~!$&'()+,;=@]+", "-", str(text.fields.get("slug") or text.stem)).strip("-"),
        "slug": _slug(str(text.fields.get("slug") or text.stem)),
        "categories": "/".join(dict.fromkeys(each.lower() for each in text.categories)),
        "slugified_categories": "/".join(_slug(each) for each in text.categories),
        "output_ext": ".html", "path": re.sub(r"^_[^/]+/", "", text.below), "name": last, "basename": last,
        "collection": text.below.partition("/")[0].removeprefix("_"),
    }  # fmt: skip
    if not text.is_post:
        values["title"] = last
    return "/" + _filled(wished, values, r":([a-z_]+[a-z])").lstrip("/")


def _of_collection(setup, text, style):
    """Return the pattern of a text of a collection of the site's own, "" for others (jekyllrb.com/docs/collections)."""
    first = text.below.partition("/")[0]
    if not first.startswith("_") or re.search(r"(?:^|/)_(?:posts|drafts)/", text.below):
        return ""
    told = setup.settings.get("collections")
    own = told.get(first[1:]) if isinstance(told, dict) else None
    if isinstance(own, dict) and isinstance(own.get("permalink"), str):
        return own["permalink"]
    ends = ":output_ext" if style in {"date", "ordinal", "weekdate", "none"} or style.endswith(":output_ext") else ""
    return "/:collection/:path" + ("/" if style == "pretty" or style.endswith("/") else ends)


def _hugo(setup, text):
    if isinstance(text.fields.get("url"), str) and text.fields["url"]:
        return "/" + text.fields["url"].lstrip("/") if not urlsplit_path(text.fields["url"]).count("://") else ""
    folder, last = posixpath.split(text.below)
    section = text.below.partition("/")[0] if folder else ""
    patterns = setup.settings.get("permalinks")
    patterns = patterns if isinstance(patterns, dict) else {}
    inner = patterns.get("page")
    pattern = (inner.get(section) if isinstance(inner, dict) else None) or patterns.get(section)
    slug = text.slug or last
    prefix = ""
    first = str(setup.settings.get("defaultcontentlanguage") or "en").lower()
    own = text.language if text.language in setup.languages else ""
    if own and (own != first or _is_true(setup, "defaultcontentlanguageinsubdir")):
        prefix = f"/{own}"
    cased = _is_true(setup, "disablepathtolower")
    if not isinstance(pattern, str):
        path = f"{folder}/{slug}".lstrip("/")
        return f"{prefix}/{_slug(path, strict=False, cased=cased)}" + (".html" if _is_true(setup, "uglyurls") else "/")
    title = _slug(text.title, cased=cased)
    pattern = re.sub(r":sections(\[[^\[\]]*\])", lambda found: _slice(folder, found[1]), pattern)
    values = _of_date(text.date) | {
        "section": section, "sections": folder, "title": title, "slug": text.slug or title, "filename": last,
        "slugorfilename": slug, "contentbasename": last, "slugorcontentbasename": slug,
    }  # fmt: skip
    return f"{prefix}/" + _slug(_filled(pattern, values, r":([a-z]+)"), strict=False, cased=cased).lstrip("/")


def _is_true(setup, key):
    return str(setup.settings.get(key)).lower() == "true"


def _slice(folder, wanted):
    """Return those of the folders in a path that `[1:]`, `[last]` and the like mean (gohugo.io/configuration/permalinks)."""
    sections = folder.split("/") if folder else []
    found = re.fullmatch(r"\[(\d{1,2}|last)?(:)?(\d{1,2}|last)?\]", wanted)
    if not found:
        raise Unknown(_("The address it had can't be computed: nothing is known of %s.") % f":sections{wanted}")
    first, last = (len(sections) - 1 if each == "last" else int(each or 0) for each in (found[1], found[3]))
    if not found[2]:
        return "/".join(sections[first : first + 1])
    return "/".join(sections[first : last if found[3] else None])


def _hexo(setup, text):
    folder, last = posixpath.split(text.below)
    if not text.is_post:
        return "/" + (f"{folder}/" if last == "index" else f"{text.below}.html")
    own = text.fields.get("permalink")
    name = re.sub(r"^(?:.*/)?_posts/", "", text.below)
    dated = ":year" in str(setup.settings.get("new_post_name"))
    title = posixpath.join(posixpath.dirname(name), text.stem) if dated else name
    default = str(setup.settings.get("default_category") or "uncategorized")
    values = {
        **_of_date(text.date), "title": title, "name": posixpath.basename(title), "post_title": _slug(text.title),
        "category": re.sub(r"[^\w/]+", "-", text.categories[0] if text.categories else default),
        "abbrlink": str(text.fields.get("abbrlink") or "") or None, "id": str(text.fields.get("id") or "") or None,
    }  # fmt: skip
    wished = (
        own if isinstance(own, str) and own else str(setup.settings.get("permalink") or ":year/:month/:day/:title/")
    )
    path = "/" + _filled(wished, values, r":([a-z_]+[a-z])").lstrip("/")
    pretty = setup.settings.get("pretty_urls")
    if isinstance(pretty, dict) and str(pretty.get("trailing_html")).lower() == "false":
        path = path.removesuffix(".html")
    return path


def _zola(setup, text):
    first = str(setup.settings.get("default_language") or "en")
    prefix = f"/{text.language}" if text.language in setup.languages and text.language != first else ""
    own = text.fields.get("path")
    if isinstance(own, str) and own:
        return f"{prefix}/{own.strip('/')}/"
    folder, _last = posixpath.split(text.below)
    return f"{prefix}/" + _slug(f"{folder}/{text.slug or text.stem}".lstrip("/"), strict=False) + "/"


def _pelican(setup, text):
    if isinstance(text.fields.get("url"), str) and text.fields["url"]:
        return text.fields["url"]
    first = str(setup.settings.get("default_lang") or "en").lower()[:2]
    kind = "ARTICLE" if text.is_post else "PAGE"
    other = bool(text.language) and text.language != first
    default = ("" if text.is_post else "pages/") + ("{slug}-{lang}.html" if other else "{slug}.html")
    pattern = setup.settings.get(f"{kind}_LANG_URL".lower() if other else f"{kind}_URL".lower())
    pattern = pattern if isinstance(pattern, str) else default
    category = text.categories[0] if text.categories else str(setup.settings.get("default_category") or "misc")
    values = {"slug": text.slug or _pelican_slug(setup, text), "lang": text.language or first,
              "category": _pelican_slug_of(category)}  # fmt: skip

    def value(found):
        if found[1] == "date" and text.date is not None and _PATTERN.fullmatch(found[2] or ""):
            return _strftime(text.date, found[2] or "%Y-%m-%d")
        if not values.get(found[1]):
            raise Unknown(_("The address it had can't be computed: nothing is known of %s.") % found[0])
        return values[found[1]]

    return "/" + re.sub(r"\{(\w+)(?::([^{}]*))?\}", value, pattern).lstrip("/")


def _strftime(date, pattern):
    told = _of_date(date)
    letters = {"Y": "year", "m": "month", "d": "day", "b": "short_month", "B": "long_month", "j": "y_day",
               "y": "short_year", "H": "hour", "M": "minute"}  # fmt: skip
    return re.sub("%([A-Za-z])", lambda found: told[letters[found[1]]], pattern)


def _pelican_slug(setup, text):
    return _pelican_slug_of(text.stem if slug_is_of_file(setup, text) else text.title)


def slug_is_of_file(setup, text):
    """Whether Pelican takes the slug of a text from the name of its file (SLUGIFY_SOURCE, FILENAME_METADATA)."""
    said = str(setup.settings.get("filename_metadata"))
    is_dated = text.stem != posixpath.basename(text.below)
    by_name = "(?P<slug>" in said and ("(?P<date>" not in said or is_dated)
    return by_name or setup.settings.get("slugify_source") == "basename"


def _pelican_slug_of(words):
    """Return what Pelican makes of Latin words; nothing for others, of which it makes what only its library knows."""
    plain = unicodedata.normalize("NFKD", words.translate(str.maketrans("ıİ", "iI")))
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    if not plain.isascii():
        return ""
    return re.sub(r"[-\s]+", "-", re.sub(r"[^\w\s-]", "", plain).strip()).lower()


def _eleventy(setup, text):
    pattern = text.fields.get("permalink")
    folder, last = posixpath.split(text.below)
    if not isinstance(pattern, str) or not pattern:
        same = last in {"index", posixpath.split(folder)[1]}
        return "/" + posixpath.join(folder, "" if same else f"{last}/")
    values = {
        "page.fileslug": text.stem, "title": text.title, "slug": str(text.fields.get("slug") or "") or None,
        "page.filepathstem": "/" + posixpath.join(folder, text.stem),
    }  # fmt: skip

    def value(found):
        name, filters = found[1].lower(), [each.strip() for each in found[2].split("|") if each.strip()]
        own = text.fields.get(name)
        known = values.get(name) or (str(own) if isinstance(own, str | int) else None)
        if name in {"page.date", "date"} and text.date is not None and len(filters) == 1:
            said = re.fullmatch(r"""date:?\s*\(?\s*["']((?:%[YmdbBjyHM]|[-/.])*)["']\)?""", filters[0])
            if said:
                return _strftime(text.date, said[1])
        if known is None or not set(filters) <= {"slug", "slugify", "url_encode"}:
            raise Unknown(_("The address it had can't be computed: nothing is known of %s.") % found[0])
        return _slug(known) if filters else known

    return "/" + re.sub(r"\{\{-?\s*([\w.]+)\s*((?:\|[^{}]*)?)-?\}\}", value, pattern).lstrip("/")
