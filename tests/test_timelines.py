"""Timelines: dates as exact as they are, gathered from what readers see, for pages, calendars and spreadsheets."""

import csv
import importlib
import io

import icalendar
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from articles import listing as listings
from articles import publishing, text
from articles.models import Event, Theme
from articles.text import timelines
from articles.text.inspect import inspect
from articles.text.safe import sanitise

from .make import ago, change, make_article, make_source, make_theme
from .test_desk import ADD, posted, shown

pytestmark = pytest.mark.django_db
PAGES = importlib.import_module("articles.views.timeline")
BODY = """Before.

```timeline
2022-02-24 – 2022-03-29: From the *invasion* to the talks.
1936: The convention, with [[Syria]].[@hub-2022]

2019-07: First parts: all & 5 < 6.
```

After.
"""


@pytest.fixture
def article():
    make_source("hub-2022", "A hub")
    make_theme("Syria")
    return make_article("Straits", slug="straits", themes=["Syria"], body=BODY)


@pytest.fixture
def desk(client, chief):
    client.force_login(chief)
    return client


# In the text ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "parsed"),
    [
        ("1936: x", ("1936", "", "x")),
        ("2019-07: a: b", ("2019-07", "", "a: b")),
        ("2019-07-12:  x ", ("2019-07-12", "", "x")),
        ("2019 – 2021-03: x", ("2019", "2021-03", "x")),
        ("2019-01-02–2019-01-03: x", ("2019-01-02", "2019-01-03", "x")),
        ("2019-01 - 2019-02: x", ("2019-01", "2019-02", "x")),
        ("2019-13: x", None),
        ("2019-02-30: x", None),
        ("2021 – 2019: x", None),
        ("2019: ", None),
        ("July 2019: x", None),
        ("19: x", None),
        ("", None),
    ],
)
def test_a_line_is_a_date_and_what_happened(line, parsed):
    assert timelines.parse(line) == parsed


@settings(max_examples=80, deadline=None)
@given(st.lists(st.text(alphabet="0123456789-–: ax[]@*<>&`~\"'", max_size=30), max_size=6))
def test_whatever_stands_in_a_timeline_is_clean_and_the_same_each_time(lines):
    body = "```timeline\n" + "\n".join(lines) + "\n```"
    out = text.render(body).html
    assert out == text.render(body).html == sanitise(out)
    assert [event.number for event in timelines.events(out)] == list(range(1, out.count('class="event"') + 1))


def test_a_timeline_shown_as_code_stays_code():
    out = text.render("~~~~\n```timeline\n1936: x\n```\n~~~~").html
    assert "event" not in out and "<code>```timeline\n1936: x" in out


def test_lines_without_a_date_are_told_at_the_desk_and_shown_as_they_are(desk):
    body = "```timeline\n1936: x\nJuly 2019: y\n```"
    (place,) = [place for place in inspect(body) if place.what == "undated"]
    assert body[place.start : place.end] == "July 2019: y"
    answer = desk.post(ADD, posted(title="T", body=body, action="publish"), follow=True)
    assert "This one doesn’t: July 2019: y" in shown(answer)
    assert "<li>July 2019: y</li>" in text.render(body).html


# For readers ----------------------------------------------------------------------------------------------------------


def test_events_stand_in_the_article_and_its_feed_with_dates_in_words(client, article):
    page = shown(client.get("/articles/straits/"))
    assert '<li class="event" id="event-2"><time datetime="1936">1936</time>' in page
    assert (
        '<time datetime="2022-02-24">24 February 2022</time> – <time datetime="2022-03-29">29 March 2022</time>' in page
    )
    item = client.get("/feed.json").json()["items"][0]["content_html"]
    assert f'id="a{article.pk}-event-3"><time datetime="2019-07">July 2019</time>' in item


def test_events_are_gathered_in_order_and_lead_to_their_places(client, article):
    page = shown(client.get("/timeline/"))
    assert "3 events" in page
    assert page.index("The convention") < page.index("First parts") < page.index("invasion")
    assert 'href="/articles/straits/#event-2"' in page and 'href="/themes/syria/"' in page
    assert "cites" not in page.partition('<ol class="timeline">')[2]
    assert "The convention" in shown(client.get("/themes/syria/"))


