"""Which system a folder of texts was written for, and what its configuration says, read as data and never run.

`found(place)` returns a `Setup`. The names of files tell: `_config.yml` (Jekyll), `hugo.toml` and its kin (Hugo),
`pelicanconf.py` (Pelican), `.eleventy.js` and its kin (Eleventy); a folder with none of them is taken as it is. Hexo and
Zola have files of the same names as Jekyll and Hugo, with other keys in them.
"""

import ast
import itertools
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
_SAID = ("json", "js", "mjs", "cjs", "yml", "yaml")
_PEOPLE = ("authors", "people", "members")
MOST_LANGUAGES, MOST_AUTHORS = 100, 500
LONGEST = 1 << 18  # bytes of a file of configuration


class Dialect(StrEnum):
    """The system that a folder was written for."""

    JEKYLL = "Jekyll"
    HUGO = "Hugo"
    PELICAN = "Pelican"
    ELEVENTY = "Eleventy"
    HEXO = "Hexo"
    ZOLA = "Zola"
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
_HEXO = {"source_dir", "public_dir", "new_post_name", "post_asset_folder"}  # keys that only its configuration has
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
        if name.rpartition("/")[2] in _LAST and not re.search(r"(?:^|/)admin/config\.ya?ml$", name):  # of Decap CMS
            signs += [(name.count("/") - sign.count("/"), list(_SIGNS).index(sign), name, sign)
                      for sign in _SIGNS if name == sign or name.endswith("/" + sign)]  # fmt: skip
        elif not posts and re.search(r"(?:^|/)_(?:posts|drafts)/", name):
            posts.append(name)
    if not signs:
        above = "source/" if posts and all(name.startswith("source/") for name in posts) else ""
        is_posts = posts or place.title == "_posts"  # that folder alone
        setup = Setup(Dialect.JEKYLL if is_posts else Dialect.PLAIN, content=above)
        _authors(
            place, setup, [name for name in place.names() if re.search(r"(?:^|/)\.?authors\.(?:ya?ml|json)$", name)][:1]
        )
        return setup
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
    url = _text(url)
    if "//" not in url and re.match(r"[\w-]+(?:\.[\w-]+)+(?:/|$)", url):  # "blog.example.org"
        url = f"https://{url}"
    try:
        parts = urlsplit(url)
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
    if _HEXO & set(told):
        _hexo(setup, name)
        return
    setup.content = setup.root + (_folder(told.get("source"), ".") if told.get("source") else "")
    own = _mapping(told.get("author"))
    named = (own.get("name"), own.get("display_name"), _text(told.get("author")))
    of_theme = (_mapping(told.get(key)).get("name") for key in ("owner", "social"))  # HPSTR's and So Simple's, Chirpy's
    full = " ".join(
        filter(None, (_text(told.get(f"{part}_name")) for part in ("first", "middle", "last")))
    )  # al-folio's
    author = next((each for each in (*named, *of_theme, full) if each), "")
    language = told.get("lang") or told.get("locale") or told.get("language")
    base = _text(told.get("baseurl")) or _text(told.get("root"))  # the latter is Octopress's
    _take(setup, name, language, told.get("timezone"), told.get("url"), base, author)
    files = (f"{setup.content}_data/{stem}.{ending}" for stem in _PEOPLE for ending in ("yml", "yaml", "json"))
    _authors(place, setup, files)
    for key, value in _mapping(told.get("authors")).items():
        setup.authors[key] = _text(_mapping(value).get("name")) or key
    _pages_of_authors(place, setup, rf"{re.escape(setup.content)}_authors/()([^/]+)\.md")


def _authors(place, setup, files):
    """Take the names of authors by their keys from those of `files` that are there: {key: {name: …}}."""
    for name in files:
        try:
            told = _mapping(data(place, name)) if name in place else {}
        except Unreadable as error:
            setup.refused.append(error.refusal)
            continue
        told = _mapping(told["authors"]) if isinstance(told.get("authors"), dict) else told
        for key, value in told.items():
            setup.authors[key] = _text(_mapping(value).get("name")) or key


def _pages_of_authors(place, setup, pattern):
    """Take the names of authors that have a file of their own, like a `pattern`: of data, called as its first group, or a page,
    called as its second.
    """
    pattern = re.compile(pattern)
    found = (each for each in map(pattern.fullmatch, place.names()) if each)
    for each in itertools.islice(found, MOST_AUTHORS):
        key = each[1] or each[2]
        try:
            told = (
                _mapping(data(place, each[0]))
                if each[1]
                else heads.taken_apart(heads.decoded(place.read(each[0], LONGEST))[0]).fields
            )
        except (Unreadable, heads.HeadError):
            continue  # its text is told of when its turn comes
        name = _text(told.get("name") or told.get("title"))
        if name and not key.startswith("_"):
            setup.authors |= {called.lower(): name for called in (key, _text(told.get("short_name"))) if called}


