"""Texts that are missing, blank, or the same as others."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping

from harness.support.formatting import plural
from harness.tables import TestSet
from harness.test_sets.doctor.base import Finding, Text, share_of, shortened, texts, where

__all__ = ["blank", "duplicate_sources", "missing", "reference_copies", "source_copies"]

#: A system most of whose translations (and at least LEAST) are copies is a problem.
MANY, LEAST = 0.5, 5
#: A system stands out by its long copies, of so many characters: they are at least so many, so many
#: times those of the median system, and this share of its texts (of the WMT systems at most 1 %).
LONG, LEAST_LONG, TIMES, OUTLYING = 40, 10, 4, 0.015
#: The share with one or two systems, which cannot be compared with others.
LUCKY = 0.3


def missing(test_set: TestSet) -> Iterator[Finding]:
    """References and systems that lack segments."""
    total = len(test_set.segments)
    for kind, frame, owner in (
        ("references", test_set.references, "reference_name"),
        ("hypotheses", test_set.hypotheses, "system"),
    ):
        sizes = frame[owner].value_counts()
        lacking = {str(name): total - int(n) for name, n in sizes.items() if n < total}
        if lacking:
            several = sum(lacking.values())
            yield Finding(
                "missing",
                "note",
                several,
                where(kind, lacking),
                f"{plural(several, 'text')} of {plural(len(lacking), 'file')} missing",
            )


def blank(test_set: TestSet) -> Iterator[Finding]:
    """Texts of nothing, or of white space only."""
    found: dict[str, list[Text]] = defaultdict(list)
    for text in texts(test_set):
        if not text.text or text.text.isspace():
            found[text.kind].append(text)
    for kind, cases in found.items():
        yield Finding(
            "blank",
            "problem",
            len(cases),
            where(kind, Counter(text.owner for text in cases)),
            f"{plural(len(cases), 'text')} without a word",
            cases[0].place,
        )


def duplicate_sources(test_set: TestSet) -> Iterator[Finding]:
    """Segments whose source is that of an earlier one."""
    segments = test_set.segments
    again = segments[segments["source"].duplicated()]
    if len(again):
        text = str(again["source"].iloc[0])
        both = segments.loc[segments["source"] == text, "segment_id"].iloc[:2]
        yield Finding(
            "duplicate_sources",
            "note",
            len(again),
            "source",
            f"{plural(len(again), 'segment')} with the source text of an earlier one",
            f"segments {' and '.join(both)}: {shortened(text)}",
        )


def source_copies(test_set: TestSet) -> Iterator[Finding]:
    """Translations that are the source, white space at the ends aside."""
    segments = test_set.segments
    pairs = zip(segments["segment_id"], segments["source"], strict=True)
    sources = {segment_id: {text.strip()} for segment_id, text in pairs}
    yield from _copies("source_copies", test_set, sources, "source", human=True)


def reference_copies(test_set: TestSet) -> Iterator[Finding]:
    """Machine translations that are a reference, white space at the ends aside."""
    frame = test_set.references
    references: dict[str, set[str]] = defaultdict(set)
    for segment_id, text in zip(frame["segment_id"], frame["reference"], strict=True):
        references[segment_id].add(text.strip())
    yield from _copies("reference_copies", test_set, references, "reference", human=False)


def _copies(
    check: str, test_set: TestSet, originals: dict[str, set[str]], noun: str, *, human: bool
) -> Iterator[Finding]:
    frame = test_set.hypotheses
    if not human:
        frame = frame[frame["role"] == "system"]
    cases = [
        Text("hypotheses", *row)
        for row in zip(frame["system"], frame["segment_id"], frame["hypothesis"], strict=True)
        if (text := row[2].strip()) and text in originals.get(row[1], ())
    ]
    if not cases:
        return
    copies = Counter(text.owner for text in cases)
    sizes = {str(system): int(n) for system, n in frame["system"].value_counts().items()}
    many = [s for s, n in copies.items() if n >= LEAST and share_of(n, sizes[s]) > MANY]
    standing_out = [] if human else _standing_out(cases, sizes)
    be = "is" if len(cases) == 1 else "are"
    finding = f"{len(cases):,} of {plural(len(frame), 'translation')} {be} the same as the {noun}"
    if many:
        finding += f"; most of what {', '.join(sorted(many))} wrote"
    elif standing_out:
        finding += f"; {', '.join(standing_out)} copied far more than the others"
    first = next(text for text in cases if text.owner in ((*many, *standing_out) or copies))
    yield Finding(
        check,
        "problem" if many or standing_out else "note",
        len(cases),
        where("hypotheses", copies),
        finding,
        f"{first.place}: {shortened(first.text)}",
    )


def _standing_out(cases: list[Text], sizes: Mapping[str, int]) -> list[str]:
    """The systems with far more long copies than the median system; of one or two systems, with
    more than good luck explains."""
    long = Counter(text.owner for text in cases if len(text.text) >= LONG)
    counts = sorted(long[system] for system in sizes)
    usual = counts[len(counts) // 2] if len(counts) > 2 else 0
    share = OUTLYING if len(counts) > 2 else LUCKY
    return sorted(
        system
        for system, n in long.items()
        if n >= LEAST_LONG and n > TIMES * usual and share_of(n, sizes[system]) > share
    )
