"""What strangers write where a word, a number or a date is asked for: made here, of parts."""

import itertools
import random

MARK = "<i9z\"'>"  # where it comes out as it went in, it is markup

HOSTILE = ['"', "'", "(", ")", "*", "-", "--", ":", "^", "+", "&", "|", "!", "<->", "<0>", "\\", "%", "_", ";", "\0", "{", "}",
           "NEAR(", "AND", "OR", "NOT", "title:", "body :", "rowid", "articles_search", "1=1", "DROP TABLE x", "\ud800", "\x0b",
           "“", "”", "«", "−", "\u202e", "\u0301", "İ", "ı", "ß", "ﬁ", "½", "²", "٣", "漢字", "ß" * 50, "a" * 300, "é" * 90,
           "gas", "Erdoğan", "Сирия", "S-400", "the", " ", "\t", "\n", "\u2028", "👩‍👩‍👧", "%00", "%s", "%(a)s", "{{x}}",
           "<script>", "&amp;", "..", "/", "?", "#", "@", "$", "`", "~", "=", "0", "-0", "1e9", "NaN", ",", "[", "]"]  # fmt: skip

NUMBERS = ("0", "-1", "1", "00", "1.0", "1e3", "٣", "²", "½", "NaN", "inf", "-0", "+1", " 1", "1 ", "1_0", "0x1", "9" * 9,
           "9" * 10, "2147483648", "9223372036854775807", "9223372036854775808", "9" * 400, "१२", "１", "")  # fmt: skip
DATES = ("2027-02-30", "2027-13-01", "2027-00-10", "0000-01-01", "0-0-0", "99999-01-01", "9999-12-31", "-2027-01-01",
         "2027-1-1", "2027-W01", "2027-01-01T25:00", "2027-06-01T00:00:00+99:00", "02/30/2027", "now", "1970-01-01")  # fmt: skip
WORDS = ("null", "None", "undefined", "true", "[]", "{}", "[object Object]", "admin", "feed", "add", "..", ".", "...", "con", "x" * 101,
         "x" * 5_000, "ÿ", "\ufeff", "\u200b", "\u202eabc", "\ufffe", "\uffff", "Z̴̗a", "İ", "ﬃ", "Ⅷ", "\U0001f600", "\r\nX-Injected: 1",
         "a\nb", "a\tb", "\x00", "a\x00b", "\x1b[31m", "\x7f", "$(id)", "`id`", "|id", "; id", "${7*7}", "{{7*7}}", "{% now %}", "%s%n",
         "%00", "%2e%2e%2f", "..%2f..%2fetc%2fpasswd", "../../etc/passwd", "..\\..\\win.ini", "file:///etc/passwd", "//example.org",
         "' OR 1=1 --", "1; DROP TABLE x", "\" OR \"\"=\"", "1 UNION SELECT 1", "*)(uid=*", "<!--", "]]>", "<![CDATA[", "&lt;", "&#x3c;",
         "javascript:alert(1)", "data:text/html,x", "a" * 255 + "/", "+", "++", "a+a", "a+b+c+d+e+f", "+a", "a++b", "-", "--", "_")  # fmt: skip


def naughty():
    """Return some two hundred values, each alone and many beside markup."""
    plain = [*NUMBERS, *DATES, *WORDS, *HOSTILE]
    return list(
        dict.fromkeys([MARK, *plain, *(MARK + each for each in plain[::3]), *(each + MARK for each in plain[1::3])])
    )


def queries(lot, count):
    """Yield `count` search queries put together of hostile parts by the `random.Random` `lot`."""
    for _number in range(count):
        yield lot.choice(["", " "]).join(lot.choice(HOSTILE) for _each in range(lot.randint(1, 30)))


# Headers --------------------------------------------------------------------------------------------------------------

