"""How large reports are and how fast their explorer is, in a headless Chromium.

    python benchmarks/report.py [DIR/report.html ...] [--segments 20000] [--systems 10]

Measures each report named, and one made up of so many segments and systems (0: none), each in a
browser that was just started: its size, the time until the explorer is ready (by the page's own
clock, from the start of the navigation) and how many times that of a plain page it is, the time of
a filter, a text search, a sort and a cell of the category table (their answer and the page after
it), the elements in the page, also with every chart drawn, and the longest frame while the list
scrolls.
Exits with 1 where a made-up report of the default size misses a limit of LIMITS.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from harness.report import ReportContent, write_report
from harness.tables import (
    ANNOTATIONS,
    CATEGORY_SEGMENTS,
    ERROR_SPANS,
    HYPOTHESES,
    RATINGS,
    REFERENCES,
    SCORES,
    SEGMENTS,
    TestSet,
    table,
)
from tests.support.chromium import CHROMIUM, Browser

#: Of the made-up report of 20,000 segments by 10 systems.
LIMITS = {
    "megabytes": 15.0,
    "ready_s": 2.0,
    "ready_per_plain": 15.0,
    "elements": 3_000,
    "elements_drawn": 4_000,
}
VIEW = "category"
MADE_UP_CELL = f"view={VIEW}&decided=accuracy&metric=metric+a"
NAME = "made_up"
CATEGORIES = (("accuracy", "mistranslation"), ("accuracy", "omission"), ("fluency", "grammar"))


def made_up(n_segments: int, n_systems: int) -> ReportContent:
    """Sentences of made-up words, as many different ones as in a language; systems change one word
    in eight; every translation has a rating, one in two a marked error, four metrics score it; the
    two categories of the errors decide the pairs of which one translation has an error."""
    chance = random.Random(5)
    letters = "etaoinshrdlucmfwypvbgkjqxz"
    words = ["".join(chance.choices(letters, weights=range(26, 0, -1), k=chance.randint(2, 10)))
             for _ in range(30_000)]  # fmt: skip
    weights = np.cumsum(1 / np.arange(1, len(words) + 1))
    han = [chr(code) for code in chance.sample(range(0x4E00, 0x9FA5), 3000)]
    han_weights = np.cumsum(1 / np.arange(1, len(han) + 1))
    systems = [f"SYSTEM-{i + 1:02d}" for i in range(n_systems)]
    segments, references, hypotheses, annotations, spans = [], [], [], [], []
    for i in range(n_segments):
        segment = str(i + 1)
        n = chance.randint(8, 36)
        english = chance.choices(words, cum_weights=weights.tolist(), k=n)
        source = "".join(chance.choices(han, cum_weights=han_weights.tolist(), k=2 * n))
        segments.append((NAME, segment, f"document-{i // 20:04d}", "news", source))
        references.append((NAME, segment, "refA", " ".join(english)))
        for system in systems:
            own = [chance.choice(words[:2000]) if chance.random() < 0.125 else w for w in english]
            text = " ".join(own)
            hypotheses.append((NAME, system, "system", segment, text))
            rater = f"rater{i % 4}"
            annotations.append((NAME, system, segment, rater))
            if chance.random() < 0.5:
                start = chance.randrange(len(text))
                spans.append((NAME, system, segment, rater, 0, *chance.choice(CATEGORIES),
                              chance.choice(("major", "minor")), "label", "target", start,
                              min(len(text), start + 12)))  # fmt: skip
    draw = np.random.default_rng(5)
    keys = [(system, str(i + 1)) for system in systems for i in range(n_segments)]
    scores = pd.concat(
        [_scores(metric, keys, draw.normal(0.8, 0.1, len(keys))) for metric in "abcd"]
    )
    penalties = draw.integers(0, 25, len(keys))
    ratings = [(NAME, s, i, "all", -float(r), 1) for (s, i), r in zip(keys, penalties, strict=True)]
    test_set = TestSet(
        NAME,
        table(segments, SEGMENTS),
        table(references, REFERENCES),
        table(hypotheses, HYPOTHESES),
        table(annotations, ANNOTATIONS),
        table(spans, ERROR_SPANS),
    )
    decided = _decided(test_set.error_spans, systems)
    return ReportContent(
        test_set,
        {
            "scores": scores,
            "ratings": table(ratings, RATINGS),
            "category_segments": table(decided, CATEGORY_SEGMENTS),
        },
        span_views={VIEW: list(test_set.error_spans["category"])},
    )


def _decided(spans: pd.DataFrame, systems: list[str]) -> list[tuple[Any, ...]]:
    """Every pair of translations of which one has an error, the other none."""
    rows: list[tuple[Any, ...]] = []
    for segment, own in spans.groupby("segment_id", sort=False):
        category = dict(zip(own["system"], own["category"], strict=True))
        for first, second in combinations(systems, 2):
            if (first in category) == (second in category):
                continue
            worse = first if first in category else second
            better = 1 if worse == second else 2
            rows.append((NAME, VIEW, category[worse], segment, first, second, better, "RWEN"))
    return rows


def _scores(metric: str, keys: list[tuple[str, str]], values: Any) -> pd.DataFrame:
    rows = [(NAME, s, i, f"metric {metric}", "v1", float(v), "ok")
            for (s, i), v in zip(keys, values, strict=True)]  # fmt: skip
    return table(rows, SCORES)


#: The time from a change of a control until the page has been laid out again, in milliseconds.
TIMED = """new Promise((done) => {
  const labels = [...document.querySelectorAll('.filters label')];
  const node = labels.find((l) => l.textContent.startsWith(%r)).querySelector('select, input');
  const started = performance.now();
  node.selectedIndex = %d; node.dispatchEvent(new Event('change'));
  document.body.offsetHeight;
  done(performance.now() - started);
})"""
FOLLOW = """new Promise((done) => {
  const started = performance.now();
  location.hash = '#segments?%s';
  addEventListener('hashchange', () => setTimeout(() => {
    document.body.offsetHeight; done(performance.now() - started);
  }), { once: true });
})"""
SCROLL = """new Promise((done) => {
  const list = document.querySelector('.list');
  list.scrollIntoView();
  const gaps = [];
  let last = performance.now(), frames = 0, most = 0;
  const step = (now) => {
    gaps.push(now - last); last = now; list.scrollTop += 400;
    most = Math.max(most, document.querySelectorAll('*').length);
    if (++frames < 120) requestAnimationFrame(step);
    else { gaps.sort((a, b) => a - b); done([gaps[60], gaps[114], most]); }
  };
  requestAnimationFrame(step);
})"""


CELL = "document.querySelector('td a[href*=\"decided=\"]')?.hash.slice(10)"
DRAW = """new Promise((done) => {
  const started = performance.now();
  dispatchEvent(new Event('beforeprint'));
  document.body.offsetHeight;
  done([performance.now() - started, document.querySelectorAll('*').length]);
})"""


#: A page without data: what the browser and the machine need for themselves.
PLAIN = (
    '<!DOCTYPE html><html lang="en"><meta charset="utf-8"><title>plain</title>'
    '<div id="browser" aria-busy="true"></div>{}'
    "<script>document.querySelector('#browser').setAttribute('aria-busy', 'false');</script></html>"
)
PARAGRAPHS = 5_000
TIMES = 3


def measure(path: Path, cell: str = "") -> dict[str, float]:
    """The numbers of one report, in a browser of its own; ``cell`` is followed where the report has
    no table of categories."""
    browser = Browser()
    try:
        return _measured(browser, path, cell)
    finally:
        browser.close()


def measure_ready(path: Path) -> dict[str, float]:
    """Seconds until a report is ready and until a plain page is, each the least of :data:`TIMES` in
    new browsers, in turn; and how many times as long the report takes."""
    found: dict[str, list[float]] = {"ready_s": [], "plain_s": []}
    with tempfile.TemporaryDirectory() as folder:
        plain = Path(folder) / "plain.html"
        plain.write_text(PLAIN.format("<p>A plain paragraph.</p>" * PARAGRAPHS), encoding="utf-8")
        for _ in range(TIMES):
            for name, page in (("plain_s", plain), ("ready_s", path)):
                browser = Browser()
                try:
                    found[name].append(browser.open_report(page.resolve().as_uri()))
                finally:
                    browser.close()
    least = {name: min(times) for name, times in found.items()}
    return {**least, "ready_per_plain": least["ready_s"] / least["plain_s"]}


def _measured(browser: Browser, path: Path, cell: str) -> dict[str, float]:
    result = {"megabytes": path.stat().st_size / 1e6}
    browser.open_report(path.resolve().as_uri())
    facets = browser.value(
        "[...document.querySelectorAll('.filters label')].filter((l) => l.querySelector('select'))"
        ".map((l) => l.firstChild.textContent)"
    )
    for facet in ("Document", "Error category", "Severity", "Order"):
        if facet in facets:
            times = [float(browser.value(TIMED % (facet, place))) for place in (1, 2, 0)]
            result[f"{facet.lower()}_ms"] = max(times)
    result["first_search_ms"] = float(browser.value(FOLLOW % "q=th"))
    result["search_ms"] = float(browser.value(FOLLOW % "q=the"))
    cell = browser.value(CELL) or cell
    if cell:
        result["category_cell_ms"] = float(browser.value(FOLLOW % cell))
    browser.value("location.hash = '#segments?'")
    median, slow, most = browser.value(SCROLL)
    result |= {"frame_median_ms": median, "frame_p95_ms": slow, "elements": most}
    result["draw_charts_ms"], result["elements_drawn"] = browser.value(DRAW)
    return result


def main() -> int:
    """Print the numbers of every report; 1 where a limit is missed."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("reports", nargs="*", type=Path)
    parser.add_argument("--segments", type=int, default=20_000)
    parser.add_argument("--systems", type=int, default=10)
    given = parser.parse_args()
    if CHROMIUM is None:
        print("needs Chromium")
        return 2
    for path in given.reports:
        found = {**measure_ready(path), **measure(path)}
        print(path, {k: round(v, 2) for k, v in found.items()})
    if not given.segments:
        return 0
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "report.html"
        content = made_up(given.segments, given.systems)
        started = time.perf_counter()
        write_report(path, content)
        found = {"write_s": time.perf_counter() - started}
        found |= {**measure_ready(path), **measure(path, MADE_UP_CELL)}
    print(f"{given.segments} segments, {given.systems} systems",
          {k: round(v, 2) for k, v in found.items()})  # fmt: skip
    missed = [name for name, most in LIMITS.items() if found[name] > most]
    print("limits:", "met" if not missed else f"missed: {', '.join(missed)}")
    return int(bool(missed))


if __name__ == "__main__":
    sys.exit(main())
