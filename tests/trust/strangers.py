"""X7: files of other systems that mean no good, brought in one by one by the command, watched from outside."""

import io
import os
import random
import re
import subprocess
import sys
import tarfile
import time
import zipfile
from pathlib import Path

import django

from tests.imports import Importing
from tests.served import ROOT

from . import Row

SCRIPT = "<script>alert(1)</script><img src=x onerror=alert(1)>"
MOST, LONGEST = 200, 120  # MB, seconds
FORGED = "---\ntitle: Forged\nauthor: The editors\ndate: 2001-01-01\nstatus: published\npublished: true\nuid: 1\n---\nText.\n"
BOMB = "---\n" + "".join(f"a{n}: &a{n} [{', '.join(f'*a{n - 1}' for _ in range(9))}]\n" for n in range(1, 9)) + "---\n"
LEADING_OUT = ["../out.md", "a/../../out.md", "/etc/passwd", "C:/x.md", "a\\..\\b.md", "a\x1bb.md", "/".join("d" * 60)]
HEADS = {
    "YAML that grows": BOMB,
    "YAML that runs": "---\nt: !!python/object/apply:os.system [touch ran]\n---\n",
    "YAML too deep": "---\n" + "[" * 5_000 + "\n---\n",
    "TOML too deep": "+++\na = " + "[" * 5_000 + "\n+++\n",
    "JSON too deep": '{"a": ' + "[" * 100_000,
    "a head without end": "---\n" + "a: b\n" * 20_000,
    "numbers without end": f"---\ntitle: {'9' * 10_000}\ndate: {'9' * 10_000}\n---\nText.\n",
    "script in every field": "---\n"
    + "".join(f"{name}: '{SCRIPT}'\n" for name in ("title", "author", "tags", "summary", "slug", "date", "permalink", "image"))
    + f"---\n{SCRIPT}\n[x](javascript:alert(1)) ![x](javascript:alert(1))\n",
    "forged author, date and state": FORGED,
    "ways out": "---\ntitle: Out\nimage: ../../../../etc/passwd\n---\n![x](../../../etc/passwd) ![y](/etc/passwd) ![z](file:///etc/passwd)\n",
    "tags of templates": "---\ntitle: Tags\n---\n{% include /etc/passwd %} {{< readfile \"/etc/passwd\" >}} {{ site.time }} {% raw %}" + "{{" * 5_000,
}  # fmt: skip
TOLD = """
import json, sys
import django
django.setup()
from articles import text
from articles.models import Article, Revision
from tests.trust.judge import violations
foul, broken = [], 0
for working in Revision.objects.filter(article__working__isnull=False).iterator(chunk_size=50):
    try:
        foul += violations(text.render(working.fields["body"], patient=True).html)
    except text.TextError:
        broken += 1
rows = Article.objects.all()
print(json.dumps({"texts": rows.count(), "out": rows.exclude(published_at=None).count(), "foul": foul[:5], "broken": broken,
                  "others": Revision.objects.exclude(saved_by=None).count()}))
"""


def zipped(path, files):
    """Write {name: bytes} into a zip at `path`; return that."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def sharing(path):
    """Write a zip whose 2,000 files are the same bytes: each within bounds, together not."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.md", random.Random(1).randbytes(20_000) + bytes(4 << 20))
        first = archive.infolist()[0]
        for number in range(2_000):
            copy = zipfile.ZipInfo(f"{number}.md")
            for name in ("header_offset", "compress_size", "file_size", "CRC", "compress_type"):
                setattr(copy, name, getattr(first, name))
            archive.filelist.append(copy)
    return path


def links(path):
    """Write a tar of links and devices that lead out."""
    with tarfile.open(path, "w") as archive:
        for name, kind in {"s.md": tarfile.SYMTYPE, "h.md": tarfile.LNKTYPE, "d": tarfile.CHRTYPE, "p": tarfile.FIFOTYPE}.items():  # fmt: skip
            member = tarfile.TarInfo(name)
            member.type, member.linkname = kind, "/etc/passwd"
            archive.addfile(member)
    return path


def growing(path):
    """Write a compressed tar of a file of 600 MB that says nothing."""
    with tarfile.open(path, "w:gz", compresslevel=1) as archive:
        member = tarfile.TarInfo("zeros.md")
        member.size = 600 << 20
        with path.with_suffix(".zeros").open("wb+") as zeros:
            zeros.truncate(member.size)
            archive.addfile(member, zeros)
    path.with_suffix(".zeros").unlink()
    return path


