"""What a statement generalises to, in words."""

from __future__ import annotations

from collections.abc import Sequence

from harness.significance import Jackknife
from harness.significance.two_way.spread import Scope

__all__ = ["documents_known", "jackknife_name", "other", "scope_of", "these", "unit_of"]


def documents_known(documents: Sequence[str]) -> bool:
    """Whether the segments are divided into documents. If they are not, each stands for one, and
    statements are about other segments."""
    return len(set(documents)) > 1


def scope_of(scope: Scope, unit: str, n_systems: int) -> str:
    """The scope of a jackknife, whose documents are the ``unit`` (document or segment)."""
    if scope == "systems and documents":
        return f"other {unit}s and systems"
    return other(unit, n_systems) if scope == "documents" else ""


def other(unit: str, n_systems: int) -> str:
    """Other documents (or segments) of the systems at hand."""
    return f"other {unit}s, these {n_systems} systems"


def these(unit: str, n_systems: int) -> str:
    """What was tested and nothing else."""
    return f"these {unit}s, these {n_systems} systems"


def unit_of(jackknife: Jackknife) -> str:
    """What a document of the jackknife is called."""
    return "document" if jackknife.documents_known else "segment"


def jackknife_name(scope: Scope, unit: str) -> str:
    """Which jackknife gave a variance of this scope; empty where none did."""
    if scope == "systems and documents":
        return "two-way jackknife"
    return f"{unit} jackknife" if scope == "documents" else ""
