"""Hostile markup, made by lists and generators of our own: what runs a script, or would, in some browser's reading of it.

    payloads() -> each once, as text
    WRAPPERS: {place in a Markdown text: a function that puts a payload there}

Whatever runs calls `alert`, which the trials watch.
"""

import itertools

CODE = "alert(1)"
SCHEMES = ("javascript:alert(1)", "vbscript:alert(1)", "data:text/html,<script>alert(1)</script>",
           "data:image/svg+xml,<svg onload=alert(1)>", "feed:javascript:alert(1)", "livescript:alert(1)")  # fmt: skip
SPELLINGS = (
    lambda url: url,
    str.upper,
    lambda url: "".join(sign.upper() if place % 2 else sign for place, sign in enumerate(url)),
    lambda url: " " + url,
    lambda url: "\x01" + url,
    lambda url: "\u00a0" + url,
    lambda url: "\ufeff" + url,
    lambda url: url[:4] + "\t" + url[4:],
    lambda url: url[:4] + "\n" + url[4:],
    lambda url: url[:4] + "\r\n" + url[4:],
    lambda url: url[:4] + "\0" + url[4:],
    lambda url: url[:4] + "\x7f" + url[4:],
    lambda url: url[:4] + "\u200b" + url[4:],
    lambda url: url[:4] + "\u00ad" + url[4:],
    lambda url: url[:4] + "/**/" + url[4:],
    lambda url: url[:4] + "\\" + url[4:],
    lambda url: url[:4] + "<!-- -->" + url[4:],
    lambda url: url.replace(":", "&colon;", 1),
    lambda url: url.replace(":", "&#58;", 1),
    lambda url: url.replace(":", "&#x3a", 1),
    lambda url: url.replace(":", "&#0000058", 1),
    lambda url: url.replace(":", "%3a", 1),
    lambda url: url.replace(":", "\uff1a", 1),
    lambda url: url[:3] + "&Tab;" + url[3:],
    lambda url: url[:3] + "&NewLine;" + url[3:],
    lambda url: url[:3] + "&#10;" + url[3:],
    lambda url: url[:3] + "&#x0D;" + url[3:],
    lambda url: url[:3] + "&#0;" + url[3:],
    lambda url: url[:4] + "&#1;" + url[4:],
    lambda url: url[:4] + "&#x1f;" + url[4:],
    lambda url: url[:4] + "&#127;" + url[4:],
    lambda url: url[:3] + "&ZeroWidthSpace;" + url[3:],
    lambda url: "".join(f"&#{ord(sign)};" for sign in url),
    lambda url: "".join(f"&#x{ord(sign):X};" for sign in url),
    lambda url: "".join(f"&#x{ord(sign):08x}" for sign in url),
    lambda url: "".join(f"&amp;#{ord(sign)};" for sign in url),
    lambda url: "".join(f"%{ord(sign):02x}" for sign in url[:6]) + url[6:],
    lambda url: "//example.org/%0a" + url,
    lambda url: url + "//https://example.org/",
)
LINKS = (
    "<a href=\"{}\">x</a>", "<a href='{}'>x</a>", "<a href={}>x</a>", "[x]({})", "[x](<{}>)", "![x]({})", "<{}>",
    "[x][r]\n\n[r]: {}", '<img src="{}">',
)  # fmt: skip
CARRIERS = (
    '<iframe src="{}"></iframe>', '<iframe srcdoc="<a href={}>x</a>"></iframe>', '<object data="{}"></object>',
    '<embed src="{}">', '<form action="{}"><button>x</button></form>', '<button formaction="{}" form=f>x</button>',
    '<input type=image formaction="{}">', '<svg><a xlink:href="{}"><text y=9>x</text></a></svg>',
    '<svg><use href="{}#x"/></svg>', '<svg><animate xlink:href=#x attributeName=href values="{}"/><a id=x>x</a></svg>',
    '<math href="{}">x</math>', '<math><maction actiontype=statusline xlink:href="{}">x</maction></math>',
    '<base href="{}">', '<link rel=stylesheet href="{}">', '<link rel=import href="{}">',
    '<meta http-equiv=refresh content="0;url={}">', '<video src="{}" poster="{}"></video>', '<audio src="{}">',
    '<track src="{}">', '<area href="{}">', '<map name=m><area href="{}" shape=default></map><img usemap=#m src=/x>',
    '<table background="{}"><td background="{}">x</table>', '<body background="{}">', '<bgsound src="{}">',
    '<blockquote cite="{}">x</blockquote>', '<q cite="{}">x</q>', '<del cite="{}">x</del>', '<img lowsrc="{}" dynsrc="{}">',
    '<img srcset="{} 1x">', '<picture><source srcset="{}"><img></picture>', '<a ping="{}" href=/x>x</a>',
    '<a target=_blank xlink:href="{}">x</a>', '<isindex action="{}">', '<frameset><frame src="{}"></frameset>',
    '<applet code="{}">', '<portal src="{}">', '<style>@import "{}";</style>', '<p style="background:url({})">x</p>',
    '<script src="{}"></script>', '<svg><script href="{}"/></svg>', '<image src="{}">', '<param name=url value="{}">',
)  # fmt: skip
EVENTS = [
    "abort",
    "afterprint",
    "animationend",
    "animationiteration",
    "animationstart",
    "auxclick",
    "beforecopy",
    "beforeinput",
    "beforematch",
    "beforeprint",
    "beforetoggle",
    "beforeunload",
    "begin",
    "blur",
    "bounce",
    "cancel",
    "canplay",
    "change",
    "click",
    "close",
    "contentvisibilityautostatechange",
    "contextmenu",
    "copy",
    "cuechange",
    "cut",
    "dblclick",
    "drag",
    "dragend",
    "dragenter",
    "drop",
    "durationchange",
    "end",
    "ended",
    "error",
    "finish",
    "focus",
    "focusin",
    "focusout",
    "formdata",
    "fullscreenchange",
    "gotpointercapture",
    "hashchange",
    "input",
    "invalid",
    "keydown",
    "keypress",
    "keyup",
    "load",
    "loadeddata",
    "loadstart",
    "message",
    "mousedown",
    "mouseenter",
    "mousemove",
    "mouseout",
    "mouseover",
    "mousewheel",
    "paste",
    "pause",
    "play",
    "playing",
    "pointerdown",
    "pointerenter",
    "pointerrawupdate",
    "popstate",
    "progress",
    "ratechange",
    "readystatechange",
    "repeat",
    "reset",
    "resize",
    "scroll",
    "scrollend",
    "scrollsnapchange",
    "search",
    "securitypolicyviolation",
    "seeked",
    "select",
    "selectionchange",
    "selectstart",
    "show",
    "slotchange",
    "start",
    "storage",
    "submit",
    "toggle",
    "touchstart",
    "transitionend",
    "unhandledrejection",
    "unload",
    "volumechange",
    "webkitanimationstart",
    "wheel",
    "zoom",
]
ELEMENTS = ("a", "p", "img src=x", "svg", "math", "details open", "video", "body", "input autofocus", "select autofocus", "marquee",
            "table", "td", "li", "h2", "figure", "time", "abbr", "custom-element", "iframe", "ol class=timeline")  # fmt: skip
