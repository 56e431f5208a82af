"""Which texts a run scored: their digests, so that two runs can be compared without the texts."""

from __future__ import annotations

from harness.tables.columns import SEGMENT, TEST_SET
from harness.tables.schema import Column, Schema

__all__ = ["TEXTS"]

TEXTS = Schema(
    "texts",
    "A digest of every text of the run, to tell whether another run had the same.",
    (
        TEST_SET,
        Column("kind", "text", "source, reference or translation"),
        Column("name", "text", "of the reference or the system; empty for the source"),
        SEGMENT,
        Column("document", "text", "the document that the segment belongs to"),
        Column("digest", "text", "the first 16 hexadecimal digits of the SHA-256 of the text"),
    ),
    ("test_set", "kind", "name", "segment_id"),
    file="texts",
)
