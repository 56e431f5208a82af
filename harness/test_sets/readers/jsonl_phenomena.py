"""Marked phenomena as JSON Lines: one object for each row of the table PHENOMENA::

    {"segment_id": "5", "phenomenon": "idiom", "text": "画蛇添足"}

The place is given as that of an error is (see :mod:`harness.test_sets.readers.jsonl_annotations`):
by its exact ``text`` in the source, with ``occurrence``, or by ``start`` and ``end``. Without a
place the phenomenon is that of the whole segment. The table's other columns, if any, are keys too.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from harness.errors import unknown_name
from harness.tables import PHENOMENA, TestSet, table
from harness.test_sets.readers.json_lines import read_objects
from harness.test_sets.readers.jsonl_spans import PLACE, read_span

__all__ = ["LABELS", "read"]

#: The columns between the segment and the place.
LABELS = PHENOMENA.columns[2:-2]


def read(path: str | Path, test_set: TestSet) -> pd.DataFrame:
    """The table PHENOMENA of the file, in its order.

    Raises
    ------
    InputError
        With file and line: a line has another form, an unknown segment, or a place that is not in
        the source.
    """
    segments = test_set.segments
    sources = dict(zip(segments["segment_id"], segments["source"], strict=True))
    rows: list[tuple[object, ...]] = []
    place = [key for key in PLACE if key != "side"]
    for item in read_objects(path, "the phenomenon"):
        item.keys(("segment_id", *(column.name for column in LABELS)), place)
        segment_id = item.text("segment_id")
        if segment_id not in sources:
            raise unknown_name("segment", segment_id, sources, file=item.file, line=item.line)
        labels = [
            item.text(column.name, blank=False)
            if column.kind == "text"
            else item.whole(column.name, 0, least=0)
            for column in LABELS
        ]
        _, start, end = read_span(item, {"source": sources[segment_id], "target": ""}, "source")
        rows.append((test_set.name, segment_id, *labels, start, end))
    return table(rows, PHENOMENA)