def _hexo(setup, name):
    setup.dialect, told = Dialect.HEXO, setup.settings
    setup.content = setup.root + _folder(told.get("source_dir"), "source")
    language = told.get("language")
    language = next(iter(language), "") if isinstance(language, list) else language
    _take(setup, name, language, told.get("timezone"), told.get("url"), "", told.get("author"))
    if not setup.base:
        setup.base = f"/{_text(told.get('root')).strip('/')}".rstrip("/")


def _zola(setup, name):
    setup.dialect, told = Dialect.ZOLA, setup.settings
    setup.content = setup.root + "content/"
    setup.languages = {code: _mapping(each) for code, each in _mapping(told.get("languages")).items()}
    author = told.get("author") or _mapping(told.get("extra")).get("author")
    _take(setup, name, told.get("default_language") or "en", "", told.get("base_url"), "", author)


def _hugo(place, setup, name):
    setup.settings = told = _mapping(data(place, name))
    if "base_url" in told and "baseurl" not in told:
        _zola(setup, name)
        return
    inner, ending = posixpath.split(name)[0], name.rpartition(".")[2]
    if inner.endswith("config/_default"):
        for part in ("permalinks", "languages", "taxonomies", "cascade", "markup", "params"):
            if f"{inner}/{part}.{ending}" in place:
                told[part] = data(place, f"{inner}/{part}.{ending}")
        pattern = re.compile(
            rf"{re.escape(inner)}/languages\.([\w-]{{2,10}})\.{ending}"
        )  # one for each, in Congo and Blowfish
        for each in itertools.islice(
            (found for found in map(pattern.fullmatch, place.names()) if found), MOST_LANGUAGES
        ):
            told["languages"] = _mapping(told.get("languages")) | {each[1].lower(): data(place, each[0])}
    setup.content = setup.root + _folder(told.get("contentdir"), "content")
    setup.languages = {code: _mapping(each) for code, each in _mapping(told.get("languages")).items()}
    first = told.get("defaultcontentlanguage") or told.get("languagecode") or told.get("locale")
    of_language = setup.languages.get(_text(first).lower(), {})
    said = (
        *(each.get("author") for each in (told, _mapping(told.get("params")))),
        _mapping(of_language.get("params")).get("author"),
    )
    author = next((_mapping(each).get("name") if isinstance(each, dict) else each for each in said if each), "")
    _take(setup, name, first, told.get("timezone"), told.get("baseurl"), "", author)
    data_of, page_of = re.escape(f"{setup.root}data/authors/"), re.escape(f"{setup.content}authors/")
    _pages_of_authors(place, setup, rf"{data_of}([^/]+)\.(?:ya?ml|toml|json)|{page_of}([^/]+)(?:/_?index)?\.md")


def _pelican(place, setup, name):
    setup.settings = told = _python(place, name)
    published = f"{setup.root}publishconf.py"  # what it says of the public site counts
    if published in place:
        told |= {key: value for key, value in _python(place, published).items() if value or key not in told}
    setup.content = setup.root + _folder(told.get("path"), "content")
    if told.get("path") is None and not any(each.startswith(setup.content) for each in place.names()):
        setup.content = setup.root
    _take(setup, name, told.get("default_lang"), told.get("timezone"), told.get("siteurl"), "", told.get("author"))


def _python(place, name):
    try:
        return _assigned(heads.decoded(place.read(name, LONGEST))[0])
    except (heads.HeadError, SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise Unreadable(name, _("It can't be read as data: %s.") % error) from error


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
    folders = dict.fromkeys(f"{above}_data/" for above in (setup.content, setup.root, f"{setup.root}src/"))
    for each in (
        f"{folder}{stem}.{ending}" for folder in folders for stem in ("site", "metadata", "meta") for ending in _SAID
    ):
        if each in place:
            told = setup.settings = _mapping(_of_program(place, each) if each.endswith("js") else data(place, each))
            author = told.get("author")
            author = _mapping(author).get("name") if isinstance(author, dict) else author
            language = told.get("lang") or told.get("language")
            _take(setup, each, language, told.get("timezone"), told.get("url"), "", author)
            return


def _of_program(place, name):
    """Return the plain words that a file of JavaScript says under the keys that count here; nothing is run."""
    text = heads.decoded(place.read(name, LONGEST))[0]
    of_author = re.search(r"""\bauthor["']?\s{0,9}:\s{0,9}\{([^{}]{0,2000})\}""", text)
    told = {"author": _said_by_program(of_author[1], "name")} if of_author else {}
    text = text.replace(of_author[0], "") if of_author else text  # it may have an address of its own
    return {key: _said_by_program(text, key) for key in ("url", "language", "lang", "timezone", "author")} | told


def _said_by_program(text, key):
    said = re.search(
        rf"""(?:^|[{{,])\s{{0,40}}["']?{key}["']?\s{{0,9}}:\s{{0,9}}["'`]([^"'`\n]{{1,200}})["'`]""", text, re.MULTILINE
    )
    return said[1] if said else None
