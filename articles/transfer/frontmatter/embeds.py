"""What a tag says after its name, and what it shows by that: addresses of other hosts, pictures of the place."""

import re
from urllib.parse import quote

_ARGUMENT = re.compile(
    r"""(?:([\w-]{1,60})\s{0,3}[=:](?!//)\s{0,3})?(?:"((?:\\.|[^"\\])*)"|'((?:\\.|[^'\\])*)'|`([^`]*)`|([^\s,"'`]+))"""
)
_ADDRESS = re.compile(r"(?:https?:)?//\S+")
SITES = {
    "youtube": "https://www.youtube.com/watch?v={}",
    "youtubelite": "https://www.youtube.com/watch?v={}",
    "vimeo": "https://vimeo.com/{}",
    "instagram": "https://www.instagram.com/p/{}/",
    "twitter": "https://twitter.com/i/status/{}",
    "tweet": "https://twitter.com/i/status/{}",
    "x": "https://twitter.com/i/status/{}",
    "gist": "https://gist.github.com/{}",
    "github": "https://github.com/{}",
    "codepen": "https://codepen.io/{}",
    "jsfiddle": "https://jsfiddle.net/{}/",
    "spotify": "https://open.spotify.com/track/{}",
    "dailymotion": "https://www.dailymotion.com/video/{}",
    "bilibili": "https://www.bilibili.com/video/{}",
    "telegram": "https://t.me/{}",
    "asciinema": "https://asciinema.org/a/{}",
}
_IDS = ("id", "video", "videoid", "video_id", "code", "shortcode", "tweet", "status")
PICTURES = {"figure", "img", "image", "picture", "figcaption", "imgproc", "lightbox", "photo", "responsive_image"}
SOURCES = ("src", "url", "image_path", "image", "img", "path", "file", "filename", "source", "link")
_SIZE = re.compile(r"\d+(?:px|%|em)?")
_QUOTED = re.compile(r"""(["'])(.*?)\1(?:\s+(["'])(.*)\3)?""")


def arguments(words):
    """Return ([those without a name], {name: value}) of what a tag says after its own name."""
    plain, named = [], {}
    for found in _ARGUMENT.finditer(words):
        value = next((each for each in found.group(2, 3, 4, 5) if each is not None), "")
        value = re.sub(r"\\(.)", r"\1", value)
        if found[1]:
            named[found[1].lower()] = value
        else:
            plain.append(value)
    return plain, named


def bare_picture(words):
    """Return (address, alt, title) of a picture as Octopress and Hexo have it: `class /path 100 200 "title" "alt"`, all but
    the path left out at will; None where that is not how it is written."""
    if words[:1] in {'"', "'"} or re.match(r"\s*[\w-]+=", words):
        return None
    parts = words.split()
    place = next((n for n, each in enumerate(parts) if "/" in each or re.search(r"\.\w{2,5}$", each)), None)
    if place is None:
        return None
    after = place + 1
    while after < len(parts) and after < place + 3 and _SIZE.fullmatch(parts[after]):
        after += 1
    said = " ".join(parts[after:])
    quoted = _QUOTED.fullmatch(said)
    if not quoted:
        return parts[place], said, ""
    return parts[place], quoted[4] or quoted[2], quoted[2] if quoted[4] else ""


def embed(name, plain, named):
    """Return the address of what the tag `name` shows of another host, or "" where it is none that is known."""
    if name == "video" and named.get("provider"):
        name = named["provider"].lower()
    pattern = SITES.get(name)
    given = next((named[each] for each in _IDS if named.get(each)), "") or (plain[0] if plain else "")
    if _ADDRESS.fullmatch(given):
        return _whole(given)
    if pattern and given:
        if name in {"tweet", "twitter", "x"} and named.get("user"):
            pattern = f"https://twitter.com/{quote(named['user'])}/status/{{}}"
        if name == "gist" and len(plain) > 1 and "." not in plain[1]:
            given = f"{plain[0]}/{plain[1]}"
        if name == "codepen" and named.get("user"):
            given = f"{named['user']}/pen/{given}"
        return pattern.format(quote(given.strip(), safe="/?=&-_"))
    others = [*(named[each] for each in ("src", "url", "link", "href") if named.get(each)), *plain, *named.values()]
    return _whole(next((each for each in others if _ADDRESS.fullmatch(each)), ""))


def _whole(address):
    return f"https:{address}" if address.startswith("//") else address
