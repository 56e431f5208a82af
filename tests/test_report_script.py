"""The segment browser's script: its text functions in node, the whole page in a browser.

Skipped where node or Chromium is absent; neither is needed to write a report.
"""

from __future__ import annotations

import fcntl
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import harness.report
from harness.report import formatting, write_report
from harness.report.formatting import visible
from tests.test_report_html import PAYLOADS, marked
from tests.test_report_sample import made_up_content

SCRIPT = Path(harness.report.__file__).parent / "assets" / "report.js"
NODE = shutil.which("node")
CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)

needs_node = pytest.mark.skipif(NODE is None, reason="needs node to run the script's functions")
needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium to open the page")


def in_node(function: str, calls: list[list[Any]]) -> list[Any]:
    """The results of ``function`` of the script for each list of arguments."""
    program = (
        f"const f = require({json.dumps(str(SCRIPT))})[{json.dumps(function)}];"
        "const calls = JSON.parse(require('fs').readFileSync(0, 'utf8'));"
        "console.log(JSON.stringify(calls.map((c) => f(...c))));"
    )
    done = subprocess.run(
        [str(NODE), "-e", program],
        input=json.dumps(calls).encode(),
        capture_output=True,
        check=True,
    )
    return list(json.loads(done.stdout))


@needs_node
def test_spans_are_split_at_every_boundary() -> None:
    """Against a count of the spans over each character, for random overlapping spans."""
    chance = random.Random(3)
    calls = []
    for _ in range(300):
        length = chance.randint(0, 12)
        spans = [
            {"id": i, "start": chance.randint(0, length), "end": chance.randint(0, length + 3)}
            for i in range(chance.randint(0, 5))
        ]
        spans = [s | {"end": max(s["start"], s["end"])} for s in spans]
        calls.append([length, spans])
    for (length, spans), pieces in zip(calls, in_node("splitSpans", calls), strict=True):
        solid = [p for p in pieces if p["start"] < p["end"]]
        assert [p["start"] for p in solid] == [0, *(p["end"] for p in solid[:-1])][: len(solid)]
        assert (solid[-1]["end"] if solid else 0) == length
        for piece in solid:
            for place in range(piece["start"], piece["end"]):
                over = [s["id"] for s in spans if s["start"] <= place < s["end"]]
                assert piece["ids"] == over
        for piece in pieces:
            if piece["start"] == piece["end"]:
                here = piece["start"]
                empty = [
                    s["id"] for s in spans if s["start"] == here and min(s["end"], length) == here
                ]
                assert piece["ids"] == empty != []
        placed = {i for p in pieces for i in p["ids"]}
        assert placed == {s["id"] for s in spans}  # no error is lost


@needs_node
def test_two_overlapping_spans_by_hand() -> None:
    spans = [{"id": 7, "start": 1, "end": 4}, {"id": 9, "start": 3, "end": 6}]
    (pieces,) = in_node("splitSpans", [[6, spans]])
    assert [(p["start"], p["end"], p["ids"]) for p in pieces] == [
        (0, 1, []),
        (1, 3, [7]),
        (3, 4, [7, 9]),
        (4, 6, [9]),
    ]


@needs_node
def test_the_script_shows_invisible_characters_as_python_does() -> None:
    codes = [*range(0x3000), *range(0xD7F0, 0xD810), *range(0xDFF0, 0xE010), *range(0xFE00, 0xFFFE)]
    codes += [*range(0x1F300, 0x1F700), *range(0xE0000, 0xE0080)]
    texts = [chr(c) + "x" for c in codes if unicodedata.category(chr(c)) != "Cn"]
    texts += ["👨\u200d👩", "a\u200db", "\u0915\u094d\u200d\u0937", *PAYLOADS]
    assert in_node("visible", [[t] for t in texts]) == [visible(t) for t in texts]


@needs_node
def test_the_script_formats_numbers_as_python_does() -> None:
    values = [0.0, -0.04, 1.0, -12.34, 99.96, 0.5]
    calls: list[list[Any]] = [[v, d] for v in values for d in (1, 2, 3)] + [[None, 1]]
    assert in_node("formatNumber", calls) == [formatting.number(v, d) for v, d in calls]


