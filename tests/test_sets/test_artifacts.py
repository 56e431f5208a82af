"""Traces of processing, placeholders, files that are the same or in the wrong script."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable

import pytest

from harness.tables import TestSet
from harness.test_sets.doctor import DataWarning, drop_placeholders, warnings
from harness.test_sets.readers import plain_text
from harness.test_sets.readers.assembly import assemble
from harness.test_sets.scripts import script_of
from tests.support.cases import CASES

pytestmark = pytest.mark.reliability

N = 40
NOUNS = ["mayor", "garden", "river", "teacher", "harbour", "senate", "orchard", "lantern"]
VERBS = ["praised", "visited", "crossed", "sold", "painted", "closed", "opened", "measured"]


def sentence(i: int, word: str = "the") -> str:
    one, two = NOUNS[i % 8], NOUNS[(i // 8 + 3 * i) % 8]
    return f"In year {1900 + 7 * i} {word} {one} {VERBS[(i * 5) % 8]} {word} {two} twice."


REFERENCE = [sentence(i) for i in range(N)]
OTHER = [f"During {1900 + 7 * i} we heard of a {NOUNS[i % 8]}, so they said." for i in range(N)]
SOURCE = [f"第{i}年的新闻说，市长参观了花园和河流。" for i in range(N)]


def made(
    system: list[str], references: dict[str, list[str]] | None = None, **others: list[str]
) -> TestSet:
    columns = {"X": system, **others}
    source = columns.pop("source", SOURCE)
    n = len(source)
    return assemble(
        "made",
        ids=[str(i + 1) for i in range(n)],
        documents=["d"] * n,
        domains=["news"] * n,
        sources=source,
        references={"ref": REFERENCE} if references is None else references,
        hypotheses=columns,
    )


def told(test_set: TestSet) -> list[DataWarning]:
    return warnings(test_set)


def changed(change: Callable[[str], str], every: int = 4) -> list[str]:
    return [change(text) if i % every == 0 else text for i, text in enumerate(OTHER)]


def test_sound_texts_have_no_warning() -> None:
    assert told(made(OTHER)) == []


TRACES = [
    ("HTML entities", lambda t: t.replace(" ", "&nbsp;", 1)),
    ("HTML entities", lambda t: f"{t} &#8217;"),
    ("marks of subwords (@@, ##, Ġ)", lambda t: t.replace("heard", "hea@@ rd")),
    ("marks of subwords (@@, ##, Ġ)", lambda t: t.replace(" ", " Ġ")),
    ("marks of subwords (@@, ##, Ġ)", lambda t: t.replace("heard", "hea ##rd")),
    ("marks of SentencePiece (U+2581)", lambda t: "▁" + t.replace(" ", " ▁")),
    ("a space before the full stop", lambda t: t.replace(".", " .")),
    ("decomposed letters", lambda t: unicodedata.normalize("NFD", f"{t} Café.")),
    ("invisible characters", lambda t: t.replace(" ", "\u200b ", 1)),
    (r"escaped characters such as \n", lambda t: t.replace(", ", r",\n")),
    (r"escaped characters such as \n", lambda t: t + r" \u201cSo.\u201d"),
    ("tags of a markup or model", lambda t: f"<b>{t}</b>"),
    ("tags of a markup or model", lambda t: f"{t} <unk>"),
    ("tags of a markup or model", lambda t: f"{t}<|im_end|>"),
    ("tags of a markup or model", lambda t: t.replace("heard", "UNK")),
    ("marks of Markdown", lambda t: f"**{t}**"),
    ("a prefix or frame that is no part", lambda t: f"Translation: {t}"),
    ("a prefix or frame that is no part", lambda t: f"Here is the English translation: {t}"),
    ("a prefix or frame that is no part", lambda t: f"Sure! Here's the translation you want: {t}"),
    ("a prefix or frame that is no part", lambda t: json.dumps({"translation": t})),
    ("letters of a wrong encoding", lambda t: f"{t} It’s".encode().decode("cp1252")),
    ("letters of a wrong encoding", lambda t: f"{t} Café".encode().decode("latin-1")),
]


def variant(i: int) -> list[str]:
    """Sound texts that are not those of another variant."""
    return [f"{text[:-1]} on day {i}." for text in OTHER]


@pytest.fixture(scope="module")
def traced() -> dict[str, list[DataWarning]]:
    """The warnings of a system for each trace, in a quarter of its texts, by the system's name."""
    systems = {
        f"X{i}": [change(text) if k % 4 == 0 else text for k, text in enumerate(variant(i))]
        for i, (_, change) in enumerate(TRACES)
    }
    return by_system(made(OTHER, **systems))


def by_system(test_set: TestSet) -> dict[str, list[DataWarning]]:
    found: dict[str, list[DataWarning]] = {}
    for warning in warnings(test_set):
        for name in re.findall(r"\b[XPS]\d+\b", warning.text.split(";")[0]):
            found.setdefault(name, []).append(warning)
    return found


