"""What the head of a text says, whatever its system calls it: names, flags, dates, themes, authors."""

import html
import re

from django.utils.translation import gettext as _

from ... import names
from ..documents import Note
from . import dates
from .leads import LEADS
from .setups import Dialect

SUMMARIES = ("summary", "description", "excerpt", "abstract", "subtitle", "lead", "standfirst")
DATES = ("publishdate", "pubdate", "pubdatetime", "date", "published_at", "publishedat", "published_date", "publish_date",
         "published", "date_published", "datepublished", "created", "created_at", "createdat")  # fmt: skip
UPDATES = ("lastmod", "modified", "modified_time", "updated", "last_modified_at", "updated_at", "updatedat", "updateddate", "moddatetime",
           "modified_at", "modified_date", "datemodified", "last_updated", "lastupdated", "update")  # fmt: skip
ALIASES = ("aliases", "alias", "redirect_from", "redirects", "old_url", "old_urls", "former", "wordpress_url",
           "blogger_orig_url")  # fmt: skip
_TRANSLATIONS = ("translationkey", "lang-ref", "lang_ref", "translation_id")
# By which Jekyll's sites have come to tell translations, `page_id` with Polyglot; elsewhere they may say anything.
_OF_JEKYLL = ("ref", "page_id")
_TAGS = ("tags", "tag", "categories", "category", "topics", "themes")
_KEYWORDS = "keywords"  # for search engines; names of themes only where there are no others
_AUTHORS = ("authors", "author", "byline", "by")
_OF_FILE = re.compile(r"(?:git )?(?:last modified|created)", re.IGNORECASE)  # 11ty.dev/docs/dates
_MARKUP = re.compile(
    r"</?(?:a|abbr|b|br|cite|code|del|em|i|mark|p|small|span|strong|sub|sup|u)\b[^<>]{0,300}>", re.IGNORECASE
)
_FLAGS = ("draft", "isdraft", "published", "publish", "private", "unlisted", "status", "visibility", "password")
_DRAFTS = {"draft": True, "isdraft": True, "published": False, "publish": False, "private": True, "unlisted": True}
_READ = frozenset(("title", "slug", "permalink", "url", "lang", "language", "locale", "type", "layout", "save_as", "params",
                   "taxonomies", "extra", "resources", "media_subpath", "typora-root-url", "typora-copy-images-to", "img_path", "gallery", "render_with_liquid",
                   *DATES, *UPDATES, *ALIASES, *_TRANSLATIONS, *_TAGS, *_AUTHORS, *_FLAGS)) | LEADS  # fmt: skip
# How a page was laid out there is nothing that is said here.
_LAID_OUT = frozenset((
    "comments", "toc", "weight", "menu", "math", "mathjax", "katex", "mermaid", "sidebar", "classes", "template", "theme",
    "share", "related", "read_time", "show_date", "order", "nav_order", "linktitle", "markup", "outputs", "sitemap",
    "author_profile", "header_type", "pin", "toc_sticky", "toc_label", "hidden", "cascade", "build", "_build", "guid", "id", "uuid",
    "eleventyexcludefromcollections", "eleventynavigation", "eleventycomputed", "pagination", "override",
    "wordpress_id", "date_gmt", "author_login", "author_email", "author_url", "blogger_id", "disqus_identifier", "disqus_url",
    "disqus_title", "comment_count", "categories_label", "excerpt_separator", "sharing", "footer", "dsq_thread_id", "top", "sticky", "icon", "featured", "mathjax3",
    "hiddenfromhomepage", "hiddenfromsearch", "hideinhomepage", "twemoji", "lightgallery", "ruby", "fraction", "fontawesome",
    "linktomarkdown", "rssfulltext", "code", "comment", "library", "authorlink", "featuredimagepreview", "giscus_comments",
    "related_posts", "_styles", "path", "abbrlink", "show_sidebar", "hidemeta", "disableshare", "hidesummary", "searchhidden", "showreadingtime",
    "showbreadcrumbs", "showpostnavlinks", "cover_hidden", "editpost", "copyright", "background", "css", "js", "scripts", "styles", "showtoc", "tocopen", "iscjklanguage", "readingtime", "expirydate",
))  # fmt: skip
_OUT, _NOT_OUT = {"published", "publish", "public", "done", "live"}, {"draft", "pending", "wip", "in progress"}
_YES, _NO = {"true", "yes", "on", "1", "y"}, {"false", "no", "off", "0", "n", ""}
# Collections of Eleventy's sites that say what sort of a text it is.
_COLLECTIONS = {"post", "posts", "page", "pages", "nav", "all", "blog", "article", "articles"}
MOST_NAMES = 200
_LINKS = ("external-url", "external_url", "externalurl", "link", "link_url", "linkurl", "linked_url", "redirect_to")
_NAMES = ("name", "display_name", "displayname", "full_name", "title", "nickname", "login")  # of somebody in a mapping
_UNSAID = {"none", "", "[]", "{}", "true", "false"}  # values that say nothing to readers
_LINKED = re.compile(r"\[\[(?:[^\[\]|]*\||(?:[^\[\]|]*/)?)([^\[\]|]+)\]\]")  # as Obsidian's properties name a text


