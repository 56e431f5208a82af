"""One command: which subcommand is meant, its help, how every call ends."""

from __future__ import annotations

import argparse
import errno
import os
import subprocess
import sys
import tomllib
from importlib import import_module
from pathlib import Path

import pytest

from harness import __version__
from harness.commands import completion, report
from harness.commands.exit_codes import EXIT_CODES, Terminated
from harness.commands.main import COMMANDS, main, parser_of
from harness.errors import InputError
from tests.conftest import ROOT


def ends_with(monkeypatch: pytest.MonkeyPatch, error: BaseException | int, *arguments: str) -> int:
    """The exit code where the work of ``harness report`` raises ``error`` or gives that code."""

    def execute(options: argparse.Namespace) -> int:
        if isinstance(error, int):
            return error
        raise error

    monkeypatch.setattr(report, "execute", execute)
    return main(["report", "x", *arguments])


def test_there_is_one_program() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert set(project["scripts"]) == {"harness"}
    runnable = [
        p for p in (ROOT / "harness").rglob("*.py") if "if __name__ ==" in p.read_text("utf-8")
    ]
    assert [p.relative_to(ROOT).as_posix() for p in runnable] == ["harness/__main__.py"]


def test_every_subcommand_is_registered_and_has_a_module() -> None:
    helpers = {"__init__", "main", "catalogue", "completion", "exit_codes"}
    helpers |= {"options", "output", "surroundings", "texts"}
    modules = {p.stem for p in (ROOT / "harness" / "commands").glob("*.py")}
    assert modules - helpers == set(COMMANDS)
    for name in COMMANDS:
        module = import_module(f"harness.commands.{name}")
        assert callable(module.arguments) and callable(module.execute)