ABOUT = (
    "Host", "Server", "Scheme", "Proto", "Protocol", "Port", "Prefix", "Path", "URL", "URI", "Query", "Method", "For", "By", "IP",
    "Client-IP", "Real-IP", "SSL", "User", "Token", "Language", "Country", "Device", "Cookie", "Cache", "Debug", "Version", "Theme",
    "Color-Scheme", "Preview", "Format", "Encoding", "Range", "Origin", "Referer", "Id", "Key", "Time", "Auth", "Script-Name",
)  # fmt: skip
BEFORE = (
    "", "X-", "X-Forwarded-", "X-Original-", "X-Real-", "X-Rewrite-", "X-HTTP-", "X-Client-", "X-Proxy-", "Proxy-", "Front-End-",
    "X-Host-", "X-Remote-", "Remote-", "X-Backend-", "X-Override-", "X-Method-", "X-Cache-", "CF-", "Fastly-", "True-", "X-Azure-",
    "X-Amz-", "X-WP-", "X-Django-", "Wsgi-",
)  # fmt: skip
KNOWN = (
    "Forwarded", "Via", "Accept", "Accept-Language", "Accept-Charset", "User-Agent", "Referer", "Origin", "From", "DNT", "Sec-GPC",
    "Authorization", "Cookie", "If-Match", "If-None-Match", "If-Modified-Since", "If-Unmodified-Since", "If-Range", "Range", "Expect",
    "Cache-Control", "Pragma", "Upgrade", "Connection", "TE", "Trailer", "Max-Forwards", "Prefer", "X-Requested-With",
    "X-HTTP-Method-Override", "X-CSRFToken", "Sec-Fetch-Site", "Sec-Fetch-Mode", "Sec-Fetch-Dest", "Sec-CH-UA", "Sec-CH-UA-Mobile",
    "Sec-CH-Prefers-Color-Scheme", "Save-Data", "Viewport-Width", "Width", "DPR", "Service-Worker", "Content-Type", "Content-Language",
    "Surrogate-Capability", "X-Purpose", "Purpose", "Destination", "Depth", "Translate", "X-Accel-Redirect", "X-Sendfile", "Status",
)  # fmt: skip


def headers():
    """Return names of headers, a thousand and more."""
    return list(dict.fromkeys([*KNOWN, *("".join(parts) for parts in itertools.product(BEFORE, ABOUT))]))


def hosts(canary):
    """Return some sixty {header: value} by which a request claims to be for another host."""
    values = (
        canary, f"{canary}:80", f"{canary}:443", f"{canary}#", f"{canary}, testserver", f"testserver, {canary}", f"testserver@{canary}",
        f"testserver.{canary}", f"{canary}/testserver", f"http://{canary}/", f"testserver:{canary}", f"testserver\t{canary}",
    )  # fmt: skip
    named = ("X-Forwarded-Host", "X-Host", "X-Forwarded-Server", "X-HTTP-Host-Override", "X-Original-Host")
    found = [{name: value} for name in named for value in values]
    found += [{"Forwarded": f"host={value};proto=https"} for value in values[:6]]
    return [*found, {"X-Forwarded-Proto": canary}, {"X-Forwarded-Proto": "https"}, {"X-Forwarded-Port": canary}]


# Elsewhere ------------------------------------------------------------------------------------------------------------


def elsewhere(host="elsewhere.example"):
    """Return some five hundred addresses by which a redirect might be led to `host`."""
    starts = (
        "http://", "https://", "//", "///", "////", "/\\", "\\/", "\\\\", "\\", "/\\/", "/%2f", "/%5c", "%2f%2f", "%5c%5c", "http:", "https:",
        "http:/", "http:///", "hTTp://", "ftp://", "javascript://", "/%09/", "/\t/", "\t//", " //", "\r\n//", "/\r\n/", "/.//", "/..//",
        "/;//", "/?//", "/x//../..//", "\x00//", "/\x00/", "//testserver@", "https://testserver@", "https://testserver:x@", "//;@", "/%2e%2e//",
        "﹨﹨", "／／", "。。//", "\u2028//", "%E3%80%80//",
    )  # fmt: skip
    hosts = (host, f"{host}:443", f"{host}/", f"{host}%2f..", f"{host}\\", f"{host}?x", f"{host}#x", f"{host}/..;/", f"testserver.{host}",
             host.replace(".", "。"), f"www.{host}/admin/", f"{host}%00.testserver")  # fmt: skip
    return ["".join(parts) for parts in itertools.product(starts, hosts)]


def some(values, most, seed=7):
    """Return `values`, or as many of them, chosen the same way each time."""
    values = list(values)
    return values if len(values) <= most else random.Random(seed).sample(values, most)
