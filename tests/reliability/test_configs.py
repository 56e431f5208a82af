"""Folders of a user's own configs that are wrong: the file and the line are named."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from harness.config.compose import config_of
from harness.errors import InputError
from harness.runs.setup import set_up
from tests.support.bad_inputs import assert_readable, named

pytestmark = pytest.mark.reliability


@dataclass(frozen=True)
class Config:
    """``metrics/mine.yaml`` with this text is refused at ``line`` with what it says."""

    name: str
    text: str | bytes
    line: int | None
    says: str

    def __str__(self) -> str:
        return self.name


BROKEN = [
    Config(
        "a bracket that is not closed", "mine:\n  _target_: {a\n", 3, "the config cannot be read"
    ),
    Config("a tab", "mine:\n\t_target_: x\n", 2, "the config cannot be read"),
    Config("not UTF-8", b"mine:\n  name: caf\xe9\n", 2, "the line is not UTF-8"),
    Config("a control character", "mine:\n  name: \x01\n", 2, "the config cannot be read"),
    Config("a key twice", "mine:\n  name: a\n  name: b\n", 3, "found duplicate key name"),
    Config("code", "mine: !!python/object/apply:os.system [ls]\n", 1, "the config cannot be read"),
    Config("an alias of itself", "mine: &a [*a]\n", 1, "a YAML alias contains itself"),
    Config("deep nesting", "mine: " + "[" * 2000 + "\n", 1, "the YAML is nested too deep"),
    Config("deep nesting in blocks", "- " * 2000 + "\n", 1, "the YAML is nested too deep"),
]


@named(BROKEN)
def test_files_that_are_no_yaml(case: Config, tmp_path: Path) -> None:
    path = tmp_path / "metrics" / "mine.yaml"
    path.parent.mkdir()
    path.write_bytes(case.text if isinstance(case.text, bytes) else case.text.encode())
    with pytest.raises(InputError) as caught:
        config_of(["metrics=mine"], tmp_path)
    assert (caught.value.file, caught.value.line) == (str(path), case.line), caught.value
    assert case.says in str(caught.value), caught.value
    assert_readable(caught.value)


WRONG = [
    Config("no class", "mine:\n  name: x\n", None, "names no class"),
    Config("a class that there is not", "mine:\n  _target_: harness.metrics.X\n", None, "which does not exist"),
    Config("a class of another package", "mine:\n  _target_: os.system\n", None, "the config may not build 'os.system'"),
    Config("code that runs when imported", "mine:\n  _target_: this.s\n", None, "the config may not build 'this.s'"),
    Config("a function", "mine:\n  _target_: harness.errors.visible\n", None, "the config may not build"),
    Config("another kind of object", "mine:\n  _target_: harness.ratings.views.Level1\n", None, "describes no metric"),
    Config("an unknown parameter", "mine:\n  _target_: harness.metrics.sacrebleu.BLEU\n  tokeniser: zh\n", None, "does not fit"),
    Config("a value of another kind", "mine:\n  _target_: harness.metrics.sacrebleu.BLEU\n  lowercase: maybe\n", None, "lowercase"),
]  # fmt: skip


@named(WRONG)
def test_files_that_describe_no_metric(case: Config, tmp_path: Path) -> None:
    (tmp_path / "metrics").mkdir()
    (tmp_path / "metrics" / "mine.yaml").write_text(str(case.text), "utf-8")
    with pytest.raises(InputError) as caught:
        set_up(config_of(["test_set=article", "metrics=mine", "plots=none"], tmp_path))
    assert case.says in str(caught.value), caught.value
    assert_readable(caught.value)
