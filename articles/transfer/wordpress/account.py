"""What an export of WordPress holds that no text of it is made of, counted, to be told at its end."""

from collections import Counter

from django.utils.translation import gettext as _

from ..documents import LeftOut

MOST_KINDS, MOST_TITLES = 40, 5  # of what is left out, that are told one by one; of each
MOST_LAYOUT = 500  # names of shortcodes
MOST_MISSED = 10_000  # pictures that aren't there, that are counted


class Account:
    """Counts what is left out, by kind, and the pictures that are there and that aren't."""

    def __init__(self):
        self.comments, self.descriptions, self.shown = 0, 0, 0
        self.kinds, self.titles = Counter(), {}
        self.categories = Counter()  # that say nothing
        self.missed = set()  # paths of pictures below the folder of uploads
        self.layout = Counter()  # shortcodes that only lay texts out

    def leave(self, what, title):
        """Count an item that is left out, which is of `what`: ("kind", its type) or ("status", its status)."""
        what = what if what in self.kinds or len(self.kinds) < MOST_KINDS else ("kind", "…")
        self.kinds[what] += 1
        if self.kinds[what] <= MOST_TITLES and title:
            self.titles.setdefault(what, []).append(title[:60])

    def miss(self, path):
        """Count a picture of the blog that isn't there."""
        if path and len(self.missed) < MOST_MISSED:
            self.missed.add(path)

    def take_off(self, layout):
        """Count the shortcodes of the names `layout`, which only lay a text out."""
        self.layout.update(name for name in sorted(layout) if name in self.layout or len(self.layout) < MOST_LAYOUT)

    def told(self, place, within, unused):
        """Yield it; `within` texts stand so many of what is kept for several ({type: number}), so many files are `unused`."""
        for words in self._words(within, unused):
            yield LeftOut(place, words)

    def _words(self, within, unused):
        if self.comments:
            yield _("Comments that were left out: %s.") % self.comments
        for what, count in self.kinds.items():
            if what[0] == "kind" and count <= within.get(what[1], 0):
                continue
            words = _("Items of the type “%(what)s” that were left out: %(count)s.")
            if what[0] == "status":
                words = _("Texts with the status “%(what)s” that were left out: %(count)s.")
            titles = ", ".join(f"“{title}”" for title in self.titles.get(what, ()))
            yield f"{words % {'what': what[1], 'count': count}} {titles}".strip()
        for name, count in self.categories.most_common(MOST_TITLES):
            words = _("The category “%(name)s” says nothing: %(count)s texts are here without it.")
            yield words % {"name": name, "count": count}
        if self.layout:
            names = ", ".join(f"{name} ({count})" for name, count in self.layout.most_common(MOST_KINDS))
            yield _("Shortcodes that only lay a text out, that were taken off (in so many texts): %s.") % names
        if self.missed and not self.shown:
            words = _(
                "None of the pictures that its texts show is in the source (%s): give the folder wp-content/uploads with it, "
                "in one folder or archive, and they are taken."
            )
            yield words % f"{len(self.missed):,}"
        if unused:
            yield _("Files of the media library that no text shows, or that aren’t there: %s.") % unused
        if self.descriptions:
            words = _("Descriptions of files of the media library, which no text shows, that were left out: %s.")
            yield words % self.descriptions
