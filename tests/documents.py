"""Documents as readers of sources yield them, for trials of what becomes of them."""

import datetime
import hashlib
import io
import random

from PIL import Image as Pixels

from articles.transfer.documents import Document, Image, State

THEMES = ["Energy diplomacy", "Турция", "İstanbul", "Grain", "Syria", "Kırım", "NATO", "Black Sea"]
AUTHORS = ["Ayşe Demir", "Иван Петров", "The editors"]
FIRST = datetime.datetime(2012, 1, 2, 6, 30, tzinfo=datetime.UTC)


def a_document(origin="1", title="A pipeline", **kw):
    """Return a published document that lacks nothing; `kw` says what is otherwise."""
    given = {
        "place": f"posts/{origin}.md", "body": "First words.\n\n## A part\n\nMore.", "slug": f"text-{origin}",
        "summary": "What it says.", "state": State.PUBLISHED, "published_at": FIRST, "authors": ("Ayşe Demir",),
        "themes": ("Syria",),
    }  # fmt: skip
    return Document(origin=str(origin), title=title, **(given | kw))


def a_picture(number=0, place=None, **kw):
    """Return an image that can be read; another one for each `number`."""
    out = io.BytesIO()
    Pixels.new("RGB", (40, 20 + number), (number % 256, 90, 120)).save(out, "PNG")
    content = out.getvalue()
    mark = hashlib.sha256(content).hexdigest()
    return Image(place or f"images/{number}.png", mark, lambda: content, **kw)


def a_source(count, *, pictures=True, seed=1):
    """Yield `count` documents, the same ones each time: with themes in several spellings, pictures, former addresses."""
    chance = random.Random(seed)
    words = ["gas", "strait", "treaty", "bank", "грузия", "ihracat", "corridor", "summit", "tanker", "price"]
    for number in range(count):
        date = FIRST + datetime.timedelta(hours=7 * number)
        themes = [chance.choice([str.upper, str.lower, str])(name) for name in chance.sample(THEMES, 2)]
        shown = pictures and number % 5 == 0
        text = "\n\n".join(" ".join(chance.choices(words, k=60)) + "." for _part in range(4))
        yield a_document(
            number, f"Text {number} on {chance.choice(words)}", slug=f"text-{number // 2 if number % 10 == 1 else number}",
            body=("![A map](import:0)\n\n" if shown else "") + text + f"\n\n[Earlier](/{date.year}/text-{max(0, number - 1)}/).",
            published_at=date, themes=tuple(themes), authors=(chance.choice(AUTHORS),),
            old_paths=(f"/{date.year}/text-{number}/",), summary="" if number % 3 == 0 else "What it says.",
            state=State.DRAFT if number % 11 == 0 else State.PUBLISHED,
            pictures=(a_picture(number % 3, alt="A map", caption="Where"),) if shown else (),
        )  # fmt: skip
