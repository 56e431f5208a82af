"""Published segment scores: files METRIC-REFERENCE.seg.score in the layout of mt-metrics-eval, with
one line per system and line of the full texts."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from harness.support.formatting import plural
from harness.tables import STORED_SCORES, TestSet
from harness.test_sets.readers.lines import without_space
from harness.test_sets.readers.score_files import read_scores, scores_table

__all__ = ["ENDING", "SOURCE_ALONE", "Published", "metric_and_reference", "read_published"]

ENDING = ".seg.score"
#: Stands in a file's name in the place of the reference: the metric used none.
SOURCE_ALONE = "src"
#: A copy counts as untranslated if at least so many letters of the source are not ASCII; others may
#: be right (a lone quotation mark, a formula).
_LEAST_FOREIGN = 10
#: Fewer copies are not judged.
_LEAST_COPIES = 5
#: How files call a system that copies the source.
_COPIES = ("src", "source", "copy_source", "copy-source")

#: System -> the scores of all lines of the full texts; NaN: none.
SystemScores = Mapping[str, NDArray[np.float64]]


class Published(NamedTuple):
    """Rows of STORED_SCORES, what was found (``notes``), and what may be wrong with the scores
    (``warnings``), both in sentences."""

    scores: pd.DataFrame
    notes: tuple[str, ...]
    warnings: tuple[str, ...]


def metric_and_reference(name: str, references: Sequence[str]) -> tuple[str, str] | None:
    """Metric and reference of a file called METRIC-REFERENCE.seg.score; None: the name has another
    form. The reference is ``src``, one of ``references``, or begins with ``ref``."""
    stem = name.removesuffix(ENDING)
    metric, _, reference = stem.rpartition("-")
    known = reference in (*references, SOURCE_ALONE) or reference.startswith("ref")
    return (metric, reference) if stem != name and metric and known else None


def read_published(
    test_set: TestSet, files: Mapping[tuple[str, str], str | Path], *, higher_is_better: bool = True
) -> Published:
    """The scores in ``files`` for the translations of ``test_set``; each file is read once.

    Systems that the test set does not have are left out and counted, translations without a score
    are counted. The direction of scores is checked where a file has scores of copies of the source
    and of a human translation: a metric that prefers the copies on average is warned of.

    Parameters
    ----------
    files
        (Metric, reference in STORED_SCORES) -> file.
    higher_is_better
        Whether a higher score in the files is better; if not, scores are negated.

    Raises
    ------
    InputError
        A file is malformed (see :func:`read_scores`), or a system in it has another number of lines
        than the full texts of the test set.
    """
    ids, full = list(test_set.segments["segment_id"]), test_set.full_texts
    systems = set(test_set.systems)
    kept: dict[tuple[str, ...], SystemScores] = {}
    unknown: Counter[str] = Counter()
    incomplete: list[str] = []
    warnings: list[str] = []
    copies = _Copies(test_set)
    for key, path in files.items():
        found: SystemScores = read_scores(path, None, full.n_lines)
        if not higher_is_better:
            found = {name: 0.0 - own for name, own in found.items()}
        unknown.update(name for name in found if name not in systems)
        kept[key] = {name: own for name, own in found.items() if name in systems}
        incomplete += _incomplete(key[0], kept[key], test_set, full.lines)
        warnings += copies.preferred(key[0], found)
    table = scores_table(test_set.name, STORED_SCORES, ids, full.lines, kept)
    number = f"{plural(len(files), 'file')} of stored scores"
    notes = [f"{number} read: {len(table):,} scores"]
    if unknown:
        names = ", ".join(f"{name} (in {n:,})" for name, n in sorted(unknown.items()))
        notes.append(f"{number}: scores of systems that the test set lacks were not used: {names}")
    return Published(table, (*notes, *incomplete), tuple(warnings))


def _incomplete(
    metric: str, scores: SystemScores, test_set: TestSet, lines: Sequence[int]
) -> list[str]:
    """Which systems and translations of the test set have no score, in sentences."""
    absent = [system for system in test_set.systems if system not in scores]
    missing = sum(int(np.isnan(own[list(lines)]).sum()) for own in scores.values())
    notes = []
    # A metric that uses a human translation as its reference does not score that translation.
    machine = [system for system in absent if test_set.roles[system] != "human"]
    if machine:
        notes.append(f"stored scores of {metric}: none of {', '.join(machine)}")
    if missing:
        noun = "translation has" if missing == 1 else "translations have"
        notes.append(f"stored scores of {metric}: {missing:,} {noun} none")
    return notes


def _foreign(text: str) -> int:
    """How many letters are not ASCII."""
    return sum(letter.isalpha() and not letter.isascii() for letter in text)


class _Copies:
    """Where translations of a test set copy the source, to check the direction of scores."""

    def __init__(self, test_set: TestSet) -> None:
        segments, full = test_set.segments, test_set.full_texts
        self.lines = full.lines
        line_of = dict(zip(segments["segment_id"], full.lines, strict=True))
        source_of = {
            segment_id: text
            for segment_id, source in zip(segments["segment_id"], segments["source"], strict=True)
            if _foreign(text := without_space(source)) >= _LEAST_FOREIGN
        }
        frame = test_set.hypotheses
        self.places = [
            (system, line_of[segment_id])
            for system, segment_id, text in zip(
                frame["system"], frame["segment_id"], frame["hypothesis"], strict=True
            )
            if without_space(text) == source_of.get(segment_id)
        ]
        self.references = test_set.reference_names

    def preferred(self, metric: str, found: SystemScores) -> list[str]:
        """A warning if the copies score higher, on average, than a human translation of the same
        lines; nothing where the file has no such scores."""
        places = [(system, line) for system, line in self.places if system in found]
        places += [(name, line) for name in _COPIES if name in found for line in self.lines]
        warnings = []
        for reference in self.references:
            if reference not in found:
                continue
            pairs = [(found[system][line], found[reference][line]) for system, line in places]
            both = [(copy, human) for copy, human in pairs if not math.isnan(copy + human)]
            if len(both) >= _LEAST_COPIES and sum(copy - human for copy, human in both) > 0:
                warnings.append(
                    f"the stored metric {metric} scores {len(both):,} copies of the source above"
                    f" {reference}, a human translation, on average: are lower scores better in its"
                    " file, or does it prefer untranslated text?"
                )
        return warnings
