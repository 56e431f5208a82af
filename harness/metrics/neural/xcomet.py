"""xCOMET (Guerreiro et al. 2024): a score and the spans of errors, with severity and confidence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from harness.errors import InputError
from harness.metrics.needs import Needs
from harness.metrics.neural.checkpoint import CometMetric, Loaded
from harness.metrics.neural.engine import Judgement, Model, Prepared, Row
from harness.metrics.neural.joint import by_reference
from harness.metrics.neural.packages import package
from harness.metrics.neural.unified import Unified, empty_note
from harness.metrics.results import MetricSpan

__all__ = ["XComet", "mqm_of", "spans_of"]

LABELS = ("", "minor", "major", "critical")
PENALTIES = {"minor": 1, "major": 5, "critical": 10}
#: The most that the penalties of a translation count.
MOST = 25
#: Weights of the passes (mt, src), (mt, ref), (mt, src, ref) and of the spans in the score, and of
#: the passes in the tags.
SCORE_WEIGHTS, SPAN_WEIGHT = (0.12, 0.33, 0.33), 0.22
TAG_WEIGHTS = (0.1667, 0.3333, 0.5)
MODULES = ("harness.metrics.neural.unified", "harness.metrics.neural.joint")


@dataclass(frozen=True)
class XComet(CometMetric):
    """An xcomet_metric of COMET (``Unbabel/XCOMET-XL``, ``Unbabel/XCOMET-XXL``): its score, and as
    spans the errors that it marks in the translation. Of several references the mean score and
    the mean tags are taken. The details hold the scores of the passes and of the spans.

    Parameters
    ----------
    reference
        Whether it reads references beside the source.
    upstream_compat
        Whether spans are put together as the package unbabel-comet does: one that reaches the end
        of the text is left out, neighbours of different severity are one span of the first one's,
        and the tokens around the text count. By default every span is kept, with its own severity.
    """

    reference: bool = True
    upstream_compat: bool = False

    family: ClassVar[str] = "trained"
    kind: ClassVar[str] = "xCOMET"
    reads: ClassVar[str] = "xcomet_metric"
    made_of: ClassVar[tuple[str, ...]] = (*CometMetric.made_of, *MODULES)

    @property
    def needs(self) -> Needs:
        return Needs(source=True, reference=self.reference)

    def settings(self) -> dict[str, object]:
        spans = "upstream" if self.upstream_compat else "all"
        return {**super().settings(), "reference": self.reference, "spans": spans}

    def load(self, device: Any) -> Model:
        loaded = self.loaded(device)
        layer = loaded.hparams.get("word_layer")
        if not isinstance(layer, int) or not 0 <= layer <= loaded.encoder.n_layers:
            raise InputError(
                "the checkpoint names no layer for its tags",
                file=self._folder() / "hparams.yaml",
                found=f"word_layer: {layer}",
                expected=f"a number from 0 to {loaded.encoder.n_layers}",
            )
        return _Explained(loaded, reference=self.reference, compat=self.upstream_compat)


class _Explained(Unified):
    spans = True

    def __init__(self, loaded: Loaded, *, reference: bool, compat: bool) -> None:
        super().__init__(loaded, reference=reference)
        self.compat, self.word_layer = compat, int(loaded.hparams["word_layer"])

    def encode(self, inputs: Sequence[Prepared]) -> list[Any]:
        """The score of each sequence, and the probabilities of the labels of each token of the
        translation."""
        torch = package("torch")
        layers, mask = self.encoder.layers([one.ids for one in inputs])
        scores = self.scored(layers, mask).double().tolist()
        weight, bias = self.tags  # type: ignore[misc]
        logits = torch.nn.functional.linear(layers[self.word_layer], weight, bias)
        chances = logits.softmax(-1).cpu().numpy()
        return [
            (score, own[: len(one.offsets)])
            for score, own, one in zip(scores, chances, inputs, strict=True)
        ]

    def judge(
        self, rows: Sequence[tuple[Row, Sequence[Prepared], Sequence[Any]]]
    ) -> list[Judgement]:
        found = []
        for row, inputs, made in rows:
            n = len(row.references) if self.reference else 0
            each = by_reference(made, n, source=True)
            # A pass whose sequence was cut may have fewer tokens of the translation.
            length = min(len(chances) for _, chances in made)
            weights = TAG_WEIGHTS if n else (1.0,)
            chances = sum(
                w * own[:length]
                for passes in each
                for w, (_, own) in zip(weights, passes, strict=True)
            ) / len(each)
            first = inputs[0]
            spans = spans_of(
                chances, first.offsets[:length], first.special[:length], compat=self.compat
            )
            mqm = mqm_of(spans)
            parts = [[min(score, 1.0) for score, _ in passes] for passes in each]
            own_weights = SCORE_WEIGHTS if n else (sum(SCORE_WEIGHTS),)
            regression = sum(
                w * score for scores in parts for w, score in zip(own_weights, scores, strict=True)
            ) / len(each)
            extra = {
                "passes": [[round(score, 6) for score, _ in passes] for passes in each],
                "spans": round(mqm, 6),
            }
            score = regression + SPAN_WEIGHT * mqm
            found.append(Judgement(score, spans, extra, empty_note(row)))
        return found


def mqm_of(spans: Sequence[MetricSpan]) -> float:
    """The score that follows from spans: 1 less their penalties, of which 25 make 0."""
    return (MOST - min(MOST, sum(PENALTIES[span.severity] for span in spans))) / MOST


def spans_of(
    chances: Any,
    offsets: Sequence[tuple[int, int]],
    special: Sequence[bool],
    *,
    compat: bool,
) -> tuple[MetricSpan, ...]:
    """Neighbouring tokens whose most likely label is an error, as spans; the confidence is the mean
    probability of their labels.

    Parameters
    ----------
    chances
        (tokens, labels): the probability of each label.
    offsets, special
        Where each token lies in the text, and whether it stands for no text.
    compat
        See :class:`XComet`.
    """
    spans: list[MetricSpan] = []
    start, end, severity = 0, 0, ""
    sure: list[float] = []

    def close() -> None:
        if sure:
            spans.append(
                MetricSpan(start, end, severity, "", "target", min(1.0, sum(sure) / len(sure)))
            )
            sure.clear()

    for row, (first, last), outside in zip(chances, offsets, special, strict=True):
        label = int(row.argmax()) if compat or not outside else 0
        if not label or (sure and LABELS[label] != severity and not compat):
            close()
        if label:
            if not sure:
                start, severity = first, LABELS[label]
            end = last
            sure.append(float(row[label]))
    if not compat:
        close()
    if compat:  # a span of tokens around the text alone, or to the last of them, has no end there
        return tuple(s._replace(end=max(s.start, s.end)) for s in spans)
    return tuple(spans)
