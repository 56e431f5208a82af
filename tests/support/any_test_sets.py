"""Test sets of every kind that there can be, for tests of what is written and read back."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from harness.tables import (
    ANNOTATIONS,
    ERROR_SPANS,
    GIVEN_RATINGS,
    PHENOMENA,
    STORED_SCORES,
    DataFile,
    TestSet,
    table,
)
from harness.test_sets.readers.assembly import assemble
from harness.test_sets.taxonomy import SEVERITIES, TAXONOMY, code_of

#: Characters that break lines or fields somewhere, or look like white space.
ODD = '\u2028\u2029\x85\x0b\x0c\x1c\r\n\t\xa0\u3000\ufeff\x00"\\<>😀𠀀é'
TEXTS = st.text(st.sampled_from(ODD) | st.characters(exclude_categories=["Cs"]), max_size=12)
NAMES = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=5).filter(
    lambda text: not text.isspace()
)
NUMBERS = st.floats(-1e50, 1e50)
CODES = [(first, second) for first, seconds in TAXONOMY.items() for second in seconds]
CARDS = st.dictionaries(
    NAMES,
    st.recursive(
        st.none() | st.booleans() | st.integers() | NUMBERS | TEXTS,
        lambda inner: st.lists(inner, max_size=2) | st.dictionaries(TEXTS, inner, max_size=2),
        max_leaves=4,
    ),
    max_size=2,
)
FILES = st.builds(DataFile, TEXTS, st.integers(0, 2**70), TEXTS)


@st.composite
def any_test_sets(
    draw: st.DrawFn,
    texts: st.SearchStrategy[str] = TEXTS,
    names: st.SearchStrategy[str] = NAMES,
    references: st.SearchStrategy[str] | None = None,
) -> TestSet:
    """A test set named "t": some texts, annotations, ratings, scores and phenomena missing.

    ``texts``, ``names`` and ``references`` (their names) narrow down what is drawn.
    """
    segment_ids = draw(st.lists(names, min_size=1, max_size=3, unique=True))
    systems = draw(st.lists(names, min_size=1, max_size=3, unique=True))
    reference_names = draw(
        st.lists(names if references is None else references, max_size=2, unique=True)
    )

    def some() -> list[str | None]:
        """One text for each segment, some of them missing, but not all."""
        given_texts = [draw(st.none() | texts) for _ in segment_ids]
        return given_texts if any(t is not None for t in given_texts) else [""] * len(segment_ids)

    test_set = assemble(
        "t",
        ids=segment_ids,
        documents=[draw(names) for _ in segment_ids],
        domains=[draw(names) for _ in segment_ids],
        sources=[draw(texts) for _ in segment_ids],
        references={name: some() for name in reference_names},
        hypotheses={name: some() for name in systems},
        roles={name: draw(st.sampled_from(["system", "human", "injected"])) for name in systems},
    )
    sources = dict(zip(segment_ids, test_set.segments["source"], strict=True))

    def place(text: str) -> tuple[int | None, int | None]:
        start = draw(st.none() | st.integers(0, len(text)))
        return start, None if start is None else draw(st.integers(start, len(text)))

    keys: list[tuple[Any, ...]] = []
    spans: list[tuple[Any, ...]] = []
    for _, system, _, segment_id, target in test_set.hypotheses.itertuples(index=False, name=None):
        for rater in draw(st.lists(names, max_size=2, unique=True)):
            key = ("t", system, segment_id, rater)
            keys.append(key)
            for number in range(draw(st.integers(0, 2))):
                code = draw(st.sampled_from(CODES))
                label = draw(st.just(code_of(*code)) | TEXTS)
                described = (number, *code, draw(st.sampled_from(SEVERITIES)), label)
                for _ in range(draw(st.integers(1, 2))):
                    side = draw(st.sampled_from(["source", "target"]))
                    text = sources[segment_id] if side == "source" else target
                    spans.append((*key, *described, side, *place(text)))

    def numbers(*labels: st.SearchStrategy[str]) -> list[tuple[Any, ...]]:
        drawn = st.tuples(st.sampled_from(systems), st.sampled_from(segment_ids), *labels)
        return [
            ("t", *key, draw(NUMBERS)) for key in draw(st.lists(drawn, max_size=6, unique=True))
        ]

    phenomena = [
        (
            "t",
            segment_id,
            *(
                draw(names) if column.kind == "text" else draw(st.integers(0, 5))
                for column in PHENOMENA.columns[2:-2]
            ),
            *place(sources[segment_id]),
        )
        for segment_id in draw(st.lists(st.sampled_from(segment_ids), max_size=3))
    ]
    used = st.sampled_from([*test_set.reference_names, "src"])
    return replace(
        test_set,
        annotations=table(keys, ANNOTATIONS),
        error_spans=table(spans, ERROR_SPANS),
        given_ratings=table(numbers(names), GIVEN_RATINGS),
        stored_scores=table(numbers(names, used), STORED_SCORES),
        phenomena=table(phenomena, PHENOMENA),
        card=draw(CARDS),
        notes=tuple(draw(st.lists(TEXTS, max_size=2))),
        files=tuple(draw(st.lists(FILES, max_size=2))),
    )