class Browser:
    """A headless Chromium, driven over a pipe by the DevTools protocol."""

    def __init__(self) -> None:
        self.folder = tempfile.mkdtemp()
        ours_in, theirs_out = os.pipe()
        theirs_in, ours_out = os.pipe()
        high = [fcntl.fcntl(f, fcntl.F_DUPFD, 64) for f in (theirs_in, theirs_out)]
        launch = (
            f"import os, sys; os.dup2({high[0]}, 3); os.dup2({high[1]}, 4);"
            "os.execv(sys.argv[1], sys.argv[1:])"
        )
        self.process = subprocess.Popen(
            [
                sys.executable, "-c", launch, str(CHROMIUM),
                "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
                "--disable-background-networking", "--disable-component-update", "--disable-sync",
                f"--user-data-dir={self.folder}", "--remote-debugging-pipe", "about:blank",
            ],
            pass_fds=high,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )  # fmt: skip
        for descriptor in (theirs_in, theirs_out, *high):
            os.close(descriptor)
        self.pipe = (ours_in, ours_out)
        self.rest = b""
        self.events: list[dict[str, Any]] = []
        self.number = 0
        self.session: str | None = None
        target = self.send("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.send("Target.attachToTarget", targetId=target, flatten=True)[
            "sessionId"
        ]
        for domain in ("Page", "Runtime", "Log"):
            self.send(f"{domain}.enable")

    def receive(self) -> dict[str, Any]:
        while b"\0" not in self.rest:
            part = os.read(self.pipe[0], 1 << 20)
            assert part, "Chromium went away"
            self.rest += part
        message, _, self.rest = self.rest.partition(b"\0")
        return dict(json.loads(message))

    def send(self, method: str, **parameters: Any) -> dict[str, Any]:
        self.number += 1
        message: dict[str, Any] = {"id": self.number, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.pipe[1], json.dumps(message).encode() + b"\0")
        while (answer := self.receive()).get("id") != self.number:
            self.events.append(answer)
        assert "error" not in answer, answer
        return dict(answer["result"])

    def open(self, address: str) -> None:
        for target in ("about:blank", address):  # a new page, not a jump within the old one
            self.events.clear()
            self.send("Page.navigate", url=target)
            while not any(e["method"] == "Page.loadEventFired" for e in self.events):
                self.events.append(self.receive())

    def value(self, expression: str) -> Any:
        answer = self.send(
            "Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True
        )
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def key(self, key: str) -> None:
        text = {"text": key} if len(key) == 1 else {}
        self.send("Input.dispatchKeyEvent", type="keyDown", key=key, **text)
        self.send("Input.dispatchKeyEvent", type="keyUp", key=key)

    def size(self, width: int) -> None:
        self.send(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=900,
            deviceScaleFactor=1,
            mobile=width < 600,
        )

    def complaints(self) -> list[dict[str, Any]]:
        """Errors, messages to the console, dialogs and blocked loads since the page was opened."""
        kinds = {
            "Runtime.exceptionThrown",
            "Runtime.consoleAPICalled",
            "Log.entryAdded",
            "Page.javascriptDialogOpening",
        }
        return [e for e in self.events if e["method"] in kinds]

    def close(self) -> None:
        os.write(self.pipe[1], b'{"id":0,"method":"Browser.close"}\0')
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        for descriptor in self.pipe:
            os.close(descriptor)
        shutil.rmtree(self.folder, ignore_errors=True)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    browser = Browser()
    yield browser
    browser.close()


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("report") / "report.html"
    write_report(path, made_up_content(40, 4, 3))
    return path.as_uri()


STATUS = "document.querySelector('.status').textContent"
PAGE = "document.querySelector('.pager span').textContent"
IDS = "[...document.querySelectorAll('.segment h3')].map((e) => e.textContent)"


@needs_chromium
def test_the_page_opens_without_a_complaint_at_both_widths(browser: Browser, page: str) -> None:
    for width in (1280, 390):
        browser.size(width)
        browser.open(page)
        assert browser.value(STATUS) == "40 of 40 segments, 1 to 10 shown"
        assert browser.value("document.documentElement.scrollWidth") <= width
        assert browser.complaints() == []
    browser.size(1280)