MANNERS = (
    "<{e} on{v}=alert(1)>x", '<{e} on{v}="alert(1)">x</{n}>', "<{e}/on{v}='alert(1)'>", "<{e} title='>' on{v}=alert(1)>",
    "<{e} oN{v}\t=\nalert(1) //>", '<{e} x="`"on{v}=alert(1)//">', "<{e} on{v}=&#97;lert(1)>x", "<{e}\x0con{v}=alert`1`>",
)  # fmt: skip
OPENERS = (
    "svg", "math", "svg><desc", "svg><title", "svg><foreignObject", "svg><style", "math><mtext", "math><mi", "math><mglyph",
    "math><annotation-xml encoding=text/html", "math><mtext><table><mglyph", "style", "title", "textarea", "xmp", "noscript", "noembed", "noframes",
    "iframe", "template", "select", "select><option", "table", "table><caption", "form", "plaintext", "listing", "script type=text/plain",
    "math><style", "button", "a", "p", "details><summary", "frameset", "object", "ruby><rtc", "figure class=chart", "sup id=fnref-x", "div class=footnote",
)  # fmt: skip
INNERS = (
    "<img src=x onerror=alert(1)>", "<style><img src=x onerror=alert(1)>", "<!--</{n}><img src=x onerror=alert(1)>-->",
    '<p title="</{n}><img src=x onerror=alert(1)>">', '<a id="--><img src=x onerror=alert(1)>">', "<![CDATA[</{n}><img src=x onerror=alert(1)>]]>",
    "<mglyph><style><!--</style><img src=x onerror=alert(1)>", "<malignmark><table><style><img title=\"--&gt;&lt;img src=1 onerror=alert(1)&gt;\">",
    "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>", "&lt;/{n}>&lt;img src=x onerror=alert(1)>",
    "</{n}><script>alert(1)</script>", "<script>alert(1)//", "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<table><tr><td></{n}><img src=x onerror=alert(1)>", "</br></p><svg onload=alert(1)>", "<{n}><{n}><img src=x onerror=alert(1)>",
)  # fmt: skip
RAW = (
    "<script>alert(1)</script>", "<ScRiPt >alert(1)</sCrIpT\n>", "<script/x>alert(1)</script>", "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<<script>alert(1)//<</script>", "<script>alert(1)", "<script\0>alert(1)</script>", "\uff1cscript\uff1ealert(1)\uff1c/script\uff1e",
    "<!--><script>alert(1)</script>", "<!--!><script>alert(1)</script>-->", "<!-- --!><script>alert(1)</script>", "<?php alert(1)?><script>alert(1)</script>",
    "<![endif]--><script>alert(1)</script>", "<%<!--'%><script>alert(1);</script>", "<!DOCTYPE x [<!ENTITY y 'z'>]><script>alert(1)</script>",
    "</title><script>alert(1)</script>", "</textarea><img src=x onerror=alert(1)>", "</script><script>alert(1)</script>", "';alert(1)//", "\"-alert(1)-\"",
    "${alert(1)}", "{{constructor.constructor('alert(1)')()}}", "{% debug %}", "{{ settings.SECRET_KEY }}", "<img src=`x`onerror=alert(1)>",
    "<a href=/x onclick=alert(1)", "<img src='x", "<img src=\"x\" alt=\"", "<p id=x tabindex=1 onfocus=alert(1)></p>", "]]><script>alert(1)</script>",
    "<div class=masthead>x", "<p id=main>x", "<a id=location name=location href=/x>x", "<img name=cookie>", "<form id=x><input name=attributes>",
    "<p lang='\"><img src=x onerror=alert(1)>'>", "<p dir=ltr\" onclick=alert(1)>", "<time datetime='\"><svg onload=alert(1)>'>", "<data value=\"&quot;><svg/onload=alert(1)>\">",
    "<span class=named data-name='\"><svg onload=alert(1)>'>x</span>", "<td data-label='\"><svg onload=alert(1)>'>", "<figure class=chart data-kind='\"><svg onload=alert(1)>'>",
    "<button popovertarget=x class=term>x</button>", "<dialog open>x", "<p popover id=x>x", "<slot name=x>", "<p is=x-y>", "<p xml:base=javascript:alert(1)//>x",
)  # fmt: skip
CORES = (
    "<img src=x onerror=alert(1)>", '"><svg onload=alert(1)>', "'><svg onload=alert(1)>", '" onclick="alert(1)', "javascript:alert(1)", "</script><script>alert(1)</script>",
    "&lt;img src=x onerror=alert(1)&gt;", "&#34; onclick=&#34;alert(1)", "`onclick=alert(1)`", "]]><svg/onload=alert(1)>",
)  # fmt: skip
BLOCKS = (
    "x{{: onclick={} }}", "x\n{{: {} }}", "# h {{#{} }}", "x{{: href={} }}", "[x](/y){{: onclick=alert(1) title='{}' }}", "[x](/y \"{}\")", "[x](/y '{}')",
    "![{}](/pictures/x.jpg)", "![x](/pictures/x.jpg \"{}\")", "![x](/pictures/{})", "[{}][{}]\n\n[{}]: /x \"{}\"", "x[^{}]\n\n[^{}]: y", "x[^n]\n\n[^n]: {}", "x[^n] y[^n]\n\n[^n]: [{}](/x)",
    "*[abc]: {}\n\nabc", "*[{}]: y\n\n{}", "Term {}\n:   {}", "```{}\ncode\n```", "``` {{.{} }}\ncode\n```", "`{}`", "    {}", "[@{}]", "[@tass-2025, {}]", "[[{}]]", "[[Syria|{}]]", "[[article:{}]]",
    "[[article:x|{}]]", "{{{{not:{}}}}}", "Table: {}\n\n| a |\n|---|\n| b |", "| {} |\n|---|\n| {} |", "|a|\n|:-\" {}|\n|b|", "```timeline\n2019-07-12: {}\n```", "```timeline\n{}: x\n```",
    "```timeline\n2019 – {}: x\n```", "```chart\ntype: line\ntitle: {}\n\n| Year | {} |\n|---|---|\n| 2018 | 1 |\n```", "```chart\ntype: bar\ntitle: x\nunit: {}\nnote: {}\nsource: {}\n\na,b\n{},1\n```",
    "```chart\ntype: {}\nfrom: {}\ntable: {}\n```", "```chart\n{}: x\n\n| a | b |\n|---|---|\n| 1 | {} |\n```", "## {}\n\n## {}", "<h2 id=\"{}\">x</h2>", "<li id=\"fn-{}\">x</li>", "<sup id=\"fnref-{}\"><a class=footnote-ref href=\"#fn-{}\">1</a></sup>",
    "<div class=\"footnote\"><ol><li id=\"fn-{}\">{}</li></ol></div>\n\nz[^{}]\n\n[^{}]: n", "<span class=\"named\" data-name=\"{}\">{}</span>", "<sup class=cites id=\"{}\"><a class=cite href=\"#{}\">1</a></sup>",
    "<ol class=timeline><li class=event id=\"{}\"><time datetime=\"{}\">x</time>{}</li></ol>", "<figure class=chart data-kind=\"{}\" data-unit=\"{}\" data-from=\"{}\" data-table=\"{}\">{}</figure>",
    "<td data-label=\"{}\">{}</td>", "<abbr title=\"{}\">x</abbr>", "<a class=footnote-backref href=\"#{}\" title=\"Back to the text of note {}\">x</a>", "<img src=\"/pictures/{}\" alt=\"{}\" title=\"{}\">",
    "---\ntitle: {}\n---\n", "<{}>", "<https://example.org/{}>", "<{}@example.org>", "\\{}", "**{}*", "> {}\n> - {}\n>   > {}", "1. {}\n\n    {}", "{}\n===", "x  \n{}", "&{};", "\u202e{}\u202c", "<p lang=\"{}\">x</p>",
)  # fmt: skip


