"""A test set by what the command line would say of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness import load_test_set
from harness.errors import InputError
from harness.support.resources import resource_folder
from harness.test_sets.configured import configured_test_set
from harness.test_sets.writers.base import differences


@pytest.mark.parametrize(
    "given",
    [
        ["article"],
        ["test_set=article"],
        [str(resource_folder("datasets") / "article" / "card.yaml")],
    ],
)
def test_name_card_and_override_mean_the_same(given: list[str]) -> None:
    assert differences(configured_test_set(given), load_test_set("article")) == []


def test_ones_own_files(tmp_path: Path) -> None:
    for name, text in (("zh.txt", "一\n二\n"), ("mt.txt", "a\nb\n")):
        (tmp_path / name).write_text(text, "utf-8")
    files = [
        f"test_set.source={tmp_path / 'zh.txt'}",
        f"test_set.systems.mine={tmp_path / 'mt.txt'}",
    ]
    test_set = configured_test_set(["files", *files])
    assert test_set.segments["source"].tolist() == ["一", "二"]
    assert test_set.hypotheses["system"].tolist() == ["mine", "mine"]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (["article", "metrics=bleu"], "'metrics' does not say what is read"),
        (["article", "files"], "more than one test set is named"),
        (["test_set=mtme"], "the config value test_set.folder is needed"),
    ],
)
def test_what_is_refused(given: list[str], message: str) -> None:
    with pytest.raises(InputError, match=message):
        configured_test_set(given)
