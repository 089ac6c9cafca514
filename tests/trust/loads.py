"""Loads: readers as there are many of, editors among them, a crawler in all combinations, somebody who tries passwords."""

import itertools
import json
import random
import signal
import subprocess
import threading
import time
from collections import Counter
from pathlib import Path

from tests.benchmarks.kills import workers

from . import Row
from .people import in_words, milliseconds, percentile
from .rig import running
from .services import Visitor

ARTICLES = 10_000
CONNECTIONS = 50
# How readers choose: of a hundred requests 60 for articles (the few that are new far more often than the others: with n of
# them, the one at place i as often as 1/i), 20 for themes, 10 for the front page, 5 for searches and 5 for feeds.
MIX = """
local function one(list) return list[math.floor((#list) ^ math.random())] end
function init(args) math.randomseed(SEED) end
function request()
  local turn = math.random(100)
  local path = "/"
  if turn <= 60 then path = one(ARTICLES) elseif turn <= 80 then path = one(THEMES)
  elseif turn <= 85 then path = one(SEARCHES) elseif turn <= 90 then path = one(FEEDS) end
  return wrk.format("GET", path)
end
"""
# Each address once; that they have all been asked for is told by a file, for wrk goes on until it is interrupted.
ONCE = """
local turn = 0
function request()
  turn = turn + 1
  if turn == #ADDRESSES then io.open(DONE, "w"):close() end
  return wrk.format("GET", ADDRESSES[(turn - 1) % #ADDRESSES + 1])
end
"""
TOLD = """
local threads = {}
function setup(thread) table.insert(threads, thread) thread:set("S", "") end
seen = {}
function response(status) seen[status] = (seen[status] or 0) + 1 S = "" for k, v in pairs(seen) do S = S .. k .. ":" .. v .. " " end end
function done(summary, latency, requests)
  local e, statuses = summary.errors, ""
  for _, thread in ipairs(threads) do statuses = statuses .. thread:get("S") end
  io.write(string.format('\\n{"requests": %d, "seconds": %f, "broken": %d, "p50": %f, "p95": %f, "p99": %f, "statuses": "%s"}',
    summary.requests, summary.duration / 1e6, e.connect + e.read + e.write + e.timeout, latency:percentile(50) / 1e6,
    latency:percentile(95) / 1e6, latency:percentile(99) / 1e6, statuses))
end
"""
KNOWN = """
import json
import django
django.setup()
from articles.models import Article, Author, Theme
from tests.benchmarks.filling import vocabulary
print(json.dumps({
    "articles": list(Article.objects.public().order_by("-published_at").values_list("slug", flat=True)),
    "themes": list(Theme.objects.order_by("pk").values_list("slug", flat=True)),
    "authors": list(Author.objects.order_by("pk").values_list("slug", flat=True)),
    "words": vocabulary()[:2000:7],
}))
"""


class Load:
    """wrk, asking `host` for what the Lua `script` says over so many `connections` for `seconds`, beside whatever goes on."""

    def __init__(self, work, host, script, *, seconds, connections=CONNECTIONS, threads=2):
        path = work / f"load-{time.monotonic_ns()}.lua"
        path.write_text(script + TOLD)
        command = ["wrk", "--threads", str(threads), "--connections", str(connections), "--timeout", "30s", "--duration",
                   f"{int(seconds)}s", "--script", str(path), f"http://{host}"]  # fmt: skip
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)

    def end(self):
        """Return what came of it: requests, seconds, broken (connections), p50, p95, p99 (in seconds), statuses ({…: …})."""
        printed = self.process.communicate(timeout=900)[0]
        told = json.loads(printed[printed.rindex('{"requests"') :])
        counts = Counter()
        for status, _mark, count in (pair.partition(":") for pair in told["statuses"].split()):
            counts[int(status)] += int(count)
        return told | {"statuses": counts, "wrong": told["broken"] + sum(n for s, n in counts.items() if s >= 500)}


def lua(name, strings):
    """Return the assignment of a list of strings in Lua."""
    return f"local {name} = {{{', '.join(json.dumps(each) for each in strings)}}}\n"


def mix(known, seed=1):
    """Return the Lua of readers of the publication whose slugs and words are `known`."""
    themes = [f"/themes/{slug}/" for slug in known["themes"]]
    return (
        f"local SEED = {seed}\n"
        + lua("ARTICLES", [f"/articles/{slug}/" for slug in known["articles"]])
        + lua("THEMES", themes)
        + lua("SEARCHES", [f"/search/?q={word}" for word in known["words"]])
        + lua("FEEDS", ["/feed.atom", "/feed.rss", *(f"{theme}feed.atom" for theme in themes)])
        + MIX
    )


def memory(rig):
    """Return the megabytes that the site's workers take together (PSS)."""
    kilobytes = 0
    for pid in workers(rig.instances[0].process.pid):
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        kilobytes += sum(int(each.split()[1]) for each in lines if each.startswith("Pss:"))
    return kilobytes / 1024


