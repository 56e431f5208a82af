"""``harness plot``: a plot of a run again, in the formats that papers and slides need."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from harness.commands.main import main


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("plot") / "run"
    code = main(
        [
            *("metrics=[bleu,chrf]", "sentinels=[length]", "injection.enabled=false"),
            *(
                "attacks.enabled=false",
                "report.png=true",
                "plots=system_scores",
                "focus=bleu",
                f"output={folder}",
            ),
        ]
    )
    assert code == 0
    return folder


def test_a_plot_in_the_form_of_the_run(run: Path, tmp_path: Path) -> None:
    """What a run wrote as SVG and PNG is what the command writes."""
    for kind in ("svg", "png"):
        file = tmp_path / f"again.{kind}"
        assert main(["plot", str(run), "system_scores", "--output", str(file)]) == 0
        assert file.read_bytes() == (run / "plots" / f"system_scores.{kind}").read_bytes()


def test_a_pdf_has_its_fonts_and_no_type_3(
    run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["plot", str(run), "system_scores"]) == 0
    assert capsys.readouterr().out == "plot: system_scores.pdf\n"
    raw = (tmp_path / "system_scores.pdf").read_bytes()
    assert raw.startswith(b"%PDF") and b"/FontFile2" in raw and b"/Type3" not in raw


def test_dots_and_parameters(run: Path, tmp_path: Path) -> None:
    sizes = []
    for dpi in ("50", "100"):
        file = tmp_path / f"{dpi}.png"
        given = ["plot", str(run), "penalty_profile", "view=severity", "--dpi", dpi]
        assert main([*given, "--output", str(file)]) == 0
        sizes.append(int.from_bytes(file.read_bytes()[16:20], "big"))
    assert sizes[1] == pytest.approx(2 * sizes[0], abs=2)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["nope"], "there is no option of plots 'nope'"),
        (["none"], "there is no plot 'none'"),
        (["penalty_profile", "view"], "a parameter of the plot is not KEY=VALUE"),
        (["penalty_profile", "view=["], "the value of view cannot be read"),
        (["penalty_profile", "view=nope"], "there is no view in the tables 'nope'"),
        (["penalty_profile", "nope=1"], "nope"),
        (["penalty_profile", "--dpi", "5"], "--dpi is out of range"),
        (["penalty_profile", "--output", "x.gif"], "the ending of --output is not that of the"),
        (["penalty_profile", "--output", "x.png", "--format", "pdf"], r"expected: \.pdf"),
        (["penalty_profile", "--output", "no/such/x.pdf"], "the plot cannot be written"),
        (["category_heatmap"], "there is nothing to draw in the plot category_heatmap"),
    ],
)
def test_what_cannot_be_drawn(
    run: Path, given: list[str], said: str, capsys: pytest.CaptureFixture[str],
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    assert main(["plot", str(run), *given]) == 2
    assert re.search(said, capsys.readouterr().err)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_without_a_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["plot", str(tmp_path), "system_scores"]) == 2
    assert "the folder holds no run" in capsys.readouterr().err
