"""UniTE (Wan et al. 2022): the mean of three passes, over source, reference and both."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from harness.errors import InputError
from harness.metrics.needs import Needs
from harness.metrics.neural.checkpoint import CometMetric
from harness.metrics.neural.engine import Model
from harness.metrics.neural.unified import Unified

__all__ = ["UniTE"]

MODULES = ("harness.metrics.neural.unified", "harness.metrics.neural.joint")


@dataclass(frozen=True)
class UniTE(CometMetric):
    """A unified_metric of COMET that reads source and reference, such as UniTE
    (``Unbabel/unite-mup``). Of several references the mean score is taken."""

    needs = Needs(source=True, reference=True)
    family: ClassVar[str] = "trained"
    kind: ClassVar[str] = "UniTE"
    reads: ClassVar[str] = "unified_metric"
    made_of: ClassVar[tuple[str, ...]] = (*CometMetric.made_of, *MODULES)

    def load(self, device: Any) -> Model:
        segments = self.hparams.get("input_segments") or ["mt", "src", "ref"]
        if "ref" not in segments:
            raise InputError(
                "the checkpoint does not read a reference",
                file=self._folder() / "hparams.yaml",
                found=f"input_segments: {segments}",
                remedy="use metrics=[cometkiwi]",
            )
        return Unified(self.loaded(device), reference=True)
