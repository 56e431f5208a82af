"""JSON Lines: a test set as two files that a person can read and mend.

``segments.jsonl`` holds one object a line::

    {"segment_id": "1", "document": "d", "domain": "news", "source": "…",
     "references": {"refA": "…"}, "hypotheses": {"system": "…"}}

``document`` and ``domain`` may be left out; so may a reference or hypothesis, which is then
missing. An empty text is a real, empty translation. The first line may instead say, for the whole
file, the order of the references and the roles of the systems (and so their order)::

    {"references": ["refA", "refB"], "roles": {"system": "system", "translator": "human"}}

Both keys are optional. Without them the order is that of first appearance, and every system has
the role "system". ``annotations.jsonl`` is described in :mod:`harness.readers.jsonl_annotations`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from harness.errors import InputError, unknown_name
from harness.readers import jsonl_annotations
from harness.readers.assembly import annotated, assemble, gaps
from harness.readers.json_lines import JsonObject, read_objects
from harness.readers.lines import data_file
from harness.tables import ROLES, TestSet

__all__ = ["read", "read_reference", "write"]

_REQUIRED = ("segment_id", "source")
_OPTIONAL = ("document", "domain", "references", "hypotheses")
_HEADER = ("references", "roles")


def read(
    name: str,
    segments: str | Path,
    annotations: str | Path | None = None,
    domain: str = "news",
    labels: Mapping[str, str] | None = None,
) -> TestSet:
    """Read a test set from ``segments`` and, where given, ``annotations``.

    ``domain`` is that of the lines that name none; a line without a document belongs to a document
    called as the test set. ``labels`` maps the user's own labels for error categories.

    Raises
    ------
    InputError
        A line is no JSON object of the form above, a segment stands twice, there is no segment or
        no system, or an annotation does not fit (with file and line).
    """
    objects = list(read_objects(segments, "the segment"))
    header = objects.pop(0) if objects and _is_header(objects[0]) else None
    first_lines: dict[str, int] = {}
    for item in objects:
        if _is_header(item):
            item.fail("the references and roles of the file belong in its first line")
        item.keys(_REQUIRED, _OPTIONAL)
        segment_id = item.text("segment_id", blank=False)
        if segment_id in first_lines:
            item.fail(
                f"the segment {segment_id!r} stands twice",
                found=f"it stood in line {first_lines[segment_id]} already",
                expected="a segment_id of its own for each line",
            )
        first_lines[segment_id] = item.line
    if not objects:
        raise InputError("the file has no segments", file=segments, expected="one object a line")
    references = [item.texts("references") for item in objects]
    hypotheses = [item.texts("hypotheses") for item in objects]
    order, roles = _header(header, references, hypotheses)
    if not roles:
        raise InputError(
            f"the test set {name!r} has no systems",
            file=segments,
            expected='"hypotheses": {"name of the system": "its translation"} in each line',
        )
    test_set = assemble(
        name,
        ids=list(first_lines),
        documents=[item.text("document", name, blank=False) for item in objects],
        domains=[item.text("domain", domain, blank=False) for item in objects],
        sources=[item.text("source") for item in objects],
        references={key: [texts.get(key) for texts in references] for key in order},
        hypotheses={key: [texts.get(key) for texts in hypotheses] for key in roles},
        roles=roles,
    )
    files, notes = [data_file(segments)], gaps(test_set, order)
    if annotations is not None:
        found = jsonl_annotations.read(annotations, test_set, labels)
        test_set = replace(test_set, annotations=found[0], error_spans=found[1])
        files.append(data_file(annotations))
        notes.append(annotated(*found))
    return replace(
        test_set,
        card={"title": name, "domain": domain},
        files=tuple(files),
        notes=tuple(notes),
    )


def _is_header(item: JsonObject) -> bool:
    return "roles" in item.values or ("references" in item.values and len(item.values) == 1)


def _header(
    header: JsonObject | None,
    references: Iterable[Mapping[str, str]],
    hypotheses: Iterable[Mapping[str, str]],
) -> tuple[list[str], dict[str, str]]:
    """The references in order, and the systems in order with their roles."""
    used = list(dict.fromkeys(key for texts in references for key in texts))
    systems = list(dict.fromkeys(key for texts in hypotheses for key in texts))
    if header is None:
        return used, dict.fromkeys(systems, "system")
    header = replace(header, what="the first line")
    header.keys((), _HEADER)
    listed = header.values.get("references", [])
    if not isinstance(listed, list) or not all(isinstance(key, str) for key in listed):
        header.fail("the references of the first line are no list of names")
    roles = header.texts("roles")
    for kind, names, known in (("reference", listed, used), ("system", list(roles), systems)):
        for key in names:
            if key not in known:
                raise unknown_name(kind, key, known, file=header.file, line=header.line)
    for role in roles.values():
        if role not in ROLES:
            raise unknown_name("role", role, ROLES, file=header.file, line=header.line)
    return (
        list(dict.fromkeys([*listed, *used])),
        {key: roles.get(key, "system") for key in dict.fromkeys([*roles, *systems])},
    )


def read_reference(path: str | Path, ids: Iterable[str]) -> dict[str, str]:
    """A reference as JSON Lines: ``{"segment_id": "1", "reference": "…"}`` a line.

    Returns segment -> text; a segment without a line is missing.

    Raises
    ------
    InputError
        A line has another form, an unknown segment, or one that stood before.
    """
    known = set(ids)
    texts: dict[str, str] = {}
    for item in read_objects(path, "the line"):
        item.keys(("segment_id", "reference"))
        segment_id = item.text("segment_id")
        if segment_id not in known:
            raise unknown_name("segment", segment_id, known, file=item.file, line=item.line)
        if segment_id in texts:
            item.fail(f"the segment {segment_id!r} stands twice")
        texts[segment_id] = item.text("reference")
    return texts


def write(test_set: TestSet, folder: str | Path) -> None:
    """Write ``test_set`` as segments.jsonl and annotations.jsonl into ``folder``.

    The folder is made if need be; files of these names are replaced. :func:`read` gives the same
    tables back (rows in the readers' order: texts by name and then by segment, annotations as they
    stand); card, notes and files are not written. Lines end with LF.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    references = _by_segment(test_set.references, "reference_name", "reference")
    hypotheses = _by_segment(test_set.hypotheses, "system", "hypothesis")
    roles = {system: test_set.roles[system] for system in test_set.hypotheses["system"].unique()}
    lines: list[dict[str, Any]] = [{"references": test_set.reference_names, "roles": roles}]
    columns = ["segment_id", "document", "domain", "source"]
    for values in test_set.segments[columns].itertuples(index=False, name=None):
        lines.append(
            dict(zip(columns, values, strict=True))
            | {
                "references": references.get(values[0], {}),
                "hypotheses": hypotheses.get(values[0], {}),
            }
        )
    _write_lines(folder / "segments.jsonl", lines)
    _write_lines(folder / "annotations.jsonl", jsonl_annotations.objects(test_set))


def _by_segment(frame: Any, name: str, text: str) -> dict[str, dict[str, str]]:
    """Segment -> name -> text."""
    result: dict[str, dict[str, str]] = {}
    for segment_id, key, value in frame[["segment_id", name, text]].itertuples(
        index=False, name=None
    ):
        result.setdefault(segment_id, {})[key] = value
    return result


def _write_lines(path: Path, objects: Iterable[Mapping[str, Any]]) -> None:
    with path.open("w", encoding="utf-8", newline="\n") as stream:
        for item in objects:
            stream.write(json.dumps(item, ensure_ascii=False) + "\n")
