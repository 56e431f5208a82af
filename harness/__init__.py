"""harness: which machine-translation metric to trust, and for which kinds of error.

What notebooks and scripts use::

    import harness as h

    test_set = h.load_test_set("wmt23_zhen_news")
    scores = h.score(test_set, ["bleu", "chrf"])
    ratings = h.rate(test_set)
    h.categories(test_set, scores, ratings).plot()

Each name is imported when it is first used, so that ``import harness`` is quick. docs/notebook.md
walks through all of them.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

_PUBLIC = {
    "InputError": "harness.errors",
    "Metric": "harness.metrics",
    "TestSet": "harness.tables",
    "categories": "harness.api.meta_evaluation",
    "compare_systems": "harness.api.scoring",
    "inject": "harness.api.scoring",
    "load_test_set": "harness.test_sets.named",
    "meta_evaluate": "harness.api.meta_evaluation",
    "open_run": "harness.api.runs",
    "rate": "harness.api.meta_evaluation",
    "read_texts": "harness.api.scoring",
    "run": "harness.api.runs",
    "score": "harness.api.scoring",
}

__all__ = ["__version__", *sorted(_PUBLIC)]


def __getattr__(name: str) -> Any:
    if name in _PUBLIC:
        return getattr(import_module(_PUBLIC[name]), name)
    raise AttributeError(f"module 'harness' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