@pytest.mark.parametrize("name", [n for n in COMMANDS if n != "run"])
def test_each_has_a_help(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([name, "--help"]) == 0
    shown = " ".join(capsys.readouterr().out.split())
    assert shown.startswith(f"usage: harness {name} ")
    assert f"{COMMANDS[name][1:]}." in shown
    assert "Exit codes: 0 done; 1 a check found a problem" in shown


def test_the_help_names_every_command_group_and_code(capsys: pytest.CaptureFixture[str]) -> None:
    for arguments in (["--help"], ["-h"], ["run", "--help"], ["metrics=bleu", "--help"]):
        assert main(arguments) == 0
        shown = capsys.readouterr().out
        for name, meaning in COMMANDS.items():
            assert f"  {name:<10}{meaning}\n" in shown
        assert "weights: major_only, mqm_google, mqm_wmt23_official, unweighted\n" in shown
        for code, meaning in EXIT_CODES.items():
            assert f"{code} {meaning}" in " ".join(shown.split())
        assert max(map(len, shown.split("\n"))) <= 100


def test_the_help_lists_ones_own_options(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "weights").mkdir()
    (tmp_path / "weights" / "a_mine.yaml").write_text("# Mine.\n")
    assert main(["--help", "--config-dir", str(tmp_path)]) == 0
    assert "weights: a_mine, major_only" in capsys.readouterr().out


def test_the_version_is_harness_own(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"harness {__version__}\n"


def test_the_word_run_may_be_said(capsys: pytest.CaptureFixture[str]) -> None:
    shown = []
    for arguments in (["weights=unweighted"], ["run", "weights=unweighted"]):
        assert main([*arguments, "--cfg", "job", "-p", "weights"]) == 0
        shown.append(capsys.readouterr().out)
    assert shown[0] == shown[1]
    assert "name: unweighted" in shown[0]


@pytest.mark.parametrize("code", [0, 1, 3])
def test_the_codes_of_a_command_are_those_of_the_program(
    monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    assert ends_with(monkeypatch, code) == code


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (InputError("it is bad"), 2, "harness report: it is bad\n"),
        (OSError(errno.ENOSPC, "No space left", "/x"), 2, "cannot be written: No space left\n"),
        (OSError(errno.EACCES, "Permission denied"), 70, "please report it\n"),
        (ZeroDivisionError("a defect"), 70, "ZeroDivisionError: a defect\nharness: this is a"),
        (KeyboardInterrupt(), 130, f"harness: interrupted; {report.KEPT}\n"),
        (Terminated(), 143, f"harness: ended by SIGTERM; {report.KEPT}\n"),
    ],
)
def test_how_errors_end(
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    error: BaseException,
    code: int,
    said: str,
) -> None:
    copy = os.dup(1)  # a full disk closes standard output for good
    try:
        assert ends_with(monkeypatch, error) == code
    finally:
        os.dup2(copy, 1)
        os.close(copy)
    captured = capfd.readouterr()
    assert said in captured.err
    assert captured.out == ""


def test_a_closed_pipe_is_no_error() -> None:
    for command in ("list injectors", "describe bleu", "--help", "datasets list", "--cfg job"):
        shell = f"set -o pipefail; {sys.executable} -m harness {command} | true"
        done = subprocess.run(["bash", "-c", shell], capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, ""), command


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["scroe", "-t", "x"], "did you mean 'score'?"),
        (["scores", "-t", "x"], "did you mean 'score'?"),
        (["scroe"], "did you mean 'score'?"),
        (["store"], "the following arguments are required: COMMAND"),
        (["--metrics=bleu"], "there is no option '--metrics=bleu'"),
        (["--metrics=bleu"], "write metrics=bleu;"),
        (["--metrics", "bleu"], "write metrics=bleu;"),
        (["--metrics", "bleu,chrf"], "write 'metrics=[bleu,chrf]';"),
        (["metrics=[bleu,chrf"], "'metrics=[bleu,chrf]'"),
        (["metrics=bleu", "metrics=chrf"], "all in one: 'metrics=[bleu,chrf]'"),
        (["-x"], "unrecognized arguments: -x"),
        (["-m", "metrics=bleu,chrf", "--cfg", "job"], "a sweep has no one config to show"),
        (["--resolve"], "add --cfg job"),
        (["--cfg", "jib"], "invalid choice: 'jib'"),
        (["metrics=bleu,chrf"], "'metrics=[bleu,chrf]'"),
    ],
)
def test_bad_arguments_are_one_message(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    said = capsys.readouterr()
    assert message in said.err
    assert said.err.startswith("harness")
    assert "Traceback" not in said.err


def test_m_may_stand_between_overrides(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    common = ["sentinels=none", "plots=none", "injectors=none", "dry_run=true"]
    assert main(["weights=unweighted", "-m", "metrics=bleu,chrf", *common]) == 0
    lines = [line for line in capsys.readouterr().out.split("\n") if "pieces to compute" in line]
    assert len(lines) == 2
    assert all("weights=unweighted" in line for line in lines)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (["store", ""], ["info", "verify", "prune"]),
        (["store", "pr"], ["prune"]),
        (["store", "prune", "--d"], ["--days"]),
        (["list", "me"], ["metrics"]),
        (["describe", "wmt22_zhen_"], ["wmt22_zhen_news"]),
        (["score", "--se"], ["--segments"]),
    ],
)
def test_subcommands_complete(line: list[str], expected: list[str]) -> None:
    found = completion.words_of_command(parser_of(line[0]), line[1:])
    assert [word for word in found if word != "--help"] == expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("harness st", {"store", "store=", "statistics="}),
        ("harness weights=m", {"weights=major_only", "weights=mqm_google"}),
        ("harness weights=unweighted metrics.bleu.tok", {"metrics.bleu.tokenize="}),
        ("harness -m weights=m", {"weights=major_only", "weights=mqm_google"}),
        ("harness store pr", {"prune"}),
    ],
)
def test_a_shell_is_told_what_may_follow(
    line: str,
    expected: set[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("COMP_LINE", line)
    assert main(["-sc", "query=bash"]) == 0
    assert expected <= set(capsys.readouterr().out.split())


def test_completion_can_be_installed(capsys: pytest.CaptureFixture[str]) -> None:
    for shell in ("bash", "zsh", "fish"):
        assert main(["-sc", f"install={shell}"]) == 0
        assert "-sc query=" in capsys.readouterr().out


@pytest.mark.parametrize("given", ["abc", "-1", "1.5", "\u0663"])
def test_a_date_that_is_no_number(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], given: str
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", given)
    assert main(["list", "metrics"]) == 2
    told = capsys.readouterr().err
    assert "SOURCE_DATE_EPOCH is no number of seconds" in told and "unset SOURCE_DATE_EPOCH" in told
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1767225600")
    assert main(["list", "metrics"]) == 0


def test_a_process_that_is_asked_to_end() -> None:
    """Whatever MPLBACKEND says, the process starts; SIGTERM ends it with one line."""
    program = (
        "import os, signal, harness.commands.main as m\n"
        "m.main = lambda: m.ended(lambda: os.kill(os.getpid(), signal.SIGTERM), 'x', lambda: 'k')\n"
        "m.run_process()"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False,
        env={**os.environ, "MPLBACKEND": "nonsense"},
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (143, "\nharness: ended by SIGTERM; k\n")
