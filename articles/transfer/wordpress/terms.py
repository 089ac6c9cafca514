"""Categories and tags of a WordPress export, of which themes become."""

from html import unescape
from urllib.parse import unquote

from django.utils.translation import gettext as _

from ... import names
from .. import fields, html
from ..documents import ThemeTold

TABLE = """
CREATE TABLE terms (taxonomy TEXT, slug TEXT, name TEXT, parent TEXT, description TEXT, PRIMARY KEY (taxonomy, slug));
CREATE INDEX terms_by_name ON terms (taxonomy, name);
"""
DEEPEST = 10  # categories within each other
LONGEST_SAID = 10_000  # characters of what is said of one
_THEMES = {"category": "category", "post_tag": "post_tag", "tag": "post_tag"}  # as older exports call them, too
# Where WordPress shows a term, unless its settings, which no export has, say otherwise.
_PAGES = {"category": "category", "post_tag": "tag"}
# Of no reader: what editors, translators, shops and plugins for search engines keep.
_UNSAID = {
    "post_format", "language", "author", "nav_menu", "post_translations", "term_translations", "link_category", "wp_theme",
    "yst_prominent_words", "translation_priority", "post_visibility", "product_type", "product_visibility",
    "elementor_library_type", "amp_validation_error", "wp_template_part_area", "wp_pattern_category",
}  # fmt: skip
_UNSORTED = {"uncategorized", "genel", "kategorilenmemis", "bez-rubriki", "bez-kategorii"}


def learn(export, row):
    """Keep a term that the export tells of."""
    kind = (
        row.get("wp:term_taxonomy", "") if row.kind == "wp:term" else {"wp:tag": "post_tag"}.get(row.kind, "category")
    )
    if kind not in _THEMES:
        return
    slug, name, parent, said = (
        next((row[key] for key in keys if row.get(key)), "")
        for keys in (
            ("wp:category_nicename", "wp:tag_slug", "wp:term_slug"),
            ("wp:cat_name", "wp:tag_name", "wp:term_name"),
            ("wp:category_parent", "wp:term_parent"),
            ("wp:category_description", "wp:tag_description", "wp:term_description"),
        )
    )
    export.keep("terms", _THEMES[kind], slug, html.plain(unescape(name)), parent, said[:LONGEST_SAID])


def of(export, row, notes):
    """Return the `ThemeTold`s of the terms of an item, with the categories above its own, by which it is listed too."""
    found = {}
    for taxonomy, slug, name in row.terms:
        name = html.plain(unescape(name))
        if taxonomy not in _THEMES:
            if taxonomy not in _UNSAID:
                said = {"taxonomy": taxonomy[:60], "name": name[:100]}
                notes.add(
                    _("“%(name)s” of “%(taxonomy)s” was left out: themes are made of categories and tags.") % said
                )
        elif name and taxonomy == "category" and names.slugify(unquote(slug) or name) in _UNSORTED:
            export.account.categories[name[:100]] += 1
        elif name:
            for each in _with_those_above(export, _THEMES[taxonomy], slug, name):
                before = found.get(each.name)
                paths = before.old_paths + each.old_paths if before else each.old_paths
                said = (before and before.description) or each.description
                found[each.name] = each._replace(description=said, old_paths=tuple(dict.fromkeys(paths)))
    return list(found.values())


def _with_those_above(export, taxonomy, slug, name):
    """Yield the `ThemeTold` of a term and those of the terms above it."""
    chain, known = [(slug, name, "")], _found(export, taxonomy, slug)
    if known:
        chain = [(slug, name, known[3])]
    while known and known[2] and len(chain) < DEEPEST:
        above = known[2]
        known = _found(export, taxonomy, above)
        each = (known[0], known[1], known[3]) if known else (above, "", "")
        if each[0] in [before[0] for before in chain]:
            break
        chain.append(each)
    for number, (_slug, shown, said) in enumerate(chain):
        if shown:
            yield ThemeTold(shown, html.plain(said), _paths(export, taxonomy, [each[0] for each in chain[number:]]))


def _found(export, taxonomy, mark):
    """Return (slug, name, mark of the term above, description) of a term by its slug, or its name, as older exports have it."""
    question = "SELECT slug, name, parent, description FROM terms WHERE taxonomy = ? AND {} = ?"
    if not mark:
        return None
    by_name = html.plain(unescape(mark))
    return export.one(question.format("slug"), taxonomy, mark) or export.one(question.format("name"), taxonomy, by_name)


def _paths(export, taxonomy, slugs):
    """Return where WordPress shows a term, of which `slugs` are its own and those above it: as a part of them, and alone."""
    if not slugs[0]:
        return ()
    before = f"{export.site.rstrip('/')}/{_PAGES[taxonomy]}"
    ways = dict.fromkeys(("/".join(reversed([each for each in slugs if each])), slugs[0]))
    return tuple(filter(None, (fields.path(f"{before}/{way}/") for way in ways)))
