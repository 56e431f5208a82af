"""The command ``harness compare``: what it prints, what it writes, what it refuses."""

from __future__ import annotations

import csv
import json
import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from sacrebleu.metrics.chrf import CHRF
from sacrebleu.significance import PairedTest

from harness.commands.main import main as program
from tests.support.small import SOURCES, TEXTS


def main(arguments: list[str]) -> int:
    return program(["compare", *arguments])


@pytest.fixture
def files(tmp_path: Path) -> dict[str, str]:
    documents = ["d1", "d1", "d2", "d3"]
    named = {**TEXTS, "src": SOURCES, "short": TEXTS["good"][:3], "documents": documents}
    for name, lines in named.items():
        (tmp_path / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    return {name: str(tmp_path / name) for name in named}


def given(files: dict[str, str], *names: str) -> list[str]:
    chosen = [part for name in names for part in ("-t", files[name])]
    return ["-r", files["refA"], *chosen, "--metrics", "chrf,ter"]


def test_the_p_values_are_those_of_sacrebleu(
    files: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    options = ["--bootstrap", "300", "--randomisation", "400", "--mode", "sacrebleu", "--json"]
    assert main([*given(files, "good", "poor", "refB"), *options]) == 0
    tables = json.loads(capsys.readouterr().out)
    rows = {
        (row["test"], frozenset((row["system_1"], row["system_2"]))): row
        for row in tables["system_tests"]
        if row["metric"] == "chrf"
    }
    for test, short, samples in (("bootstrap", "bs", 300), ("randomisation", "ar", 400)):
        systems = [(name, TEXTS[name]) for name in ("good", "poor", "refB")]
        theirs = PairedTest(systems, {"x": CHRF()}, [TEXTS["refA"]], short, samples)()[1]
        for name, result in zip(("poor", "refB"), theirs["chrF2"][1:], strict=True):
            assert rows[test, frozenset(("good", name))]["p"] == pytest.approx(result.p_value)
    assert {row["system"] for row in tables["system_intervals"]} == {"good", "poor", "refB"}
    assert {row["unit"] for row in tables["system_tests"]} == {"segment"}


def test_what_it_prints(files: dict[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*given(files, "poor", "good"), "-d", files["documents"]]) == 0
    lines = capsys.readouterr().out.split("\n")
    assert lines[0] == "chrF: 2 translations; draws of documents (only 3 documents)"
    assert lines[1].split()[-1] == "good" and lines[2].split()[-1] == "poor"
    assert lines[3].startswith("    good - poor: ")
    assert "(bootstrap)" in lines[3] and "(randomisation)" in lines[3]
    assert lines[5].startswith("−TER")


def test_many_pairs_are_counted(files: dict[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    more = []
    for i in range(5):
        copy = Path(files["good"]).with_name(f"copy{i}")
        copy.write_text(Path(files["good"]).read_text())
        more += ["-t", str(copy)]
    assert main([*given(files, "good"), *more, "--bootstrap", "0"]) == 0
    assert "of 15 pairs, told apart with p <= 0.05: 0 by randomisation" in capsys.readouterr().out


def test_the_csv_has_every_test(files: dict[str, str], tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    assert main([*given(files, "good", "poor"), "--csv", str(out)]) == 0
    with out.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [(r["metric"], r["test"], r["system_1"]) for r in rows] == [
        ("chrf", "bootstrap", "good"),
        ("chrf", "randomisation", "good"),
        ("ter", "bootstrap", "good"),
        ("ter", "randomisation", "good"),
    ]
    assert all(float(row["score_1"]) >= float(row["score_2"]) for row in rows)


def test_files_of_one_name_are_told_apart_by_their_folders(
    files: dict[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "b").mkdir()
    (tmp_path / "b/good").write_text("\n".join(TEXTS["poor"]) + "\n")
    arguments = ["-r", files["refA"], "-t", files["good"], "-t", str(tmp_path / "b/good")]
    assert main([*arguments, "--metrics", "chrf", "--json"]) == 0
    (row, _) = json.loads(capsys.readouterr().out)["system_tests"]
    assert (row["system_1"], row["system_2"]) == (f"{tmp_path.name}/good", "b/good")


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (["-t", "{short}"], "there is no line for this segment"),
        (["-t", "{good}"], "named twice"),
        (["-t", "absent"], "absent"),
        (["--bootstrap", "-1"], "system_tests.bootstrap"),
        (["--mode", "moses"], "system_tests.mode"),
        (["--metrics", "blue"], "blue"),
        (["-d", "{short}"], "there is no line for this segment"),
        (["--csv", "absent/out.csv"], "cannot be written"),
        (["--csv", "x" * 300], "cannot be written"),
        (["--metrics", ""], "no metric is selected"),
        (["metrics.chrf.char_order=0"], "char_order"),
        (["test_set=article"], "no parameter of a metric"),
    ],
)
def test_what_it_refuses(
    files: dict[str, str], capsys: pytest.CaptureFixture[str], more: list[str], message: str
) -> None:
    arguments = given(files, "good", "poor")
    if "--metrics" in more:
        arguments = arguments[: arguments.index("--metrics")]
    assert main([*arguments, *(part.format(**files) for part in more)]) == 2
    told = capsys.readouterr()
    assert message in told.err and not told.out


@pytest.mark.parametrize(
    ("option", "remedy"), [("--bootstrap", "--bootstrap VALUE"), ("--mode", "--mode exact")]
)
def test_a_refused_option_is_mended_by_the_option(
    files: dict[str, str], capsys: pytest.CaptureFixture[str], option: str, remedy: str
) -> None:
    value = "-1" if option == "--bootstrap" else "moses"
    assert main([*given(files, "good", "poor"), option, value]) == 2
    assert f"remedy:   give {remedy}\n" in capsys.readouterr().err


def test_an_input_is_not_overwritten(
    files: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    before = Path(files["poor"]).read_bytes()
    assert main([*given(files, "good", "poor"), "--csv", files["poor"]]) == 2
    assert "one that is read" in capsys.readouterr().err
    assert Path(files["poor"]).read_bytes() == before


def run_command(files: dict[str, str], shell: str, **environment: str) -> tuple[int, str]:
    """The command, ``CMD`` in a line of the shell: its exit code, and what it says of errors."""
    command = shlex.join([sys.executable, "-m", "harness", "compare", *given(files, "good")])
    done = subprocess.run(
        ["bash", "-c", shell.replace("CMD", command)],
        capture_output=True,
        text=True,
        env={**os.environ, **environment},
    )
    return done.returncode, done.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full and bash")
def test_how_it_ends_where_its_output_goes_nowhere(files: dict[str, str]) -> None:
    code, said = run_command(files, "CMD > /dev/full")
    assert code == 2 and "the output cannot be written: No space left" in said
    assert "Exception" not in said
    assert run_command(files, "set -o pipefail; CMD --json | true") == (0, "")
    code, said = run_command(files, "CMD", PYTHONIOENCODING="ascii")
    assert code == 2 and "the output's encoding, ascii, cannot show" in said
