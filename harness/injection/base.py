"""What an injector is: a pure function from a source and its translation to a corrupted one.

An error is put in only where the source licenses it: a number is changed that the source holds, a
name that is in the source. There is at most one edit a translation, so that its category, its
severity and its span are known.
"""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

from harness.test_sets.taxonomy import SEVERITIES, TAXONOMY

__all__ = ["Edit", "Injected", "Injector", "Passage"]

InjectedSeverity = Literal["major", "minor"]


@dataclass(frozen=True)
class Passage:
    """One segment to corrupt: its identifier, its source and the translation that is corrupted."""

    segment_id: str
    source: str
    hypothesis: str


@dataclass(frozen=True)
class Edit:
    """Replace the code points ``start`` to ``end`` of the translation by ``text``.

    ``start == end`` inserts, an empty ``text`` deletes. ``source_start`` and ``source_end`` bound
    what in the source licenses the error; None where the whole source does.
    """

    start: int
    end: int
    text: str
    source_start: int | None = None
    source_end: int | None = None


@dataclass(frozen=True)
class Injected:
    """A corrupted translation: its text, the edit that made it, and the number of sites that there
    were to choose from."""

    segment_id: str
    hypothesis: str
    edit: Edit
    n_sites: int


@dataclass(frozen=True)
class Injector(ABC):
    """One kind of error.

    ``name`` identifies it in tables and in the choice of sites; ``category`` and ``subcategory``
    are of :data:`harness.test_sets.taxonomy.TAXONOMY`; ``severity`` is what MQM would give it;
    ``news_category`` is its category in the view ``news`` (number, name, meaning, omission, …).
    """

    name: ClassVar[str]
    category: ClassVar[str]
    subcategory: ClassVar[str] = ""
    news_category: ClassVar[str]
    severity: ClassVar[InjectedSeverity]
    #: An example in words: what becomes what.
    example: ClassVar[str] = ""

    @abstractmethod
    def sites(self, passage: Passage) -> Sequence[Edit]:
        """Every edit that puts this error in, in order of position; empty where none fits.

        The same passage always has the same sites. No edit may leave the text as it is.
        """

    def inject(self, passage: Passage) -> Injected | None:
        """The passage with one error, or None where no site fits.

        The site is number sha256(name | segment_id) mod (number of sites): it depends on nothing
        else, so that runs agree and sites spread evenly.
        """
        sites = [e for e in self.sites(passage) if passage.hypothesis[e.start : e.end] != e.text]
        if not sites:
            return None
        digest = hashlib.sha256(f"{self.name}|{passage.segment_id}".encode()).digest()
        edit = sites[int.from_bytes(digest, "big") % len(sites)]
        text = passage.hypothesis[: edit.start] + edit.text + passage.hypothesis[edit.end :]
        return Injected(passage.segment_id, text, edit, len(sites))

    def __init_subclass__(cls) -> None:
        """Hold the class's labels to the closed lists.

        Raises
        ------
        ValueError
            A category or severity is unknown: a defect of the injector.
        """
        super().__init_subclass__()
        for value, known in (
            (getattr(cls, "category", None), [*TAXONOMY, None]),
            (getattr(cls, "severity", None), [*SEVERITIES, None]),
        ):
            if value not in known:
                raise ValueError(f"{cls.__name__}: {value!r} is none of {known}")
