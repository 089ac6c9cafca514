"""Which system a folder of texts was written for, and what its configuration says, read as data and never run.

`found(place)` returns a `Setup`. The names of files tell: `_config.yml` (Jekyll), `hugo.toml` and its kin (Hugo),
`pelicanconf.py` (Pelican), `.eleventy.js` and its kin (Eleventy); a folder with none of them is taken as it is.
"""

import ast
import json
import posixpath
import re
import tomllib
import warnings
import zoneinfo
from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from ..documents import Refusal
from ..places import Unreadable
from . import heads

TEXTS = (".md", ".markdown", ".mkd", ".mdown", ".mkdn")
LONGEST = 1 << 18  # bytes of a file of configuration


class Dialect(StrEnum):
    """The system that a folder was written for."""

    JEKYLL = "Jekyll"
    HUGO = "Hugo"
    PELICAN = "Pelican"
    ELEVENTY = "Eleventy"
    PLAIN = "Markdown"


_ENDINGS = ("toml", "yaml", "yml", "json")
_SIGNS = {
    **{f"hugo.{ending}": Dialect.HUGO for ending in _ENDINGS},
    **{f"config/_default/{name}.{ending}": Dialect.HUGO for name in ("hugo", "config") for ending in _ENDINGS},
    **{f"config.{ending}": Dialect.HUGO for ending in _ENDINGS},
    "_config.yml": Dialect.JEKYLL,
    "_config.yaml": Dialect.JEKYLL,
    "_config.toml": Dialect.JEKYLL,
    "pelicanconf.py": Dialect.PELICAN,
    ".eleventy.js": Dialect.ELEVENTY,
    **{f"eleventy.config.{ending}": Dialect.ELEVENTY for ending in ("js", "mjs", "cjs", "ts")},
}
_LAST = {sign.rpartition("/")[2] for sign in _SIGNS}


@dataclass
class Setup:
    """What is known of a folder.

    `root` is the folder in the place where the configuration lies, `content` the one below which texts are, both "" or
    ending in a slash. `zone` is None where nothing is said; `host` is the former site without a path, `base` the path
    under which it stood, without a slash at its end. `settings` is the rest of the configuration, its keys in small
    letters; `authors` are {key: name}.
    """

    dialect: Dialect = Dialect.PLAIN
    root: str = ""
    content: str = ""
    language: str = ""
    zone: zoneinfo.ZoneInfo | None = None
    host: str = ""
    base: str = ""
    author: str = ""
    settings: dict = field(default_factory=dict)
    languages: dict = field(default_factory=dict)
    authors: dict = field(default_factory=dict)
    refused: list = field(default_factory=list)


def setting(setup, *keys):
    """Return what the configuration says under `keys`, one within the other, in capitals or not, or None."""
    value = setup.settings
    for key in keys:
        value = _mapping(value).get(key)
    return value


def found(place):
    """Return the `Setup` of a place: that of its outermost configuration."""
    signs, posts = [], []
    for name in place.names():
        if name.rpartition("/")[2] in _LAST:
            signs += [(name.count("/") - sign.count("/"), list(_SIGNS).index(sign), name, sign)
                      for sign in _SIGNS if name == sign or name.endswith("/" + sign)]  # fmt: skip
        elif not posts and re.search(r"(?:^|/)_(?:posts|drafts)/", name):
            posts.append(name)
    if not signs:
        return Setup(Dialect.JEKYLL if posts else Dialect.PLAIN)
    _depth, _rank, name, sign = min(signs)
    setup = Setup(_SIGNS[sign], root=name[: len(name) - len(sign)])
    reading = {Dialect.JEKYLL: _jekyll, Dialect.HUGO: _hugo, Dialect.PELICAN: _pelican, Dialect.ELEVENTY: _eleventy}
    try:
        reading[setup.dialect](place, setup, name)
    except Unreadable as error:
        setup.refused.append(error.refusal)
    except heads.HeadError as error:
        setup.refused.append(Refusal(name, error.words, error.line))
    if not any(each.startswith(setup.content) and each.lower().endswith((*TEXTS, ".html")) for each in place.names()):
        words = _("There is no text in the folder “%s” that it speaks of: every file is read as it is.")
        setup.refused.append(Refusal(name, words % (setup.content or "/")))
        return Setup(refused=setup.refused)
    return setup


def data(place, name):
    """Return what a YAML, TOML or JSON file says; raise Unreadable when it isn't that."""
    try:
        text = heads.decoded(place.read(name, LONGEST))[0]
        if name.endswith((".yml", ".yaml")):
            return heads.yaml_fields(text)
        return tomllib.loads(text) if name.endswith(".toml") else json.loads(text)
    except heads.HeadError as error:
        raise Unreadable(name, error.words, error.line) from error
    except (ValueError, RecursionError) as error:
        raise Unreadable(name, _("It can't be read as data: %s.") % error) from error


