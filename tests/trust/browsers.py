"""What becomes of what is being typed when the browser, the session or the server goes away."""

import os
import re
import signal
import subprocess
import time
import urllib.request
from contextlib import contextmanager

from playwright.sync_api import sync_playwright

from ..browser.conftest import CHROMIUM, FLAGS, log_in
from ..served import Site, free_port
from . import Row

FORM = "/admin/articles/article/1/change/"


@contextmanager
def browser(kind, folder):
    """A Chromium with the profile in `folder`, as (page, kill); `kind` is Playwright's own Chromium, which speaks to it."""
    port = free_port()
    flags = ["--headless=new", f"--user-data-dir={folder}", f"--remote-debugging-port={port}", "about:blank"]
    process = subprocess.Popen(
        [CHROMIUM, *FLAGS, *flags], start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )

    def kill():
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(20)

    try:
        for _attempt in range(200):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/json/version", timeout=5).close()  # our own
                break
            except OSError:
                time.sleep(0.1)
        there = kind.connect_over_cdp(f"http://127.0.0.1:{port}")
        yield there.contexts[0].pages[0], kill
    finally:
        kill()


def open_form(page, site):
    """Open the form, after a login where one is needed: Chromium forgets cookies of its last seconds too."""
    page.goto(site.base + FORM)
    if "/login/" in page.url:
        log_in(page.context, site)
        page.goto(site.base + FORM)
    page.wait_for_function("() => document.querySelector('#desk-count').textContent")


def typed_until_killed(kind, folder, site, seconds):
    """Type numbered words for `seconds`, kill the browser; return [(word, when it was on the screen)] and when that was."""
    words = []
    with browser(kind, folder) as (page, kill):
        open_form(page, site)
        page.focus("#id_body")
        page.keyboard.press("Control+End")
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            page.keyboard.type(f" w{len(words)}x")
            words.append((f" w{len(words)}x", time.monotonic()))
        died = time.monotonic()
        kill()
    return words, died


def offered(kind, folder, site):
    """Return the text that the form goes on with, of what is offered when it is opened again."""
    with browser(kind, folder) as (page, _kill):
        open_form(page, site)
        page.locator("text=/See them|See what differs/").first.wait_for(timeout=20_000)
        page.wait_for_timeout(1_500)
        page.locator("text=/See them|See what differs/").last.click()
        page.locator("ins").first.wait_for()  # what differs is shown before anything is replaced
        page.click("text=Go on with it")
        text = page.input_value("#id_body")
        page.click("button[value=save]")
        page.wait_for_url(re.compile(r"/change/$"))
        page.wait_for_selector(".messagelist")
    return text


def c6(work, few):
    """The browser killed, the session deleted, the server down while somebody types."""
    rounds, away = (2, 2) if few else (50, 20)
    site, lost, missing = Site(work / "site"), [], 0
    site.start()
    try:
        with sync_playwright() as playwright:
            for number in range(rounds):
                words, died = typed_until_killed(playwright.chromium, work / "profile", site, 3 + number % 5)
                text = offered(playwright.chromium, work / "profile", site)
                gone = [when for word, when in words if word not in text]
                lost.append(died - min(gone) if gone else 0.0)
            with browser(playwright.chromium, work / "profile") as (page, _kill):
                for number in range(rounds + away):
                    missing += not survives(page, site, number, down=number >= rounds)
    finally:
        site.close()
    figure = (
        f"{rounds} kills: at most {max(lost):.2f} s of typing lost; {rounds} sessions deleted and {away} times the server away: "
        f"{missing} texts lost"
    )
    target = "≤ 1 s of typing lost on kill; 0 on an expired session or an outage; what differs is shown first"
    what = "Chromium killed while somebody types; the session deleted; the server down"
    met = max(lost) <= 1 and not missing
    return [Row("C6", what, "Wagtail 0.5 s server only; WordPress 10–60 s", target, figure, met)]


def survives(page, site, number, *, down):
    """Whether what is typed while the session is gone, or the server `down`, is saved in the end."""
    open_form(page, site)
    if down:
        site.stop()
    else:
        site.shell("from django.contrib.sessions.models import Session; Session.objects.all().delete()")
    page.focus("#id_body")
    page.keyboard.press("Control+End")
    page.keyboard.type(f" round {number}.")
    page.wait_for_function("() => document.querySelector('#desk-state').className.includes('trouble')")
    if down:
        site.start()
    else:
        log_in(page.context, site)
    page.wait_for_function("() => document.querySelector('#desk-state').className.includes('kept')")
    page.click("button[value=save]")
    page.wait_for_url(re.compile(r"/change/$"))
    page.wait_for_selector(".messagelist")
    return f" round {number}." in page.input_value("#id_body")


TRIALS = {"C6": c6}