def publication(work, few, **kw):
    """Return a `Rig` (to be used with `with`) with many articles."""
    return running(work, corpus=1_000 if few else ARTICLES, **kw)


def readers_and_editors(work, few):
    """L1."""
    warm, seconds = (5, 20) if few else (60, 240)
    with publication(work, few, editors=8) as rig:
        known = json.loads(rig.shell(KNOWN))
        Load(work, rig.host, mix(known), seconds=warm).end()
        rig.edit(every=5, keeping=2)
        load, megabytes, begun = Load(work, rig.host, mix(known, 2), seconds=seconds), [], time.monotonic()
        while time.monotonic() < begun + seconds:
            time.sleep(seconds / 30)
            megabytes.append(memory(rig))
        read = load.end()
        rig.rest()
        confirmed, lost = rig.saved()
        log, locked = list(rig.log), rig.errors.read_text(errors="replace").count("locked")
    saves = [one for one in log if one.method == "POST" and one.path.endswith("/change/")]
    keeps = [one for one in log if one.method == "POST" and one.path.endswith("/keep/")]
    failed = [one for one in log if one.failed]
    early, late = (sum(part) / len(part) for part in (megabytes[:10], megabytes[-10:]))
    rate, p99 = read["requests"] / read["seconds"], percentile(saves)
    met = not (read["wrong"] or failed or locked or lost) and read["p99"] <= 0.3 and p99 <= 1 and late < early * 1.05
    return [
        Row(
            "L1",
            f"{len(known['articles']):,} articles, {len(known['themes'])} themes, SQLite, 2 workers, no nginx: 50 connections read (60 % "
            "articles, 20 % themes, 10 % front page, 5 % search, 5 % feeds), 8 editors have what they type kept each 2 s and "
            "save each 5 s; load on the same two cores",
            "a naive uncached app of 2,000 articles: article 274 requests/s, p99 225 ms",
            "0 5xx, 0 “locked”; readers' p99 ≤ 300 ms; saves' p99 ≤ 1 s; memory slope < 5 %; ≥ 250 requests/s",
            f"{seconds} s after {warm} s of warming: {read['requests']:,} requests, {rate:,.0f}/s, p50 {milliseconds(read['p50'])}, "
            f"p99 {milliseconds(read['p99'])}, {read['wrong']} failed; {len(saves)} saves, p99 {milliseconds(p99)}, {len(keeps)} times "
            f"kept, p99 {milliseconds(percentile(keeps))}, {len(failed)} failed ({in_words(failed)}); {confirmed} confirmed, {lost} "
            f"lost; {locked} “locked”; memory {early:.0f} → {late:.0f} MB ({late / early - 1:+.1%})",
            met and rate >= 250,
        )
    ]


def combinations(known, count):
    """Return `count` distinct addresses of lists: two or three themes, with or without an author, a year, a page, in any order."""
    chance, found = random.Random(4), {}  # noqa: S311 - not a secret
    while len(found) < count:
        slugs = chance.sample(known["themes"], chance.choice((1, 2, 2, 3)))
        asked = [f"author={chance.choice(known['authors'])}"] if chance.random() < 0.4 else []
        asked += [f"year={chance.randint(2005, 2027)}"] if chance.random() < 0.4 else []
        asked += [f"page={chance.randint(2, 400)}"] if chance.random() < 0.4 else []
        if len(slugs) + len(asked) < 2:
            continue
        chance.shuffle(asked)
        found[f"/themes/{'+'.join(slugs)}/" + ("?" if asked else "") + "&".join(asked)] = True
    return list(found)


KEPT = """
import json
import django
django.setup()
from articles.models import KeptPage
print(json.dumps(sorted(KeptPage.objects.values_list("address", flat=True))))
"""


