from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harness.errors import InputError
from harness.test_sets.readers import lines
from harness.test_sets.readers.lines import (
    data_file,
    existing_file,
    has_text,
    read_lines,
    without_space,
)

pytestmark = pytest.mark.reliability


def written(folder: Path, content: bytes, name: str = "text.txt") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", []),
        (b"\n", [""]),
        (b"a", ["a"]),
        (b"a\n", ["a"]),
        (b"a\n\n", ["a", ""]),
        (b"a\nb", ["a", "b"]),
        (b"a\r\nb\r\n", ["a", "b"]),
        (b"a\rb\n", ["a\rb"]),
        (b"a\r\r\nb", ["a\r", "b"]),
        (b"\xef\xbb\xbfa\n", ["a"]),
        (b"\xef\xbb\xbf\xef\xbb\xbfa\n", ["\ufeffa"]),
        (b"a\n\xef\xbb\xbfb\n", ["a", "\ufeffb"]),
        (b"\xef\xbb\xbf", [""]),
    ],
)
def test_lines_end_at_line_feeds_only(tmp_path: Path, content: bytes, expected: list[str]) -> None:
    assert list(read_lines(written(tmp_path, content))) == expected


def test_characters_that_splitlines_breaks_at_stay_inside_a_line(tmp_path: Path) -> None:
    text = "a\u2028b\u2029c\x0bd\x0ce\x85f\x1cg\rh"
    assert list(read_lines(written(tmp_path, text.encode() + b"\n"))) == [text]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\n\ufeff"))),
    st.sampled_from(["\n", "\r\n"]),
)
def test_any_text_comes_back(tmp_path: Path, texts: list[str], end: str) -> None:
    texts = [text.rstrip("\r") for text in texts]
    path = written(tmp_path, "".join(text + end for text in texts).encode())
    assert list(read_lines(path)) == texts


def test_lines_come_one_by_one(tmp_path: Path) -> None:
    stream = read_lines(written(tmp_path, b"good\n\xff\n"))
    assert next(stream) == "good"
    with pytest.raises(InputError):
        next(stream)


@pytest.mark.parametrize(
    ("content", "line", "found"),
    [
        (b"good\nab\xffc\n", 2, "byte 0xff at byte 3 of the line"),
        (b"\xef\xbb\xbfa\xe4\n", 1, "byte 0xe4 at byte 5 of the line"),
        (b"\xed\xa0\x80\n", 1, "byte 0xed at byte 1 of the line"),
    ],
)
def test_a_line_that_is_not_utf8_is_named(
    tmp_path: Path, content: bytes, line: int, found: str
) -> None:
    path = written(tmp_path, content)
    with pytest.raises(InputError, match="the line is not UTF-8") as caught:
        list(read_lines(path))
    assert (caught.value.file, caught.value.line) == (str(path), line)
    assert caught.value.found == found
    assert caught.value.remedy == "save the file as UTF-8"


def test_utf16_is_recognised(tmp_path: Path) -> None:
    path = written(tmp_path, "text\n".encode("utf-16"))
    with pytest.raises(InputError, match="looks like UTF-16"):
        list(read_lines(path))


def test_a_line_without_end_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines, "LONGEST_LINE", 10)
    assert list(read_lines(written(tmp_path, b"123456789\n"))) == ["123456789"]
    with pytest.raises(InputError, match="the line is longer than 10 bytes") as caught:
        list(read_lines(written(tmp_path, b"a\n1234567890\n")))
    assert caught.value.line == 2


def test_missing_files_and_folders(tmp_path: Path) -> None:
    written(tmp_path, b"", "source.txt")
    with pytest.raises(InputError, match="there is no such file") as caught:
        list(read_lines(tmp_path / "sorce.txt"))
    assert caught.value.remedy == "did you mean 'source.txt'?"
    with pytest.raises(InputError, match=r"the folder .* exists"):
        existing_file(tmp_path / "something else entirely")
    with pytest.raises(InputError, match="does not exist or cannot be read"):
        existing_file(tmp_path / "nowhere" / "source.txt")
    with pytest.raises(InputError, match="this is a folder, not a file"):
        existing_file(tmp_path)
    with pytest.raises(InputError, match="there is no such file"):
        existing_file("a\0b")
    with pytest.raises(InputError, match="there is no such file"):
        existing_file("a" * 5000)


def test_white_space() -> None:
    assert without_space(" 中 国\u3000a\u00a0b\t") == "中国ab"
    assert [has_text(t) for t in ("", " ", "\u3000", "a", " a")] == [False] * 3 + [True] * 2


def test_data_file(tmp_path: Path) -> None:
    path = written(tmp_path, b"content")
    assert data_file(path).sha256 == hashlib.sha256(b"content").hexdigest()
    assert (data_file(path).bytes, data_file(path).name) == (7, str(path))
    assert data_file(path, "public").name == "public"


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf16_without_a_mark_is_named(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "texts"
    path.write_bytes("A line.\nAnother.\n".encode(encoding))
    with pytest.raises(InputError, match="looks like UTF-16 without a byte order mark") as caught:
        list(read_lines(path))
    assert (caught.value.file, caught.value.line) == (str(path), 1)