def test_events_are_filtered_by_theme_and_years(client, article):
    make_article(themes=["Libya"], body="```timeline\n2020: Elsewhere.\n```")

    def found(query):
        page = shown(client.get(f"/timeline/{query}"))
        return [words for words in ("convention", "First parts", "invasion", "Elsewhere") if words in page]

    assert found("?theme=syria") == ["convention", "First parts", "invasion"]
    assert found("?from=2020") == ["invasion", "Elsewhere"]
    assert found("?from=2019&to=2019") == ["First parts"]
    assert found("?from=1900&theme=libya&to=2100") == ["Elsewhere"]
    assert client.get("/timeline/?to=2019&from=2019")["Location"] == "/timeline/?from=2019&to=2019"
    assert client.get("/timeline/?theme=&from=&to=")["Location"] == "/timeline/"
    for wrong in ("theme=nowhere", "from=x", "to=0000", "from=99999", "theme=%00"):
        assert client.get(f"/timeline/?{wrong}").status_code == 404, wrong


def test_a_long_timeline_has_pages_from_either_end(client, article, monkeypatch):
    monkeypatch.setattr(PAGES, "EVENTS_ON_A_PAGE", 2)

    def found(address):
        page = shown(client.get(address))
        events = page.partition('<ol class="timeline">')[2].partition("</ol>")[0]
        return page, [word for word in ("convention", "First parts", "invasion") if word in events]

    page, words = found("/timeline/")
    assert words == ["convention", "First parts"] and "3 events" in page and "Page 1 of 2" in page
    assert 'rel="next" href="/timeline/?page=2"' in page and 'href="/timeline/?order=latest"' in page
    page, words = found("/timeline/?page=2")
    assert words == ["invasion"] and 'rel="prev" href="/timeline/"' in page and "noindex" not in page
    assert 'rel="canonical" href="http://example.com/timeline/?page=2"' in page
    page, words = found("/timeline/?order=latest&theme=syria")
    assert words == ["First parts", "invasion"] and page.index("invasion") < page.index("First parts")
    assert "noindex" in page and 'href="/timeline/?order=latest&amp;page=2&amp;theme=syria"' in page
    assert found("/timeline/?order=latest&page=2&theme=syria")[1] == ["convention"]
    for address, canonical in (
        ("?page=1", ""),
        ("?order=earliest", ""),
        ("?page=2&order=latest", "?order=latest&page=2"),
        ("?theme=syria&page=2&from=1900", "?from=1900&page=2&theme=syria"),
    ):
        answer = client.get(f"/timeline/{address}")
        assert (answer.status_code, answer["Location"]) == (301, f"/timeline/{canonical}"), address
    for wrong in ("?page=3", "?page=0", "?page=x", "?page=2&theme=syria&to=1990"):
        assert client.get(f"/timeline/{wrong}").status_code == 404, wrong
    moved = client.get("/timeline/feed.atom?order=latest&page=2")
    assert (moved.status_code, moved["Location"]) == (301, "/timeline/feed.atom")


def test_a_very_long_timeline_is_counted_in_part_and_shown_whole(client, article, monkeypatch):
    monkeypatch.setattr(PAGES, "EVENTS_ON_A_PAGE", 1)
    monkeypatch.setattr(listings, "MOST_EVENTS", 2)
    monkeypatch.setattr(listings.events, "MOST_EVENTS", 2)
    page = shown(client.get("/timeline/"))
    assert "More than 2 events" in page and "(the latest 2)" in page and "Page 1<" in page
    page = shown(client.get("/timeline/?page=3"))
    assert "invasion" in page and "3 events" in page and 'rel="next"' not in page and "(the latest 2)" in page
    assert client.get("/timeline/?page=4").status_code == 404
    rows = list(csv.reader(io.StringIO(shown(client.get("/timeline/timeline.csv")))))
    assert [row[0] for row in rows[1:]] == ["2019-07", "2022-02-24"]
    calendar = icalendar.Calendar.from_ical(client.get("/timeline/timeline.ics").content)
    assert len(calendar.walk("VEVENT")) == 2


