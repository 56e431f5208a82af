"""Whether raters mark the same characters, and whether they give them the same category.

All marked texts are concatenated to one long line of characters, ordered by document. Each rater of
a text has a slot, and a rater's marks are a row of flags on that line.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Marks", "overlaps", "shared_characters"]

Flags = NDArray[np.bool_]
Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True)
class Marks:
    """Spans on the line of characters; all arrays of spans are (n_spans,).

    ``start`` and ``end`` are places on the line, ``slot`` the rater's place among those of the
    text, ``category`` the label (negative: none). ``breaks`` (n_documents + 1,) says where on the
    line each document begins, and where the last one ends; ``n_others`` (n_characters,) how many
    raters each rater of a text can be compared with, at least 1.
    """

    start: Integers
    end: Integers
    slot: Integers
    category: Integers
    breaks: Integers
    n_others: Integers
    n_slots: int

    def rows(self, chosen: Flags) -> Flags:
        """(n_slots, n_characters): what each slot marked with the ``chosen`` spans."""
        steps = np.zeros((self.n_slots, self.n_others.size + 1), dtype=np.int32)
        np.add.at(steps, (self.slot[chosen], self.start[chosen]), 1)
        np.add.at(steps, (self.slot[chosen], self.end[chosen]), -1)
        result: Flags = np.cumsum(steps, axis=1, out=steps)[:, :-1] > 0
        return result

    def by_document(self, counts: Integers) -> Floats:
        """(n_documents,): the sum of (n_characters,) ``counts`` in each document."""
        until = np.concatenate([[0], np.cumsum(counts)])
        result: Floats = np.diff(until[self.breaks]).astype(np.float64)
        return result


def shared_characters(marks: Marks, rows: Flags, others: Flags) -> tuple[Floats, Floats]:
    """Over ordered pairs of raters of a text, for each document: the characters that the first has
    in ``rows`` and the second in ``others``, and all that the first has in ``rows``.

    ``rows`` and ``others`` are (n_slots, n_characters). With both the same, the ratio of the sums
    is the micro-averaged F1 of the marked characters, 2 |A and B| / (|A| + |B|) over unordered
    pairs A, B.
    """
    own, of_others = rows.sum(axis=0), others.sum(axis=0)
    both = own * of_others - (rows & others).sum(axis=0)  # a rater is not compared with itself
    return marks.by_document(both), marks.by_document(own * marks.n_others)


def overlaps(marks: Marks, chosen: Flags, rows: Flags) -> Integers:
    """(n_chosen,): with how many other slots of ``rows`` each ``chosen`` span shares a character.

    Spans without a character share none.
    """
    result = np.zeros(int(chosen.sum()), dtype=np.int64)
    slots, starts, ends = marks.slot[chosen], marks.start[chosen], marks.end[chosen]
    for other in range(marks.n_slots):
        before = np.concatenate([[0], np.cumsum(rows[other])])
        result += (before[ends] > before[starts]) & (slots != other)
    return result
