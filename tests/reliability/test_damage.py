"""Files broken by chance: fuzzed, cut off anywhere, with a flipped bit. scripts/torture does the same
in large numbers; HARNESS_TORTURE=20 multiplies the numbers here."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.support.flips import flip_bits
from tests.support.fuzzing import SECONDS, Failure, Outcomes, fuzz, truncations
from tests.support.readable import READABLE, Readable, write_files
from tests.support.soundness import faults

pytestmark = pytest.mark.reliability

TIMES = int(os.environ.get("HARNESS_TORTURE", "1"))


def _told(failures: list[Failure]) -> str:
    return "\n\n".join(f"{f.reader}, {f.file}: {f.content!r}\n{f.what}" for f in failures[:5])


@pytest.mark.parametrize("reader", READABLE, ids=lambda r: r.name)
def test_what_is_broken_here_can_be_read(reader: Readable, tmp_path: Path) -> None:
    write_files(tmp_path, reader.files)
    assert faults(reader.read(tmp_path)) == []


def test_fuzzed_files_are_read_soundly_or_refused(tmp_path: Path) -> None:
    found = fuzz(tmp_path, range(1_500 * TIMES), seed=2)
    assert not found.failures, _told(found.failures)
    assert found.read > 0 and found.with_line > found.refused / 2
    assert found.longest < SECONDS


def test_files_cut_off_anywhere(tmp_path: Path) -> None:
    """Every seventh length; all of them with HARNESS_TORTURE=7."""
    found: Outcomes = truncations(tmp_path, step=max(1, 7 // TIMES))
    assert not found.failures, _told(found.failures)
    assert found.refused > found.read


@pytest.mark.parametrize("seed", [1, 2])
def test_no_bit_that_flips_gives_a_wrong_number(seed: int, tmp_path: Path) -> None:
    counts, harm = flip_bits(tmp_path, 400 * TIMES, seed)
    assert not harm, harm[:5]
    assert counts.total() == 400 * TIMES
    assert counts["store: noticed"] > counts["store: harmless"]
    assert not counts["mirror: harmless"] and not counts["export: harmless"]