@needs_chromium
def test_no_hostile_text_acts_in_a_browser(browser: Browser, tmp_path: Path) -> None:
    shape = """[...document.querySelectorAll('body *')].map((e) => e.tagName)
      .filter((t) => !['MARK', 'SPAN'].includes(t)).join()"""
    write_report(tmp_path / "report.html", made_up_content(rename=marked("x")))
    browser.open((tmp_path / "report.html").as_uri())
    browser.value("document.querySelector('button.plain').click()")  # all systems
    expected = browser.value(shape)
    for place, payload in enumerate(PAYLOADS):
        path = tmp_path / f"{place}.html"
        write_report(path, made_up_content(rename=marked(payload)))
        browser.open(path.as_uri())
        browser.value("document.querySelector('button.plain').click()")
        assert browser.value(shape) == expected, payload
        assert browser.value("typeof window.pwned") == "undefined"
        assert browser.complaints() == [], payload


@needs_chromium
def test_marks_cover_the_code_points_of_their_spans(browser: Browser, page: str) -> None:
    """Every error of every hypothesis on the first page, quoted from the table, is what the marks
    of that error cover; texts with characters outside the BMP are among them."""
    content = made_up_content(40, 4, 3)
    browser.open(page + "#segments?systems=SYSTEM-C")
    found = browser.value(
        """[...document.querySelectorAll('.segment')].map((s) => ({
          text: s.querySelector('.right .text').textContent.replaceAll('\\u2038', ''),
          marks: [...s.querySelectorAll('.right mark')].map((m) => [m.textContent, m.spans]),
        }))"""
    )
    test_set = content.test_set
    data_spans = test_set.error_spans.reset_index(drop=True)
    checked = astral = 0
    for number, segment in enumerate(found):
        rows = data_spans[
            (data_spans["system"] == "SYSTEM-C")
            & (data_spans["segment_id"] == str(number + 1))
            & (data_spans["side"] == "target")
            & data_spans["start"].notna()
        ]
        hypotheses = test_set.hypotheses.set_index(["system", "segment_id"])["hypothesis"]
        text = hypotheses["SYSTEM-C", str(number + 1)]
        assert segment["text"] == text
        for place, row in rows.iterrows():
            covered = "".join(m for m, ids in segment["marks"] if place in ids).replace(
                "\u2038", ""
            )
            assert covered == text[row["start"] : row["end"]]
            checked += 1
            astral += any(ord(c) > 0xFFFF for c in text[: row["end"]])
    assert checked > 5
    assert astral > 0


@needs_chromium
def test_filters_are_read_from_the_address_and_written_to_it(browser: Browser, page: str) -> None:
    spans = made_up_content(40, 4, 3).test_set.error_spans
    chosen = spans[
        (spans["system"] == "SYSTEM-C")
        & (spans["category"] == "fluency")
        & (spans["severity"] == "major")
        & (spans["rater"] == "rater2")
    ]
    expected = chosen["segment_id"].nunique()
    address = "#segments?systems=SYSTEM-C&category=fluency&severity=major&rater=rater2"
    browser.open(page + address)
    assert browser.value(STATUS).startswith(f"{expected} of 40 segments, looking at 1 of 5 systems")
    browser.open(page)
    browser.value("""{
      const set = (name, value) => {
        const s = [...document.querySelectorAll('select')]
          .find((e) => e.parentNode.textContent.startsWith(name));
        s.value = value; s.dispatchEvent(new Event('change'));
      };
      set('Error category', 'fluency'); set('Severity', 'major'); set('Order', 'lowest BLEU');
      for (const i of document.querySelectorAll('.chip input')) {
        const name = i.parentNode.textContent;
        const other = i.type === 'checkbox' && i.checked !== (name === 'SYSTEM-C');
        if (other || name === 'rater2') i.click();
      }
    }""")
    hash_ = browser.value("location.hash")
    assert set(hash_.removeprefix("#segments?").split("&")) == {
        "category=fluency",
        "severity=major",
        "sort=lowest+BLEU",
        "rater=rater2",
        "systems=SYSTEM-C",
    }
    assert browser.value(STATUS).startswith(f"{expected} of 40")
    before = browser.value(IDS)
    browser.open(page + hash_)
    assert browser.value(IDS) == before


