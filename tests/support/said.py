"""What a command says and returns, called in this process."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from harness.commands.main import main

__all__ = ["Command", "check_command"]


@dataclass(frozen=True)
class Command:
    """A call of ``harness``, in a folder of small files, and its outcome: the exit code, and what
    stands on stderr (parts of it; ``remedy`` of the line that says what to do)."""

    name: str
    arguments: str | Sequence[str]
    says: str
    remedy: str = ""
    code: int = 2

    def __str__(self) -> str:
        return self.name


def check_command(
    case: Command, folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Check the outcome, and that a refused command wrote nothing."""
    monkeypatch.chdir(folder)
    before = sorted(path.name for path in folder.rglob("*"))
    given = case.arguments.split() if isinstance(case.arguments, str) else list(case.arguments)
    code = main(given)
    said = capsys.readouterr().err
    assert (code, case.says in said) == (case.code, True), said
    assert "Traceback" not in said
    if case.remedy:
        remedies = [line for line in said.split("\n") if line.startswith("  remedy:")]
        assert case.remedy in "".join(remedies), said
    if code:
        assert sorted(path.name for path in folder.rglob("*")) == before
