"""The sentences that docs/tutorial.md quotes are those that its commands print."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest

from harness.commands.exit_codes import EXIT_CODES
from harness.commands.main import main

DOCS = Path(__file__).resolve().parent.parent / "docs"


def steps() -> dict[str, tuple[list[str], list[str]]]:
    """Of each command with an output: its arguments, and the sentences quoted until the next."""
    found: dict[str, tuple[list[str], list[str]]] = {}
    quoted: list[str] = []
    text = (DOCS / "tutorial.md").read_text("utf-8")
    for block in re.findall(r"```sh\n(.*?)```|^> ([^\n]*)$", text, re.S | re.M):
        if block[0]:
            words = shlex.split(block[0])[1:]
            name = next((w for w in words if w.startswith("output=")), "")
            quoted = []
            found[name.removeprefix("output=")] = (words, quoted)
        else:
            quoted.append(block[1])
    return found


@pytest.mark.parametrize("step", ["step1", pytest.param("step3", marks=pytest.mark.slow)])
def test_what_is_quoted_is_said(step: str, mirror: Path, tmp_path: Path) -> None:
    words, quoted = steps()[step]
    words = [w for w in words if not w.startswith(("output=", "plots="))]
    output = tmp_path / step
    given = [*words, "plots=none", "report=none", f"mirror={mirror}", f"output={output}"]
    assert main(given) == 0
    claims = json.loads((output / "run.json").read_text("utf-8"))["claims"]
    said = {claim["text"] for claim in claims}
    assert len(quoted) >= 3
    for sentence in quoted:
        assert sentence in said


def test_every_exit_code_is_told_to_scripts() -> None:
    text = (DOCS / "agents.md").read_text("utf-8")
    for code, meaning in EXIT_CODES.items():
        assert f"| {code} | {meaning} |" in text
