"""The glossary of Chinese news terms: accepted renderings, and the ways in which they go wrong.

A glossary is a UTF-8 file of tab-separated lines. The first line names the columns; empty lines and
lines that begin with ``#`` are left out. Columns:

============  =================================================================================
zh            the term in Chinese; once a file
kind          place, person_title, organisation, slogan, policy, unit, education, economy, politics
en            accepted English renderings, the usual one first, with ``|`` between them
literal       a rendering word by word that is wrong (落地: "landed on the ground")
pinyin        the term left in pinyin, where that is wrong (双减: "Shuangjian")
segmentation  what comes of cutting the characters wrongly (市长安区: "Mayor An District")
confused      another term that it is mistaken for, in English (处长: "section chief")
note          where the renderings are from; "general usage" where they are common knowledge
============  =================================================================================

``en``, ``literal``, ``pinyin``, ``segmentation`` and ``confused`` are in the form that stands
inside a sentence. All but zh, kind and en may be empty."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from harness.errors import InputError, unknown_name
from harness.injection.words import joined
from harness.support.resources import resource_folder
from harness.test_sets.readers.lines import read_lines

__all__ = ["COLUMNS", "KINDS", "Entry", "Glossary", "Rendered", "load_glossary", "read_glossary"]

COLUMNS = ("zh", "kind", "en", "literal", "pinyin", "segmentation", "confused", "note")
KINDS = (
    *("place", "person_title", "organisation", "slogan", "policy"),
    *("unit", "education", "economy", "politics"),
)
_HAN = re.compile(r"[\u4e00-\u9fff]")


@dataclass(frozen=True)
class Entry:
    """One term; the fields are the columns, ``en`` cut into its renderings."""

    zh: str
    kind: str
    en: tuple[str, ...]
    literal: str = ""
    pinyin: str = ""
    segmentation: str = ""
    confused: str = ""
    note: str = ""


@dataclass(frozen=True)
class Rendered:
    """A term that source and translation hold: its entry, its place in the translation, and the
    place of the Chinese in the source."""

    entry: Entry
    start: int
    end: int
    source_start: int
    source_end: int


@dataclass(frozen=True)
class Glossary:
    """Entries by their Chinese, in the order of the files."""

    entries: tuple[Entry, ...]
    _patterns: dict[str, re.Pattern[str]] = field(
        default_factory=dict, repr=False, compare=False, hash=False
    )

    def __hash__(self) -> int:
        return id(self)

    def rendered(self, source: str, text: str) -> tuple[Rendered, ...]:
        """Every term of ``source`` with each place in ``text`` of one of its renderings, in order.

        Of terms that overlap in the source the longest counts (中国 in 中国人民银行 does not), and
        of renderings that overlap in the translation too. The capital of a first letter is free
        where a rendering begins in lower case."""
        return _rendered(self, source, text)

    def pattern(self, entry: Entry) -> re.Pattern[str]:
        """What finds the entry's renderings in a translation."""
        if entry.zh not in self._patterns:
            forms = sorted(entry.en, key=len, reverse=True)
            self._patterns[entry.zh] = re.compile("|".join(_form(f) for f in forms))
        return self._patterns[entry.zh]


def _form(rendering: str) -> str:
    first = rendering[0]
    start = f"[{first.upper()}{first}]" if first.islower() else re.escape(first)
    rest = re.escape(rendering[1:]).replace("'", "['’]").replace("\\ ", r"\s")
    return start + rest


@lru_cache(maxsize=8192)
def _rendered(glossary: Glossary, source: str, text: str) -> tuple[Rendered, ...]:
    taken: list[tuple[int, int]] = []
    terms: list[tuple[Entry, int]] = []
    present = [e for e in glossary.entries if e.zh in source]
    for entry in sorted(present, key=lambda e: -len(e.zh)):
        for match in re.finditer(re.escape(entry.zh), source):
            if not any(a < match.end() and match.start() < b for a, b in taken):
                taken.append(match.span())
                if all(e is not entry for e, _ in terms):
                    terms.append((entry, match.start()))
    found: list[Rendered] = []
    for entry, start in terms:
        for match in glossary.pattern(entry).finditer(text):
            owner = re.match(r"['’]s?(?!\w)", text[match.end() :])
            end = match.end() + (len(owner.group()) if owner else 0)
            if not joined(text, match.start(), end):
                found.append(Rendered(entry, *match.span(), start, start + len(entry.zh)))
    kept: list[Rendered] = []
    for one in sorted(found, key=lambda r: r.start - r.end):
        if not any(k.start < one.end and one.start < k.end for k in kept):
            kept.append(one)
    return tuple(sorted(kept, key=lambda r: r.start))