def made():
    """Yield every payload, some of them more than once."""
    yield from RAW
    for url, spell in itertools.product(SCHEMES, SPELLINGS):
        written = spell(url)
        for link in LINKS[: 9 if url == SCHEMES[0] else 4]:
            yield link.replace("{}", written)
    for carrier, url in itertools.product(CARRIERS, (0, 2, 3)):
        yield carrier.replace("{}", SCHEMES[url])
        yield carrier.replace("{}", SPELLINGS[23](SCHEMES[url]))
    for number, (event, element) in enumerate(itertools.product(EVENTS, ELEMENTS)):
        if number % 2 == 0:
            manner = MANNERS[number // 2 % len(MANNERS)]
            yield manner.format(e=element, n=element.split()[0], v=event)
    for opener, inner in itertools.product(OPENERS, INNERS):
        last = opener.rpartition("<")[2].split()[0]
        yield f"<{opener}>{inner.replace('{n}', last)}"
    for block, core in itertools.product(BLOCKS, CORES):
        yield block.replace("{{", "\1").replace("}}", "\2").replace("{}", core).replace("\1", "{").replace("\2", "}")


def payloads():
    """Return every payload once, in an order that is always the same."""
    return list(dict.fromkeys(made()))


WRAPPERS = {
    "paragraph": "Words {} words.".format,
    "alone": "{}".format,
    "list": lambda payload: "- one\n- " + payload.replace("\n", "\n  ") + "\n- three",
    "quotation": lambda payload: "> " + payload.replace("\n", "\n> "),
    "table": lambda payload: "| a | b |\n|---|---|\n| " + payload.replace("\n", " ") + " | c |",
    "note": lambda payload: "x[^q]\n\n[^q]: " + payload.replace("\n", "\n    "),
    "heading": lambda payload: "## " + payload.replace("\n", " ") + "\n\nWords.",
    "link": lambda payload: "**[" + payload + "](/articles/)**",
}
