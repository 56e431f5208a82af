"""In which script texts are written, and which language that suggests.

A Chinese character or a kana counts as a word does, so that an English name in a Chinese text does
not outweigh it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Literal

from harness.tables import TestSet

__all__ = [
    "HAN",
    "Script",
    "language_of",
    "language_of_script",
    "sampled",
    "script_of",
    "target_script",
]

HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
#: "": the texts do not show one.
Script = Literal[
    "Chinese",
    "Japanese",
    "Korean",
    "Latin",
    "Cyrillic",
    "Greek",
    "Arabic",
    "Hebrew",
    "Devanagari",
    "Thai",
    "",
]

#: What counts as one word of a script.
_WORDS: Mapping[Script, re.Pattern[str]] = {
    "Chinese": re.compile(f"[{HAN}]"),
    "Japanese": re.compile("[\u3041-\u3096\u30a1-\u30fa]"),
    "Korean": re.compile("[\uac00-\ud7a3\u1100-\u11ff]+"),
    "Latin": re.compile("[A-Za-z\u00c0-\u024f]+"),
    "Cyrillic": re.compile("[\u0400-\u04ff]+"),
    "Greek": re.compile("[\u0370-\u03ff]+"),
    "Arabic": re.compile("[\u0600-\u06ff]+"),
    "Hebrew": re.compile("[\u0590-\u05ff]+"),
    "Devanagari": re.compile("[\u0900-\u097f]+"),
    "Thai": re.compile("[\u0e00-\u0e7f]+"),
}
_LANGUAGES: Mapping[Script, str] = {"Chinese": "zh", "Japanese": "ja", "Korean": "ko"}

#: Fewer words do not show a script; the most frequent must have this share of them.
_LEAST, _MOST = 10, 0.6
#: Japanese is written in Chinese characters too: this share of kana shows it.
_KANA = 0.1
#: So many texts are looked at.
_SAMPLE = 200


def sampled(texts: Sequence[str]) -> list[str]:
    """At most 200 of ``texts``, spread over all."""
    step = max(1, -(-len(texts) // _SAMPLE))
    return list(texts[::step])


def script_of(texts: Sequence[str]) -> Script:
    """The script of most words of ``texts``; '' where they are few or mixed."""
    text = "\n".join(sampled(texts))
    counts = {script: len(words.findall(text)) for script, words in _WORDS.items()}
    east = counts["Chinese"] + counts["Japanese"]
    if east and counts["Japanese"] > _KANA * east:
        counts["Japanese"], counts["Chinese"] = east, 0
    else:
        counts["Chinese"], counts["Japanese"] = east, 0
    total = sum(counts.values())
    script = max(counts, key=lambda name: counts[name])
    return script if total >= _LEAST and counts[script] > _MOST * total else ""


def language_of(texts: Sequence[str]) -> str | None:
    """zh, ja or ko where ``texts`` are written in the script of Chinese, Japanese or Korean; None:
    the script does not say."""
    return language_of_script(script_of(texts))


def language_of_script(script: Script) -> str | None:
    """zh, ja or ko, which their scripts show; None for the others."""
    return _LANGUAGES.get(script)


def target_script(test_set: TestSet) -> Script:
    """The script of the references, or where there is none, of the hypotheses."""
    frame, column = test_set.references, "reference"
    if not len(frame):
        frame, column = test_set.hypotheses, "hypothesis"
    return script_of(list(frame[column]))
