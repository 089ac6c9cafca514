"""X6 and F9: files of every kind sent to the desk as pictures, hostile, huge and damaged ones among them."""

import io
import multiprocessing
import random
import re
import resource
import struct
import zlib
from pathlib import Path

from PIL import Image, PngImagePlugin

from articles import pictures
from articles.pictures import decode

from . import Row
from .desk import Desk

UPLOAD = "/admin/articles/article/picture/"
CANARY = b"CANARY-7f3a91"
FORMATS = [
    "BMP",
    "DDS",
    "DIB",
    "EPS",
    "GIF",
    "ICNS",
    "ICO",
    "IM",
    "JPEG",
    "JPEG2000",
    "MSP",
    "PCX",
    "PDF",
    "PNG",
    "PPM",
    "SGI",
    "SPIDER",
    "TGA",
    "TIFF",
    "WEBP",
    "XBM",
    "AVIF",
    "BLP",
    "MPO",
    "QOI",
]
NAMES = [
    "../../../etc/passwd", "..\\..\\x.png", "/etc/passwd", "C:\\x.png", "x.png\0.html", "x.html", "x.svg", "x.php", "x.png.php", "x.php.png", ".htaccess", ".", "..", "...", "",
    " ", "-rf", "~", "x" * 300 + ".png", "CON", "NUL.png", "aux.jpg", "x\r\nSet-Cookie: a=b", "x\";filename=\"y.html", "<script>alert(1)</script>.png", "'; DROP TABLE x;--.png",
    "%2e%2e%2fx.png", "%00.png", "\u202egnp.exe", "x\u0000y", "İ.png", "😀.png", "ﷺ.png", "\ud800.png", "x.png/", "x.png\\", "|id", "$(id).png", "`id`.png", "{{7*7}}.png",
]  # fmt: skip


def noise(size=(64, 48), mode="RGB", seed=1):
    """Return an image of random pixels."""
    chosen = random.Random(seed)
    return Image.frombytes("RGB", size, chosen.randbytes(size[0] * size[1] * 3)).convert(mode)


def encoded(image, kind, **how):
    """Return `image` as bytes of the format `kind`; None when it can't be written."""
    out = io.BytesIO()
    for mode in (image.mode, "L", "1", "P", "F"):
        try:
            image.convert(mode).save(out, kind, **how)
            return out.getvalue()
        except Exception:
            out = io.BytesIO()
    return None


