"""CometKiwi (Rei et al. 2022, 2023): quality estimation from translation and source alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from harness.errors import InputError
from harness.metrics.needs import Needs
from harness.metrics.neural.checkpoint import CometMetric
from harness.metrics.neural.engine import Model
from harness.metrics.neural.unified import Unified

__all__ = ["CometKiwi"]

MODULES = ("harness.metrics.neural.unified", "harness.metrics.neural.joint")


@dataclass(frozen=True)
class CometKiwi(CometMetric):
    """A unified_metric of COMET without reference, such as CometKiwi
    (``Unbabel/wmt22-cometkiwi-da``, ``Unbabel/wmt23-cometkiwi-da-xl``)."""

    needs = Needs(source=True)
    family: ClassVar[str] = "without reference"
    kind: ClassVar[str] = "CometKiwi"
    reads: ClassVar[str] = "unified_metric"
    made_of: ClassVar[tuple[str, ...]] = (*CometMetric.made_of, *MODULES)

    def load(self, device: Any) -> Model:
        segments = self.hparams.get("input_segments") or ["mt", "src", "ref"]
        if "src" not in segments:
            raise InputError(
                "the checkpoint does not read the source",
                file=self._folder() / "hparams.yaml",
                found=f"input_segments: {segments}",
                remedy="use metrics=[unite]",
            )
        return Unified(self.loaded(device), reference=False)
