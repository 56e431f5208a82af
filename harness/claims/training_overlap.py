"""Which metrics were trained on the test set, or may have seen it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from typing import Any

import yaml

from harness.claims.claim import Claim, Facts, Rule
from harness.claims.wording import some
from harness.support.resources import resource_folder

__all__ = ["TrainingOverlap"]


@dataclass(frozen=True)
class TrainingOverlap(Rule):
    """Which metrics of the run were trained on ratings of its test set, and which contain a model
    that is younger than the test set and may have seen its texts."""

    name = "training_overlap"
    licence = "What makers of metrics publish (datasets/training.yaml); no test."

    def claims(self, facts: Facts) -> Iterator[Claim]:
        """Up to two claims, both in the verdict, because they limit what it says."""
        trained: dict[str, str] = {}
        younger: dict[str, str] = {}
        for metric in facts.metrics:
            label = facts.label(metric)
            for entry in _published():
                names = (metric, label)
                if not any(fnmatchcase(n, p) for n in names for p in entry["metrics"]):
                    continue
                if facts.test_set in entry.get("trained_on", ()):
                    trained[label] = entry["source"]
                elif facts.year is not None and entry.get("year", 0) > facts.year:
                    younger[label] = entry["source"]
        if trained:
            text = "trained on ratings of this test set: agreement here says little about new texts"
            yield self._said(trained, "was" if len(trained) == 1 else "were", text)
        if younger:
            be = "is" if len(younger) == 1 else "are"
            yield self._said(younger, be, "younger than this test set and may have seen its texts")

    def _said(self, names: Mapping[str, str], be: str, text: str) -> Claim:
        sources = ", ".join(dict.fromkeys(names.values()))
        return self.claim(
            "described", f"{some(list(names))} {be} {text} ({sources}).", in_verdict=True
        )


@cache
def _published() -> Sequence[Mapping[str, Any]]:
    """The entries of datasets/training.yaml."""
    text = (resource_folder("datasets") / "training.yaml").read_text(encoding="utf-8")
    entries: Sequence[Mapping[str, Any]] = yaml.safe_load(text)
    return entries
