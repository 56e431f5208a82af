"""Selection of the references given to metrics, and of the systems that are compared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from harness.errors import InputError, unknown_name
from harness.tables import HYPOTHESES, TestSet, conform

__all__ = ["choose_references", "choose_systems"]


def choose_references(test_set: TestSet, chosen: str | Sequence[str]) -> list[str]:
    """The names of the references to use: 'first', 'all', one name, or several.

    A test set without references gives an empty list for 'first' and 'all'.

    Raises
    ------
    InputError
        A name is unknown.
    """
    names = test_set.reference_names
    if chosen == "first":
        return names[:1]
    if chosen == "all":
        return names
    wanted = [chosen] if isinstance(chosen, str) else list(dict.fromkeys(map(str, chosen)))
    for name in wanted:
        if name not in names:
            raise unknown_name("reference", name, names)
    return wanted


def choose_systems(
    test_set: TestSet,
    names: str | Sequence[str],
    *,
    references: Sequence[str] = (),
    include_references: bool = False,
) -> TestSet:
    """The test set with the chosen systems: 'all', 'rated', 'machine', one name, or several.

    With ``include_references``, or if one is named, the references that are not in use (those not
    in ``references``) are added as systems with the role human. A reference is never scored against
    itself: a human system with the name of a reference in use is left out.

    Raises
    ------
    InputError
        A name is unknown, or no system is left.
    """
    wanted = [names] if isinstance(names, str) else list(map(str, names))
    test_set = _without_used(test_set, references)
    spare = [r for r in test_set.reference_names if r not in references]
    if include_references or set(wanted) & (set(spare) - set(test_set.systems)):
        test_set = _with_references(test_set, spare)
    if names == "all":
        chosen = test_set.systems
    elif names == "rated":
        chosen = test_set.rated_systems
    elif names == "machine":
        chosen = [s for s, role in test_set.roles.items() if role == "system"]
    else:
        chosen = wanted
        for name in chosen:
            if name not in test_set.systems:
                raise unknown_name("system", name, test_set.systems)
    if not chosen:
        raise InputError(
            f"no system of the test set {test_set.name!r} is selected",
            found=f"systems {names!r}; the test set has {', '.join(test_set.systems) or 'none'}",
            remedy="choose systems=all, or name some: 'systems=[A,B]'",
        )
    return test_set.with_systems(chosen)


def _without_used(test_set: TestSet, references: Sequence[str]) -> TestSet:
    """The test set without the human systems that are the references in use."""
    used = [s for s, role in test_set.roles.items() if role == "human" and s in references]
    if not used:
        return test_set
    notes = [
        f"the human translation {name} takes no part as a system: it is the metrics' reference"
        for name in used
    ]
    left = test_set.with_systems([s for s in test_set.systems if s not in used])
    return replace(left, notes=(*test_set.notes, *notes))


def _with_references(test_set: TestSet, names: Sequence[str]) -> TestSet:
    """The test set with these references as human systems, unless they are such already; where a
    machine has the same name, a note says that the reference stays out."""
    roles = test_set.roles
    taken = [name for name in names if name in roles and roles[name] != "human"]
    joining = [name for name in names if name not in roles]
    spare = test_set.references[test_set.references["reference_name"].isin(joining)]
    human = spare.rename(columns={"reference_name": "system", "reference": "hypothesis"})
    both = pd.concat([test_set.hypotheses, human.assign(role="human")], ignore_index=True)
    notes = [
        f"the reference {name} takes no part as a system: a system has the same name"
        for name in taken
    ]
    return replace(test_set, hypotheses=conform(both, HYPOTHESES), notes=(*test_set.notes, *notes))