@pytest.mark.parametrize("i", range(len(TRACES)), ids=[noun for noun, _ in TRACES])
def test_traces(i: int, traced: dict[str, list[DataWarning]]) -> None:
    (warning,) = traced[f"X{i}"]
    noun, _ = TRACES[i]
    assert noun in warning.text
    if not noun.startswith("invisible"):  # which counts all systems together
        assert warning.text.startswith(f"X{i}: 10 of {N} translations have {noun}")
        assert "(segment 1: " in warning.text
    assert not warning.voids


def test_only_what_has_traces_is_named(traced: dict[str, list[DataWarning]]) -> None:
    assert set(traced) == {f"X{i}" for i in range(len(TRACES))}


def test_traces_in_a_reference_and_in_the_source() -> None:
    reference = [text.replace(" ", "&nbsp;", 1) for text in REFERENCE]
    (warning,) = told(made(OTHER, {"ref": reference}))
    assert warning.text.startswith(f"ref: {N} of {N} references have HTML entities")
    found = told(made(OTHER, source=[f"&quot;{text}" for text in SOURCE]))
    assert [w.text.split(" (")[0] for w in found] == [f"{N} of {N} sources have HTML entities"]


@pytest.mark.parametrize(
    "change", [lambda t: "▁" + t.replace(" ", " ▁"), lambda t: t.replace("heard", "hea@@ rd")]
)
def test_a_system_in_subwords_voids_the_ranking(change: Callable[[str], str]) -> None:
    (warning,) = told(made(changed(change, every=1)))
    assert warning.voids


SOUND = [
    "AT&T; sold R&D at 5 < 6 and 7 > 3.",
    "He wrote to me@example.com, @home and so on.",
    "The naïve café was on the façade’s side.",
    "The price is 5 .5 or so, see C:\\new\\table.",
    "Answer me: what is that?",
    "I can’t help you with your luggage, said the porter, and wept.",
    "The error was theirs; the page 404 was torn.",
    "There is none.",
    "It was an error.",
    "Please provide the documents by Friday.",
    "The UN said: [sic] all is well.",
    "She said: “Sorry, I cannot stay.”",
    "“I'm sorry, but that is how it was,” he said.",
]


def test_what_is_no_trace() -> None:
    systems = {f"S{i}": [text, *variant(i)[1:]] for i, text in enumerate(SOUND)}
    assert told(made(OTHER, **systems)) == []


def test_what_the_source_has_is_no_trace() -> None:
    sources = ["回答：<b>市长</b>来了", "答复：" + SOURCE[1], *SOURCE[2:]]
    texts = ["Answer: <b>the mayor</b> came", "Answer: he did so", *OTHER[2:]]
    assert told(made(texts, source=sources)) == []


PLACEHOLDERS = [
    ("the refusal of a chat model", "I'm sorry, but I can't help with that."),
    ("the refusal of a chat model", "I’m sorry, but I can’t assist with that request."),
    ("the refusal of a chat model", "As an AI language model, I do not translate."),
    ("the refusal of a chat model", "I cannot translate this text."),
    ("the refusal of a chat model", "I'm unable to translate this content."),
    ("the refusal of a chat model", "抱歉，我无法翻译这段文字。"),
    ("an error message", "ERROR: timeout"),
    ("an error message", "Error: 429 Too Many Requests"),
    ("an error message", "503 Service Unavailable"),
    ("an error message", "openai.error.RateLimitError: too many"),
    ("an error message", "Connection error."),
    ("an error message", "Request timed out."),
    ("an error message", "[ERROR] request failed"),
    ("the refusal of a chat model", "Please provide the text you would like me to translate."),
    ("an error message", "Traceback (most recent call last):"),
    ("nothing but a word for no text", "nan"),
    ("nothing but a word for no text", "null"),
    ("nothing but a word for no text", "None"),
    ("nothing but a word for no text", "[NO TRANSLATION AVAILABLE]"),
]


@pytest.fixture(scope="module")
def placed() -> TestSet:
    """A system for each placeholder, in its fourth text."""
    systems = {
        f"P{i}": [*variant(i)[:3], text, *variant(i)[4:]]
        for i, (_, text) in enumerate(PLACEHOLDERS)
    }
    return made(OTHER, **systems)


def test_placeholders(placed: TestSet) -> None:
    found = by_system(placed)
    for i, (noun, text) in enumerate(PLACEHOLDERS):
        (warning,) = found[f"P{i}"]
        assert warning.text.startswith(f"P{i}: 1 of {N} translations are {noun}")
        assert f"(segment 4: {text[:40]}" in warning.text
        assert not warning.voids
    assert len(found) == len(PLACEHOLDERS)


def test_placeholders_are_dropped(placed: TestSet) -> None:
    dropped, (said,) = drop_placeholders(placed)
    assert list(dropped.segments["segment_id"]) == [str(i) for i in range(1, N + 1) if i != 4]
    assert "P0: 1 placeholder, P1: 1 placeholder" in said
    assert said.endswith("left out for all systems alike: line 4; the other 39 are scored")


