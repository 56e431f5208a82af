"""A test set written and read back."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from harness.tables import TestSet
from harness.test_sets.readers import jsonl as reader
from harness.test_sets.writers import jsonl
from harness.test_sets.writers.base import TABLES


def assert_equal(ours: TestSet, theirs: TestSet) -> None:
    for name in TABLES:
        pd.testing.assert_frame_equal(getattr(ours, name), getattr(theirs, name), obj=name)
    for name in ("name", "card", "notes", "files", "cut_from"):
        assert getattr(ours, name) == getattr(theirs, name), name


def assert_round_trip(test_set: TestSet, folder: Path) -> None:
    """The test set comes back equal."""
    export = jsonl.write(test_set, folder / "one")
    assert export.lost == ()
    assert_equal(reader.read(path=folder / "one"), test_set)
    for file in export.files:
        assert (folder / "one" / file.name).stat().st_size == file.bytes
