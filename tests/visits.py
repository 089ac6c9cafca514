"""Who asks for a page, in which ways: all are shown the same. Asked of Django's client, or of nginx by one like it."""

import random


def content(answer):
    """Return the bytes of `answer`; a file that it is read from is closed."""
    if not answer.streaming:
        return answer.content
    body = b"".join(answer.streaming_content)
    for close in answer._resource_closers:
        close()
    return body


def seen(answer):
    """Return (status, bytes, headers) of `answer`, but those that say how old it is."""
    body = content(answer)
    told = {name: value for name, value in answer.headers.items() if name not in {"Age", "X-Accel-Expires"}}
    return answer.status_code, body, sorted(told.items())


def visitors(key):
    """Return {who: (cookies, headers)} of the ways in which a page may be asked for; `key` is that of an editor's session."""
    return {
        "anybody": ({}, {}),
        "editor": ({"sessionid": key}, {}),
        "stale session": ({"sessionid": "x" * 32}, {}),
        "other cookies": ({"theme": "dark", "csrftoken": "x" * 32, "django_language": "ru", "messages": "x"}, {}),
        "authorization": ({}, {"authorization": "Basic YTpi"}),
        "bearer": ({}, {"authorization": "Bearer x"}),
        "no-cache": ({}, {"cache-control": "no-cache", "pragma": "no-cache"}),
        "no-store": ({}, {"cache-control": "no-store, max-age=0"}),
        "only-if-cached": ({}, {"cache-control": "only-if-cached"}),
        "in Russian": ({}, {"accept-language": "ru"}),
        "range": ({}, {"range": "bytes=0-9"}),
        "condition": ({}, {"if-none-match": '"x"', "if-modified-since": "Thu, 01 Jan 1970 00:00:00 GMT"}),
        "if-range": ({}, {"range": "bytes=0-9", "if-range": '"x"'}),
    }


def differing(client, addresses, key, orders):
    """Return (asked, wrong): every page as every visitor, in `orders` orders, has the bytes that anybody gets.

    For whoever is logged in the page is made anew: nobody may keep it.
    """
    asked, wrong, ways = 0, [], visitors(key)
    for order in range(orders):
        for address in addresses:
            client.cookies.clear()
            expected = seen(client.get(address))[:2]
            for who in random.Random(f"{order} {address}").sample(list(ways), len(ways)):
                cookies, sent = ways[who]
                client.cookies.load(cookies)
                answer = client.get(address, headers=sent)
                client.cookies.clear()
                asked += 1
                part = answer.status_code == 206 and content(answer) == expected[1][:10]
                if not part and seen(answer)[:2] != expected:
                    wrong.append((who, address, answer.status_code))
            if seen(client.get(address))[:2] != expected:
                wrong.append(("anybody, afterwards", address))
    return asked, wrong
