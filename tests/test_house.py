"""The map of the house, held by a test: which room may import which, and that no room was added in silence."""

import ast
import io
import re
from pathlib import Path

from django.core.management import call_command

from .trust.defences import DEFENCES

ROOT = Path(__file__).resolve().parents[1]

# From the roof to the floor; a room imports from lower floors only, neighbours don't know each other.
FLOORS = [
    {"management"},
    {"urls", "backup"},
    {"admin", "linkcheck", "hub", "integrity"},
    {"transfer"},
    {"views", "sitemaps", "templatetags"},
    {"feeds"},
    {"caching", "accounts"},
    {"publishing"},
    {"weaving", "bibliography", "cards"},
    {"listing"},
    {"search"},
    {"models", "middleware"},
    {"text", "pictures"},
    {"names", "network", "bounds", "processes"},
]
FLOOR = {room: number for number, rooms in enumerate(FLOORS) for room in rooms}
OUTSIDE = {"apps", "migrations", "__init__"}
FILES_AT_THE_TOP = {
    "manage.py",
    "relations_site",
    "articles",
    "templates",
    "static",
    "tests",
    "requirements.txt",
    "README.md",
    "pyproject.toml",
}


def room(path):
    """Return the room that the file `path` belongs to."""
    return path.relative_to(ROOT / "articles").parts[0].removesuffix(".py")


def sources():
    return list((ROOT / "articles").rglob("*.py"))


def imported(path):
    """Return the rooms of `articles` that the file `path` imports, as (room, line)."""
    package = path.relative_to(ROOT).with_suffix("").parts[:-1]
    rooms = []
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else ()
            dotted = (*base, *(node.module.split(".") if node.module else ()))
            names = [(*dotted, alias.name) for alias in node.names]
        elif isinstance(node, ast.Import):
            names = [tuple(alias.name.split(".")) for alias in node.names]
        else:
            continue
        rooms += [(name[1], node.lineno) for name in names if name[0] == "articles" and len(name) > 1]
    return rooms


def test_imports_run_downwards_only():
    wrong = []
    for path in sources():
        own = room(path)
        if own in OUTSIDE:
            continue
        for other, line in imported(path):
            if other == own or other in OUTSIDE:
                continue
            if FLOOR[other] <= FLOOR[own]:
                wrong.append(f"{path.relative_to(ROOT)}:{line} imports {other}")
    assert wrong == []


def test_every_module_has_a_room():
    assert {room(path) for path in sources()} <= set(FLOOR) | OUTSIDE


def test_articles_never_imports_the_project():
    for path in sources():
        assert "relations_site" not in [
            node.module for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.ImportFrom)
        ]


def test_the_top_level_holds_what_was_agreed():
    present = {path.name for path in ROOT.iterdir() if not path.name.startswith(".")} - {"data"}
    assert present == FILES_AT_THE_TOP


def test_the_clock_is_read_in_two_rooms():
    readers = {room(path) for path in sources() if "timezone.now()" in path.read_text()}
    assert readers <= {"models", "publishing", "management"}


def test_only_publishing_writes_articles():
    """The rows of `Article` are stored by no other room; the table of themes on articles neither."""
    for path in sources():
        if room(path) in OUTSIDE | {"publishing", "models"}:
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Attribute) and node.attr in {
                "create",
                "update",
                "bulk_create",
                "update_or_create",
            }:
                written = ast.unparse(node.value)
                assert not written.startswith(("Article.", "ArticleTheme.", "Revision.")), f"{path}: {written}"


def test_markup_is_marked_safe_in_one_place():
    places = [path.name for path in sources() if "mark_safe(" in path.read_text()]
    assert places == ["articles.py"]


def test_no_migration_is_missing(db):
    call_command("makemigrations", check=True, dry_run=True, stdout=io.StringIO())


def test_every_module_that_readme_runs_is_there():
    said = (ROOT / "README.md").read_text()
    modules = {ROOT / name.replace(".", "/") for name in re.findall(r"python -m (tests(?:\.\w+)+)", said)}
    assert modules
    missing = [each for each in modules if not (each.with_suffix(".py").exists() or (each / "__main__.py").exists())]
    assert missing == []


def test_each_defence_stands_where_its_removal_looks_for_it():
    """And its tests are there: removing all of them, one at a time, takes longer than the suite (`python -m tests.trust M`)."""
    for defence in DEFENCES:
        assert (ROOT / defence.path).read_text().count(defence.old) == 1, defence.name
        for place, _mark, names in (test.partition("::") for test in defence.tests if test.startswith("tests/")):
            text = (ROOT / place).read_text()
            for name in filter(None, names.partition("[")[0].split("::")):
                assert re.search(rf"^ *(?:class|def) {name}\b", text, re.MULTILINE), (defence.name, name)
