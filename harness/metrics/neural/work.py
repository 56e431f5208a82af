"""What is encoded together: a plan in batches, each of which finishes some rows.

A *row* is a translation to be scored. It needs some *inputs* (a text, or texts joined into one
sequence), of which each is encoded once. Rows of a *group* share inputs (all translations of a
source); groups come in the order of their longest input, so texts of one length are beside each
other and little is padded. A batch is made of whole groups as far as its budget of tokens allows,
so its rows are finished when it is: a killed process loses one batch.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from typing import TypeVar

__all__ = ["batches_of", "together", "uses"]

_Input = TypeVar("_Input", bound=Hashable)


def batches_of(
    rows: Sequence[Sequence[_Input]],
    groups: Sequence[Hashable],
    tokens: Mapping[_Input, int],
    budget: int,
) -> list[list[int]]:
    """The places of the rows, in batches whose new inputs have at most ``budget`` tokens together
    (a row alone may have more).

    Parameters
    ----------
    rows
        The inputs of each row.
    groups
        The group of each row.
    tokens
        The tokens of each input.
    """
    members: dict[Hashable, list[int]] = {}
    for place, group in enumerate(groups):
        members.setdefault(group, []).append(place)
    longest = {
        group: max((tokens[i] for place in own for i in rows[place]), default=0)
        for group, own in members.items()
    }
    batches: list[list[int]] = []
    now: list[int] = []
    spent = 0
    encoded: set[_Input] = set()
    for group in sorted(members, key=lambda group: -longest[group]):  # stable: then as they came
        own = members[group]
        new = {i for place in own for i in rows[place]} - encoded
        if now and spent + sum(tokens[i] for i in new) > budget:
            batches.append(now)
            now, spent = [], 0
        for place in own:
            cost = sum(tokens[i] for i in set(rows[place]) - encoded)
            if now and spent + cost > budget:
                batches.append(now)
                now, spent = [], 0
            now.append(place)
            spent += cost
            encoded.update(rows[place])
    return [*batches, now] if now else batches


def together(lengths: Sequence[int], budget: int) -> list[list[int]]:
    """The places of sequences of these lengths, the longest first, in parts that have at most
    ``budget`` tokens when padded (a sequence alone may have more)."""
    parts: list[list[int]] = []
    for place in sorted(range(len(lengths)), key=lambda i: -lengths[i]):
        if parts and lengths[parts[-1][0]] * (len(parts[-1]) + 1) <= budget:
            parts[-1].append(place)
        else:
            parts.append([place])
    return parts


def uses(rows: Sequence[Sequence[_Input]]) -> Counter[_Input]:
    """The number of rows that need each input."""
    return Counter(i for row in rows for i in set(row))
