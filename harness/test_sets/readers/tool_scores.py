"""Segment scores as other tools write them: COMET, MetricX, and whatever writes JSON Lines.

- COMET's ``--to_json``: one object, the path of each translation -> its segments in order, each
  with ``mt`` and the score under the metric's name.
- COMET's printed lines: ``FILE<TAB>Segment N<TAB>score: X`` (N from 0), and a line for each system
  without a segment, which is left out.
- JSON Lines: an object a segment, the score under ``score``, or under ``prediction`` as MetricX
  writes it, where lower is better; with ``system`` and ``segment_id``, or with ``system`` alone
  (segments in order), or with ``hypothesis`` alone, which says which translations are meant.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from harness.errors import InputError, unknown_name
from harness.support.checks import LARGEST_NUMBER, is_usable
from harness.tables import TestSet
from harness.test_sets.readers.json_files import read_named_lists
from harness.test_sets.readers.json_lines import JsonObject, object_of
from harness.test_sets.readers.lines import existing_file, has_text, read_lines, without_space

__all__ = ["Form", "form_of", "read_tool_scores"]

#: (system, segment_id) -> score; NaN where the file says that there is none.
Scores = dict[tuple[str, str], float]

_LINE = re.compile(r"(?P<file>[^\t]+)\t(?:Segment (?P<segment>[0-9]{1,9})\t)?score: (?P<score>\S+)")
_HEAD = 2**16
_SYSTEM = ("system", "system_id", "system_name")
_SEGMENT = ("segment_id", "seg_id")
#: Keys of a COMET segment that are no score.
_COMET = frozenset({"src", "mt", "ref", "errors"})


class Form(NamedTuple):
    """How the scores of a file are written. ``kind`` is 'comet json', 'comet lines', 'json lines'
    or 'table'; ``lower_is_better``: whether that follows from the form (MetricX)."""

    kind: str
    lower_is_better: bool = False


def form_of(path: str | Path) -> Form:
    """The form of a file of scores, by how it begins.

    Raises
    ------
    InputError
        There is no such file, or it is sacrebleu's JSON, which holds no scores of segments.
    """
    path = existing_file(path)
    with path.open("rb") as stream:
        head = stream.read(_HEAD).decode("utf-8", "replace").removeprefix("\ufeff").lstrip()
    first, _, rest = head.partition("\n")
    if re.match(r'(?:\[\s*)?\{\s*"name"\s*:', head) and '"signature"' in head:
        raise InputError(
            "this is sacrebleu's JSON, which holds corpus scores and none of segments",
            file=path,
            remedy="let harness compute them: 'metrics=[bleu,chrf,ter]'",
        )
    if first.startswith("{"):
        if _is_comet(first, rest):
            return Form("comet json")
        return Form("json lines", '"prediction"' in first and '"score"' not in first)
    return Form("comet lines" if _LINE.fullmatch(first.rstrip("\r")) else "table")


def _is_comet(first: str, rest: str) -> bool:
    """Whether an object maps names to lists."""
    return re.match(r'\{\s*"[^"]*"\s*:\s*\[', f"{first}\n{rest}") is not None


def read_tool_scores(
    path: str | Path, form: Form, test_set: TestSet
) -> Mapping[str | None, Scores]:
    """The scores of a file of this form (no table), unchanged, by metric (None: none is named).

    Raises
    ------
    InputError
        With the line where there is one: a system or segment is unknown, a text is not that of the
        translation, a score is no finite number, or a translation has two.
    """
    reader = _Reader(Path(path), test_set)
    if form.kind == "comet json":
        reader.comet_json()
    elif form.kind == "comet lines":
        reader.comet_lines()
    else:
        reader.json_lines()
    if not any(reader.scores.values()):
        raise InputError("the file holds no scores of segments", file=path)
    return reader.scores


class _Reader:
    """What the scores read so far have come to."""

    def __init__(self, path: Path, test_set: TestSet) -> None:
        self.path, self.systems = path, list(test_set.systems)
        self.ids = list(test_set.segments["segment_id"])
        self.known = frozenset(self.ids)
        hypotheses = test_set.hypotheses
        pairs = zip(hypotheses["system"], hypotheses["segment_id"], strict=True)
        self.texts = dict(zip(pairs, hypotheses["hypothesis"], strict=True))
        self.sources = dict(zip(self.ids, test_set.segments["source"], strict=True))
        self.scores: dict[str | None, Scores] = {}
        self._places: dict[str, list[tuple[str, str]]] = {}

    def comet_json(self) -> None:
        """The object that COMET's --to_json writes."""
        for name, line, segments in read_named_lists(self.path, "the segment"):
            texts = [str(segment.values.get("mt", "")) for segment in segments]
            system = self._system(name, texts, line)
            if len(segments) != len(self.ids):
                self._wrong_number(system, len(segments), line)
            for segment_id, segment in zip(self.ids, segments, strict=True):
                self._same_text(system, segment_id, segment.values.get("mt"), segment.line)
                values = {k: v for k, v in segment.values.items() if k not in _COMET}
                for metric, value in values.items():
                    if isinstance(value, int | float) or metric == "COMET":
                        self._add(metric, (system, segment_id), value, segment.line)

    def comet_lines(self) -> None:
        """The lines that COMET prints."""
        counts: dict[str, int] = {}
        for number, line in enumerate(read_lines(self.path), start=1):
            if not has_text(line):
                continue
            found = _LINE.fullmatch(line)
            if found is None:
                raise InputError(
                    "the line has another form",
                    file=self.path,
                    line=number,
                    found=line[:100],
                    expected="FILE, tab, Segment N, tab, score: X, as COMET prints it",
                )
            if found["segment"] is None:
                continue
            system = self._system(found["file"], (), number)
            place = int(found["segment"])
            if place >= len(self.ids):
                self._wrong_number(system, place + 1, number)
            counts[system] = counts.get(system, 0) + 1
            self._add(None, (system, self.ids[place]), found["score"], number)
        for system, count in counts.items():
            if count != len(self.ids):
                self._wrong_number(system, count)

    def json_lines(self) -> None:
        """An object a segment."""
        counts: dict[str, int] = {}
        for number, line in enumerate(read_lines(self.path), start=1):
            if not has_text(line):
                continue
            item = object_of(line, "the segment", self.path, number)
            key = next((k for k in ("score", "prediction") if k in item.values), None)
            if key is None:
                item.fail("the segment has no score", expected="'score' or 'prediction'")
            metric = item.text("metric") if "metric" in item.values else None
            for translation in self._translations(item, counts):
                self._add(metric, translation, item.values[key], number)
        for system, count in counts.items():
            if count != len(self.ids):
                self._wrong_number(system, count)

    def _translations(self, item: JsonObject, counts: dict[str, int]) -> list[tuple[str, str]]:
        """Those that an object of JSON Lines is about; ``counts`` are the segments that each system
        had so far, where these are in order."""
        values, text = item.values, item.values.get("hypothesis", item.values.get("mt"))
        named = next((k for k in _SYSTEM if k in values), None)
        if named is None:
            return self._by_text(item, text)
        system = self._system(str(values[named]), (), item.line)
        key = next((k for k in _SEGMENT if k in values), None)
        if key is not None:
            segment_id = str(values[key])
            if segment_id not in self.known:
                item.fail(
                    f"there is no segment {segment_id!r} in the test set",
                    expected=f"one of its {len(self.ids):,} segments, for example {self.ids[0]!r}",
                )
        else:
            place = counts.get(system, 0)
            if place >= len(self.ids):
                self._wrong_number(system, place + 1, item.line)
            counts[system] = place + 1
            segment_id = self.ids[place]
        self._same_text(system, segment_id, text, item.line)
        return [(system, segment_id)]

    def _by_text(self, item: JsonObject, text: Any) -> list[tuple[str, str]]:
        """All translations that are ``text`` and, where it is given, of the same source."""
        if not isinstance(text, str):
            item.fail(
                "the segment says neither its system nor its text",
                expected="'system' and 'segment_id', or 'hypothesis'",
            )
        if not self._places:
            for place, own in self.texts.items():
                self._places.setdefault(without_space(own), []).append(place)
        source = item.values.get("source", item.values.get("src"))
        found = [
            place
            for place in self._places.get(without_space(text), [])
            if not isinstance(source, str)
            or without_space(source) == without_space(self.sources[place[1]])
        ]
        if not found:
            item.fail(
                "the text is no translation of the test set",
                found=text[:100],
                remedy="the scores must be of this test set; or name 'system' and 'segment_id'",
            )
        return found

    def _system(self, name: str, texts: Collection[str], line: int | None = None) -> str:
        """The system that a tool calls ``name``: so, or by the path of its file; otherwise the one
        whose translations are ``texts``."""
        for form in _names(name):
            if form in self.systems:
                return form
        fit = [s for s in self.systems if texts and self._has_texts(s, texts)]
        if len(fit) == 1:
            return fit[0]
        raise unknown_name("system", name, self.systems, file=self.path, line=line)

    def _has_texts(self, system: str, texts: Collection[str]) -> bool:
        own = (self.texts.get((system, segment_id)) for segment_id in self.ids)
        return [without_space(t or "") for t in own] == [without_space(t) for t in texts]

    def _same_text(self, system: str, segment_id: str, text: Any, line: int | None) -> None:
        """Refuse the score of another text than the system's translation."""
        own = self.texts.get((system, segment_id))
        if isinstance(text, str) and own is not None and without_space(own) != without_space(text):
            raise InputError(
                f"this is not the translation of segment {segment_id} by {system!r}",
                file=self.path,
                line=line,
                found=text[:100],
                expected=own[:100],
                remedy="the scores must be of the translations of this test set",
            )

    def _add(self, metric: str | None, key: tuple[str, str], value: Any, line: int | None) -> None:
        own = self.scores.setdefault(metric, {})
        score = _number(value)
        if score is None:
            raise InputError(
                "this is no score", file=self.path, line=line, found=repr(value)[:60],
                expected=f"a number of at most {LARGEST_NUMBER:g} in size",
            )  # fmt: skip
        if key in own and own[key] != score:
            raise InputError(
                f"segment {key[1]} of the system {key[0]!r} has two scores",
                file=self.path,
                line=line,
                found=f"{own[key]} and {score}",
            )
        own[key] = score

    def _wrong_number(self, system: str, count: int, line: int | None = None) -> None:
        raise InputError(
            f"the scores of the system {system!r} are not as many as the segments",
            file=self.path,
            line=line,
            found=f"{count:,}",
            expected=f"{len(self.ids):,}, one a segment",
        )


def _names(name: str) -> Iterator[str]:
    """What a system may be called that a tool names by the path of its file."""
    base = re.split(r"[/\\]", name)[-1]
    yield from (name, base)
    while "." in base:
        base = base.rpartition(".")[0]
        yield base


def _number(value: Any) -> float | None:
    """A finite number, NaN for null; None for anything else."""
    if value is None:
        return math.nan
    try:
        number = float(value) if not isinstance(value, bool) else math.nan
    except (TypeError, ValueError, OverflowError):
        return None
    if not is_usable(number) or (isinstance(value, str) and "_" in value):
        return None
    return number + 0.0
