"""A test set in the folders of mt-metrics-eval (see :mod:`harness.test_sets.readers.mtme_folder`).

Its files are lines of text: a segment is a line, a score follows a tab. What this cannot hold is
named (:mod:`harness.test_sets.writers.mtme_losses`); a text that would break it is refused.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path

import pandas as pd

from harness.errors import InputError
from harness.support.folders import written_whole
from harness.tables import TestSet
from harness.test_sets.readers import mtme_folder
from harness.test_sets.readers.mtme import SOURCE_ALONE
from harness.test_sets.readers.score_files import NONE
from harness.test_sets.writers.base import (
    Export,
    check_whole,
    export_kind,
    only_characters,
    write_record,
)
from harness.test_sets.writers.mtme_losses import losses

__all__ = ["RECORD", "write"]

#: The record of the export, which makes it safe to replace; mt-metrics-eval does not look at it.
RECORD = "export.json"
KIND = export_kind(RECORD)
_PAIR = re.compile(r"[A-Za-z]{2,3}(_[A-Za-z]+)?-[A-Za-z]{2,3}(_[A-Za-z]+)?")
_LONGEST_NAME = 200  # bytes of a name, so that a file's name stays below 255


def write(
    test_set: TestSet,
    folder: str | Path,
    *,
    language_pair: str | None = None,
    refuse_loss: bool = False,
) -> Export:
    """Write ``test_set`` into ``folder`` in the layout of mt-metrics-eval.

    A missing score is None. The scores of systems (``.sys.score``) are the means of the scores of
    their segments; a metric's own corpus score is not part of a test set. Beside the folders stands
    export.json with the card, the notes, and what the format could not hold.

    Parameters
    ----------
    language_pair
        Null: the card's, else zh-en.
    refuse_loss
        Write nothing if the format cannot hold all of the test set.

    Raises
    ------
    InputError
        The folder holds something other than an unchanged earlier export; a text holds a line break
        (LF or CR), begins a file with a byte order mark; a name cannot be that of a file; or
        something is lost and must not be.
    """
    folder = Path(folder)
    check_whole(test_set)
    pair = language_pair or str(test_set.card.get("language_pair") or "zh-en")
    if not _PAIR.fullmatch(pair):
        raise InputError("this is no language pair", found=pair, expected="for example zh-en")
    _check_names(test_set)
    lost = losses(test_set)
    if lost and refuse_loss:
        raise InputError(
            "the layout of mt-metrics-eval cannot hold all of the test set",
            found="; ".join(lost),
            remedy="export it as jsonl, which can, or allow the loss",
        )
    with written_whole(folder, KIND) as partial:
        tree = _Tree(partial)
        _write_texts(test_set, tree, pair)
        _write_scores(test_set, tree, pair)
        mtme_folder.read(test_set.name, partial, pair)  # it can be read
        files = write_record(partial / RECORD, test_set, tree.files, lost=list(lost))
    return Export(folder, files, lost)


class _Tree:
    """The files written so far, by their path below the folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.files: dict[str, Path] = {}

    def write(self, name: str, lines: Iterable[str]) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("w", encoding="utf-8", newline="\n") as stream, only_characters(name):
            for number, line in enumerate(lines, start=1):
                if "\n" in line or "\r" in line or (number == 1 and line.startswith("\ufeff")):
                    raise InputError(
                        "a text cannot be a line of a file",
                        file=name,
                        line=number,
                        found=repr(line[:60]),
                        expected="a text without line breaks (LF, CR), the first one without a"
                        " byte order mark",
                        remedy="export as jsonl, which can hold it",
                    )
                stream.write(line + "\n")
        self.files[name] = path


def _check_names(test_set: TestSet) -> None:
    """Refuse names that cannot be those of files, and documents that cannot stand in a column."""
    stored = test_set.stored_scores
    for kind, names in (
        ("reference", test_set.reference_names),
        ("system", test_set.systems),
        ("rating", list(test_set.given_ratings["rating_name"].unique())),
        ("metric", list(stored["metric"].unique())),
    ):
        for name in names:
            if (
                not name.strip()
                or name.startswith(".")
                or any(c in "/\\" or not c.isprintable() for c in name)
                or len(name.encode("utf-8", "replace")) > _LONGEST_NAME
                or (kind == "reference" and (name == SOURCE_ALONE or "-" in name))
            ):
                raise InputError(
                    f"the {kind} {name!r} cannot be part of a file's name",
                    expected="printable characters without / and \\, no dot at the start"
                    + (", no - and not src" if kind == "reference" else ""),
                    remedy="export as jsonl, which allows any name",
                )
    segments = test_set.segments
    for column in ("domain", "document"):
        for value in segments[column].unique():
            if not value.strip() or "\t" in value:
                raise InputError(
                    f"the {column} {value!r} cannot stand between tabs",
                    expected="a name that is not blank and holds no tab",
                    remedy="export as jsonl, which allows tabs",
                )
    domains = segments[["document", "domain"]].drop_duplicates()["document"]
    if domains.duplicated().any():
        raise InputError(
            "a document has two domains", found=str(domains[domains.duplicated()].iloc[0])
        )


def _write_texts(test_set: TestSet, tree: _Tree, pair: str) -> None:
    segments = test_set.segments
    ids = segments["segment_id"]
    pairs = zip(segments["domain"], segments["document"], strict=True)
    tree.write(f"documents/{pair}.docs", (f"{domain}\t{name}" for domain, name in pairs))
    tree.write(f"sources/{pair}.txt", segments["source"])
    for frame, label, text, where in (
        (test_set.references, "reference_name", "reference", f"references/{pair}."),
        (test_set.hypotheses, "system", "hypothesis", f"system-outputs/{pair}/"),
    ):
        for name, own in frame.groupby(label, sort=False):
            texts = dict(zip(own["segment_id"], own[text], strict=True))
            tree.write(f"{where}{name}.txt", (texts.get(i, "") for i in ids))


def _write_scores(test_set: TestSet, tree: _Tree, pair: str) -> None:
    ids, systems = list(test_set.segments["segment_id"]), test_set.systems
    for rating, own in test_set.given_ratings.groupby("rating_name", sort=False):
        _write_pair(tree, f"human-scores/{pair}.{rating}", own, "rating", ids, systems)
    known = [*test_set.reference_names, SOURCE_ALONE]
    stored = test_set.stored_scores
    stored = stored[stored["reference_name"].isin(known)]
    for (metric, reference), own in stored.groupby(["metric", "reference_name"], sort=False):
        _write_pair(tree, f"metric-scores/{pair}/{metric}-{reference}", own, "score", ids)


def _write_pair(
    tree: _Tree,
    stem: str,
    frame: pd.DataFrame,
    column: str,
    ids: Sequence[str],
    systems: Sequence[str] = (),
) -> None:
    """The files of one kind of score: of the segments, and of the systems; None: no score.
    ``systems`` are named also where they have none."""
    found: dict[str, dict[str, float]] = {system: {} for system in systems}
    for system, own in frame.groupby("system", sort=False):
        found[str(system)] = dict(zip(own["segment_id"], own[column].tolist(), strict=True))
    tree.write(
        f"{stem}.seg.score",
        (f"{system}\t{own.get(i, NONE)}" for system, own in found.items() for i in ids),
    )
    tree.write(
        f"{stem}.sys.score",
        (f"{system}\t{_mean(own.values())}" for system, own in found.items()),
    )


def _mean(values: Collection[float]) -> float | str:
    return math.fsum(values) / len(values) if values else NONE
