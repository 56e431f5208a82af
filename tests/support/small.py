"""A small test set made by hand, for tests: 4 segments in 2 documents, 2 machine systems and a
human one, two raters. Its error table is written out so that sums can be checked by eye."""

from __future__ import annotations

import pandas as pd

from harness.tables import (
    ANNOTATIONS,
    ERROR_SPANS,
    HYPOTHESES,
    REFERENCES,
    SEGMENTS,
    TestSet,
    table,
)

SOURCES = ["甲乙丙", "丁戊 5", "己庚", "辛壬"]
TEXTS = {
    "refA": ["The cat sat down.", "It has 5 dogs.", "He met Anna today.", "Rain fell."],
    "refB": ["A cat sat.", "There are 5 dogs.", "He saw Anna today.", "It rained."],
    "good": ["The cat sat down.", "It has 5 dogs.", "He met Hanna today.", "Rain falls."],
    "poor": ["Cat sit the down.", "It has 6 dogs.", "He met it.", "Rain fell."],
}

#: system, segment, rater, error, category, subcategory, severity, side, start, end
ERRORS = [
    ("good", "3", "r1", 0, "locale", "name", "major", "target", 7, 12),
    ("good", "4", "r2", 0, "fluency", "grammar", "minor", "target", 5, 10),
    ("poor", "1", "r1", 0, "fluency", "grammar", "major", "target", 0, 11),
    ("poor", "1", "r1", 1, "fluency", "punctuation", "minor", "target", 16, 17),
    ("poor", "1", "r2", 0, "non_translation", "", "major", "target", None, None),
    ("poor", "2", "r1", 0, "accuracy", "mistranslation", "major", "target", 7, 8),
    ("poor", "2", "r2", 0, "accuracy", "mistranslation", "major", "target", 7, 8),
    ("poor", "3", "r1", 0, "accuracy", "omission", "major", "source", 0, 2),
    ("poor", "3", "r1", 1, "source", "", "minor", "source", 0, 1),
]


def small(name: str = "small", raters: tuple[str, ...] = ("r1", "r2")) -> TestSet:
    """The test set; every machine translation is annotated by ``raters``."""
    ids = [str(i + 1) for i in range(4)]
    segments = [(name, s, "d1" if i < 2 else "d2", "news", SOURCES[i]) for i, s in enumerate(ids)]
    references = [(name, s, r, TEXTS[r][i]) for r in ("refA", "refB") for i, s in enumerate(ids)]
    hypotheses = [
        (name, system, "system", s, TEXTS[system][i])
        for system in ("good", "poor")
        for i, s in enumerate(ids)
    ]
    annotations = [(name, system, s, r) for system in ("good", "poor") for s in ids for r in raters]
    spans = [
        (name, system, s, r, e, c, sub, sev, f"{c}/{sub}", side, start, end)
        for system, s, r, e, c, sub, sev, side, start, end in ERRORS
        if r in raters
    ]
    return TestSet(
        name=name,
        segments=table(segments, SEGMENTS),
        references=table(references, REFERENCES),
        hypotheses=table(hypotheses, HYPOTHESES),
        annotations=table(annotations, ANNOTATIONS),
        error_spans=table(
            pd.DataFrame(spans, columns=ERROR_SPANS.names).to_dict("list"), ERROR_SPANS
        ),
        card={"title": "A small test set"},
    )
