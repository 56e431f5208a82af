"""Configs of strangers: aliases that explode, secrets of the environment, names that are paths."""

from __future__ import annotations

from pathlib import Path

import pytest
from omegaconf import DictConfig, OmegaConf

from harness.api.options import part_of
from harness.config.compose import config_of
from harness.config.groups import config_folders
from harness.errors import InputError
from harness.runs.config_checks import check_config
from harness.support import yaml_limits
from harness.support.yaml_limits import check_limits
from harness.test_sets.yaml_files import read_yaml

pytestmark = pytest.mark.reliability

BOMB = "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{new}: &{new} [{', '.join([f'*{old}'] * 10)}]\n"
    for old, new in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        (BOMB, 5, "the YAML aliases stand for too many values"),
        ("a: &a [*a]\n", 1, "a YAML alias contains itself"),
        ("a: 1\nb: &b {c: *b}\n", 2, "a YAML alias contains itself"),
    ],
)
def test_aliases_that_explode(tmp_path: Path, text: str, line: int, message: str) -> None:
    path = tmp_path / "metrics" / "x.yaml"
    path.parent.mkdir()
    path.write_text(text, "utf-8")
    for read in (lambda: config_folders(tmp_path), lambda: read_yaml(path)):
        with pytest.raises(InputError, match=message) as caught:
            read()
        assert (caught.value.file, caught.value.line) == (str(path), line)


def test_aliases_that_people_write_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(yaml_limits, "MOST_VALUES", 100)
    check_limits("a: &a [1, 2]\nb: [*a, *a]\nc: '*'\n", Path("x"))
    check_limits("a: &a 1\nb: [" + ", ".join(["*a"] * 90) + "]\n", Path("x"))
    check_limits("a: [*unknown]\n", Path("x"))  # left to whoever loads it


@pytest.mark.parametrize(
    ("override", "refused"),
    [
        ("test_set.name=${oc.env:SOME_VALUE}", True),
        ("focus=['${oc.env:SOME_VALUE}']", True),
        ("mirror=${oc.env:SOME_VALUE}", False),
        ("mirror=${oc.env:SOME_TOKEN}", True),
        ("test_set.source=${oc.env:SOME_VALUE}/zh", False),
        ("test_set.source=${oc.env:API_KEY,none}", True),
    ],
)
def test_values_of_the_environment(
    monkeypatch: pytest.MonkeyPatch, override: str, refused: bool
) -> None:
    for name in ("SOME_VALUE", "SOME_TOKEN", "API_KEY"):
        monkeypatch.setenv(name, "hunter2")
    if not refused:
        part_of("test_set=files", override)
        return
    with pytest.raises(InputError, match="is read from the environment") as caught:
        part_of("test_set=files", override)
    assert "hunter2" not in str(caught.value)


@pytest.fixture(scope="module")
def article() -> DictConfig:
    return config_of(["test_set=article"], None)


@pytest.mark.parametrize("name", ["../x", "/tmp/x", "a/b", ".x", "x.", "a\nb", "x" * 101, ""])
def test_a_plot_whose_name_is_no_file_name(article: DictConfig, name: str) -> None:
    config = article.copy()
    config.plots = OmegaConf.create({name: next(iter(config.plots.values()))})
    with pytest.raises(InputError, match="cannot be the name of a file"):
        check_config(config)
