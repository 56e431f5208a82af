"""Ratings and stored scores as JSON Lines: one object for each system's numbers of one kind::

    {"rating_name": "mqm", "system": "A", "ratings": {"1": -1.5, "2": 0.0}}
    {"metric": "COMET-22", "reference_name": "refA", "system": "A", "scores": {"1": 0.81}}

The first form makes up ratings.jsonl, the second scores.jsonl. The inner object goes from
segment_id to a finite number, higher is better; a segment that is not there has none. What one
metric (or one kind of rating) says of a system may stand in several lines, but of a segment once.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from harness.errors import unknown_name
from harness.tables import GIVEN_RATINGS, STORED_SCORES, Schema, TestSet
from harness.test_sets.readers.json_lines import read_objects
from harness.test_sets.readers.score_files import Block, blocks_table

__all__ = ["RATINGS_FILE", "SCORES_FILE", "NumbersFile", "read"]


@dataclass(frozen=True)
class NumbersFile:
    """A kind of file of numbers: the table it holds, and the key of the inner object."""

    schema: Schema
    numbers: str
    what: str

    @property
    def labels(self) -> tuple[str, ...]:
        """What the numbers of a line are called: the columns between segment and number."""
        return tuple(column.name for column in self.schema.columns[3:-1])


RATINGS_FILE = NumbersFile(GIVEN_RATINGS, "ratings", "the ratings")
SCORES_FILE = NumbersFile(STORED_SCORES, "scores", "the scores")


def read(path: str | Path, test_set: TestSet, kind: NumbersFile) -> pd.DataFrame:
    """The table of ``kind``, in the order of the file.

    Raises
    ------
    InputError
        With file and line: a line has another form, names an unknown segment or system, holds
        something that is not a finite number, or a second number for the same thing.
    """
    return blocks_table(test_set.name, kind.schema, list(_blocks(path, test_set, kind)))


def _blocks(path: str | Path, test_set: TestSet, kind: NumbersFile) -> Iterator[Block]:
    names = np.asarray(test_set.segments["segment_id"], dtype=object)
    position = {name: i for i, name in enumerate(names)}
    systems = set(test_set.hypotheses["system"])
    seen: dict[tuple[str, ...], bytearray] = {}
    for item in read_objects(path, kind.what):
        item.keys((*kind.labels, "system", kind.numbers))
        key = tuple(item.text(label, blank=False) for label in kind.labels)
        system = item.text("system")
        if system not in systems:
            raise unknown_name("system", system, systems, file=item.file, line=item.line)
        flags = seen.setdefault((system, *key), bytearray(len(names)))
        positions, values = array("q"), array("d")
        for segment_id, value in item.numbers(kind.numbers).items():
            at = position.get(segment_id)
            if at is None:
                raise unknown_name("segment", segment_id, position, file=item.file, line=item.line)
            if flags[at]:
                item.fail(
                    f"a second number of {', '.join(key)} for segment {segment_id!r} of {system!r}",
                    expected="one number for each segment, in one of the lines",
                )
            flags[at] = 1
            positions.append(at)
            values.append(value)
        yield Block(system, key, names[np.asarray(positions)], np.asarray(values))
