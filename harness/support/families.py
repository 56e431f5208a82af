"""The families of metrics: what a metric knows, in a word."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["FAMILIES", "OTHER"]

OTHER = "other"
#: Family -> what its metrics are, in the order in which reports list them. Where several of the
#: first five fit a metric, it belongs to the last of these: a judge without a reference is an LLM.
FAMILIES: Mapping[str, str] = {
    "string": "compare characters or words with the reference",
    "embedding": "compare by a pretrained model that was not trained on ratings",
    "trained": "a model trained to predict ratings, which reads the reference",
    "without reference": "a model that reads the source and no reference",
    "LLM": "a large language model writes the judgement",
    OTHER: "none of these, or nothing is known of them",
}
