"""What all neural metrics have in common: where the model lies, the device, the signature."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from harness.errors import InputError
from harness.metrics.base import Batch, Level, Metric, SegmentScores, nrefs
from harness.metrics.model_files import files_digest
from harness.metrics.needs import Runs
from harness.metrics.neural import e5_small
from harness.metrics.neural.devices import PRECISIONS, budget_of, device_of, threads_of, words_for
from harness.metrics.neural.engine import Engine, Model, rows_of
from harness.metrics.neural.packages import versions
from harness.metrics.neural.places import short_name
from harness.metrics.results import together

__all__ = ["ENGINE_MODULES", "NeuralMetric"]

#: Raised where the same model and texts give other scores than before.
ENGINE = 1
ENGINE_MODULES = tuple(
    f"harness.metrics.neural.{name}" for name in ("engine", "encoder", "tokens", "weights")
)
#: Everything in one piece: the engine gives parts of it as they are finished.
PIECE = 1_000_000
#: The largest difference between a score in a batch and alone.
BOUNDS = {"fp32": 1e-6, "bf16": 0.05}
#: Bytes of models that stay loaded for the next metric or stage.
STAY = 4 * 2**30
_loaded: dict[tuple[str, ...], Model] = {}


@dataclass(frozen=True)
class NeuralMetric(Metric):
    """A metric that is a neural model.

    Parameters
    ----------
    name
        Its label; the model's name is added to it.
    model
        A folder, or a name of the model hub that was downloaded before; where the metric can use
        it, ``e5-small``: the small model that comes as a package.
    device
        auto (an accelerator where there is one), cpu, cuda, cuda:1, …
    precision
        fp32, or bf16: quicker and less exact.
    batch_tokens
        Tokens that are encoded at a time; 0: as suits the device.
    verify
        Whether a segment of each batch is scored alone too, and a difference that rounding does not
        explain is refused.
    """

    model: str = ""
    device: str = "auto"
    precision: str = "fp32"
    batch_tokens: int = 0
    verify: bool = False

    made_of: ClassVar[tuple[str, ...]] = ENGINE_MODULES
    #: What the metric is called before the model's name.
    kind: ClassVar[str] = ""

    def __post_init__(self) -> None:
        label = e5_small.LABEL if self.model == e5_small.NAME else short_name(self.model)
        base = self.name or self.kind
        if label and (label not in base) and (base == self.kind or self.model == e5_small.NAME):
            object.__setattr__(self, "name", f"{base} ({label})")
        if self.precision not in PRECISIONS:
            raise InputError(
                f"precision={self.precision} is unknown", expected=f"one of: {PRECISIONS}"
            )
        if self.batch_tokens < 0:
            raise InputError(
                "batch_tokens is negative", found=str(self.batch_tokens), expected="0 or more"
            )

    @property
    def runs(self) -> Runs:
        return Runs("device", piece=PIECE)

    @abstractmethod
    def load(self, device: Any) -> Model:
        """The model in memory."""

    def settings(self) -> Mapping[str, object]:
        """What determines the scores beside model, precision and versions."""
        return {}

    @property
    def model_label(self) -> str:
        return e5_small.LABEL if self.model == e5_small.NAME else short_name(self.model)

    def parameters(self) -> Mapping[str, Any]:
        """The model's content is in :attr:`files`; device and batches do not change a score."""
        return {"precision": self.precision, **self.settings()}

    def signature(self, n_references: int, level: Level = "segment") -> str:
        parts = [f"{key}:{value}" for key, value in self.settings().items()]
        parts += [nrefs(n_references)] if self.needs.reference else []
        return "|".join(
            [
                self.kind,
                f"model:{self.model_label}",
                *parts,
                self.precision,
                *versions(),
                f"engine:{ENGINE}",
            ]
        )

    @property
    def device_used(self) -> str:
        return words_for(device_of(self.device))

    def ready(self) -> Model:
        """The model in memory, loaded now or before."""
        device = device_of(self.device)
        key = (
            type(self).__qualname__,
            files_digest(self.files),
            str(device),
            *(f"{name}={value}" for name, value in self.parameters().items()),
        )
        if key not in _loaded:
            made_room = list(_loaded)
            while made_room and sum(m.size for m in _loaded.values()) > STAY:
                del _loaded[made_room.pop(0)]
            _loaded[key] = self.load(device)
        return _loaded[key]

    def engine(self) -> Engine:
        """The engine, with the model."""
        bound = BOUNDS[self.precision] if self.verify else 0.0
        device = device_of(self.device)
        budget = budget_of(device, self.batch_tokens)
        return Engine(self.ready(), budget, bound, threads_of(device))

    def parts(self, batch: Batch) -> Iterator[tuple[Sequence[int], SegmentScores]]:
        yield from self.engine().scores(rows_of(batch))

    def score(self, batch: Batch) -> SegmentScores:
        places: list[int] = []
        found = []
        for own, scores in self.parts(batch):
            places += own
            found.append(scores)
        order = sorted(range(len(places)), key=places.__getitem__)
        return together(found).rows(order)

    def _folder(self, parameter: str = "model") -> Path:
        from harness.metrics.neural.places import model_folder

        return model_folder(getattr(self, parameter), parameter)
