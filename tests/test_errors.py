from __future__ import annotations

import pickle

import pytest

from harness.errors import InputError, unknown_name


def test_message_names_place_fault_and_remedy() -> None:
    error = InputError(
        "too few lines", file="a.txt", line=3, found="2", expected="4", remedy="add lines"
    )
    assert str(error).split("\n") == [
        "a.txt:3: too few lines",
        "  found:    2",
        "  expected: 4",
        "  remedy:   add lines",
    ]


def test_message_without_file_names_the_line() -> None:
    assert str(InputError("odd", line=7)) == "line 7: odd"


@pytest.mark.parametrize(
    "bad", ["\x1b[31m", "\u202e", "\x00", "\u2028", "\U000e0001", "\n  remedy:   x", "\r"]
)
def test_control_characters_never_reach_the_terminal(bad: str) -> None:
    rendered = str(InputError("odd", found=f"x{bad}y"))
    assert bad not in rendered
    assert "\\" in rendered


def test_error_survives_the_way_back_from_a_worker() -> None:
    error = pickle.loads(pickle.dumps(InputError("odd", file="f", line=2, remedy="mend")))
    assert (error.message, error.file, error.line, error.remedy) == ("odd", "f", 2, "mend")


def test_unknown_name_suggests_the_nearest_and_lists_all() -> None:
    message = str(unknown_name("metric", "blue", ["bleu", "chrf"], file="c.yaml"))
    assert "did you mean 'bleu'?" in message
    assert "bleu, chrf" in message
    assert message.startswith("c.yaml: ")


def test_unknown_name_without_a_near_one() -> None:
    message = str(unknown_name("metric", "qqqq", ["bleu"]))
    assert "did you mean" not in message


def test_unknown_name_among_very_many_is_short() -> None:
    message = str(unknown_name("segment", "x", (str(number) for number in range(1_000_000))))
    assert "one of 1,000,000 names: 0, 1, 10, 100, 1000, …" in message
    assert len(message) < 300
