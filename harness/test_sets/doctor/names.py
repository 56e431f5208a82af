"""Names of systems and references that people would take for one."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from harness.support.formatting import listed
from harness.tables import TestSet
from harness.test_sets.doctor.base import Finding

__all__ = ["names"]


def names(test_set: TestSet) -> Iterator[Finding]:
    """Systems, or references, whose names differ only in letter case, spaces, dashes or full width:
    more often one system in two spellings than two systems."""
    for kind, own in (
        ("systems", test_set.systems),
        ("references", list(dict.fromkeys(test_set.references["reference_name"]))),
    ):
        alike: dict[str, list[str]] = {}
        for name in own:
            alike.setdefault(_plain(name), []).append(name)
        for group in alike.values():
            if len(group) > 1:
                yield Finding(
                    "names", "problem", len(group), kind,
                    f"{listed(map(repr, group))} are taken for {len(group)} {kind}, though their "
                    "names are almost the same",
                )  # fmt: skip


def _plain(name: str) -> str:
    folded = unicodedata.normalize("NFKC", name).casefold()
    return "".join(c for c in folded if not c.isspace() and c not in "-_\N{EN DASH}\N{HYPHEN}")
