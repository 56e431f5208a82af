"""A folder in the layout of mt-metrics-eval, one language pair of it, without naming its files::

documents/zh-en.docs                      sources/zh-en.txt
references/zh-en.refA.txt                 system-outputs/zh-en/SYSTEM.txt
human-scores/zh-en.mqm.seg.score          metric-scores/zh-en/METRIC-refA.seg.score
human-scores/zh-en.mqm.RATER.seg.rating
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from harness.errors import InputError, unknown_name
from harness.tables import TestSet
from harness.test_sets.readers import mtme
from harness.test_sets.readers.domains import Domains

__all__ = ["read"]

_RATING_ENDING, _ANNOTATION_ENDING = ".seg.score", ".seg.rating"


def read(
    name: str,
    folder: str | Path,
    language_pair: str = "zh-en",
    domain: Domains = None,
    ratings: bool = True,
    scores: bool = True,
    score_folder: str | None = None,
    expressions: str | Path | None = None,
    labels: Mapping[str, str] | None = None,
    annotations: bool = True,
    lines: Literal["all", "annotated"] = "all",
) -> TestSet:
    """Read what the folder holds of one language pair: see
    :func:`harness.test_sets.readers.mtme.read`.

    A system that has the name of a reference is a human translation. Scores of metrics with a
    reference that the folder lacks are refused.

    Parameters
    ----------
    folder
        The folder of a test set (wmt22, say), not the one above it.
    language_pair
        Which of its language pairs.
    ratings, scores, annotations
        Whether to read the human ratings, the metrics' stored scores and the annotated errors
        (MQM), where there are such.
    score_folder
        The folder of the scores within metric-scores; null: the one called as the language pair.
    domain, expressions, labels, lines
        As for :func:`harness.test_sets.readers.mtme.read`.

    Raises
    ------
    InputError
        There is no such folder; the language pair has no source in it; it has no system; what
        :func:`harness.test_sets.readers.mtme.read` raises.
    """
    root = Path(folder)
    if not root.is_dir():
        raise InputError(
            "there is no such folder",
            file=root,
            expected="a folder with sources/, documents/, system-outputs/ and so on",
        )
    source = root / "sources" / f"{language_pair}.txt"
    if not source.is_file():
        known = [path.stem for path in _files(root / "sources", "", ".txt").values()]
        raise unknown_name("language pair", str(language_pair), known, file=root)
    references = _files(root / "references", f"{language_pair}.", ".txt")
    systems = _files(root / "system-outputs" / language_pair, "", ".txt")
    if not systems:
        raise InputError(
            f"the test set {name!r} has no systems",
            file=root / "system-outputs" / language_pair,
            expected="one SYSTEM.txt a system",
        )
    kinds = _files(root / "human-scores", f"{language_pair}.", _RATING_ENDING)
    raters = _files(root / "human-scores", f"{language_pair}.mqm.", _ANNOTATION_ENDING)
    inner = root / "metric-scores" / (score_folder or language_pair)
    if scores and score_folder is not None and not inner.is_dir():
        raise InputError("there is no such folder", file=inner)
    return mtme.read(
        name,
        root / "documents" / f"{language_pair}.docs",
        source,
        references,
        systems,
        ratings=kinds if ratings else None,
        scores=_files(inner, "", _RATING_ENDING) if scores else None,
        domain=domain,
        human_systems=[system for system in systems if system in references],
        labels=labels,
        expressions=expressions,
        annotations=raters if annotations else None,
        lines=lines,
    )


def _files(folder: Path, prefix: str, ending: str) -> dict[str, Path]:
    """The files of ``folder`` called PREFIX…ENDING, by the part between, in order; hidden ones are
    left out."""
    try:
        paths = sorted(folder.iterdir(), key=lambda path: path.name)
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except OSError as error:
        raise InputError("the folder cannot be read", file=folder, found=error.strerror) from error
    found = {}
    for path in paths:
        middle = path.name.removeprefix(prefix).removesuffix(ending)
        if path.name == f"{prefix}{middle}{ending}" and middle and not path.name.startswith("."):
            found[middle] = path
    return found