def _mapping(value):
    return {str(key).lower(): each for key, each in value.items()} if isinstance(value, dict) else {}


def _text(value):
    return str(value).strip() if isinstance(value, str | int | float) and not isinstance(value, bool) else ""


def _folder(value, default):
    """Return a folder below the root as a prefix; one that leads out is the default."""
    value = posixpath.normpath(_text(value) or default)
    if value == ".":
        return ""
    return f"{default}/" if value.startswith(("/", "..")) else f"{value}/"


def _take(setup, name, language="", zone="", url="", base="", author=""):
    """Put what every system says somewhere into the setup."""
    setup.language = _text(language)
    setup.author = _text(author)
    try:
        parts = urlsplit(_text(url))
        setup.host = f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""
        setup.base = (base or parts.path).strip("/")
    except ValueError:
        setup.base = base.strip("/")
    setup.base = f"/{setup.base}" if setup.base else ""
    if _text(zone):
        try:
            setup.zone = zoneinfo.ZoneInfo(_text(zone))
        except (ValueError, OSError, zoneinfo.ZoneInfoNotFoundError):
            setup.refused.append(Refusal(name, _("Its time zone is none that is known: %s.") % _text(zone)[:60]))


def _jekyll(place, setup, name):
    setup.settings = told = _mapping(data(place, name))
    setup.content = setup.root + (_folder(told.get("source"), ".") if told.get("source") else "")
    author = told.get("author")
    author = _mapping(author).get("name") if isinstance(author, dict) else author
    language = told.get("lang") or told.get("locale") or told.get("language")
    _take(setup, name, language, told.get("timezone"), told.get("url"), _text(told.get("baseurl")), author)
    for ending in ("yml", "yaml", "json"):
        authors = f"{setup.content}_data/authors.{ending}"
        if authors in place:
            for key, value in _mapping(data(place, authors)).items():
                setup.authors[key] = _text(_mapping(value).get("name")) or key


def _hugo(place, setup, name):
    setup.settings = told = _mapping(data(place, name))
    inner, ending = posixpath.split(name)[0], name.rpartition(".")[2]
    if inner.endswith("config/_default"):
        for part in ("permalinks", "languages", "taxonomies", "cascade", "markup", "params"):
            if f"{inner}/{part}.{ending}" in place:
                told[part] = data(place, f"{inner}/{part}.{ending}")
    setup.content = setup.root + _folder(told.get("contentdir"), "content")
    setup.languages = {code: _mapping(each) for code, each in _mapping(told.get("languages")).items()}
    author = told.get("author") or _mapping(told.get("params")).get("author")
    author = _mapping(author).get("name") if isinstance(author, dict) else author
    first = told.get("defaultcontentlanguage") or told.get("languagecode") or told.get("locale")
    _take(setup, name, first, told.get("timezone"), told.get("baseurl"), "", author)


def _pelican(place, setup, name):
    try:
        text = heads.decoded(place.read(name, LONGEST))[0]
        setup.settings = told = _assigned(text)
    except (heads.HeadError, SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise Unreadable(name, _("It can't be read as data: %s.") % error) from error
    setup.content = setup.root + _folder(told.get("path"), "content")
    if told.get("path") is None and not any(each.startswith(setup.content) for each in place.names()):
        setup.content = setup.root
    _take(setup, name, told.get("default_lang"), told.get("timezone"), told.get("siteurl"), "", told.get("author"))


def _assigned(source):
    """Return {name in small letters: value} of what a Python file assigns that is a plain value; nothing is run."""
    values = {}
    with warnings.catch_warnings():  # of the file's own faults
        warnings.simplefilter("ignore")
        tree = ast.parse(source)
    for node in tree.body:
        if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            try:
                values[node.targets[0].id.lower()] = ast.literal_eval(node.value)
            except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
                continue
    return values


def _eleventy(place, setup, name):
    text = heads.decoded(place.read(name, LONGEST))[0]
    said = re.search(r"""\binput["']?\s{0,9}:\s{0,9}["']([^"'\n]{1,200})["']""", text)
    setup.content = setup.root + (_folder(said[1], ".") if said else "")
    for each in (f"{setup.content}_data/{stem}.json" for stem in ("site", "metadata", "meta")):
        if each in place:
            told = setup.settings = _mapping(data(place, each))
            author = told.get("author")
            author = _mapping(author).get("name") if isinstance(author, dict) else author
            language = told.get("lang") or told.get("language")
            _take(setup, each, language, told.get("timezone"), told.get("url"), "", author)
            return
