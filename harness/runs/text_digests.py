"""The texts of a test set as digests: table TEXTS."""

from __future__ import annotations

import hashlib

import pandas as pd

from harness.tables import TEXTS, TestSet, table

__all__ = ["text_digests"]

DIGITS = 16


def text_digests(test_set: TestSet) -> pd.DataFrame:
    """Table TEXTS of ``test_set``: sources, then references, then translations, each in the order
    of the test set."""
    document = dict(
        zip(test_set.segments["segment_id"], test_set.segments["document"], strict=True)
    )
    parts = (
        ("source", test_set.segments.assign(name=""), "source"),
        ("reference", test_set.references.assign(name=lambda f: f["reference_name"]), "reference"),
        ("translation", test_set.hypotheses.assign(name=lambda f: f["system"]), "hypothesis"),
    )
    frames = [
        pd.DataFrame(
            {
                "test_set": test_set.name,
                "kind": kind,
                "name": frame["name"],
                "segment_id": frame["segment_id"],
                "document": frame["segment_id"].map(document),
                "digest": [_digest(text) for text in frame[column]],
            }
        )
        for kind, frame, column in parts
        if len(frame)
    ]
    return table(pd.concat(frames, ignore_index=True).to_dict("list") if frames else [], TEXTS)


def _digest(text: object) -> str:
    """Lone surrogates, which no UTF-8 has, keep their number."""
    return hashlib.sha256(str(text).encode("utf-8", "surrogatepass")).hexdigest()[:DIGITS]
