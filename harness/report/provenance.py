"""Where the numbers of a report come from: the run, the data, the tables, as labelled texts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from harness.report.content import ReportContent, csv_file
from harness.report.grids import Cell, Grid, Row
from harness.support.formatting import count, file_size, humanise, plural, seconds
from harness.tables import SCHEMAS

__all__ = ["Entry", "data_files_table", "run_entries", "tables_table", "what_was_run"]

_MEANINGS: Mapping[str, str] = {
    "systems": "System scores and mean ratings.",
    "metrics": "The metrics of the run.",
    "meta_evaluation": "How well each metric agrees with the human ratings.",
} | {schema.name.lower(): schema.meaning for schema in SCHEMAS}


@dataclass(frozen=True)
class Entry:
    """A labelled value of the run: a text, or entries within it; ``total`` is the sum of entries
    that are seconds."""

    label: str
    text: str = ""
    entries: tuple[Entry, ...] = ()
    total: str = ""

    @property
    def line(self) -> str:
        """The entries in at most :data:`LINE` characters: their total, else as many as there is
        room for, and how many are left."""
        if self.total:
            return f"{self.total} in all"
        shown, length = 0, 0
        parts = [f"{e.label} {e.text}" if e.text else e.label for e in self.entries]
        for part in parts:
            length += len(part) + len(", ")
            if length > LINE:
                break
            shown += 1
        rest = len(parts) - shown
        if not shown:
            return plural(rest, "entry")
        return ", ".join(parts[:shown]) + (f" and {count(rest)} more" if rest else "")


#: Characters that the line of a fold has room for.
LINE = 90


def run_entries(content: ReportContent) -> list[Entry]:
    """The run, key by key, as nested entries; durations in seconds get their unit. What the page
    shows elsewhere is left out."""
    test_set = content.test_set
    elsewhere = {"command", "warnings", "claims", "sentences", "verdict", "sources", "summary"}
    if content.config_yaml:
        elsewhere.add("config")
    if list(content.run.get("notes", ())) == list(test_set.notes):
        elsewhere.add("notes")
    if list(content.run.get("data", ())) == [asdict(f) for f in test_set.files]:
        elsewhere.add("data")
    return [_entry(str(k), v, str(k)) for k, v in content.run.items() if k not in elsewhere]


def _entry(label: str, value: Any, path: str) -> Entry:
    if isinstance(value, Mapping):
        inner = tuple(_entry(str(k), v, f"{path}.{k}") for k, v in value.items())
        return Entry(label, "" if inner else "none", inner, _total(label, value))
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        if all(not isinstance(v, Mapping | list | tuple) for v in value):
            return Entry(label, ", ".join(_scalar(v, path) for v in value) or "none")
        return Entry(label, "", tuple(_entry(str(i + 1), v, path) for i, v in enumerate(value)))
    return Entry(label, _scalar(value, path))


def _total(label: str, values: Mapping[Any, Any]) -> str:
    """The sum of seconds; '' where the values are something else, or one is unknown."""
    numbers = [v for v in values.values() if isinstance(v, int | float)]
    whole = "seconds" in label and numbers and len(numbers) == len(values)
    return seconds(sum(numbers)) if whole else ""


def _scalar(value: Any, path: str) -> str:
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float) and path.startswith("seconds"):
        return seconds(value)
    return repr(value) if isinstance(value, float) else str(value)


def what_was_run(content: ReportContent) -> list[tuple[str, str]]:
    """(what, how many) for the head of the page: segments, documents, systems, references, …"""
    test_set = content.test_set
    roles = list(test_set.roles.values())
    facts = [
        ("segments", len(test_set.segments)),
        ("documents", test_set.segments["document"].nunique()),
        ("machine systems", roles.count("system")),
        ("reference translations among the systems", roles.count("human")),
        ("systems with injected errors", roles.count("injected")),
        ("references", len(test_set.reference_names)),
        ("rated systems", len(test_set.rated_systems)),
        ("raters", test_set.annotations["rater"].nunique()),
        ("marked errors", _errors(content)),
    ]
    always = ("segments", "documents", "machine systems", "references")
    return [
        (name if n != 1 else _singular(name), count(n)) for name, n in facts if n or name in always
    ]


def _singular(name: str) -> str:
    first, _, rest = name.partition(" among ")
    noun = first.replace("systems with", "system with") if " with " in first else first[:-1]
    return f"{noun} among {rest}" if rest else noun


def _errors(content: ReportContent) -> int:
    key = ["system", "segment_id", "rater", "error"]
    return len(content.test_set.error_spans[key].drop_duplicates())


def data_files_table(content: ReportContent) -> Grid | None:
    """The files that the test set was read from; None where it names none."""
    files = content.test_set.files
    if not files:
        return None
    head = (Cell("File", header=True), Cell("Size", header=True, classes=("number",)))
    return Grid(
        caption="Data files",
        explanation="The files that the test set was read from, each with its sha256.",
        csv="",
        heads=[Row([*head, Cell("sha256", header=True)])],
        rows=[
            Row(
                [
                    Cell(f.name, header=True, classes=("code",)),
                    Cell(file_size(f.bytes), classes=("number",)),
                    Cell(f.sha256, classes=("code",)),
                ]
            )
            for f in files
        ],
        line=f"{plural(len(files), 'file')}, {file_size(sum(f.bytes for f in files))}",
    )


def tables_table(content: ReportContent) -> Grid | None:
    """The CSV files of the run, with their rows and meaning."""
    frames = {name: frame for name, frame in content.tables.items() if len(frame)}
    if not frames:
        return None
    heads = [Cell("File", header=True), Cell("Rows", header=True, classes=("number",))]
    return Grid(
        caption="Tables of this run",
        explanation="Everything the report shows, and more, in files for programs.",
        csv="",
        heads=[Row([*heads, Cell("What it holds", header=True)])],
        rows=[
            Row(
                [
                    Cell(csv_file(name), header=True, classes=("code",)),
                    Cell(count(len(frame)), classes=("number",)),
                    Cell(_MEANINGS.get(name, humanise(name).capitalize() + ".")),
                ]
            )
            for name, frame in frames.items()
        ],
        line=f"{plural(len(frames), 'table')}, {plural(sum(map(len, frames.values())), 'row')}",
    )
