"""What a terminal shows of long work; elsewhere nothing."""

from __future__ import annotations

import io
import sys

import pytest

from harness.support.progress import bar, doing


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_what_is_being_done_leaves_no_trace(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = Terminal()
    monkeypatch.setattr(sys, "stderr", screen)
    with pytest.raises(ValueError, match="x"), doing("counting"):
        assert screen.getvalue() == "\r\x1b[2Kcounting …"
        raise ValueError("x")
    assert screen.getvalue().endswith("…\r\x1b[2K")
    with doing("counting"), bar("words", 2) as words:
        words.advance(2)
    assert "counting …\r\x1b[2K" in screen.getvalue()  # the bar has the line for itself


def test_elsewhere_nothing_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    with doing("counting"), bar("words", 2) as words:
        words.advance()
    assert sys.stderr.getvalue() == ""  # type: ignore[attr-defined]
