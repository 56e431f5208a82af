"""Fixtures shared by all tests: the folders of public data and of expected numbers.

Tests on real data read a folder laid out by download URL (the *mirror*) and numbers computed by
independent tools on it. Both lie in a folder ``shared`` beside the checkout, or where
HARNESS_SHARED says; tests that need them are skipped where they are absent.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("shared machine", deadline=None)  # timing belongs to benchmarks/
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
