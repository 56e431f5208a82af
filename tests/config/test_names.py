"""Names of systems and labels with dots, spaces and Chinese; files called like numbers."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from omegaconf import OmegaConf

from harness.api.options import part_of
from harness.config.names import restore_names, with_keys
from harness.errors import InputError
from harness.test_sets.configured import configured_test_set
from harness.test_sets.taxonomy import category_of


def config_section(*overrides: str) -> dict[str, object]:
    config = part_of("test_set=files", "test_set.source=zh", *overrides)
    return OmegaConf.to_container(config.test_set)  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("override", "systems"),
    [
        ("test_set.systems.Claude-3.5=A.txt", {"Claude-3.5": "A.txt"}),
        ("+test_set.systems.Claude-3.5=A.txt", {"Claude-3.5": "A.txt"}),
        ("test_set.systems={Claude-3.5: A.txt, B: b}", {"Claude-3.5": "A.txt", "B": "b"}),
        ("test_set.systems={'a: b, c': A.txt}", {"a: b, c": "A.txt"}),
        ("test_set.systems.GPT-4o (2024)=A b.txt", {"GPT-4o (2024)": "A b.txt"}),
        ("test_set.systems.译文 1=A.txt", {"译文 1": "A.txt"}),
        ("test_set.systems.1e5=1e5", {"1e5": "1e5"}),
        ("test_set.systems.true=true", {"true": "true"}),
        ("test_set.systems.nan=nan", {"nan": "nan"}),
        ("test_set.systems.a_u2e_b=A.txt", {"a_u2e_b": "A.txt"}),
        ("test_set.systems.A=null", {"A": None}),
    ],
)
def test_names_of_systems(override: str, systems: dict[str, str]) -> None:
    assert config_section(override)["systems"] == systems


def test_labels_with_any_characters() -> None:
    found = config_section("test_set.labels={Wrong number!: other, 术语/误译: terminology}")
    assert found["labels"] == {"Wrong number!": "other", "术语/误译": "terminology"}


@settings(max_examples=50)
@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="="), min_size=1))
def test_any_name_comes_back(name: str) -> None:
    key = with_keys(f"test_set.systems.{name}=x").removeprefix("test_set.systems.")
    config = OmegaConf.create({"test_set": {"systems": {key.removesuffix("=x"): "x"}}})
    restore_names(config)
    assert config == {"test_set": {"systems": {name: "x"}}}


def test_numbers_where_text_is_meant() -> None:
    config = part_of("cache=2024", "output=1e5", "mirror=true")
    assert (config.cache, config.output, config.mirror) == ("2024", "1e5", "true")


def test_a_test_set_with_such_names_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("zh", "1e5", "true"):
        (tmp_path / name).write_text(f"{name}\n", "utf-8")
    overrides = ["test_set=files", "test_set.source=zh", "test_set.systems.Claude-3.5=1e5"]
    test_set = configured_test_set([*overrides, "test_set.references.r.1=true"])
    assert test_set.hypotheses[["system", "hypothesis"]].to_numpy().tolist() == [
        ["Claude-3.5", "1e5"]
    ]
    assert list(test_set.reference_names) == ["r.1"]


def test_a_file_called_null(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "null").write_text("a\n", "utf-8")
    with pytest.raises(InputError, match="there is a file of this name") as caught:
        config_section("test_set.systems.a.b=null")
    assert caught.value.remedy == "name the file: test_set.systems.a.b=./null"
    assert config_section("test_set.systems.a.b=./null")["systems"] == {"a.b": "./null"}


@pytest.mark.parametrize("label", ['Wrong: "x", {y}', "it's", "Fehler/Übersetzung!", "a\\b"])
def test_the_remedy_for_a_label_works_when_typed(label: str) -> None:
    with pytest.raises(InputError) as caught:
        category_of(label)
    typed = (caught.value.remedy or "").partition("in the config: ")[2]
    (override,) = shlex.split(typed)
    labels = config_section(override)["labels"]
    assert isinstance(labels, dict)
    assert list(labels) == [label]
    assert category_of(label, labels=labels)


@pytest.mark.parametrize("names", [["1e5", "true"], ["nan", "A", "null"], ["2024"], ["-1.5"]])
def test_systems_that_look_like_numbers_are_chosen_by_name(names: list[str]) -> None:
    config = part_of(f"systems=[{','.join(names)}]", f"references=[{','.join(names)}]")
    assert (config.systems.names, config.references) == (names, names)
