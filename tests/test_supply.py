"""What is installed: pinned, hashed, few, and each for a reason; who adds a package says so here."""

import re
import tomllib

import pytest

from .services import ROOT

RUNS = ["requirements.txt", "relations_site/deploy/requirements-s3.txt"]
LOCKS = [*RUNS, "tests/requirements.txt"]
# chosen, 21: what the project asks for by name (pyproject.toml says what for)
CHOSEN = [
    "brotli",
    "cachetools",
    "django",
    "django-otp",
    "django-taggit",
    "granian",
    "icalendar",
    "ijson",
    "markdown",
    "markdownify",
    "merge3",
    "nh3",
    "patiencediff",
    "pillow",
    "psycopg",
    "pystemmer",
    "python-frontmatter",
    "pyyaml",
    "redis",
    "rispy",
    "segno",
    "whitenoise",
]
# in tow, 12: what those bring along
IN_TOW = [
    "asgiref",
    "async-timeout",
    "beautifulsoup4",
    "click",
    "psycopg-binary",
    "psycopg-pool",
    "python-dateutil",
    "six",
    "soupsieve",
    "sqlparse",
    "typing-extensions",
    "tzdata",
]
S3 = {"django-storages", "boto3", "botocore", "jmespath", "s3transfer", "urllib3"}  # for pictures in such a store alone


def locked(path):
    """Return {package: (version, number of hashes)} of a lock; a line that pins none is an error."""
    found, name = {}, ""
    for line in (ROOT / path).read_text().splitlines():
        if pinned := re.fullmatch(r"([a-z0-9-]+)(?:\[[a-z0-9,-]+\])?==(\S+)(?: ; .*)? \\", line):
            name = pinned[1]
            found[name] = (pinned[2], 0)
        elif re.fullmatch(r"    --hash=sha256:[0-9a-f]{64}(?: \\)?", line):
            found[name] = (found[name][0], found[name][1] + 1)
        else:
            assert re.match(r"\s*#", line), line
    return found


def asked():
    """Return the lines of pyproject.toml that ask for a package, as {package: the rest of its line}."""
    project = re.sub(r"\[tool\..*", "", (ROOT / "pyproject.toml").read_text(), flags=re.S)
    return dict(re.findall(r'^    "([a-z0-9-]+)(.*)$', project, re.M))


def test_what_runs_is_what_is_named_here():
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    assert sorted(re.match(r"[a-z0-9-]+", line)[0] for line in declared) == CHOSEN
    assert sorted(locked("requirements.txt")) == sorted(CHOSEN + IN_TOW)
    assert set(locked(RUNS[1])) - set(CHOSEN + IN_TOW) == S3


@pytest.mark.parametrize("path", LOCKS)
def test_each_package_is_pinned_and_has_its_hashes(path):
    for name, (version, hashes) in locked(path).items():
        assert re.fullmatch(r"\d[\w.]*", version), name
        assert hashes, name


def test_the_locks_agree():
    versions = [locked(path) for path in LOCKS]
    for name, (version, _hashes) in versions[0].items():
        assert {lock[name][0] for lock in versions} == {version}, name


def test_each_package_asked_for_has_a_word_on_why():
    known = set(CHOSEN) | {"django-storages", "flask", "flask-cors"}
    assert known <= set(asked())
    for name, rest in asked().items():
        assert re.search(r"# \w.{7,}", rest) or name.startswith("flask"), name  # moto's line says it of both


def test_readmes_commands_install_nothing_without_a_hash():
    installs = re.findall(r"pip install[^\n&]*", (ROOT / "README.md").read_text())
    assert installs
    assert all("--require-hashes" in command for command in installs if " -r " in command)
