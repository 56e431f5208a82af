"""``harness list`` and ``describe``: what they print is stated in conf, docstrings and cards."""

from __future__ import annotations

import inspect
import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from harness.commands.catalogue import KINDS
from harness.commands.main import main
from harness.config.groups import config_folders, group_options
from harness.metrics.sacrebleu import BLEU
from harness.support.resources import resource_folder
from harness.test_sets.cards import card_names


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    assert main([*arguments, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


@pytest.fixture
def own(tmp_path: Path) -> Path:
    (tmp_path / "metrics").mkdir()
    (tmp_path / "metrics" / "mine.yaml").write_text(
        "# My metric: quick. It is mine.\nmine:\n"
        "  _target_: harness.metrics.sacrebleu.BLEU\n  name: my BLEU\n  smooth_value: 0.5\n"
    )
    return tmp_path


@pytest.mark.parametrize("kind", KINDS)
def test_every_option_has_one_line(kind: str, capsys: pytest.CaptureFixture[str]) -> None:
    rows = told(capsys, "list", kind)
    assert [row["name"] for row in rows] == group_options(config_folders())[KINDS[kind]]
    assert all(row["meaning"].strip() and "\n" not in row["meaning"] for row in rows)
    assert main(["list", kind]) == 0
    lines = capsys.readouterr().out.rstrip("\n").split("\n")
    assert [line.split(" ")[0] for line in lines] == [row["name"] for row in rows]


def test_a_test_set_is_called_by_the_title_of_its_card(capsys: pytest.CaptureFixture[str]) -> None:
    meanings = {row["name"]: row["meaning"] for row in told(capsys, "list", "test_sets")}
    assert set(card_names()) <= set(meanings)
    for name in card_names():
        card = yaml.safe_load((resource_folder("datasets") / name / "card.yaml").read_text("utf-8"))
        assert meanings[name] == card["title"]
        known = told(capsys, "describe", f"test_sets/{name}")
        assert known["card"]["licence"] == card["licence"]
        assert known["card"]["counts"] == card["counts"]
        assert known["card"].get("quirks") == card.get("quirks")


def test_a_metric_is_described_by_its_class_and_its_config(
    capsys: pytest.CaptureFixture[str],
) -> None:
    known = told(capsys, "describe", "bleu")
    assert (known["kind"], known["setting"]) == ("metrics", "metrics=bleu")
    assert known["what it is"].split("\n")[0] == (inspect.getdoc(BLEU) or "").split("\n")[0]
    parameters = {row["setting"]: row["default"] for row in known["parameters"]}
    assert set(parameters) == {f"metrics.bleu.{n}" for n in inspect.signature(BLEU).parameters}
    assert parameters["metrics.bleu.tokenize"] == "auto"
    assert parameters["metrics.bleu.smooth_value"] is None
    assert main(["describe", "bleu"]) == 0
    shown = capsys.readouterr().out
    assert "metrics.bleu.smooth_value=null" in shown  # as it is typed
    assert "``" not in shown


def test_meanings_of_parameters_are_those_of_the_docstring(
    capsys: pytest.CaptureFixture[str],
) -> None:
    rows = {row["name"]: row for row in told(capsys, "describe", "mqm_google")["parameters"]}
    assert rows["severity"]["meaning"] == "Severity -> penalty."
    assert rows["severity"]["default"] == {"major": 5, "minor": 1, "neutral": 0}


def test_the_parts_of_an_option_are_known_too(capsys: pytest.CaptureFixture[str]) -> None:
    parts = told(capsys, "describe", "statistics/default")["parts"]
    assert parts["segment_kendall"].startswith("Kendall's tau-b, in [-1, 1]")
    part = told(capsys, "describe", "segment_kendall")
    assert (part["name"], part["kind"]) == ("segment_kendall", "statistics")
    assert told(capsys, "describe", "COMET-22")["setting"] == "metrics=submitted"


def test_ones_own_configs_are_there(own: Path, capsys: pytest.CaptureFixture[str]) -> None:
    given = ("--config-dir", str(own))
    rows = {row["name"]: row["meaning"] for row in told(capsys, "list", "metrics", *given)}
    assert rows["mine"] == "My metric: quick."
    assert "bleu" in rows
    known = told(capsys, "describe", "mine", *given)
    defaults = {row["name"]: row["default"] for row in known["parameters"]}
    assert (defaults["name"], defaults["smooth_value"]) == ("my BLEU", 0.5)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["list", "metric"], "did you mean 'metrics'?"),
        (["describe", "chrff"], "did you mean 'chrf'?"),
        (["describe", "metrics/length"], "there is no name in metrics 'length'"),
        (["describe", "metric/bleu"], "did you mean 'metrics'?"),
        (["describe", "none"], "harness describe metrics/none"),
        (["list", "metrics", "--config-dir", "absent"], "--config-dir does not exist"),
        (["list"], "the following arguments are required: KIND"),
    ],
)
def test_a_wrong_name_is_answered(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    said = capsys.readouterr()
    assert message in said.err
    assert said.out == ""


def test_what_a_users_folder_says_cannot_act_on_the_terminal(
    own: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (own / "metrics" / "mine.yaml").write_text("# My \u202emetric.\nmine: {}\n", "utf-8")
    for arguments in (["list", "metrics"], ["describe", "mine"]):
        assert main([*arguments, "--config-dir", str(own)]) == 0
        shown = capsys.readouterr().out
        assert "My \\u202emetric." in shown
        assert "\u202e" not in shown
