"""harness: which machine-translation metric to trust, and for which kinds of error.

The names below are what scripts use; each is imported when it is first used, so that
``import harness`` is quick.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

_PUBLIC = {
    "InputError": "harness.errors",
    "TestSet": "harness.tables",
    "categories": "harness.error_categories.analysis",
    "load_test_set": "harness.test_sets.named",
    "meta_evaluate": "harness.meta_evaluation",
    "rate": "harness.ratings.rating",
    "score": "harness.scoring.stage",
    "write_report": "harness.report",
}

__all__ = ["__version__", *sorted(_PUBLIC)]


def __getattr__(name: str) -> Any:
    if name in _PUBLIC:
        return getattr(import_module(_PUBLIC[name]), name)
    raise AttributeError(f"module 'harness' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