def flag(value, otherwise=None):
    """Return whether `value` says yes; `otherwise` where it says neither yes nor no."""
    said = str(value).strip().lower()
    return True if said in _YES else False if said in _NO else otherwise


def first(fields, keys):
    """Return (key, value) of the first of `keys` that says something, or ("", None)."""
    return next(((key, fields[key]) for key in keys if fields.get(key) not in (None, "", [], {})), ("", None))


def line(value):
    """Return a value as a line of text; "" for lists and the like."""
    return names.clean_line(str(value)) if isinstance(value, str | int | float) and not isinstance(value, bool) else ""


def spoken(value):
    """Return a value as a line for readers, for whom its entities of HTML were characters and its tags were none."""
    return names.clean_line(html.unescape(_MARKUP.sub("", line(value))))


def translation(fields, setup):
    """Return (key, value) of the name that a text shares with its translations, ("", "") where it says none."""
    key, value = first(fields, (*_TRANSLATIONS, *(_OF_JEKYLL if setup.dialect == Dialect.JEKYLL else ())))
    said = line(value)
    return (key, said) if said and "://" not in said else ("", "")


def with_parts(said):
    """Return fields in which a date of two parts (`date: {created: …, updated: …}`, MkDocs) is two."""
    parts = _mapping(said.get("date"))
    return said | {"date": parts.get("created"), "updated": parts.get("updated")} if parts else said


def is_of_file(value):
    """Whether a date is that of the file there, as Eleventy lets one say."""
    return isinstance(value, str) and bool(_OF_FILE.fullmatch(value.strip()))


def published(fields, head, zone, notes, keys=DATES):
    """Return the instant that the first of `keys` says which says one, or None; what isn't understood becomes a note."""
    for key in keys:
        value = fields.get(key)
        if value is None or value == "" or (key == "published" and flag(value) is not None):
            continue
        if is_of_file(value) or str(value).startswith("0001-01-01"):  # as Hugo writes that there is none
            continue
        try:
            return dates.instant(value, zone)
        except (ValueError, OverflowError, TypeError):
            notes.append(Note(_("This date is not understood: %s.") % str(value)[:100], head.line_of(key)))
    return None


def is_draft(fields, head, notes):
    """Return whether the head says that readers don't see the text; what is unclear counts as yes, and is told."""
    draft = False
    for key, meant in _DRAFTS.items():
        value = fields.get(key)
        if value is None:
            continue
        said = flag(value, "unclear")
        if said == "unclear":
            if meant:
                words = _("It is unclear whether it is a draft (%s); it counts as one.") % str(value)[:60]
                notes.append(Note(words, head.line_of(key)))
                draft = True
            continue
        draft = draft or said == meant
    status = line(fields.get("status") or fields.get("visibility") or "").lower()
    if status in {"hidden", "private", "unlisted", "skip"}:
        notes.append(Note(_("Its status is “%s”; it counts as a draft.") % status, head.line_of("status")))
    elif status and status not in _OUT | _NOT_OUT:
        words = _("Its status is not known (%s); it counts as a draft.") % status[:60]
        notes.append(Note(words, head.line_of("status")))
    return draft or (bool(status) and status not in _OUT)


def _flat(value):
    """Yield the names in a value, however deep they stand; of a mapping its name, or its keys."""
    waiting = [value]
    while waiting:
        each = waiting.pop(0)
        if isinstance(each, list):
            waiting = [*each, *waiting]
        elif isinstance(each, dict):
            told = {str(key).lower(): one for key, one in each.items()}
            named = next((told[key] for key in _NAMES if told.get(key)), None)
            waiting = [*([named] if named else [*each, *each.values()]), *waiting]
        elif isinstance(each, str | int | float) and not isinstance(each, bool):
            yield str(each)


