from __future__ import annotations

from pathlib import Path

import pytest

from harness.errors import InputError
from harness.test_sets.taxonomy import (
    LABELS,
    TAXONOMY,
    category_of,
    code_of,
    is_dropped,
    is_no_error,
    severity_of,
)
from tests.support.expected_categories import expected_categories


def test_labels_lead_into_the_taxonomy() -> None:
    for category, subcategory in LABELS.values():
        assert subcategory in TAXONOMY[category]


def test_every_code_is_its_own_label() -> None:
    for category, subcategories in TAXONOMY.items():
        for subcategory in subcategories:
            assert category_of(code_of(category, subcategory)) == (category, subcategory)


def test_map_equals_the_published_recipe(expected: Path) -> None:
    recipe = expected_categories(expected)["recipe"]
    for label, code in recipe["category_map"].items():
        if code != "none":
            assert code_of(*category_of(label)) == code
        else:
            assert is_no_error(label, label)


def test_unknown_label_names_file_line_and_the_nearest() -> None:
    with pytest.raises(InputError) as caught:
        category_of("Accuracy/Mistranslaton", file="a.tsv", line=9)
    message = str(caught.value)
    assert message.startswith("a.tsv:9: ")
    assert "did you mean accuracy/mistranslation" in message
    assert "test_set.labels" in message


def test_own_labels_go_first_and_must_lead_into_the_taxonomy() -> None:
    assert category_of("Wrong number", labels={"wrong NUMBER": "accuracy/mistranslation"}) == (
        "accuracy",
        "mistranslation",
    )
    with pytest.raises(InputError, match="no error category 'accuracy/wrong'"):
        category_of("Wrong number", labels={"Wrong number": "accuracy/wrong"})


def test_severity() -> None:
    assert severity_of(" Major ") == "major"
    with pytest.raises(InputError, match=r"a\.tsv:2: there is no severity 'Majour'"):
        severity_of("Majour", file="a.tsv", line=2)


@pytest.mark.parametrize(
    ("label", "severity", "dropped"),
    [
        ("Found", "HOTW-test", True),
        ("Missed", "HOTW-test", True),
        ("Accuracy/Omission", "HOTW-test", True),
        ("Accuracy/Omission", "Major", False),
        ("No-error", "No-error", False),
    ],
)
def test_attention_checks_are_dropped(label: str, severity: str, dropped: bool) -> None:
    assert is_dropped(label, severity) is dropped


def test_labels_of_ted_and_a_remedy_that_is_in_the_list() -> None:
    label = "Terminology/Inconsistent use of terminology"
    assert category_of(label) == ("terminology", "inconsistent")
    with pytest.raises(InputError) as caught:
        category_of("Terminology/Inconsistent usage of terms")
    expected, remedy = caught.value.expected or "", caught.value.remedy or ""
    assert "terminology/inconsistent" in expected.split(": ")[1].split(";")[0].split(", ")
    assert remedy.startswith("did you mean terminology/inconsistent? Then map it in the config")
