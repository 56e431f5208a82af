"""Errors that reverse a meaning: wrong gender, the opposite, a missing or superfluous negation."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

from harness.injection.antonyms import ANTONYMS
from harness.injection.base import Edit, Injector, Passage
from harness.injection.licences import find_licence
from harness.injection.verbs import BASES, PASTS, is_participle, third_person
from harness.injection.words import (
    Word,
    cased_like,
    free,
    in_order,
    joined,
    sentences,
    with_article,
    word_list,
    words,
)

__all__ = ["Antonym", "Gender", "Negation"]


@dataclass(frozen=True)
class Gender(Injector):
    """A pronoun or form of address has the wrong gender, where the source shows it (他, 她, 先生,
    女士)."""

    name: ClassVar[str] = "gender"
    category: ClassVar[str] = "accuracy"
    subcategory: ClassVar[str] = "gender"
    news_category: ClassVar[str] = "meaning"
    severity: ClassVar = "major"
    example: ClassVar[str] = "he said → she said"

    def sites(self, passage: Passage) -> Sequence[Edit]:
        text, edits = passage.hypothesis, []
        for word in words(text):
            found = _GENDERS.get(word.lower)
            if found is None or joined(text, word.start, word.end):
                continue
            chinese, new = found
            licence = re.search(chinese, passage.source)
            if licence is None or (word.text.isupper() and len(word.text) > 1):
                continue
            if word.lower == "her":
                new = "his" if _owns(text, word) else "him"
            edits.append(Edit(word.start, word.end, cased_like(word.text, new), *licence.span()))
        return in_order(edits)


_HE = "(?<!其)他(?!们|国|人|方|日|乡|地)"
_SHE = "她(?!们)"
_GENDERS = {
    "he": (_HE, "she"),
    "him": (_HE, "her"),
    "his": (_HE, "her"),
    "himself": (_HE, "herself"),
    "she": (_SHE, "he"),
    "her": (_SHE, ""),
    "herself": (_SHE, "himself"),
    "mr": ("先生", "Ms"),
    "ms": ("女士|小姐", "Mr"),
    "mrs": ("女士|太太|夫人", "Mr"),
}


def _owns(text: str, word: Word) -> bool:
    """Whether "her" stands before what is hers."""
    after = re.match(r" ([A-Za-z]+)", text[word.end :])
    return after is not None and after[1].lower() not in _AFTER_OBJECT


_AFTER_OBJECT = frozenset(
    word_list(
        "to in on at for and or but with by from of as that when while who if before after"
        " into about because than so was is has had will up out"
    )
)


@dataclass(frozen=True)
class Antonym(Injector):
    """A word is replaced by its opposite (increase and decrease, more and less, north and south);
    only where the source has the meaning, and not in a name, a quotation or a compound."""

    name: ClassVar[str] = "antonym"
    category: ClassVar[str] = "accuracy"
    subcategory: ClassVar[str] = "mistranslation"
    news_category: ClassVar[str] = "meaning"
    severity: ClassVar = "major"
    example: ClassVar[str] = "exports increased → exports decreased"

    def sites(self, passage: Passage) -> Sequence[Edit]:
        text, edits = passage.hypothesis, []
        for word in words(text):
            found = ANTONYMS.get(word.lower)
            if found is None or not free(text, word) or not _meant(text, word):
                continue
            new, chinese = found
            licence = find_licence(chinese, passage.source)
            if licence is None:
                continue
            edit = with_article(text, word.start, word.end, cased_like(word.text, new))
            edits.append(Edit(edit.start, edit.end, edit.text, *licence))
        return in_order(edits)


#: Contexts in which a word of the table is no opposite of the other: set phrases, other senses.
_IDIOMS = re.compile(
    r"\b(?:at first|for the first time|first of all|first time|in the long run|as long as"
    r"|so long as|long ago|before long|all over|over time|over and over|over there"
    r"|take over|took over|taken over"
    r"|hand(?:ed)? over|over the (?:past|next|last|years|phone|weekend|course|coming|following)"
    r"|over (?:a|the) (?:period|decade)|talks over|over issues|concerns? over|over whether"
    r"|more and more|more or less|once more|no more|any more|what is more|what's more"
    r"|more than ever|even more|the more|more likely|above all|mentioned above"
    r"|high schools?|high[- ]speed|high[- ]tech|high[- ]quality|high[- ]level|high court|high seas"
    r"|small and|new energy|new era|new year|new media|new crown|right to|right now|right away"
    r"|rights|all-?|at all|all of a sudden|all the same|all kinds|all sorts|after all|all day"
    r"|old age|open up|open source|east asia|first half|first lady|public security|public opinion"
    r"|public health|general public|of the public|the public|before that|after that|as soon|sooner"
    r"|major general|entry into|start with|start from|win-win|no longer|longer than|long history"
    r"|so many|how many|too many|as many|not many|many of|as early as|latest|under the|under way"
    r"|support for|in support|support from|support of)\b",
    re.IGNORECASE,
)


def _meant(text: str, word: Word) -> bool:
    if any(m.start() < word.end and word.start < m.end() for m in _IDIOMS.finditer(text)):
        return False
    after, before = text[word.end :], text[: word.start]
    if word.lower in {"over", "under", "above", "below", "exceed"}:
        return (
            re.match(r" (?:[$¥€]|US\$)?\d| (?:a |one |two |three |half |ten )", after) is not None
        )
    if word.lower in {"more", "less"}:
        return re.match(r" than (?:[$¥€]|US\$)?[\d a-z]", after) is not None
    if word.lower in {"before", "after", "left", "right", "open"}:
        return re.search(r"\b(?:the|a|its|his|their) $", before) is None
    if re.search(rf"\b{word.lower} and {word.lower}\b", text, re.IGNORECASE):
        return False
    if word.lower in {"first", "last"}:
        return re.search(r"(?:\b(?:the|its|his|her|their)|['’]s?) $", before) is not None
    return re.search(r"\b(?:not|no|never)\s+(?:\w+\s+)?$", before) is None


@dataclass(frozen=True)
class Negation(Injector):
    """A "not" is added to a statement, or removed from one whose source is negated."""

    name: ClassVar[str] = "negation"
    category: ClassVar[str] = "accuracy"
    subcategory: ClassVar[str] = "mistranslation"
    news_category: ClassVar[str] = "meaning"
    severity: ClassVar = "major"
    example: ClassVar[str] = "will be launched → will not be launched"

    def sites(self, passage: Passage) -> Sequence[Edit]:
        text = passage.hypothesis
        edits = list(_inserted(text))
        licence = re.search("不|没|未|无|非|勿|别", passage.source)
        if licence is not None:
            edits += [Edit(e.start, e.end, e.text, *licence.span()) for e in _removed(text)]
        return in_order(edits)


_AUXILIARIES = frozenset(
    word_list("is are was were will can could should would must may might has have had")
)
_NEGATIVE = re.compile(
    r"\b(?:no|not|never|none|nothing|nobody|neither|nor|hardly|rarely|seldom|few|little|without"
    r"|unless|only|barely|whether|cannot|\w+n['’]t)\b",
    re.IGNORECASE,
)
_NO_NOT_AFTER = frozenset(word_list("what why how where when who there as if that which than so"))
_NO_NOT_BEFORE = frozenset(
    word_list(
        "also already still just both even so too either as to that and or but it he she they"
        " we you i this there these his her"
    )
)


def _inserted(text: str) -> Iterator[Edit]:
    for start, end in sentences(text):
        sentence = text[start:end]
        if sentence.rstrip("\"”'’)").endswith("?"):
            continue
        inside = [w for w in words(text) if start <= w.start < end]
        for before, word, after in zip(inside, inside[1:], inside[2:], strict=False):
            if word.text not in _AUXILIARIES or not free(text, word):
                continue
            if (
                before.lower in _NO_NOT_AFTER - {"that", "which", "who"}
                or after.lower in _NO_NOT_BEFORE
            ):
                continue
            if text[before.end : word.start] != " " or text[word.end : after.start] != " ":
                continue
            if _NEGATIVE.search(_clause(text, word)):
                continue
            if word.text in {"has", "have", "had"} and not (
                is_participle(after.lower) or after.lower.endswith("ly")
            ):
                continue
            if word.text in {"may", "might", "must", "will", "can"} and not after.text.islower():
                continue
            yield Edit(word.end, word.end, "not" if word.text == "can" else " not")


def _clause(text: str, word: Word) -> str:
    """The text between the commas and stops around ``word``."""
    start = max((text.rfind(mark, 0, word.start) for mark in ",.;:"), default=-1) + 1
    ends = [text.find(mark, word.end) for mark in ",.;:"]
    return text[start : min([e for e in ends if e != -1], default=len(text))]


_NOT = re.compile(
    r"\b(?:is|are|was|were|will|can|could|should|would|must|may|might|has|have|had)"
    r"(?P<not> not|n['’]t)\b(?! (?:only|just|merely|simply|necessarily|yet|until|even|but|to))"
)
_CANNOT = re.compile(r"\b[Cc]an(?P<not>not|['’]t)\b(?! (?:only|but|help but))")
_DO_NOT = re.compile(r"\b(?P<do>do|does|did)(?: not|n['’]t) (?P<verb>[a-z]+)\b")


def _removed(text: str) -> Iterator[Edit]:
    for pattern in (_NOT, _CANNOT):
        for match in pattern.finditer(text):
            yield Edit(*match.span("not"), "")
    for match in _DO_NOT.finditer(text):
        verb = match["verb"]
        if verb in BASES:
            forms = {"do": verb, "does": third_person(verb), "did": PASTS[verb]}
            yield Edit(match.start(), match.end(), forms[match["do"]])
