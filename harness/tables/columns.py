"""Columns that many tables share."""

from __future__ import annotations

from harness.tables.schema import Column

__all__ = ["CATEGORY", "METRIC", "RATER", "SEGMENT", "SYSTEM", "TEST_SET"]

TEST_SET = Column("test_set", "text", "name of the test set")
SYSTEM = Column("system", "text", "name of the translation system")
SEGMENT = Column("segment_id", "text", "the segment's identifier, unique in its test set")
RATER = Column("rater", "text", "the person (or pass) that annotated")
METRIC = Column("metric", "text", "the metric's name in the config")
CATEGORY = Column("category", "text", "error category; 'all' for the total")