def _words(value, dialect, key):
    """Return the names that a field of tags or categories says: a list, or words divided as the system divides them."""
    if not isinstance(value, str):
        return list(_flat(value))
    if value.startswith("[") and value.endswith("]") and not value.startswith("[["):
        value = value[1:-1]
    if "," in value or ";" in value:
        return [each.strip(" \"'") for each in re.split("[,;]", value)]
    if dialect == Dialect.JEKYLL and key in {"tags", "categories"}:
        return value.split()
    return [value]


def unique(found):
    """Return names, each once however it is spelt, cleaned, in their order."""
    kept = {}
    for each in found:
        each = _LINKED.sub(r"\1", html.unescape(names.clean_line(each))).lstrip("#").strip()
        key = names.fold(each)
        if key and key not in kept and len(kept) < MOST_NAMES:
            kept[key] = each[:200]
    return tuple(kept.values())


def categories(fields, dialect):
    """Return the categories that the head says, in order."""
    return unique(each for key in ("categories", "category") for each in _words(fields.get(key) or [], dialect, key))


def themes(fields, setup, more=()):
    """Return the tags and categories of the head, and `more`, each once; those of taxonomies of the site's own too."""
    keys = [*_TAGS]
    keys += [each for each in _own(setup) if each not in keys]
    found = [*more]
    for key in keys:
        found += _words(fields.get(key) or [], setup.dialect, key)
    for key, value in _mapping(fields.get("taxonomies")).items():  # Zola's
        found += _words(value, setup.dialect, key) if key not in _AUTHORS else []
    if not found:
        found = _words(fields.get(_KEYWORDS) or [], setup.dialect, _KEYWORDS)
    if setup.dialect == Dialect.ELEVENTY:
        found = [each for each in found if names.fold(each) not in _COLLECTIONS]
    return unique(found)


def _own(setup, of_authors=False):
    """Return the keys under which heads name what is in Hugo's taxonomies of the site's own: themes, or `of_authors`."""
    own = setup.settings.get("taxonomies")
    if setup.dialect != Dialect.HUGO or not isinstance(own, dict):
        return []
    told = {str(value).lower(): {str(key).lower(), str(value).lower()} for key, value in own.items()}
    return [
        key
        for key, both in told.items()
        if key != "series" and bool(both & {"author", "authors", "writer"}) == of_authors
    ]


def _mapping(value):
    return {str(key).lower(): each for key, each in value.items()} if isinstance(value, dict) else {}


def authors(fields, setup):
    """Return the names of the authors: those of the head, or the one of the whole site."""
    key, value = first(fields | _mapping(fields.get("taxonomies")), (*_own(setup, of_authors=True), *_AUTHORS))
    if isinstance(value, str):
        divided = re.split(";", value) if ";" in value else re.split(",", value)
        if len(divided) == 2 and key == "author" and ";" not in value:  # "Ayşe Kaya, Jr." or two people
            divided = divided if all(len(each.split()) > 1 for each in divided) else [value]
        found = divided
    else:
        found = [*_flat(value)] if value is not None else [setup.author] if setup.author else []
    return unique(setup.authors.get(each.strip().lower(), each) for each in found)


def led(fields):
    """Return the address to which the head says that the whole text leads, as it does in blogs of links, or ""."""
    found = (line(fields.get(key)) for key in _LINKS)
    return next((each for each in found if re.fullmatch(r"https?://\S{1,2000}", each)), "")


def former(fields):
    """Return the addresses that the head says the text had before."""
    return [each for key in ALIASES for each in _flat(fields.get(key) or [])]


def untaken(fields, head, setup):
    """Return a note that names the fields of which nothing is taken; nothing where there are none."""
    known = {key for key in _LINKS if led({key: fields.get(key)})} | {
        *_READ,
        *_LAID_OUT,
        *_own(setup),
        *_own(setup, of_authors=True),
        first(fields, SUMMARIES)[0],
        translation(fields, setup)[0],
    }
    if not any(fields.get(key) for key in (*_TAGS, "taxonomies", *_own(setup))):
        known.add(_KEYWORDS)
    left = [key for key in fields if key not in known and str(fields[key]).lower() not in _UNSAID]
    if not left:
        return []
    return [Note(_("Nothing is taken of these fields of its head: %s.") % ", ".join(left)[:300], head.line_of(left[0]))]