def within(path):
    """Write a zip in a zip in a zip, each of sixteen."""
    content = bytes(1 << 20)
    for _depth in range(3):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            for number in range(16):
                archive.writestr(f"{number}.zip", content)
        content = out.getvalue()
    path.write_bytes(content)
    return path


def line_of_a_gigabyte(path):
    """Write a folder with a text that is one line of a gigabyte."""
    path.mkdir()
    with (path / "a.md").open("wb") as file:
        for _part in range(1024):
            file.write(b"x" * (1 << 20))
    return path


def leading_out(path):
    """Write a folder of links that lead out of it."""
    path.mkdir()
    (path / "good.md").write_text("---\ntitle: Good\n---\nText.\n")
    (path / "out.md").symlink_to("/etc/passwd")
    (path / "loop").symlink_to(path)
    os.mkfifo(path / "pipe.md")
    return path


ARCHIVES = {
    "names that lead out.zip": lambda path: zipped(path, dict.fromkeys(LEADING_OUT, FORGED.encode())),
    "zeros.zip": lambda path: zipped(path, {"zeros.md": bytes(600 << 20)}),
    "sharing.zip": sharing,
    "many.zip": lambda path: zipped(path, {f"{number}.txt": b"" for number in range(100_000)}),
    "within.zip": within,
    "links.tar": links,
    "growing.tgz": growing,
    "a line": line_of_a_gigabyte,
    "links": leading_out,
}  # fmt: skip


def files(folder):
    """Yield (what it is, its path) of every hostile file, each made in `folder` when it is asked for."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "relations_site.settings")
    django.setup()
    from tests import test_import_ghost, test_import_wordpress  # they need Django set up

    for kind, ending, hostile in (
        ("WXR", "xml", test_import_wordpress.HOSTILE), ("Ghost", "json", test_import_ghost.HOSTILE), ("Markdown", "md", HEADS),
    ):  # fmt: skip
        for name, content in hostile.items():
            place = folder / f"{kind} {name}"
            place.mkdir()
            (place / f"file.{ending}").write_bytes(content if isinstance(content, bytes) else content.encode())
            yield f"{kind}: {name}", place if ending == "md" else place / f"file.{ending}"
    for name, make in ARCHIVES.items():
        yield name, make(folder / name)


def taken(env, path, log):
    """Bring in what is at `path`; return (status, what was said, seconds, MB of the largest process, how often it asked for
    a connection to a network)."""
    command = ["strace", "-f", "-qq", "-e", "trace=connect", "-o", log]
    began = time.monotonic()
    process = subprocess.Popen(
        [*command, sys.executable, "manage.py", "import_content", path], cwd=ROOT, env=env, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True, errors="replace",
    )  # fmt: skip
    said = process.stdout.read()
    _pid, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    seconds = time.monotonic() - began
    return process.returncode, said, seconds, used.ru_maxrss / 1024, log.read_text().count("sa_family=AF_INET")


def strangers(work, few):
    """Bring them all into a site on SQLite, and look at what there is then."""
    site, folder = Importing(work / "site", 0), work / "files"
    folder.mkdir()
    wrong, most, slowest, asked, count = [], 0, 0, 0, 0
    for number, (what, path) in enumerate(files(folder)):
        if few and number % 8:
            continue
        status, said, seconds, memory, connections = taken(site.env, path, work / "strace.log")
        count, most, slowest, asked = count + 1, max(most, memory), max(slowest, seconds), asked + connections
        if (
            status not in {0, 1}
            or "Traceback" in said
            or not re.search(r"refused|taken|CommandError|nothing|no ", said)
        ):
            wrong.append(f"{what}: {status} {said[-200:]}")
        if seconds > LONGEST:
            wrong.append(f"{what}: {seconds:.0f} s")
    told = site.told(TOLD)
    good = (
        not (wrong or asked or told["out"] or told["foul"] or told["others"] or (Path(ROOT) / "ran").exists())
        and most <= MOST
    )
    figure = f"{count} files: {len(wrong)} not refused or cleaned in words {wrong[:3] or ''}; {most:.0f} MB at most; slowest {slowest:.0f} s; "
    figure += f"{asked} connect() to a network; {told['texts']} texts came of them, {told['out']} seen by readers, {told['others']} in somebody's name; "
    figure += f"{len(told['foul'])} violations in what they render to {told['foul'] or ''}, {told['broken']} too slow to render and told so"
    what = "hostile WXR, Ghost, Markdown, folders and archives, each brought in by the command under strace"
    target = "60 files: refused or cleaned; at most 200 MB; 0 connect(); what comes are drafts"
    return [Row("X7", what, "WordPress and Ghost: CVEs of both importers", target, figure, good)]


TRIALS = {"X7": strangers}