def test_one_text_many_times() -> None:
    same = ["The same again." if i % 2 else text for i, text in enumerate(OTHER)]
    (warning,) = told(made(same))
    assert warning.text == "X: 20 of 40 translations are one text (segment 2: The same again.)"
    assert warning.voids
    few = ["The same again." if i < 3 else text for i, text in enumerate(OTHER)]
    assert told(made(few)) == []
    repeated = [SOURCE[0] if i % 2 else text for i, text in enumerate(SOURCE)]
    assert told(made(same, source=repeated)) == []  # so is the source


def test_a_placeholder_reference_is_missing_where_another_is_not() -> None:
    second = ["N/A" if i < 5 else f"So: {text}" for i, text in enumerate(REFERENCE)]
    test_set = made(OTHER, {"ref": REFERENCE, "two": second})
    dropped, said = drop_placeholders(test_set)
    assert len(dropped.segments) == N
    assert (dropped.references["reference_name"] == "two").sum() == N - 5
    assert said == ["placeholders among references count as missing (two: 5 placeholders)"]
    assert drop_placeholders(made(OTHER))[1] == []


# -- files ---------------------------------------------------------------------------------------


def test_two_systems_with_one_text() -> None:
    (warning,) = told(made(OTHER, Y=[f"{text} " for text in OTHER]))
    assert warning.text.startswith("X and Y have one text: 40 of 40 segments are the same")
    half = [text if i % 2 else f"Well, {text}" for i, text in enumerate(OTHER)]
    assert told(made(OTHER, Y=half)) == []


def test_two_references_with_one_text_and_a_reference_that_is_the_source() -> None:
    (warning,) = told(made(OTHER, {"ref": REFERENCE, "two": list(REFERENCE)}))
    assert warning.text.startswith("ref and two have one text")
    found = [w.text for w in told(made(OTHER, {"ref": SOURCE}))]
    assert any(text.startswith("ref and the source have one text") for text in found)


def test_a_system_that_is_nearly_the_reference() -> None:
    near = [text.replace(" twice.", " twice!") for text in REFERENCE]
    (warning,) = told(made(near, Y=OTHER))
    assert warning.text.startswith("X: 40 of 40 translations are ref with small changes")
    assert not warning.voids


def test_systems_that_copy_more_than_the_others() -> None:
    systems = {name: [f"{name}, {text}" for text in OTHER] for name in ("A", "B", "C")}
    copied = [*REFERENCE[:12], *OTHER[12:]]
    (warning,) = told(made(copied, **systems))
    assert "X copied far more than the others" in warning.text
    spread = {name: [*REFERENCE[:6], *texts[6:]] for name, texts in systems.items()}
    assert told(made(copied, **spread)) == []  # 12 is not more than 4 times 6


def test_source_and_references_swapped() -> None:
    warning, *_ = told(made([f"好吧，{text}" for text in SOURCE]))
    assert warning.voids
    assert "the source and the references look swapped" in warning.text


def test_the_source_in_place_of_a_translation_is_not_taken_for_swapped_files() -> None:
    texts = [warning.text for warning in told(made(SOURCE))]
    assert not any("swapped" in text for text in texts)
    assert "X is written in another script than the others" in texts[0]
    assert any("the same as the source" in text for text in texts)


def test_a_system_in_another_script() -> None:
    found = told(made([f"Новость {i}: мэр снова открыл сад у реки." for i in range(N)], Y=OTHER))
    assert found[0].voids
    assert "X is written in another script than the others" in found[0].text
    assert "the system in Cyrillic script, the others in Latin script" in found[0].text


@pytest.mark.parametrize(
    ("script", "text"),
    [
        ("Chinese", "市长昨天说 Apple 的新产品很好，价格是100元。"),
        ("Japanese", "市長は昨日、新しい製品について話しました。"),
        ("Korean", "시장은 어제 새로운 제품에 대해 이야기했다 그리고 다시 아주 많이 말했다."),
        ("Latin", "The mayor spoke of 市长 and so on, at length and with much ado."),
        ("Cyrillic", "Мэр вчера говорил о новых товарах и ценах в городе, и ещё раз о них."),
        ("", "Too few words."),
        ("", "1234 5678 ... !!"),
    ],
)
def test_scripts(script: str, text: str) -> None:
    assert script_of([text]) == script


# -- the inputs that went wrong ------------------------------------------------------------------

KINDS = {
    "clean": [],
    "entity": ["X: 60 of 60 translations have HTML entities"],
    "bpe": ["X: 32 of 60 translations have marks of subwords"],
    "spm": ["X: 60 of 60 translations have marks of SentencePiece"],
    "nfd": ["X: 20 of 60 translations have decomposed letters"],
    "refusal": ["X: 30 of 60 translations are one text"],
    "tok": ["X: 54 of 60 translations have a space before the full stop"],
}


@pytest.mark.parametrize("name", KINDS)
def test_text_artifacts(name: str) -> None:
    folder = CASES / "text_artifacts"
    test_set = plain_text.read("t", folder / "src", {"r": folder / "ref"}, {"X": folder / name})
    found = [warning.text for warning in told(test_set)]
    assert len(found) == len(KINDS[name])
    for text, beginning in zip(found, KINDS[name], strict=True):
        assert text.startswith(beginning)
