"""Views by hand; that the news view equals the published recipe on real data is tested with the
category analysis."""

from __future__ import annotations

import pytest

from harness.errors import InputError
from harness.ratings.views import Error, Level1, Level2, Mapped, News, Raw, Severity, error_table
from tests.support.small import small


def error(code: str, text: str = "", before: str = "", side: str = "target") -> Error:
    category, _, subcategory = code.partition("/")
    spans = ((side, text, before),) if text else ()
    return Error(category, subcategory, "major", f"Raw {code}", spans)


@pytest.mark.parametrize(
    ("given", "category"),
    [
        (error("accuracy/omission", "三千", side="source"), "omission"),
        (error("accuracy/addition", "5"), "addition"),
        (error("accuracy/untranslated", "北京"), "untranslated"),
        (error("accuracy/mistranslation", "five dogs", "It has "), "meaning"),
        (error("accuracy/mistranslation", "5 dogs", "It has "), "number"),
        (error("accuracy/mistranslation", "two million", "It has "), "number"),
        (error("accuracy/mistranslation", "20％ of it", "It has "), "number"),
        (error("accuracy/mistranslation", "三万", side="source"), "number"),
        (error("accuracy/mistranslation", "三只", side="source"), "meaning"),
        (error("accuracy/mistranslation", "Hanna", "He met "), "name"),
        (error("accuracy/mistranslation", "Hanna", ""), "meaning"),
        (error("accuracy/mistranslation", "Hanna", "He left. "), "meaning"),
        (error("accuracy/mistranslation", "Hanna", "He said: “"), "meaning"),
        (error("accuracy/mistranslation", "met Hanna", "He "), "name"),
        (error("accuracy/mistranslation", "Hanna" + "x" * 60, "He met "), "meaning"),
        (error("accuracy/mistranslation", "Hanna", "He met ", side="source"), "meaning"),
        (error("terminology/inappropriate", "the bureau", "at "), "meaning"),
        (error("terminology/inappropriate", "Bureau", "at the "), "name"),
        (error("locale/name", "Hanna", "He met "), "name"),
        (error("locale/date", "the date", "on "), "language"),
        (error("locale/date", "May 5", "on "), "number"),
        (error("fluency/spelling", "Hana", "He met "), "name"),
        (error("fluency/grammar", "Hanna", "He met "), "language"),
        (error("fluency/punctuation", ","), "punctuation"),
        (error("style/awkward", "5"), "style"),
        (error("non_translation"), "non_translation"),
        (error("other", "x"), "other"),
        (error("source", "5"), None),
    ],
)
def test_news(given: Error, category: str | None) -> None:
    assert News().category(given) == category


def test_other_views() -> None:
    given = error("fluency/grammar", "x")
    assert Raw().category(given) == "Raw fluency/grammar"
    assert Level1().category(given) == "fluency"
    assert Level2().category(given) == "fluency/grammar"
    assert Severity().category(given) == "major"
    assert Level2().category(error("other")) == "other"
    assert Severity().category(Error("style", "awkward", "neutral", "x")) is None
    for view in (Raw(), Level1(), Level2(), Severity(), News()):
        assert view.category(error("source")) is None


def test_a_users_view() -> None:
    view = Mapped("mine", {"accuracy/omission": "lost", "accuracy": "wrong", "style": None})
    assert view.category(error("accuracy/omission")) == "lost"
    assert view.category(error("accuracy/addition")) == "wrong"
    assert view.category(error("style/awkward")) is None
    assert view.category(error("source")) is None
    with pytest.raises(InputError, match="does not say where 'fluency/grammar' belongs"):
        view.category(error("fluency/grammar"))


def test_every_error_has_one_row_with_the_text_of_its_spans() -> None:
    table = error_table(small(), News())
    keys = ["system", "segment_id", "rater", "error"]
    assert len(table) == 9
    assert not table.duplicated(keys).any()
    categories = table.set_index(keys)["view_category"]
    assert categories["poor", "2", "r1", 0] == "number"  # "6" in "It has 6 dogs."
    assert categories["good", "3", "r1", 0] == "name"  # "Hanna" in "He met Hanna today."
    assert categories["poor", "1", "r2", 0] == "non_translation"
    assert categories["poor", "3", "r1", 1] is None


def test_an_unmapped_error_is_named_with_its_place() -> None:
    view = Mapped("mine", {"accuracy": "wrong", "fluency": "language", "locale": "language"})
    with pytest.raises(InputError, match="does not say where 'non_translation' belongs") as caught:
        error_table(small(), view)
    assert "system poor, segment 1, rater r2, error 0" in str(caught.value)
    assert "views.mine.mapping" in str(caught.value)
