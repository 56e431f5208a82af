"""The cases of a challenge set as a test set: what the readers of challenge sets share."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from harness.tables import GOOD, INCORRECT, PHENOMENA, UNRELATED, DataFile, TestSet, table
from harness.test_sets.readers.assembly import assemble, gaps

__all__ = ["Case", "challenge_set"]

_MOST_NAMED = 12


@dataclass(frozen=True)
class Case:
    """A good and an incorrect translation of one source, which differ in one phenomenon.

    ``reference`` and ``unrelated``, another segment's translation, are None where there is none.
    """

    case_id: str
    source: str
    reference: str | None
    good: str
    incorrect: str
    phenomenon: str
    domain: str
    unrelated: str | None = None


def challenge_set(
    name: str,
    cases: Sequence[Case],
    files: Sequence[DataFile],
    notes: Sequence[str] = (),
    controls: Sequence[str] = (),
) -> TestSet:
    """The test set of ``cases``, each a segment in their order.

    The systems are ``good`` (role 'system'), ``incorrect`` and, where a case has one,
    ``unrelated`` (both 'injected'); the reference is refA. The phenomenon covers the whole segment.
    Cases of one source text make up a document, ``source-N`` after the first of them: they do not
    vary independently. ``controls`` are the phenomena that are no errors; the card lists them.
    Notes count the cases and those whose two translations are the same.
    """
    first: dict[str, int] = {}
    for number, case in enumerate(cases, start=1):
        first.setdefault(case.source, number)
    ids = [case.case_id for case in cases]
    hypotheses: dict[str, list[str | None]] = {
        GOOD: [case.good for case in cases],
        INCORRECT: [case.incorrect for case in cases],
    }
    if any(case.unrelated is not None for case in cases):
        hypotheses[UNRELATED] = [case.unrelated for case in cases]
    test_set = assemble(
        name,
        ids=ids,
        documents=[f"source-{first[case.source]}" for case in cases],
        domains=[case.domain for case in cases],
        sources=[case.source for case in cases],
        references={"refA": [case.reference for case in cases]},
        hypotheses=hypotheses,
        roles={INCORRECT: "injected", UNRELATED: "injected"},
    )
    return replace(
        test_set,
        phenomena=table([(name, c.case_id, 0, c.phenomenon, None, None) for c in cases], PHENOMENA),
        card={"title": name} | ({"controls": list(controls)} if controls else {}),
        files=tuple(files),
        notes=(*_counts(cases, len(first)), *notes, *gaps(test_set)),
    )


def _counts(cases: Sequence[Case], n_sources: int) -> list[str]:
    counts = Counter(case.phenomenon for case in cases).most_common()
    named = ", ".join(f"{n:,} {kind}" for kind, n in counts[:_MOST_NAMED])
    more = f" and {len(counts) - _MOST_NAMED} more kinds" if len(counts) > _MOST_NAMED else ""
    notes = [
        f"{len(cases):,} pairs of a good and an incorrect translation, from {n_sources:,} source"
        f" texts: {named}{more}"
    ]
    equal = [case.case_id for case in cases if case.good == case.incorrect]
    if equal:
        which = ", ".join(equal[:_MOST_NAMED]) + (", …" if len(equal) > _MOST_NAMED else "")
        notes.append(
            f"{len(equal):,} of {len(cases):,} pairs hold the same translation twice and decide"
            f" nothing: {which}"
        )
    return notes
