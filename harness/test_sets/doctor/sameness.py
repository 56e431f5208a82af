"""Files that are the same, or nearly, or written in the wrong script."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import combinations

import numpy as np

from harness.support.formatting import listed
from harness.tables import TestSet
from harness.test_sets.doctor.alignment import likenesses
from harness.test_sets.doctor.base import Finding, share_of, shortened
from harness.test_sets.scripts import Script, sampled, script_of

__all__ = ["near_copies", "same_texts", "scripts"]

#: Files that have one text in this share of their segments, and so many of these, are the same.
_SAME, _LEAST = 0.95, 5
_FEW = 30
#: A text this much like the reference is a copy of it; in more than half of the texts, a problem.
_NEAR, _HALF = 0.9, 0.5

#: Segment -> text.
_Texts = Mapping[str, str]


def _columns(test_set: TestSet, kind: str) -> dict[str, _Texts]:
    """The texts of each reference or system by segment."""
    frame, owner, text = (
        (test_set.references, "reference_name", "reference")
        if kind == "reference"
        else (test_set.hypotheses, "system", "hypothesis")
    )
    return {
        str(name): dict(zip(own["segment_id"], own[text], strict=True))
        for name, own in frame.groupby(owner, sort=False)
    }


def _equal(one: _Texts, other: _Texts) -> tuple[int, int, str]:
    """How many of the segments that both have are the same, of how many, and the first of these;
    blank texts do not count."""
    common = [i for i in one if i in other and (one[i].strip() or other[i].strip())]
    same = [i for i in common if one[i].strip() == other[i].strip()]
    return len(same), len(common), same[0] if same else ""


def _may_equal(one: _Texts, other: _Texts) -> bool:
    """Whether a few segments, spread over all, do not show already that they are not the same."""
    ids = [i for i in list(one)[:: max(1, len(one) // _FEW)] if i in other]
    return 2 * sum(one[i].strip() == other[i].strip() for i in ids) >= len(ids)


def same_texts(test_set: TestSet) -> Iterator[Finding]:
    """A problem for every two references, two systems, or reference and source with one text."""
    frame = test_set.segments
    source: dict[str, _Texts] = {
        "the source": dict(zip(frame["segment_id"], frame["source"], strict=True))
    }
    references = _columns(test_set, "reference")
    systems = _columns(test_set, "system")
    for names, columns in (
        (list(combinations(systems, 2)), systems),
        (list(combinations(references, 2)), references),
        ([(name, "the source") for name in references], {**references, **source}),
    ):
        for one, other in names:
            if not _may_equal(columns[one], columns[other]):
                continue
            same, total, first = _equal(columns[one], columns[other])
            enough = same >= _LEAST and share_of(same, total) >= _SAME
            if not enough and not 1 < same == total:
                continue
            yield Finding(
                "same_texts",
                "problem",
                same,
                f"{one}, {other}",
                f"{one} and {other} have one text: {same:,} of {total:,} segments are the same",
                f"segment {first}: {shortened(columns[one][first].strip())}",
            )


def near_copies(test_set: TestSet) -> Iterator[Finding]:
    """A problem for each machine system that is mostly a reference with small changes. Systems that
    are mostly the reference itself are those of ``reference_copies``."""
    roles = test_set.roles
    references = _columns(test_set, "reference")
    for system, own in _columns(test_set, "system").items():
        for reference, texts in references.items() if roles[system] == "system" else ():
            ids = sampled([i for i in own if own[i].strip() and texts.get(i, "").strip()])
            alike = likenesses([own[i] for i in ids], [texts[i] for i in ids]) > _NEAR
            exact = [own[i].strip() == texts[i].strip() for i in ids]
            many = len(ids) >= _LEAST and float(alike.mean()) > _HALF
            if not many or share_of(sum(exact), len(ids)) > _HALF:
                continue
            first = ids[int(np.argmax(alike & ~np.array(exact)))]
            yield Finding(
                "near_copies",
                "problem",
                int(alike.sum()),
                f"hypotheses: {system}",
                f"{int(alike.sum()):,} of {len(ids):,} translations are {reference} with small"
                " changes, or none",
                f"segment {first}: {shortened(own[first].strip())}",
                owner=system,
            )


def scripts(test_set: TestSet) -> Iterator[Finding]:
    """A problem where references and systems are not written in one script, or where source and
    references look swapped; their scores mean nothing."""
    source = script_of(list(test_set.segments["source"]))
    references = _written(_columns(test_set, "reference"))
    systems = _written(_columns(test_set, "system"))
    others = set(systems.values())
    alone = source and references and source not in references.values()
    if alone and others == {source} and not _source_copied(test_set):
        yield _odd(
            "the source and the references look swapped",
            f"the source is written in {source} script, as the systems are, and"
            f" {listed(references)} in {listed(sorted(set(references.values())))} script",
            listed(references),
        )
        return
    counts = Counter([*references.values(), *systems.values()])
    if len(counts) < 2:
        return
    (most, n), (_, next_n), *_ = counts.most_common()
    if n == next_n and references:  # then that of the first reference is right
        most = next(iter(references.values()))
    for noun, written in (("reference", references), ("system", systems)):
        for name, script in written.items():
            if script != most:
                yield _odd(
                    f"{name} is written in another script than the others",
                    f"the {noun} in {script} script, the others in {most} script",
                    name,
                    name,
                )


def _source_copied(test_set: TestSet) -> bool:
    """Whether a system is mostly the source: then it is the system that is wrong."""
    frame = test_set.segments
    source = dict(zip(frame["segment_id"], frame["source"], strict=True))
    counts = [_equal(own, source)[:2] for own in _columns(test_set, "system").values()]
    return any(share_of(same, total) > _HALF for same, total in counts)


def _written(columns: Mapping[str, _Texts]) -> dict[str, Script]:
    """The script of each file that shows one."""
    found = {name: script_of(list(own.values())) for name, own in columns.items()}
    return {name: script for name, script in found.items() if script}


def _odd(what: str, why: str, place: str, owner: str = "") -> Finding:
    return Finding("scripts", "problem", 1, place, f"{what}: {why}", owner=owner, voids=True)
