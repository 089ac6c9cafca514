"""What people type, and what they expect to find: the starter publication asked like a reader would.

The answers were written down before anything was tuned. Mean reciprocal rank says how high the first of them stands,
recall how many of them are among the first ten.
"""

import pytest

from articles import search
from articles.models import Article
from articles.transfer import starter

pytestmark = pytest.mark.django_db

HUB, DAMASCUS, DRONES, IDLIB, GRAIN, TIE, SANCTIONS, OIL, PIPE, MISSILE, KARABAKH, VETO, ROOM, JET, BUYER, LIBYA, STRAITS, \
    ARMS, PLANT = (
        "a-hub-nobody-could-own", "after-damascus", "drones-to-the-other-side", "four-deals-over-one-province",
        "grain-mines-and-tankers", "neither-alliance-nor-feud", "sanctions-without-joining", "the-barrel-and-the-label",
        "the-last-pipe-to-europe", "the-missile-that-stayed-in-its-crate", "the-peacekeepers-who-left",
        "the-price-of-a-signature", "the-room-in-istanbul", "the-seven-month-break", "the-year-the-buyer-learned-to-wait",
        "two-ceasefires-in-libya", "what-turkey-may-close", "who-armed-azerbaijan", "who-pays-for-akkuyu",
    )  # fmt: skip
EXPECTED = {
    # A thing by its name
    "akkuyu": [PLANT],
    "nuclear plant": [PLANT],
    "gas hub": [HUB],
    "Thrace": [HUB],
    "turkstream": [PIPE],
    "montreux": [STRAITS, GRAIN],
    "S-400": [MISSILE],
    "F-35": [MISSILE],
    "caatsa": [MISSILE],
    "idlib": [IDLIB, DAMASCUS],
    "libya": [LIBYA],
    "haftar": [LIBYA],
    "wagner": [LIBYA],
    "karabakh": [KARABAKH, ARMS],
    "peacekeepers": [KARABAKH],
    "bayraktar": [DRONES],
    "Su-24": [JET],
    "mir cards": [SANCTIONS],
    "executive order 14114": [SANCTIONS],
    "rosneft lukoil": [OIL, SANCTIONS],
    "TRIPP": [KARABAKH],
    "Zangezur corridor": [KARABAKH],
    "Blue Stream": [BUYER, PIPE],
    # A question in a few words
    "nuclear power station contract": [PLANT],
    "last route for gas to europe": [PIPE],
    "straits warships": [STRAITS],
    "Finland Sweden NATO": [VETO],
    "veto in an alliance": [VETO],
    "buying F-16 aircraft": [VETO],
    "fall of Assad": [DAMASCUS],
    "russian bases in syria": [DAMASCUS],
    "guarantors of zones": [IDLIB],
    "azerbaijan arms suppliers": [ARMS],
    "israel azerbaijan": [ARMS],
    "drones for ukraine": [DRONES],
    "grain deal": [GRAIN, ROOM],
    "mines in the black sea": [GRAIN],
    "prisoner exchange": [ROOM],
    "mediation ukraine": [ROOM],
    "talks in istanbul": [ROOM],
    "jet shot down": [JET, DRONES],
    "letter of apology": [JET],
    "secondary sanctions": [SANCTIONS],
    "banks and payments": [SANCTIONS],
    "crude oil refining": [OIL],
    "gas contracts renewed for one year": [BUYER],
    "separate compartments": [TIE],
    "balancing act": [TIE],
    "price cap oil": [OIL],
    "complaints from the kremlin about drones": [DRONES],
    "truce in karabakh": [KARABAKH],
    "united nations ceasefire geneva": [LIBYA],
    # Other spellings and languages
    "s400": [MISSILE],
    "su24": [JET],
    "botas": [BUYER],
    "BOTAŞ": [BUYER],
    "cavusoglu": [STRAITS],
    "ÇAVUŞOĞLU": [STRAITS],
    "erdoğan letter": [JET],
    "Эрдоган письмо": [],
    "Türkiye Finland": [VETO],
    "turkiye finland": [VETO],
    "Турция Финляндия": [],
    "suriye": [DAMASCUS, IDLIB, JET, LIBYA],
    "Сирия": [DAMASCUS, IDLIB, JET, LIBYA],
    "Montrö": [STRAITS, GRAIN, PIPE, ROOM],
    "Монтрё": [STRAITS, GRAIN, PIPE, ROOM],
    "boğazlar": [STRAITS, GRAIN, PIPE, ROOM],
    "pipeline politics": [HUB, PIPE, BUYER, OIL, PLANT, TIE],
    "silah ticareti": [ARMS, DRONES, MISSILE, VETO, LIBYA],
    "торговля оружием": [ARMS, DRONES, MISSILE, VETO, LIBYA],
    "стамбульских переговоров": [ROOM, DRONES, GRAIN, VETO, STRAITS],
    "Kırım": [],
    # Whole titles, and phrases
    "What Turkey may close": [STRAITS],
    "who armed": [ARMS],
    '"open rupture"': [JET],
    '"sunk cost"': [],
}
ASKED = {query: slugs for query, slugs in EXPECTED.items() if slugs}


def measured():
    """Return (mean reciprocal rank, recall at ten, [(query, rank of the first, what was missed), …] that fell short)."""
    starter.load()
    slugs = dict(Article.objects.values_list("pk", "slug"))
    ranks, recalls, short = [], [], []
    for query, expected in ASKED.items():
        asked = search.Query.of(query)
        rows = search.matching(Article.objects.public(), asked)
        found = [slugs[pk] for pk in search.best(rows, asked)[0][:10]]
        rank = next((place for place, slug in enumerate(found, start=1) if slug in expected), None)
        missed = [slug for slug in expected if slug not in found]
        ranks.append(1 / rank if rank else 0)
        recalls.append(1 - len(missed) / len(expected))
        if rank != 1 or missed:
            short.append((query, rank, missed))
    return sum(ranks) / len(ranks), sum(recalls) / len(recalls), short


def test_readers_find_what_they_ask_for(capsys):
    rank, recall, short = measured()
    with capsys.disabled():
        print(f"\n{len(ASKED)} queries: mean reciprocal rank {rank:.3f}, recall at ten {recall:.3f}")
        for query, place, missed in short:
            print(f"    {query}: first at {place}, missed {', '.join(missed) or 'none'}")
    assert len(ASKED) >= 60
    assert rank >= 0.9
    assert recall >= 0.9