def crawler_in_combinations(work, few):
    """L4."""
    count, seconds = (500, 10) if few else (20_000, 40)
    with publication(work, few, editors=1) as rig:
        known = json.loads(rig.shell(KNOWN))
        Load(work, rig.host, mix(known), seconds=seconds).end()
        calm = Load(work, rig.host, mix(known, 2), seconds=seconds / 2).end()
        before = json.loads(rig.shell(KEPT))
        addresses, asked = lua("ADDRESSES", combinations(known, count)), work / "asked"
        script = f"{addresses}local DONE = {json.dumps(str(asked))}\n{ONCE}"
        crawl = Load(work, rig.host, script, seconds=900, connections=30, threads=1)
        time.sleep(1)
        beside = Load(work, rig.host, mix(known, 3), seconds=seconds / 2).end()
        while not asked.exists():
            time.sleep(0.1)
        crawl.process.send_signal(signal.SIGINT)
        crawled = crawl.end()
        time.sleep(2)  # until what is stored beside is stored
        after = json.loads(rig.shell(KEPT))
        megabytes = memory(rig)
    cheap = crawled["statuses"][301] + crawled["statuses"][404]
    driven, new = (
        len(set(before) - set(after)),
        len([each for each in set(after) - set(before) if "+" in each or "&" in each]),
    )
    total = sum(crawled["statuses"].values())
    met = (
        not (calm["wrong"] or beside["wrong"] or crawled["wrong"])
        and beside["p99"] <= 2 * calm["p99"]
        and not driven
        and not new
    )
    return [
        Row(
            "L4",
            f"{count:,} distinct combinations of themes, authors, years and pages by 30 connections, as fast as they are answered, "
            f"beside readers as in L1 ({len(known['articles']):,} articles, {len(known['themes'])} themes, SQLite, 2 workers, no nginx)",
            "a crawler asked for 79,645 tag combinations in a day; a shop was knocked out",
            "readers' p99 ≤ 2×; 0 5xx; cache entries ≤ cap; ≥ 95 % answered by 301/404 in ≤ 20 ms",
            f"{total:,} combinations in {crawled['seconds']:.0f} s, {dict(sorted(crawled['statuses'].items()))}: {cheap / total:.0%} answered "
            f"by 301/404, p50 {milliseconds(crawled['p50'])}, p95 {milliseconds(crawled['p95'])}; readers' p99 {milliseconds(calm['p99'])} → "
            f"{milliseconds(beside['p99'])} ({beside['p99'] / calm['p99']:.1f}×), {calm['requests'] / calm['seconds']:,.0f} → "
            f"{beside['requests'] / beside['seconds']:,.0f} requests/s; failed: {calm['wrong'] + beside['wrong'] + crawled['wrong']}; kept pages "
            f"{len(before)} → {len(after)}, of combinations {new}, driven out {driven}; workers {megabytes:.0f} MB",
            met and cheap >= 0.95 * total and crawled["p95"] <= 0.02,
        )
    ]


class Tries:
    """Wrong passwords, `rate` a second in all, from the addresses in turn, until it is `over`; `statuses` counts the answers."""

    def __init__(self, host, rate, addresses, over, hands=10):
        self.statuses, self.over, self.pause = Counter(), over, hands / rate
        self.turns = itertools.cycle(addresses)
        self.hands = [threading.Thread(target=self._try, args=(Visitor(host),), daemon=True) for _hand in range(hands)]
        for hand in self.hands:
            hand.start()

    def _try(self, visitor):
        due = time.monotonic()
        for number in itertools.count():
            if self.over.wait(max(0, due - time.monotonic())):
                return
            due += self.pause
            self.statuses[visitor.tries(f"nobody-{number % 50}", "wrong", next(self.turns))] += 1

    def end(self):
        """Wait for the last answers."""
        for hand in self.hands:
            hand.join()


def passwords_tried(work, few):
    """L5."""
    seconds = 10 if few else 120
    with publication(work, few, editors=1, TRUST_PROXY="1") as rig:
        known = json.loads(rig.shell(KNOWN))
        Load(work, rig.host, mix(known), seconds=seconds / 2).end()
        calm = Load(work, rig.host, mix(known, 2), seconds=seconds / 2).end()
        tries = Tries(rig.host, 50, ["203.0.113.9"], rig.over)
        load, right = Load(work, rig.host, mix(known, 3), seconds=seconds), []
        for turn in range(3 if few else 8):
            time.sleep(seconds / 10)
            right.append(Visitor(rig.host).tries("chief", "chief-password", f"198.51.100.{turn}"))
        beside = load.end()
        rig.over.set()
        tries.end()
    hashed, total = tries.statuses[200], sum(tries.statuses.values())
    wrong = calm["wrong"] + beside["wrong"] + sum(n for s, n in tries.statuses.items() if s not in {200, 429})
    met = not wrong and beside["p99"] <= 1.5 * calm["p99"] and hashed <= 2 * seconds and set(right) == {302}
    return [
        Row(
            "L5",
            f"50 wrong passwords a second for {seconds} s from an address, beside readers as in L1 ({len(known['articles']):,} articles, "
            "SQLite, 2 workers, no nginx)",
            "unthrottled, 10 a second fill two cores",
            "readers' p99 ≤ 1.5×; ≤ 2 hashes/s; the right password from another address still works",
            f"{total:,} tries ({total / seconds:.0f}/s), {hashed} hashed ({hashed / seconds:.2f}/s), {tries.statuses[429]:,} refused before "
            f"({dict(tries.statuses)}); "
            f"readers' p99 {milliseconds(calm['p99'])} → {milliseconds(beside['p99'])} ({beside['p99'] / calm['p99']:.1f}×); failed: {wrong}; "
            f"right password from other addresses: {right.count(302)} of {len(right)} let in",
            met and total >= 45 * seconds,
        )
    ]


TRIALS = {"L1": readers_and_editors, "L4": crawler_in_combinations, "L5": passwords_tried}