def chunk(kind, content):
    """Return a chunk of a PNG."""
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def png_bomb(width, height, level=9):
    """Return a PNG of so many black pixels, in few bytes."""
    packer, lines = zlib.compressobj(level), []
    line = b"\0" * (1 + (width + 7) // 8)
    for _row in range(height):
        lines.append(packer.compress(line))
    body = b"".join(lines) + packer.flush()
    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def moving(kind, frames):
    """Return an animation of so many frames."""
    out = io.BytesIO()
    first, *rest = (Image.new("RGB", (4, 4), (number % 256, number // 256, 99)) for number in range(frames))
    first.save(out, kind, save_all=True, append_images=rest, duration=10)
    return out.getvalue()


def told():
    """Return {name: a picture with the canary in everything that a picture can carry beside its pixels}."""
    exif = Image.Exif()
    exif[0x010E] = exif[0x010F] = exif[0x9286] = CANARY.decode()
    exif.get_ifd(0x8825)[1] = CANARY.decode()
    xmp = b'<x:xmpmeta xmlns:x="adobe:ns:meta/">' + CANARY + b"</x:xmpmeta>"
    icc = b"\0" * 128 + CANARY * 8
    iptc = b"Photoshop 3.0\x008BIM\x04\x04\0\0\0\x1c\x1c\x02\x78\0\x0d" + CANARY + b"\0" * 9
    image = noise((600, 400))
    jpeg = encoded(image, "JPEG", exif=exif, comment=CANARY, icc_profile=icc, xmp=xmp)
    thumbnail = encoded(noise((40, 30)), "JPEG", comment=CANARY)
    parts = b"".join(b"\xff" + bytes([mark]) + struct.pack(">H", len(body) + 2) + body for mark, body in
                     [(0xED, iptc), (0xE1, b"http://ns.adobe.com/xap/1.0/\0" + xmp), (0xE2, b"ICC_PROFILE\0\x01\x01" + icc), (0xEC, CANARY), (0xE1, b"Exif\0\0" + exif.tobytes()[6:] + thumbnail)])  # fmt: skip
    words = PngImagePlugin.PngInfo()
    words.add_text("Comment", CANARY.decode())
    words.add_text("Author", CANARY.decode(), zip=True)
    words.add_itxt("XML:com.adobe.xmp", xmp.decode())
    png = encoded(image, "PNG", pnginfo=words, exif=exif, icc_profile=icc)
    return {
        "jpeg": jpeg,
        "jpeg with parts of every kind": jpeg[:2] + parts + jpeg[2:],
        "jpeg and what follows": jpeg + CANARY * 100,
        "png": png,
        "png and what follows": png + CANARY * 100,
        "png with a chunk of its own": png[:33] + chunk(b"caNa", CANARY) + png[33:],
        "png and html": png + b"<html><script>alert('" + CANARY + b"')</script>",
        "webp": encoded(image, "WEBP", exif=exif, icc_profile=icc, xmp=xmp),
        "eicar in a png": png[:33] + chunk(b"teSt", CANARY + rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*") + png[33:],
    }  # fmt: skip


def hostile():
    """Return {name: a function that gives it} of what is no picture, or too much of one."""
    most = pictures.MOST_BYTES
    good = encoded(noise(), "JPEG")
    return {
        "nothing": lambda: b"",
        "one byte": lambda: b"\xff",
        "the limit": lambda: good + b"\0" * (most - len(good)),
        "a byte less": lambda: good + b"\0" * (most - len(good) - 1),
        "a byte more": lambda: good + b"\0" * (most - len(good) + 1),
        "169 megapixels": lambda: png_bomb(13_000, 13_000),
        "just past the pixels": lambda: png_bomb(6_400, 6_251),
        "just within": lambda: png_bomb(6_400, 6_250),
        "one pixel high": lambda: png_bomb(40_000_000, 1),
        "one pixel wide": lambda: png_bomb(1, 1_000_000),
        "no pixels": lambda: png_bomb(0, 0),
        "10,000 frames, GIF": lambda: moving("GIF", 10_000),
        "10,000 frames, WebP": lambda: moving("WEBP", 10_000),
        "1,000 frames, PNG": lambda: moving("PNG", 1_000),
        "text that grows": lambda: b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)) + chunk(b"zTXt", b"x\0\0" + zlib.compress(b"\0" * 200_000_000, 9)) + chunk(b"IDAT", zlib.compress(b"\0" * 4)) + chunk(b"IEND", b""),
        "a profile that grows": lambda: b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)) + chunk(b"iCCP", b"x\0\0" + zlib.compress(b"\0" * 200_000_000, 9)) + chunk(b"IDAT", zlib.compress(b"\0" * 4)) + chunk(b"IEND", b""),
        "SVG": lambda: b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
        "SVG with a declaration": lambda: b'<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/passwd">]><svg>&a;</svg>',
        "HTML": lambda: b"<!doctype html><script>alert(1)</script>",
        "HTML that begins like a PNG": lambda: b"\x89PNG\r\n\x1a\n<script>alert(1)</script>",
        "HTML that begins like a JPEG": lambda: b"\xff\xd8\xff<script>alert(1)</script>",
        "sound that begins like WebP": lambda: b"RIFF\x10\0\0\0WAVEfmt ",
        "EICAR": lambda: rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*",
        "ZIP": lambda: b"PK\x03\x04" + b"\0" * 100,
        "ELF": lambda: b"\x7fELF" + b"\0" * 100,
    }  # fmt: skip


class Watched:
    """The desk of a site, and what became of what was sent to it."""

    def __init__(self, desk):
        self.desk, self.wrong, self.sent, self.stored, self.slowest = desk, [], 0, 0, 0.0
        desk.upload(UPLOAD, "first.png", encoded(noise(), "PNG"), {"alt": "First"})
        self.before = self.most = desk.memory()

    def send(self, what, name, content, may_be=True):
        """Send a file; count the answer, and what is wrong with it. `may_be`: whether it may be stored."""
        answer = self.desk.upload(UPLOAD, name, content, {"alt": "x"})
        self.sent += 1
        self.stored += answer.status == 200
        self.slowest = max(self.slowest, answer.seconds)
        self.most = max(self.most, self.desk.memory())
        if answer.status not in {200, 400} or answer.seconds > 10 or (answer.status == 200 and not may_be):
            self.wrong.append(
                f"{what} as {name[:40]!r}: {answer.status}, {answer.seconds:.2f} s {answer.content[:80]!r}"
            )
        return answer


def stored_wrongly(folder):
    """Return what is wrong with the stored files: their names, their kinds, canaries, whether they can be read."""
    wrong = []
    for path in Path(folder).iterdir():
        content = path.read_bytes()
        if not re.fullmatch(r"[0-9a-f]{24}(_\w{7})?(-\d+)?\.(jpg|png|webp|avif)", path.name):
            wrong.append(f"name {path.name}")
        if CANARY in content or b"EICAR" in content or b"<script" in content:
            wrong.append(f"canary in {path.name}")
        try:
            with Image.open(io.BytesIO(content), formats=["JPEG", "PNG", "WEBP", "AVIF"]) as image:
                image.load()
                if image.getexif() or set(image.info) & {"exif", "xmp", "icc_profile", "comment", "XML:com.adobe.xmp"}:
                    wrong.append(f"metadata in {path.name}: {sorted(image.info)}")
        except Exception as error:
            wrong.append(f"{path.name} can't be read: {error}")
    return wrong


def x6(work, few):
    """Send every kind of file, too large ones, bombs, canaries and names to the desk."""
    desk = Desk(work)
    try:
        watched = Watched(desk)
        image, kinds = noise(), 0
        for kind in FORMATS[:: 6 if few else 1]:
            content = encoded(image, kind)
            kinds += content is not None
            for ending in ("png", "jpg", "webp", "svg"):
                watched.send(kind, f"x.{ending}", content or b"", may_be=kind in {"JPEG", "PNG", "WEBP", "MPO"})
        files = list(hostile().items())[:: 4 if few else 1]
        may_be = {
            "the limit",
            "a byte less",
            "just within",
            "one pixel high",
            "one pixel wide",
            "10,000 frames, WebP",
            "1,000 frames, PNG",
        }
        for what, made in files:
            watched.send(what, "x.png", made(), may_be=what in may_be or what.endswith("grows"))
        huge = b"\x89PNG\r\n\x1a\n" + b"\0" * 10 * pictures.MOST_BYTES
        watched.send("ten times the limit", "x.png", huge, may_be=False)
        carried = told()
        for what, content in carried.items():
            if watched.send(what, "x.jpg", content).status != 200:
                watched.wrong.append(f"{what} was not taken")
        for number, name in enumerate(NAMES[:: 8 if few else 1]):
            watched.send("a name", name, encoded(noise(seed=number), "PNG"))
        wrong = watched.wrong + stored_wrongly(work / "data" / "pictures")
        alive = desk.is_alive()
    finally:
        desk.close()
    grown = watched.most - watched.before
    for content in (png_bomb(6_400, 6_250), encoded(noise((6_000, 4_000)), "JPEG")[: pictures.MOST_BYTES]):
        try:
            pictures.read(content)
        except pictures.Refused:
            continue
    child = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    for each in wrong[:12]:
        print(each)
    figure = (
        f"{kinds} formats x 4 extensions, {len(files) + 1} sizes and bombs, {len(carried)} with canaries, {len(NAMES[:: 8 if few else 1])} names: "
        f"{watched.sent} uploads, {watched.stored} stored, {len(wrong)} wrongly taken, refused, named, with a canary, late or 5xx; slowest {watched.slowest:.1f} s, "
        f"worker +{grown:.0f} MB, child at most {child:.0f} MB (limit {decode.MEMORY >> 20}), worker {'alive' if alive else 'dead'}"
    )
    target = "only allowed formats stored; 0 canary bytes out; worker at most +50 MB, child 1 GB; at most 10 s; 0 5xx"
    return [
        Row(
            "X6",
            "files of every kind sent as pictures",
            "Django accepts 23 of 23; 876 MB",
            target,
            figure,
            alive and not wrong and grown <= 50 and child <= 1024,
        )
    ]


# F9 -------------------------------------------------------------------------------------------------------------------


def damaged(kind, content, cuts, flips):
    """Yield `content` cut at so many places, then with so many bits turned over, one each."""
    chosen = random.Random(kind)
    for number in range(cuts):
        yield content[: len(content) * number // cuts]
    for _each in range(flips):
        turned = bytearray(content)
        bit = chosen.randrange(len(turned) * 8)
        turned[bit // 8] ^= 1 << bit % 8
        yield bytes(turned)


def looked_at(kind, contents, wanted):
    """In a process of its own, decode `contents` as the site's does; send (taken, refused, [what is stored broken])."""
    resource.setrlimit(resource.RLIMIT_AS, (decode.MEMORY, decode.MEMORY))
    taken = refused = 0
    broken = []
    for content in contents:
        try:
            pictures.kind_of(content)
            whole, sizes = decode.made(content, kind, "whole")
        except Exception:
            refused += 1
            continue
        taken += 1
        for file in (whole, *sizes.values()):
            try:
                with Image.open(io.BytesIO(file)) as image:
                    image.load()
            except Exception as error:
                broken.append(str(error))
    wanted.put((taken, refused, broken))


def f9(work, few):
    """Damage a JPEG, a PNG and a WebP in thousands of ways; some of them go through the desk."""
    cuts, flips, sample = (20, 50, 12) if few else (200, 1_000, 12)
    desk, figures, wrong = Desk(work), [], []
    try:
        watched = Watched(desk)
        for kind, ending in (("JPEG", "jpg"), ("PNG", "png"), ("WEBP", "webp")):
            contents = list(damaged(kind, encoded(noise(), kind), cuts, flips))
            for content in contents[::sample]:
                watched.send(kind, f"x.{ending}", content)
            queue = multiprocessing.get_context("spawn").Queue()
            process = multiprocessing.get_context("spawn").Process(target=looked_at, args=(kind, contents, queue))
            process.start()
            taken, refused, broken = queue.get(timeout=400)
            process.join()
            wrong += broken
            figures.append(f"{kind} {taken:,} taken and {refused:,} refused of {len(contents):,}")
        wrong += watched.wrong + stored_wrongly(work / "data" / "pictures")
        alive = desk.is_alive()
    finally:
        desk.close()
    for each in wrong[:10]:
        print(each)
    figure = (
        f"{cuts} cuts and {flips:,} bits turned over each: {'; '.join(figures)}; {watched.sent:,} of them sent to the desk; "
        f"{len(wrong)} 5xx or stored broken, worker {'alive' if alive else 'dead'}"
    )
    return [
        Row(
            "F9",
            "JPEG, PNG and WebP cut and damaged",
            "none known",
            "0 5xx, 0 stored broken files",
            figure,
            alive and not wrong,
        )
    ]


TRIALS = {"X6": x6, "F9": f9}
