"""Exports of other systems as tests need them, and a place that holds them."""

import io
import json
from html import escape

NAMESPACES = (
    'xmlns:excerpt="http://wordpress.org/export/1.2/excerpt/" xmlns:content="http://purl.org/rss/1.0/modules/content/" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:wp="http://wordpress.org/export/1.2/"'
)
BLOG = "https://notebook.example"


class Held:
    """A place of files in memory: {name: bytes}, as `transfer.places.Place` shows them."""

    def __init__(self, files):
        self.files = files

    def names(self):
        """Return the names in the order of the alphabet."""
        return iter(sorted(self.files))

    def __contains__(self, name):
        return name in self.files

    def found(self, name):
        """Return the name when there is such a file."""
        return name if name in self.files else None

    def size(self, name):
        """Return the number of bytes."""
        return len(self.files[name])

    def open(self, name):
        """Return the file as a stream."""
        return io.BytesIO(self.files[name])

    def read(self, name, most):
        """Return the bytes of the file."""
        return self.files[name][:most]

    def mark(self, name):
        """Return what changes with the file."""
        return str(hash(self.files[name]))


def cdata(text):
    """Return `text` as WordPress writes it."""
    return "<![CDATA[" + text.replace("]]>", "]]]]><![CDATA[>") + "]]>"


def item(
    number=1,
    *,
    title="A post",
    content="<p>Words.</p>",
    kind="post",
    status="publish",
    terms=(),
    meta=None,
    inside="",
    **said,
):
    """Return an item of WordPress's export; `terms` are (taxonomy, slug, name), `said` further elements by local name."""
    told = {
        "link": f"{BLOG}/2024/01/post-{number}/",
        "pubDate": "Wed, 31 Jan 2024 09:30:00 +0000",
        "dc:creator": "ayse",
        "guid": f"{BLOG}/?p={number}",
        "content:encoded": content,
        "excerpt:encoded": "",
        "wp:post_id": number,
        "wp:post_date": "2024-01-31 12:30:00",
        "wp:post_date_gmt": "2024-01-31 09:30:00",
        "wp:post_modified_gmt": "2024-02-01 00:00:00",
        "wp:post_name": f"post-{number}",
        "wp:status": status,
        "wp:post_type": kind,
        "wp:post_parent": 0,
        "wp:post_password": "",
        "title": title,
    } | {name.replace("__", ":"): value for name, value in said.items()}
    elements = "".join(f"<{name}>{cdata(str(value))}</{name}>" for name, value in told.items() if value is not None)
    elements += "".join(
        f'<category domain="{escape(taxonomy)}" nicename="{escape(slug)}">{cdata(name)}</category>'
        for taxonomy, slug, name in terms
    )
    elements += "".join(
        f"<wp:postmeta><wp:meta_key>{cdata(key)}</wp:meta_key><wp:meta_value>{cdata(value)}</wp:meta_value></wp:postmeta>"
        for key, value in (meta or {}).items()
    )
    return f"<item>{elements}{inside}</item>\n"


def attachment(number, path, *, alt="", caption="", parent=0):
    """Return the item of a picture of the media library."""
    return item(
        number,
        kind="attachment",
        status="inherit",
        content="",
        title=path,
        excerpt__encoded=caption,
        wp__post_parent=parent,
        wp__attachment_url=f"{BLOG}/wp-content/uploads/{path}",
        meta={"_wp_attached_file": path, "_wp_attachment_image_alt": alt},
    )


def wxr(*items, before="", language="en-US", encoding="UTF-8"):
    """Return the bytes of an export; `before` stands among its head's elements."""
    text = (
        f'<?xml version="1.0" encoding="{encoding}"?>\n<rss version="2.0" {NAMESPACES}>\n<channel>\n<title>Notebook</title>\n'
        f"<link>{BLOG}</link>\n<language>{language}</language>\n<wp:wxr_version>1.2</wp:wxr_version>\n"
        f"<wp:base_blog_url>{BLOG}</wp:base_blog_url>\n{before}{''.join(items)}</channel>\n</rss>\n"
    )
    return text.encode(encoding)


def author(login="ayse", name="Ayşe Yılmaz"):
    """Return an author of WordPress's export."""
    return f"<wp:author><wp:author_login>{cdata(login)}</wp:author_login><wp:author_display_name>{cdata(name)}</wp:author_display_name></wp:author>\n"


def category(slug, name, parent=""):
    """Return a category of WordPress's export."""
    return f"<wp:category><wp:category_nicename>{slug}</wp:category_nicename><wp:category_parent>{parent}</wp:category_parent><wp:cat_name>{cdata(name)}</wp:cat_name></wp:category>\n"


def ghost(posts, *, tags=(), users=(), posts_tags=(), posts_authors=(), posts_meta=(), settings=(), older=False):
    """Return the bytes of a Ghost export; `older` is the form without a list around it."""
    data = {"posts": posts, "tags": list(tags), "users": list(users), "posts_tags": list(posts_tags),
            "posts_authors": list(posts_authors), "posts_meta": list(posts_meta), "settings": list(settings)}  # fmt: skip
    one = {"meta": {"exported_on": 1700000000000, "version": "5.75.0"}, "data": data}
    return json.dumps(one if older else {"db": [one]}, ensure_ascii=False).encode()
