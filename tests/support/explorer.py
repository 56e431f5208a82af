"""What tests of the explorer do with a page: set filters, read what they leave, draw the charts.

What the filters leave is read from the export, because the list holds only the segments in view.
"""

from __future__ import annotations

import json
import re

from tests.support.chromium import Browser

__all__ = [
    "CATCH",
    "STATUS",
    "choose",
    "draw",
    "exported",
    "found",
    "pick",
    "quiet",
    "segments",
    "settle",
]

STATUS = "document.querySelector('.status').textContent"
FOUND = re.compile(r"([\d,]+) of ([\d,]+) segments, ([\d,]+) of ([\d,]+) translations")
#: Keeps what the page exports, and what it copies.
CATCH = """() => {
  window.saved = [];
  URL.createObjectURL = (blob) => { window.saved.push(blob); return 'blob:null/0'; };
  HTMLAnchorElement.prototype.click = function () { window.savedName = this.download; };
  window.copied = '';
  navigator.clipboard.writeText = async (text) => { window.copied = text; };
}"""
SET = """((name, value) => {
  const label = [...document.querySelectorAll('.filters label')]
    .find((e) => e.textContent.startsWith(name));
  const node = label.querySelector('select, input');
  node.value = value;
  node.dispatchEvent(new Event(node.tagName === 'SELECT' ? 'change' : 'input'));
})(%s, %s)"""

#: The link of the table of categories from a number of chrF to the segments that it rests on.
FLUENCY_CELL = (
    "document.querySelector('td a[href=\"#segments?view=category&decided=fluency&metric=chrf\"]')"
)


def exported(browser: Browser, ending: str = "JSONL") -> str:
    """What the button of the export writes."""
    browser.value(CATCH)
    browser.value(
        f"[...document.querySelectorAll('button.export')].find((b) => b.textContent === '{ending}')"
        ".dispatchEvent(new MouseEvent('click'))"
    )
    assert browser.value("window.savedName") == f"segments.{ending.lower()}"
    return str(browser.value("window.saved[0].text()"))


def found(browser: Browser) -> list[tuple[str, str]]:
    """(segment, system) of everything that the filters leave, in the order of the list."""
    rows = [json.loads(line) for line in exported(browser).splitlines()]
    status = FOUND.match(str(browser.value(STATUS)))
    assert status is not None
    assert int(status[1].replace(",", "")) == len({r["segment_id"] for r in rows})
    assert int(status[3].replace(",", "")) == len(rows)
    return [(r["segment_id"], r["system"]) for r in rows]


def segments(browser: Browser) -> list[str]:
    """The segments that the filters leave, in their order."""
    return list(dict.fromkeys(segment for segment, _ in found(browser)))


def choose(browser: Browser, name: str, value: str) -> None:
    """Set a filter by its label."""
    browser.value(SET % (json.dumps(name), json.dumps(value)))


def settle(browser: Browser) -> None:
    """Wait until typed text has taken effect and the list is drawn."""
    browser.value("new Promise((done) => setTimeout(() => requestAnimationFrame(done), 300))")


def draw(browser: Browser) -> None:
    """Have every chart drawn, as before the page is printed."""
    browser.value("dispatchEvent(new Event('beforeprint'))")
    browser.value("dispatchEvent(new Event('afterprint'))")
    settle(browser)


def pick(browser: Browser, selector: str, value: str) -> None:
    """Choose the option of this text or value of a control."""
    browser.value(
        f"""((node, value) => {{
          node.selectedIndex = [...node.options].findIndex((o) =>
            o.textContent === value || o.value === value);
          node.dispatchEvent(new Event('change'));
        }})(document.querySelector({json.dumps(selector)}), {json.dumps(value)})"""
    )
    settle(browser)


def quiet(browser: Browser) -> None:
    """Nothing was complained of and nothing left the page."""
    assert browser.complaints() == []
    assert browser.requests() == []
