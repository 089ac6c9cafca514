"""What `serving` asks for, and the publishing it measures: the part of it that looks into the database.

    python -m tests.benchmarks.samples addresses | turn | publish

Works on the publication that `corpus` made in the database that the environment names; prints JSON.
"""

import json
import os
import random
import statistics
import sys
import time
from itertools import combinations

LARGE = 20  # the largest themes, whose pages are full at every size
MOST = 400  # addresses of a kind


def addresses():
    """Return {kind of page: addresses}, the same for the same publication."""
    from django.db.models import Count
    from django.test import Client

    from articles.models import Article, Theme

    from .filling import vocabulary

    chance = random.Random(3)
    slugs = list(Article.objects.order_by("pk").values_list("slug", flat=True))
    themes = list(Theme.objects.annotate(used=Count("articles")).order_by("-used")[:LARGE])
    words = vocabulary()
    found = {
        "article": [f"/articles/{slug}/" for slug in chance.sample(slugs, min(MOST, len(slugs)))],
        "hub": [f"/themes/{theme.slug}/" for theme in themes],
        "hub, deep": [
            f"/themes/{theme.slug}/?page={page}" for theme in themes[:8] for page in deep(theme.used, chance)
        ],
        "combination": [f"/themes/{'+'.join(sorted((a.slug, b.slug)))}/" for a, b in combinations(themes[:12], 2)],
        "front page": ["/"],
        "feed": [f"/themes/{theme.slug}/feed.{form}" for theme in themes for form in ("atom", "rss", "json")],
        "search, common word": [f"/search/?q={word}" for word in words[:10]],
        "search, rare word": [f"/search/?q={word}" for word in chance.sample(words[3_000:10_000], MOST)],
        "index of themes": ["/themes/"],
        "sitemap part": parts(Client(headers={"host": "127.0.0.1"})),
    }
    return {kind: chance.sample(several, min(MOST, len(several))) for kind, several in found.items()}


def deep(articles, chance):
    """Return some pages in the lower half of a list of that many articles, if it has more than one."""
    from articles.listing import PAGE_SIZE

    pages = -(-articles // PAGE_SIZE)
    return sorted({chance.randint(pages // 2 + 1, pages) for _ in range(30)}) if pages > 1 else []


def parts(client):
    """Return the addresses of the parts of the sitemap that list articles."""
    index = client.get("/sitemap.xml").content.decode()
    found = [part.partition("</loc>")[0] for part in index.split("<loc>")[1:]]
    return ["/" + part.split("/", 3)[3] for part in found if "articles" in part]


def turn():
    """Let everything that is kept of lists and feeds be made anew, as after the change of a theme's name."""
    from django.db import transaction

    from articles.models import Edition

    with transaction.atomic():
        Edition.take_turn()


def publish(times=12):
    """Return the milliseconds that publishing an article of 300 words takes: {"time": median, "cpu": mean of all processes}."""
    from articles import publishing
    from tests.make import make_article

    from .filling import vocabulary
    from .processes import cpu

    words = vocabulary()
    chance = random.Random(4)
    took, before = [], None
    for number in range(times + 2):  # the first two start the process that renders
        body = "\n\n".join(" ".join(chance.choices(words[:5_000], k=60)) for _ in range(5))
        draft = make_article(f"New {number}", published=False, themes=["Theme 000", "Theme 010"], body=body)
        if number == 2:
            before = cpu(os.getpid()), 0.0
        started, at = cpu(os.getpid()), time.perf_counter()
        publishing.publish(draft, publishing.Fields.of(draft.working), by=None, based_on=draft.working_id)
        if before:
            took.append(time.perf_counter() - at)
            before = before[0], before[1] + cpu(os.getpid()) - started
    return {"time": statistics.median(took) * 1000, "cpu": before[1] / times * 1000}


def main():
    """Print what was asked for."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "relations_site.settings")
    import django

    django.setup()
    print(json.dumps({"addresses": addresses, "turn": turn, "publish": publish}[sys.argv[1]]()))


if __name__ == "__main__":
    main()