@needs_chromium
def test_orders_sort_by_the_mean_over_the_systems_shown(browser: Browser, page: str) -> None:
    content = made_up_content(40, 4, 3)
    scores = content.tables["scores"].dropna(subset=["segment_id", "score"])
    own = scores[scores["system"].isin(["SYSTEM-A", "SYSTEM-C"])]
    for metric, label in (("bleu", "BLEU"), ("comet", "COMET")):
        means = own[own["metric"] == metric].groupby("segment_id")["score"].mean()
        for direction, ascending in (("lowest", True), ("highest", False)):
            order = means.sort_values(ascending=ascending, kind="stable")
            browser.open(
                page + f"#segments?systems=SYSTEM-A&systems=SYSTEM-C&sort={direction}+{label}"
            )
            assert browser.value(IDS) == [f"Segment {i}" for i in order.index[:10]]
    browser.open(page + "#segments?systems=SYSTEM-A&sort=highest+COMET&page=4")
    assert browser.value(IDS)[-1] == "Segment 3"  # without a score: last in either direction


@needs_chromium
def test_keys_search_and_turn_pages(browser: Browser, page: str) -> None:
    browser.open(page + "#segments?")
    for key, shown in (("j", 2), ("ArrowRight", 3), ("k", 2), ("ArrowLeft", 1), ("k", 1)):
        browser.key(key)
        assert browser.value(PAGE) == f"page {shown} of 4"
    browser.key("/")
    assert browser.value("document.activeElement.type") == "search"
    for letter in "Yoshinoya":
        browser.key(letter)
    browser.value("new Promise((done) => setTimeout(done, 400))")
    sources = made_up_content(40, 4, 3).test_set.segments["source"]
    expected = int(sources.str.contains("野家").sum())
    assert browser.value(STATUS).startswith(f"{expected} of 40 segments")
    assert browser.value("document.activeElement.value") == "Yoshinoya"  # j in the text is a j
    browser.key("Escape")
    assert browser.value("document.activeElement === document.body")


@needs_chromium
def test_a_link_to_a_segment_opens_its_page(browser: Browser, page: str) -> None:
    browser.open(page + "#segments?segment=27")
    assert browser.value(PAGE) == "page 3 of 4"
    top = browser.value("[...document.querySelectorAll('.segment')][6].getBoundingClientRect().top")
    assert 0 <= top < 200


@needs_chromium
def test_source_marks_are_those_of_the_system_in_view(browser: Browser, page: str) -> None:
    spans = made_up_content(40, 4, 3).test_set.error_spans.reset_index(drop=True)
    in_source = spans[(spans["side"] == "source") & spans["start"].notna()]
    both = set(in_source[in_source["system"] == "SYSTEM-B"]["segment_id"]) & set(
        in_source[in_source["system"] == "SYSTEM-C"]["segment_id"]
    )
    segment = sorted(both, key=int)[0]
    browser.open(page + f"#segments?systems=SYSTEM-B&systems=SYSTEM-C&segment={segment}")
    block = f"[...document.querySelectorAll('.segment')][{(int(segment) - 1) % 10}]"
    marked_ids = f"[...{block}.querySelectorAll('.left mark')].flatMap((m) => m.spans)"
    for place, system in enumerate(("SYSTEM-B", "SYSTEM-C")):
        browser.value(f"{block}.querySelectorAll('.source-marks')[{place}].click()")
        own = in_source[(in_source["system"] == system) & (in_source["segment_id"] == segment)]
        assert set(browser.value(marked_ids)) == set(own.index)
        assert browser.value(f"{block}.querySelector('h4').textContent").endswith(system)


@needs_chromium
def test_a_run_as_large_as_wmt23_opens_within_a_second_or_so(
    browser: Browser, tmp_path: Path
) -> None:
    write_report(tmp_path / "report.html", made_up_content(377, 15, 3))
    browser.open((tmp_path / "report.html").as_uri())
    assert browser.value(STATUS).startswith("377 of 377")
    loaded = browser.value("performance.getEntriesByType('navigation')[0].loadEventEnd")
    assert loaded < 4000  # some 250 ms on a laptop; room for a busy machine
