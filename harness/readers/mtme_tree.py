"""A test set in the folders of mt-metrics-eval, found by their names::

    documents/LP.docs                 sources/LP.txt           references/LP.NAME.txt
    system-outputs/LP/SYSTEM.txt      human-scores/LP.NAME.seg.score
    metric-scores/LP/METRIC-REFERENCE.seg.score

LP is the language pair, e.g. zh-en. :mod:`harness.readers.mtme` reads the files. Scores of systems
and documents (``.sys.score``, ``.domain.score``) are not read: they follow from the segments'.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from harness.errors import InputError, unknown_name
from harness.readers import mtme
from harness.tables import TestSet

__all__ = ["SEGMENT_SCORES", "read"]

SEGMENT_SCORES = ".seg.score"


def read(
    path: str | Path,
    name: str | None = None,
    language_pair: str | None = None,
    domain: str | None = None,
    human_systems: Sequence[str] | None = None,
    labels: Mapping[str, str] | None = None,
) -> TestSet:
    """Read the test set in the folder ``path``: every reference, system, rating and score there is,
    each group by name.

    Parameters
    ----------
    name
        Name of the test set; null: that of the folder.
    language_pair
        Which language pair; null: the only one that has a source.
    domain
        Keep the segments of this domain only; null: all.
    human_systems
        The systems that are human translations; null: those called as a reference, as in
        mt-metrics-eval.
    labels
        The layout has no error labels: none may be given.

    Raises
    ------
    InputError
        The folder is none, or has not exactly one language pair and none is given; otherwise as
        :func:`harness.readers.mtme.read`.
    """
    folder = Path(path)
    if not folder.is_dir():
        raise InputError("this is no folder", file=folder, expected="one with sources/, documents/")
    pair = _language_pair(folder, language_pair)
    references = _files(folder / "references", f"{pair}.", ".txt")
    systems = _files(folder / "system-outputs" / pair, "", ".txt")
    if human_systems is None:
        human_systems = [system for system in systems if system in references]
    return mtme.read(
        name or folder.resolve().name,
        documents=folder / "documents" / f"{pair}.docs",
        source=folder / "sources" / f"{pair}.txt",
        references=references,
        systems=systems,
        ratings=_files(folder / "human-scores", f"{pair}.", SEGMENT_SCORES),
        scores=_files(folder / "metric-scores" / pair, "", SEGMENT_SCORES),
        domain=domain,
        human_systems=human_systems,
        labels=labels,
    )


def _language_pair(folder: Path, given: str | None) -> str:
    found = _files(folder / "sources", "", ".txt")
    if given is not None:
        if given not in found:
            raise unknown_name("language pair", given, found, file=folder)
        return given
    if len(found) != 1:
        raise InputError(
            "the folder has no source text"
            if not found
            else "the folder has several language pairs",
            file=folder / "sources",
            found=", ".join(found) or None,
            expected="one text sources/LP.txt, e.g. sources/zh-en.txt"
            if not found
            else "test_set.language_pair=LP",
        )
    return next(iter(found))


def _files(folder: Path, prefix: str, ending: str) -> dict[str, str | Path]:
    """The files of a folder, by what stands between prefix and ending, in order; {} if there is
    no such folder."""
    if not folder.is_dir():
        return {}
    return {
        file.name[len(prefix) : -len(ending)]: file
        for file in sorted(folder.iterdir())
        if file.name.startswith(prefix)
        and file.name.endswith(ending)
        and len(file.name) > len(prefix) + len(ending)
    }
