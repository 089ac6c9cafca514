"""Who may do what: every function of `publishing` that changes something asks here, whatever form or view called it.

It asks for the user `by` and for whoever is at work at the desk (`audit.acting`), so that a view that says nobody, or
somebody else, gets no further than the user in front of it. Where there is neither, the site itself acts: a command, or
a guest with a draft link.
"""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy

from ..models import Article, ArticleAuthor, Revision, audit
from .rules import Fields

Kind, Status = Revision.Kind, Article.Status

# What it takes to do something with an article; writing takes that it is one's own, or the right to publish.
WRITE, PUBLISH = "articles.change_article", "articles.publish_article"
NEEDED = {
    "begin": ["articles.add_article"],
    "write": [WRITE],  # save, keep, restore, hand in, share, talk about
    "review": [WRITE, PUBLISH],  # send back, approve
    "publish": [WRITE, PUBLISH],  # schedule, update, correct, withdraw
    "delete": [PUBLISH],  # a draft, and bring it back
    "tag": [PUBLISH],
    "merge": ["articles.change_theme"],
    "import": ["articles.add_article", WRITE, PUBLISH, "articles.change_theme"],
}
# What a save means for the review, and what that takes. Nothing is saved as another kind.
SAVES = {Kind.DRAFT: "write", Kind.SUBMITTED: "write", Kind.RETURNED: "review", Kind.APPROVED: "review"}
# Fields that are for those who publish alone, once readers have the article or wait for it.
CLOSED = gettext_lazy("Readers have this article, or wait for it: whoever publishes changes this.")
# Told to whom a right is missing, by what they would have done.
MISSING = {
    "add": gettext_lazy("You have not been given the right to add this: %s."),
    "change": gettext_lazy("You have not been given the right to change this: %s."),
    "delete": gettext_lazy("You have not been given the right to delete this: %s."),
}
RESERVED = dict.fromkeys([Status.SCHEDULED, Status.PUBLISHED, Status.WITHDRAWN], ("slug", "authors"))


def own(user):
    """Return the condition of the articles that are `user`'s: they began them, or have a byline on them."""
    byline = ArticleAuthor.objects.order_by().filter(article=OuterRef("pk"), author__user=user.pk)
    return Q(created_by=user.pk) | Exists(byline)


def seen_by(user):
    """Return the articles that `user` may see at the desk: all for who publishes, else their own and what is public."""
    if user.has_perm(PUBLISH):
        return Article.objects.all()
    return Article.objects.filter(own(user) | Q(pk__in=Article.objects.public().values("pk")))


def may(user, act, article=None):
    """Whether `user` may do `act`, a key of `NEEDED`, with `article` (None: with any that is theirs)."""
    if not user.has_perms(NEEDED[act]):
        return False
    if act != "write" or article is None or user.has_perm(PUBLISH) or article.created_by_id == user.pk:
        return True
    return article.bylines.filter(author__user=user.pk).exists()


def reserved(user, article):
    """Return the names of the fields of `article` (None: a new one) that `user` may not change."""
    return () if article is None or user.has_perm(PUBLISH) else RESERVED.get(article.status(), ())


def held(by, article):
    """Return the names of the fields of `article` that those who do it may not change."""
    return {name for user in _acting(by) for name in reserved(user, article)}


def refuse(by, act, article=None):
    """Raise PermissionDenied unless all who do it may do `act` with `article`."""
    if not all(may(user, act, article) for user in _acting(by)):
        raise PermissionDenied


def refuse_fields(by, article, based_on, fields):
    """Raise ValidationError at what `fields` change of the revision `based_on` and isn't for those who do it to change."""
    closed = held(by, article)
    began = article.revisions.filter(pk=based_on).first() if closed else None
    if began is None:
        return
    before = Fields.of(began)
    changed = [name for name in sorted(closed) if getattr(before, name) != getattr(fields, name)]
    if changed:
        raise ValidationError(dict.fromkeys(changed, CLOSED))


def refuse_row(by, row, *verbs):
    """Raise PermissionDenied unless all who do it may do one of `verbs` (add, change, delete) with rows like `row`.

    It says which right is missing.
    """
    told = row._meta
    for user in _acting(by):
        if not any(user.has_perm(f"{told.app_label}.{verb}_{told.model_name}") for verb in verbs):
            raise PermissionDenied(MISSING[verbs[0]] % told.verbose_name)


def _acting(by):
    """Return the users who do something that is said to be done by `by`."""
    return [user for user in (by, audit.actor()) if user is not None]