@lru_cache(maxsize=8)
def load_glossary(extra: str | None = None) -> Glossary:
    """The glossary that comes with harness; the entries of the file ``extra`` are added, and
    replace those of the same Chinese.

    Raises
    ------
    InputError
        A file cannot be read, or a line of it is no entry.
    """
    entries = {e.zh: e for e in read_glossary(_shipped())}
    if extra is not None:
        entries |= {e.zh: e for e in read_glossary(extra)}
    return Glossary(tuple(entries.values()))


def _shipped() -> Path:
    return resource_folder("datasets") / "glossary" / "zh_en_news.tsv"


def read_glossary(path: str | Path) -> list[Entry]:
    """The entries of one file, in order.

    Raises
    ------
    InputError
        The columns are others, a line has too few or too many, a kind is unknown, a term is there
        twice or has no Chinese or no rendering; file and line are named.
    """
    entries: dict[str, int] = {}
    found = []
    for number, cells in _rows(path):
        entry = _entry(cells, path, number)
        if entry.zh in entries:
            raise InputError(
                f"the term {entry.zh} occurs twice",
                file=path,
                line=number,
                expected=f"one line per term (the other is line {entries[entry.zh]})",
                remedy="merge the two lines; renderings are separated by |",
            )
        entries[entry.zh] = number
        found.append(entry)
    return found


def _rows(path: str | Path) -> Iterator[tuple[int, list[str]]]:
    header = False
    for number, line in enumerate(read_lines(path), 1):
        if not line.strip() or line.startswith("#"):
            continue
        cells = [cell.strip() for cell in line.split("\t")]
        if not header:
            if tuple(cells) != COLUMNS:
                raise InputError(
                    "this is not a glossary: its columns are others",
                    file=path,
                    line=number,
                    found=", ".join(cells),
                    expected=", ".join(COLUMNS) + " (with tabs between them)",
                )
            header = True
            continue
        yield number, cells
    if not header:
        raise InputError(
            "the glossary is empty", file=path, expected="a first line: " + "<tab>".join(COLUMNS)
        )


def _entry(cells: list[str], path: str | Path, number: int) -> Entry:
    if len(cells) != len(COLUMNS):
        raise InputError(
            f"the line has {len(cells)} columns instead of {len(COLUMNS)}",
            file=path,
            line=number,
            found=" | ".join(cells),
            expected=", ".join(COLUMNS),
            remedy="separate columns by one tab each; an empty column keeps its tab",
        )
    values = dict(zip(COLUMNS, cells, strict=True))
    if values["kind"] not in KINDS:
        raise unknown_name("kind of term", values["kind"], KINDS, file=path, line=number)
    if not _HAN.search(values["zh"]):
        raise InputError(
            "the term has no Chinese", file=path, line=number, found=values["zh"] or "(nothing)"
        )
    renderings = tuple(r.strip() for r in values.pop("en").split("|"))
    if not all(renderings):
        raise InputError(
            f"the term {values['zh']} has an empty rendering",
            file=path,
            line=number,
            expected="renderings, with | between them",
        )
    for column in ("literal", "pinyin", "segmentation", "confused"):
        if values[column].lower() in {r.lower() for r in renderings}:
            raise InputError(
                f"the wrong rendering of {values['zh']} in the column {column} is an accepted one",
                file=path,
                line=number,
                found=values[column],
                remedy="leave the column empty, or take the rendering out of the column en",
            )
    return Entry(en=renderings, **values)
