"""Arbitrary bytes in any file of any reader are read soundly or refused, nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.errors import InputError
from harness.test_sets.readers.ratings_file import read_ratings
from harness.test_sets.readers.score_files import read_scores
from tests.support.examples import examples
from tests.support.readable import READABLE, Readable, write_files
from tests.support.small import small
from tests.support.soundness import faults

pytestmark = pytest.mark.reliability
CASES = [(reader, file) for reader in READABLE for file in reader.files]
NAMES = [f"{reader.name}-{file}" for reader, file in CASES]


@st.composite
def broken(draw: st.DrawFn, content: str | bytes) -> bytes:
    """``content`` with a part of it replaced, or bytes that have nothing to do with it."""
    if draw(st.booleans()):
        return draw(st.binary(max_size=50))
    data = content.encode() if isinstance(content, str) else content
    start = draw(st.integers(0, len(data)))
    end = draw(st.integers(start, len(data)))
    middle = draw(
        st.binary(max_size=4)
        | st.sampled_from(["\n", "\t", "\r", "\u2028", "<v>", "None", "-1", "{", "9" * 5000,
                           "\ufeff", "\x00"]).map(str.encode)
    )  # fmt: skip
    return data[:start] + middle + data[end:]


@pytest.mark.parametrize(("reader", "file"), CASES, ids=NAMES)
def test_anything_is_read_or_refused(tmp_path: Path, reader: Readable, file: str) -> None:
    write_files(tmp_path, reader.files)

    @settings(max_examples=examples(40))
    @given(broken(reader.files[file]))
    def check(content: bytes) -> None:
        (tmp_path / file).write_bytes(content)
        try:
            read = reader.read(tmp_path)
        except InputError as error:
            assert error.file is not None
            assert error.line is None or error.line >= 1
            return
        assert faults(read) == []

    check()


def test_number_files(tmp_path: Path) -> None:
    path = tmp_path / "file"
    test_set = small()

    @given(broken("good\t1\ngood\tNone\n"))
    def scores(content: bytes) -> None:
        path.write_bytes(content)
        try:
            read = read_scores(path, ["good"], 2)
        except InputError:
            return
        assert {len(own) for own in read.values()} == {2}

    @given(broken("system mqm_avg_score seg_id\ngood -1 1\n"))
    def ratings(content: bytes) -> None:
        path.write_bytes(content)
        try:
            read = read_ratings(path, test_set).ratings
        except InputError:
            return
        assert (read["rating"] <= 0).all()

    scores()
    ratings()
