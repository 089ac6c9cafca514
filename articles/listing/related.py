"""What to read next: what the editors chose, then what shares themes and telling words, the rare ones first."""

import math
from collections import Counter, defaultdict
from dataclasses import dataclass, field

from django.db import connection

from .. import search
from ..models import Article, ArticleTheme, Keyword, Likeness, ReadNext, Tally

SHOWN, MOST_FETCHED = 3, 15  # of those that are alike
MOST_COMPARED = 600  # of the newest articles that share a theme, and of those that share a word
WORDS_WEIGH = 0.4  # what a shared word counts beside a shared theme
OTHER_LANGUAGE = 0.5
MOST_WORDS = 3  # named as the reason


@dataclass(frozen=True)
class Suggestion:
    """An article to read next, and why: the editors `picked` it, or it shares those `themes` and `words`."""

    article: Article
    picked: bool = False
    themes: list = field(default_factory=list)
    words: list = field(default_factory=list)


@dataclass(frozen=True)
class Said:
    """The keywords of an article, {term: how it spells it}, and [(article, term, how it spells it), …] of the newest others
    with one of them; beside how many articles there are.
    """

    words: dict
    uses: list
    total: int

    @classmethod
    def by(cls, article):
        """Return what `article` says, as it is stored."""
        words = dict(Keyword.objects.filter(article=article.pk).values_list("term", "word"))
        uses = Keyword.objects.filter(term__in=words).exclude(article=article.pk).order_by("-article")
        return cls(words, list(uses.values_list("article", "term", "word")[:MOST_COMPARED]), Tally.standing())


def related(article, *, themes, picks=None, before=None, at=None, said=None):
    """Return the `Suggestion`s of what to read after `article`, about `themes`, that is public at `at`; at most three.

    `picks` are the keys that the editors chose (default: those stored). `before`: of the others, only what was
    published before that instant. `said` is what it says (`Said`; default: asked for).
    """
    if picks is None:
        picks = _picked(article)
    seen = Article.objects.public(at).defer("body", "html", "contents").with_themes()
    links = ArticleTheme.objects.public(at)
    chosen = seen.in_bulk(picks)
    if before:
        seen, links = seen.filter(published_at__lt=before), links.filter(published_at__lt=before)
    score, shared = _likeness(article, links, _called(themes), said or Said.by(article))
    others = seen.in_bulk(_highest(score))
    words = {pk: [own for _uses, own, _theirs in shared[pk]] for pk in others}
    return _told(article, themes, [chosen[pk] for pk in picks if pk in chosen], others.values(), score, words)


def read_next(article, *, themes):
    """Return the `Suggestion`s of what to read after the public `article`, about `themes`; at most three.

    What the editors chose comes first, then what was found to be like it when either was published.
    """
    picks = _picked(article)
    alike = {row.other_id: row for row in Likeness.objects.filter(article=article.pk)}
    known = Article.objects.public().defer("body", "html", "contents").with_themes().in_bulk([*picks, *alike])
    score, words = ({pk: getattr(row, name) for pk, row in alike.items()} for name in ("score", "words"))
    others = [known[pk] for pk in sorted(alike) if pk in known]
    return _told(article, themes, [known[pk] for pk in picks if pk in known], others, score, words)


def alike(article, *, themes, said=None):
    """Return what is like `article`, about `themes`, of what is public or scheduled; at most fifteen.

    {key: (score, the words they share as `article` spells them, and as the other does)}; `said` as for `related`.
    """
    standing = {"published_at__isnull": False, "withdrawn_at": None}
    seen = Article.objects.filter(**standing)
    links = ArticleTheme.objects.filter(**standing)
    score, shared = _likeness(article, links, _called(themes), said or Said.by(article))
    found = {}
    for pk in seen.filter(pk__in=_highest(score)).values_list("pk", flat=True):
        words = shared[pk]
        theirs = [theirs for _uses, _own, theirs in sorted(words, key=lambda word: (word[0], word[2]))]
        found[pk] = (score[pk], [own for _uses, own, _theirs in words], theirs)
    return found


def _called(themes):
    """Return {key: the terms of its name} of `themes`."""
    return {theme.pk: search.terms_of(theme.name) for theme in themes}


def _picked(article):
    return list(ReadNext.objects.filter(article=article.pk, picked=True).values_list("other", flat=True))


def _highest(score):
    """Return the keys of the fifteen highest scores, of equal ones the latest articles."""
    return sorted(score, key=lambda pk: (score[pk], pk), reverse=True)[:MOST_FETCHED]


