"""Fixtures shared by all tests: the folders of public data and of expected numbers.

Tests on real data read a folder laid out by download URL (the *mirror*) and numbers computed by
independent tools on it. Both lie in a folder ``shared`` beside the checkout, or where
HARNESS_SHARED says; tests that need them are skipped where they are absent.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from tests.support.examples import examples

if TYPE_CHECKING:
    from tests.support.chromium import Browser

settings.register_profile(  # timing belongs to benchmarks/
    "shared machine", deadline=None, max_examples=examples(100)
)
settings.load_profile("shared machine")

ROOT = Path(__file__).resolve().parent.parent
SHARED = Path(os.environ.get("HARNESS_SHARED", ROOT.parent / "shared"))


@pytest.fixture(scope="session")
def mirror() -> Path:
    """The mirror of public data, laid out by URL; skips where there is none."""
    folder = SHARED / "data"
    if not (folder / "SHA256SUMS").is_file():
        pytest.skip(f"needs the mirror of public data ({folder} is absent; set HARNESS_SHARED)")
    return folder


@pytest.fixture(scope="session")
def expected() -> Path:
    """The folder of numbers computed by independent tools; skips where there is none."""
    folder = SHARED / "expected"
    if not folder.is_dir():
        pytest.skip(f"needs the expected numbers ({folder} is absent; set HARNESS_SHARED)")
    return folder


@pytest.fixture(autouse=True, scope="module")
def _own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A cache for the tests of one module alone: the user's is neither read nor written."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HARNESS_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A Chromium with one page; skips where there is none."""
    from tests.support.chromium import CHROMIUM, Browser

    if CHROMIUM is None:
        pytest.skip("needs Chromium to open the page")
    browser = Browser()
    yield browser
    browser.close()


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of the report of a made-up run: 40 segments, 4 rated systems and a human one."""
    from harness.report import write_report
    from tests.support.report_sample import made_up_content

    path = tmp_path_factory.mktemp("report") / "report.html"
    write_report(path, made_up_content(40, 4, 3))
    return path.as_uri()
