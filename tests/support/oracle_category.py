"""An independent reading of the real annotations: the penalties of wmt23 zh-en news by the recipe.

It shares no code with the package: the raw annotation file is split by hand, the views category,
subcategory and news are computed from the ``<v>…</v>`` marks, and the texts come from the released
outputs. Tests compare the readers, the views and the ratings with it; the statistics are tested on
it.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import math
import re
import tarfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tests.support.expected_categories import expected_categories

HOST = "raw.githubusercontent.com"
MQM = "google/wmt-mqm-human-evaluation"
NEWS = "wmt-conference/wmt23-news-systems"
TSV = "generalMT2023/zhen/sxs_mqm_generalMT2023_zhen.3ratingsPerSegment.tsv.tar.gz"


@dataclass(frozen=True)
class Oracle:
    """The rated news part of wmt23 zh-en; arrays over systems x segments x raters x categories."""

    systems: tuple[str, ...]
    segments: tuple[str, ...]
    documents: tuple[str, ...]
    raters: tuple[str, ...]
    sources: tuple[str, ...]
    references: tuple[str, ...]
    texts: Mapping[str, tuple[str, ...]]  # system -> hypotheses
    categories: Mapping[str, tuple[str, ...]]  # view -> categories
    values: Mapping[str, NDArray[np.float64]]  # view -> penalties, NaN: not rated
    counts: Mapping[str, NDArray[np.int64]]  # view -> errors

    @property
    def text_id(self) -> NDArray[np.int64]:
        """(systems, segments): equal numbers for identical hypotheses of a segment."""
        rows = [self.texts[s] for s in self.systems]
        result = np.zeros((len(self.systems), len(self.segments)), dtype=np.int64)
        for j in range(len(self.segments)):
            column = [row[j] for row in rows]
            result[:, j] = [column.index(text) for text in column]
        return result


def _folder(mirror: Path, repository: str) -> Path:
    (commit,) = sorted((mirror / HOST / repository).iterdir())
    return commit


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").removesuffix("\n").split("\n")


def _weight(label: str, severity: str) -> float:
    if label == "Non-translation!":
        return 25.0
    if label in {"Source issue", "No-error"} or severity == "No-error":
        return 0.0
    if severity.lower() == "major":
        return 5.0
    if severity.lower() == "minor":
        return 0.1 if label == "Fluency/Punctuation" else 1.0
    raise ValueError((label, severity))


def _marked(text: str) -> list[str]:
    return re.findall(r"<v>(.*?)</v>", text, flags=re.DOTALL)


def facet(code: str, source: str, target: str, magnitude: str, capital: str) -> str | None:
    """'number', 'name' or None for one annotation row, by ``recipe.facet``."""
    level1 = code.split("/")[0]
    if level1 not in {"accuracy", "terminology", "locale"} and code not in {
        "fluency/spelling",
        "fluency/inconsistency",
    }:
        return None
    marked = _marked(source) + _marked(target)
    if sum(map(len, marked)) > 60:
        return None
    if any(re.search(magnitude, text, flags=re.IGNORECASE) for text in marked):
        return "number"
    position = 0  # walk through the target, markup removed
    plain = ""
    spans: list[tuple[int, int]] = []
    start = 0
    for piece in re.split(r"(</?v>)", target):
        if piece == "<v>":
            start = position
        elif piece == "</v>":
            spans.append((start, position))
        else:
            plain += piece
            position += len(piece)
    for first, last in spans:
        for match in re.finditer(capital, plain[first:last]):
            before = plain[: first + match.start()].rstrip()
            if before and before[-1] not in '.!?:"“”‘(':
                return "name"
    return None


def news_category(code: str, found: str | None) -> str | None:
    """The category of view ``news``, by ``recipe.views.news``."""
    level1 = code.split("/")[0]
    if code in {"source", "none"}:
        return None
    if code == "non_translation":
        return code
    if code in {"accuracy/omission", "accuracy/addition", "accuracy/untranslated"}:
        return code.split("/")[1]
    if found is not None:
        return found
    if level1 in {"accuracy", "terminology"}:
        return "meaning"
    if code == "fluency/punctuation":
        return "punctuation"
    if level1 == "style":
        return "style"
    return "language" if level1 in {"fluency", "locale"} else "other"


@lru_cache(maxsize=1)
def read_oracle(mirror: Path, expected: Path) -> Oracle:
    """Everything above from the raw files."""
    recipe = expected_categories(expected)["recipe"]
    first_line = json.loads((expected / "wmt23_zhen_news.json").read_text("utf-8"))[
        "first_line_of_each_document_in_the_full_text"
    ]
    with tarfile.open(_folder(mirror, MQM) / TSV) as archive:
        member = archive.extractfile(next(m for m in archive.getmembers() if m.isfile()))
        assert member is not None
        rows = member.read().decode("utf-8").removesuffix("\n").split("\n")[1:]

    keys: set[tuple[str, str, str]] = set()
    document_of: dict[str, tuple[str, int]] = {}
    errors: list[tuple[tuple[str, str, str], str, str | None, float]] = []
    for row in rows:
        system, document, in_document, segment, rater, source, target, label, severity, _ = (
            row.split("\t")
        )
        if severity == "HOTW-test":
            continue
        key = (system, segment, rater)
        keys.add(key)
        document_of[segment] = (document, int(in_document))
        code = recipe["category_map"][label]
        if code not in {"none", "source"}:
            found = facet(code, source, target, recipe["MAG"], recipe["CAP"])
            errors.append((key, code, news_category(code, found), _weight(label, severity)))

    systems = tuple(sorted({k[0] for k in keys}))
    segments = tuple(sorted(document_of, key=int))
    raters = tuple(sorted({k[2] for k in keys}))
    line = [first_line[document_of[s][0]] + document_of[s][1] - 1 for s in segments]
    texts_folder = _folder(mirror, NEWS) / "txt"
    values: dict[str, NDArray[np.float64]] = {}
    counts: dict[str, NDArray[np.int64]] = {}
    categories: dict[str, tuple[str, ...]] = {}
    for view in ("category", "subcategory", "news"):
        named = [
            (
                key,
                code.split("/")[0]
                if view == "category"
                else code
                if view == "subcategory"
                else news,
                weight,
            )
            for key, code, news, weight in errors
        ]
        names = tuple(sorted({str(n) for _, n, _ in named}))
        shape = (len(systems), len(segments), len(raters), len(names))
        penalty, count = np.full(shape, np.nan), np.zeros(shape, dtype=np.int64)
        place = {
            key: (systems.index(key[0]), segments.index(key[1]), raters.index(key[2]))
            for key in keys
        }
        for key in keys:
            penalty[place[key]] = 0.0
        for key, name, weight in named:
            where = (*place[key], names.index(str(name)))
            penalty[where] += weight
            count[where] += 1
        values[view], counts[view], categories[view] = penalty, count, names
    outputs = texts_folder / "system-outputs"
    return Oracle(
        systems=systems,
        segments=segments,
        documents=tuple(document_of[s][0] for s in segments),
        raters=raters,
        sources=_pick(texts_folder / "sources" / "generaltest2023.zh-en.src.zh", line),
        references=_pick(texts_folder / "references" / "generaltest2023.zh-en.ref.refA.en", line),
        texts={s: _pick(outputs / f"generaltest2023.zh-en.hyp.{s}.en", line) for s in systems},
        categories=categories,
        values=values,
        counts=counts,
    )


def _pick(path: Path, numbers: Sequence[int]) -> tuple[str, ...]:
    lines = _lines(path)
    return tuple(lines[n] for n in numbers)


def read_scores(expected: Path, oracle: Oracle) -> dict[str, NDArray[np.float64]]:
    """Segment scores, (systems, segments), of the reference metrics and of the sentinels."""
    names = ("BLEU", "chrF", "chrF++", "TER")
    shape = (len(oracle.systems), len(oracle.segments))
    result = {name: np.full(shape, np.nan) for name in names}
    row_of = {s: i for i, s in enumerate(oracle.systems)}
    column_of = {s: j for j, s in enumerate(oracle.segments)}
    path = expected / "wmt23_zhen_news.segment_scores.csv.gz"
    with gzip.open(path, "rt", encoding="utf-8") as file:
        next(file)
        for text in file:
            metric, system, segment, score = text.rstrip("\n").split(",")
            if metric in result and system in row_of and segment in column_of:
                sign = -1.0 if metric == "TER" else 1.0
                result[metric][row_of[system], column_of[segment]] = sign * float(score)
    lengths = np.array([[len(t) for t in oracle.texts[s]] for s in oracle.systems], dtype=float)
    reference = np.array([len(t) for t in oracle.references], dtype=float)
    result["sentinel:length"] = lengths
    result["sentinel:length_ratio"] = -np.abs(np.log(lengths / reference))
    result["sentinel:random"] = np.array(
        [[_uniform(f"0|{seg}|{s}") for seg in oracle.segments] for s in oracle.systems]
    )
    totals = oracle.values["news"].sum(axis=3)
    means = np.nanmean(np.nanmean(totals, axis=2), axis=1)
    result["sentinel:system"] = np.repeat(-means[:, None], shape[1], axis=1)
    result["sentinel:constant"] = np.zeros(shape)
    return result


def _uniform(text: str) -> float:
    digest = hashlib.sha256(text.encode("utf-8")).digest()
    return math.ldexp(float(int.from_bytes(digest[:8], "big")), -64)
