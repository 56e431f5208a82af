"""DEMETR, English translations perturbed in one way each (Karpinska et al. 2022, arXiv 2210.13746).

A folder holds one JSON file per perturbation, each a list of objects: id, src_sent, eng_sent (the
reference), mt_sent, pert_sent (the same translation with the error), lang_tag ('chinese_simple'),
data_source, pert_check (whether people found the perturbation good), pert_name. The perturbation
``base_id33_shuffle_trans`` gives every id another segment's translation: what the drop of a score
is compared with. It and the other kinds called ``base_…`` (no text at all; the reference itself)
are controls, not errors.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from harness.errors import InputError, unknown_name
from harness.support.formatting import plural
from harness.tables import TestSet
from harness.test_sets.readers.assembly import refuse_labels
from harness.test_sets.readers.cases import Case, challenge_set
from harness.test_sets.readers.json_files import read_list
from harness.test_sets.readers.json_lines import JsonObject
from harness.test_sets.readers.lines import data_file

__all__ = ["SHUFFLED", "read"]

SHUFFLED = "base_id33_shuffle_trans"
_CONTROL = "base_"
_TRUTH = {"true": True, "false": False, "": False}


def read(
    folder: str | Path,
    name: str = "demetr",
    language: str = "chinese",
    labels: Mapping[str, str] | None = None,
) -> TestSet:
    """Read the perturbed translations from one language.

    Items count whose lang_tag begins with ``language`` and whose pert_check is true. A case is
    called PERTURBATION/ID (a second one of that id PERTURBATION/ID#2), its phenomenon is the
    perturbation (pert_name); good is mt_sent, incorrect pert_sent, unrelated the pert_sent of
    ``base_id33_shuffle_trans`` of the same id. Cases whose two translations are the same stay and
    are counted as deciding nothing. What becomes of the cases:
    :func:`harness.test_sets.readers.cases.challenge_set`.

    Parameters
    ----------
    folder
        Where the .json files lie; each is read, in the order of its name.
    name
        Name of the test set.
    language
        The beginning of lang_tag, e.g. chinese, german, hindi.
    labels
        A challenge set marks no errors: none may be given.

    Raises
    ------
    InputError
        There is no such folder or no .json file in it; a file is not a list of objects; an object
        lacks a field, or has another kind of value in it; nothing is of that language.
    """
    refuse_labels(labels, name)
    files = _files(Path(folder))
    items = [item for file in files for item in _items(file)]
    tags = Counter(item.text("lang_tag", blank=False) for item in items)
    if language == "" or not any(tag.startswith(language) for tag in tags):
        raise unknown_name("language", language, sorted(tags), file=folder)
    chosen = [item for item in items if item.text("lang_tag").startswith(language)]
    cases, again, with_unrelated = _cases(chosen)
    if not cases:
        raise InputError(
            "no item of the language has pert_check true",
            file=folder,
            found=f"{len(chosen):,} items with a lang_tag that begins with {language}",
        )
    notes = [
        f"{len(cases):,} of the folder's {len(items):,} items are read: lang_tag {language}…,"
        f" pert_check true ({len(chosen) - len(cases):,} of the language have it false)"
    ]
    if again:
        kept = "has the perturbation and id of another; it is kept"
        if again > 1:
            kept = "have the perturbation and id of another; they are kept"
        notes.append(f"{plural(again, 'item')} {kept}")
    if not with_unrelated:
        notes.append(
            f"there is no {SHUFFLED}.json, so no drop is compared with that of another text"
        )
    kinds = dict.fromkeys(case.phenomenon for case in cases.values())
    controls = [kind for kind in kinds if kind.startswith(_CONTROL)]
    if controls:
        notes.append(f"controls, not errors: {', '.join(controls)}")
    read_from = [data_file(file) for file in files]
    return challenge_set(name, list(cases.values()), read_from, notes, controls)


def _cases(items: Sequence[JsonObject]) -> tuple[dict[str, Case], int, bool]:
    """The cases of the items that people found good; how many have the perturbation and id of
    another; and whether there are unrelated translations."""
    unrelated = {
        _id(item): item.text("pert_sent") for item in items if item.text("pert_name") == SHUFFLED
    }
    cases: dict[str, Case] = {}
    seen: Counter[str] = Counter()
    for item in items:
        if not _checked(item):
            continue
        kind = item.text("pert_name", blank=False)
        first = f"{kind}/{_id(item)}"
        seen[first] += 1
        case_id = first if seen[first] == 1 else f"{first}#{seen[first]}"
        cases[case_id] = Case(
            case_id,
            source=item.text("src_sent", blank=False),
            reference=item.text("eng_sent", blank=False),
            good=item.text("mt_sent", blank=False),
            incorrect=item.text("pert_sent"),
            phenomenon=kind,
            domain=item.text("data_source", "unknown"),
            unrelated=unrelated.get(_id(item)),
        )
    return cases, sum(seen.values()) - len(seen), bool(unrelated)


def _files(folder: Path) -> list[Path]:
    try:
        files = sorted(p for p in folder.iterdir() if p.suffix.lower() == ".json")
    except (OSError, ValueError) as error:
        raise InputError(
            "there is no such folder, or it may not be read",
            file=folder,
            found=getattr(error, "strerror", None),
            remedy="name the folder 'dataset' of marzenakrp/demetr",
        ) from error
    if not files:
        raise InputError(
            "the folder has no .json file",
            file=folder,
            remedy="name the folder 'dataset' of marzenakrp/demetr",
        )
    return files


def _items(file: Path) -> Iterator[JsonObject]:
    """The items of one file; one without pert_name has the file's."""
    for item in read_list(file, "the item"):
        for key in ("id", "src_sent", "eng_sent", "mt_sent", "pert_sent", "lang_tag", "pert_check"):
            if key not in item.values:
                item.fail(f"the item has no {key!r}", found=", ".join(item.values)[:200])
        item.values.setdefault("pert_name", file.stem)
        yield item


def _id(item: JsonObject) -> str:
    value = item.values["id"]
    if isinstance(value, bool) or not isinstance(value, int | str) or value == "":
        item.fail("the 'id' of the item is neither a number nor a text", found=repr(value)[:100])
    return str(value)


def _checked(item: JsonObject) -> bool:
    """Whether pert_check is true: as a flag, or written out; nothing (null) is false."""
    value = item.values["pert_check"]
    if value is None or isinstance(value, bool):
        return bool(value)
    truth = _TRUTH.get(value.strip().lower()) if isinstance(value, str) else None
    if truth is None:
        item.fail("the 'pert_check' of the item is neither true nor false", found=repr(value)[:100])
    return truth
