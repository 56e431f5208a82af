"""Hostile texts, and how a page is read back to see that they did nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html.parser import HTMLParser

import pytest
from _pytest.mark.structures import ParameterSet

PAYLOADS = (
    "</script><script>window.pwned=1</script>",
    "</script >\n<img src=x onerror=window.pwned=1>",
    "<!--<script>",
    "--><script>window.pwned=1</script>",
    "<img src=x onerror=window.pwned=1>",
    '"><svg/onload=window.pwned=1>',
    "'><svg onload='window.pwned=1'>",
    '" onmouseover="window.pwned=1" x="',
    "' autofocus onfocus='window.pwned=1",
    "<iframe srcdoc='<script>parent.pwned=1</script>'></iframe>",
    "</style><style>*{display:none}</style>",
    "</title><script>window.pwned=1</script>",
    "</textarea></pre></code></noscript><b>",
    "]]><![CDATA[<script>window.pwned=1</script>",
    "javascript:window.pwned=1",
    "&lt;script&gt;&#60;script&#62;&amp;",
    "{{7*7}}{% raw %}{{ config }}",
    "${window.pwned=1}`+window.pwned`",
    "\\u003cscript\\u003e\\",
    "\u2028window.pwned=1\u2029",
    "\u202e<evil>\u2066\u2069\u200f",
    "\x00\x01\x08\x0b\x1b[31m\x7f\x85",
    "<base href=//evil.example/><meta http-equiv=refresh content=0>",
    "<a href='java\tscript:window.pwned=1'>x</a>",
    "<math><mtext><table><mglyph><style><img src onerror=window.pwned=1>",
    "\udfff lone \ud800\ufffe",
    "__proto__",
    "𝕏👨\u200d👩\u200d👧🏽",
    "<details open ontoggle=window.pwned=1>",
    "<svg><animate onbegin=window.pwned=1 attributeName=x dur=1s>",
    "<video><source onerror=window.pwned=1></video>",
    "<form action=javascript:window.pwned=1><button>",
    "<object data=data:text/html,<script>parent.pwned=1</script>>",
    "<svg><use href=data:image/svg+xml,<svg/onload=window.pwned=1>>",
    "<style>@import 'https://evil.example/x.css';</style>",
    "<link rel=stylesheet href=https://evil.example/x.css>",
    '"><script src=https://evil.example/x.js></script>',
    "+ADw-script+AD4-window.pwned=1+ADw-/script+AD4-",
    "';window.pwned=1;//\";window.pwned=1;//",
    "H4sIAAAAAAAAA6tWAgA==</script>",
)


#: Those that act in the most different places, and all in one; the others by themselves are slow.
FEW = (PAYLOADS[0], PAYLOADS[7], PAYLOADS[25], "".join(PAYLOADS))


def each_payload(
    few: Sequence[str] = FEW, all_: Sequence[str] = PAYLOADS
) -> list[str | ParameterSet]:
    """``few`` as parameters of a test, and as slow ones the rest of ``all_``."""
    slow = [pytest.param(p, marks=pytest.mark.slow) for p in all_ if p not in few]
    return [*few, *slow]


class Structure(HTMLParser):
    """The start and end tags of a page in order, and the texts of its scripts and styles."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, tuple[str, ...]]] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.raw: list[tuple[str, dict[str, str | None], str]] = []
        self.others: list[str] = []
        self._open: tuple[str, dict[str, str | None]] | None = None
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, tuple(name for name, _ in attrs)))
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        self._open = (tag, dict(attrs)) if tag in ("script", "style") else None

    def handle_endtag(self, tag: str) -> None:
        self.tags.append(("/" + tag, ()))
        self._open = None

    def handle_data(self, data: str) -> None:
        if self._open:
            self.raw.append((*self._open, data))

    def handle_comment(self, data: str) -> None:
        self.others.append(data)

    def unknown_decl(self, data: str) -> None:
        self.others.append(data)

    handle_pi = handle_comment


def marked(prefix: str) -> Callable[[str], str]:
    return lambda text: f"{prefix}{text}"