def _told(article, themes, chosen, others, score, words):
    """Return the `Suggestion`s of the articles `chosen` and of those `others` that are most like `article`."""
    others = sorted(
        others, key=lambda row: (score[row.pk] * _spoken(row, article), row.published_at, -row.pk), reverse=True
    )
    told = [Suggestion(row, picked=True) for row in chosen]
    told += [Suggestion(row, words=words[row.pk]) for row in others if not _is_part(row, article)]
    return _each_once(article, themes, told)


def suggested(articles):
    """Return, for each of `articles`, the `Suggestion`s made when it was published, of what readers see now."""
    stored = defaultdict(list)
    for row in ReadNext.objects.filter(article__in=[article.pk for article in articles]):
        stored[row.article_id].append(row)
    keys = {row.other_id for rows in stored.values() for row in rows}
    known = Article.objects.public().defer("body", "html", "contents").with_themes().in_bulk(keys)
    return [
        _each_once(
            article,
            article.theme_list,
            [
                Suggestion(known[row.other_id], row.picked, words=row.words)
                for row in stored[article.pk]
                if row.other_id in known
            ],
        )
        for article in articles
    ]


def _newest(links, tags):
    """Return the newest of the `links` of `tags`, keys, as (article, tag); each theme's are read off the end of an index."""
    if not tags:
        return []
    links = links.order_by("-published_at", "-content_object").values_list("published_at", "content_object", "tag")
    parts, parameters = [], []
    for place, tag in enumerate(tags):
        sql, given = links.filter(tag=tag)[:MOST_COMPARED].query.sql_with_params()
        parts.append(f"SELECT * FROM ({sql}) AS part{place}")  # noqa: S608 - Django's own
        parameters += given
    with connection.cursor() as cursor:  # SQLite takes no LIMIT inside Django's union()
        cursor.execute(" UNION ALL ".join(parts), parameters)
        rows = sorted(cursor.fetchall(), reverse=True)
    return [(pk, tag) for _published, pk, tag in rows[:MOST_COMPARED]]


def _likeness(article, links, called, said):
    """Return {key: score} of articles that share something with `article`, and {key: [words they share]}.

    Of each word: how many use it, how `article` spells it, how the other does; rare ones first, at most three.

    `links` are theirs, `called` the terms of the names of its own themes, {key: terms}: of a shared theme those say
    nothing more; `said` is what it says itself. All words together count for less than a theme. What is not to be seen is for the caller to drop.
    """
    links, total = _newest(links, called), said.total
    carried, used = Counter(tag for _pk, tag in links), Counter(term for _pk, term, _word in said.uses)
    themes = {tag: math.log(1 + total / count) for tag, count in carried.items()}
    score, likeness, known, shared = Counter(), Counter(), defaultdict(set), defaultdict(list)
    for pk, tag in links:
        score[pk] += themes[tag]
        known[pk] |= called.get(tag, set())
    for pk, term, word in said.uses:
        if used[term] < total / 3 and term not in known[pk]:  # what every third text has tells nothing
            likeness[pk] += WORDS_WEIGH * math.log(1 + total / used[term])
            shared[pk].append((used[term], said.words[term], word))
    most = min(themes.values(), default=math.inf)
    for pk, found in likeness.items():  # the more the better, and never as much as a theme
        score[pk] += found if most == math.inf else most * (1 - math.exp(-found / most))
    del score[article.pk]
    return score, defaultdict(list, {pk: sorted(found)[:MOST_WORDS] for pk, found in shared.items()})


def _spoken(row, article):
    return 1 if row.language == article.language else OTHER_LANGUAGE


def _are_telling(words, shared):
    """Whether `words` are more than chance: a name among them, or several where themes are `shared` too."""
    return (shared and len(words) > 1) or any(word[0].isupper() for word in words)


def _is_part(row, article):
    return article.series_id is not None and article.series_id == row.series_id


def _each_once(article, themes, suggestions):
    """Return the first of `suggestions`, no text in two languages, each with those of `themes` that it shares."""
    told, chosen = {article.original_id}, []
    for suggestion in suggestions:
        row = suggestion.article
        shared = [theme for theme in row.theme_list if theme in themes]
        words = suggestion.words if _are_telling(suggestion.words, shared) else []
        if row.original_id not in told and (suggestion.picked or shared or words):
            told.add(row.original_id)
            chosen.append(Suggestion(row, suggestion.picked, shared, words))
    return chosen[:SHOWN]