def test_events_follow_their_article_from_theme_to_theme(client, article):
    syria, levant, gas = Theme.objects.get(slug="syria"), make_theme("Levant"), make_theme("Gas")

    def listed():
        told = {slug: shown(client.get(f"/timeline/?theme={slug}")) for slug in ("syria", "levant", "gas")}
        return {slug for slug, page in told.items() if "The convention" in page and "3 events" in page}

    publishing.retag(article, add=[gas.pk], by=None)
    assert listed() == {"syria", "gas"}
    merge = publishing.merge_themes(syria, levant, by=None)
    assert "The convention" in shown(client.get("/timeline/?theme=levant")) and 'value="levant"' in shown(
        client.get("/timeline/")
    )
    publishing.undo_merge(merge, by=None)
    assert listed() == {"syria", "gas"}
    publishing.merge_themes(gas, syria, by=None)  # under both
    page = shown(client.get("/timeline/?theme=syria"))
    assert "3 events" in page and "The convention" in shown(client.get("/themes/syria/"))
    article.refresh_from_db()
    publishing.withdraw(article, by=None, based_on=article.working_id, note="Wrong.")
    page = shown(client.get("/timeline/?theme=syria"))
    assert "No event is recorded here." in page and "The convention" not in shown(client.get("/themes/syria/"))
    publishing.publish(article, publishing.Fields.of(article.working), by=None, based_on=article.working_id)
    assert "3 events" in shown(client.get("/timeline/?theme=syria"))


def test_only_what_readers_see_is_gathered(client, article):
    make_article(published=False, body="```timeline\n1900: Draft.\n```")
    make_article(at=ago(days=-2), body="```timeline\n1900: Scheduled.\n```")
    make_article(withdrawn="Wrong.", body="```timeline\n1900: Withdrawn.\n```")
    for address in ("/timeline/", "/timeline/timeline.csv", "/timeline/timeline.ics"):
        page = shown(client.get(address))
        assert "Draft." not in page and "Scheduled." not in page and "Withdrawn." not in page
    change(article, body="```timeline\n1936: Rewritten.\n```")
    assert [event.html for event in Event.objects.public()] == ["Rewritten."]
    Event.objects.all().delete()
    publishing.rebuild(type(article).objects.get(pk=article.pk))
    assert Event.objects.public().count() == 1


def test_a_calendar_covers_the_days_of_each_date(client, article):
    calendar = icalendar.Calendar.from_ical(client.get("/timeline/timeline.ics?theme=syria").content)
    days = [(str(e["dtstart"].dt), str(e["dtend"].dt)) for e in calendar.walk("VEVENT")]
    assert days == [("1936-01-01", "1937-01-01"), ("2019-07-01", "2019-08-01"), ("2022-02-24", "2022-03-30")]
    events = calendar.walk("VEVENT")
    assert [str(e["summary"]) for e in events][1] == "First parts: all & 5 < 6."
    assert len({str(e["uid"]) for e in events}) == 3
    make_article(body="```timeline\n9999: The end.\n```")
    assert client.get("/timeline/timeline.ics").status_code == 200


def test_a_spreadsheet_reckons_with_nothing(client, article):
    make_article("+title", body="```timeline\n2023: =1+1\n```")
    rows = list(csv.reader(io.StringIO(shown(client.get("/timeline/timeline.csv")))))
    assert rows[0] == ["date", "until", "event", "article", "address"]
    assert rows[1] == [
        "1936",
        "",
        "The convention, with Syria.",
        "Straits",
        "http://example.com/articles/straits/#event-2",
    ]
    assert rows[-1][2:4] == ["'=1+1", "'+title"]


def test_an_event_typed_by_hand_with_no_date_stops_nothing(client):
    raw = '<ol class="timeline"><li class="event" id="event-1"><time datetime="9999-99">x</time> <span class="what">y</span></li></ol>'
    make_article("Raw", slug="raw", body=f"Before.\n\n{raw}\n\nAfter.")
    assert client.get("/articles/raw/").status_code == 200
    assert not Event.objects.exists()


def test_a_calendar_is_made_once_whatever_page_is_asked_for(reader):
    make_article("Holder", body="```timeline\n2019: So.\n```")
    for number in range(3):
        reader.get(f"/timeline/timeline.csv?page={number}&order={number}")
    assert len(reader.handler.cache.pages) == 1
