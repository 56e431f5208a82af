"""Files as they break: a part lost, doubled or moved, and what does not belong there put in."""

from __future__ import annotations

import random
import re

__all__ = ["HOSTILE", "mutated"]

#: What is put into files: ends of lines, separators, marks, numbers and names that are none.
HOSTILE = tuple(
    text.encode("utf-8", "surrogatepass")
    for text in (
        *("\n", "\r\n", "\r", "\n\n", "\t", "\t\t", ",", '"', '""', "\\", "'", " ", "\u3000", "\0"),
        *("\u2028", "\u0085", "\v", "\f", "\ufeff", "\u202e", "\u200b", "e\u0301", "\ud800", "𝒂"),
        *("\\ud800", "\\u0000", "\\n", "<v>", "</v>", "<V>", "&lt;v&gt;", "<v/>", "&amp;", "&#0;"),
        *("&x;", "<!DOCTYPE x>", "<![CDATA[", "<!--", "</seg>", "<seg>", "</doc>", "<?x?>"),
        *("None", "none", "null", "nan", "NaN", "inf", "-inf", "1e308", "-1e308", "1e999", "1_0"),
        *("-1", "0", "-0", "1.5", "+1", "007", "٣", "９", "9" * 400, "9" * 5000, "0x10", "True"),
        *("{", "}", "[", "]", "{}", "[]", ":", "[" * 2000, '{"a":' * 1000, "true"),
        *('{"a":1,"a":2}', "!!python/name:os.x"),
        *(
            "No-error",
            "critical",
            "MAJOR",
            "unknown",
            "mt",
            "good",
            "*x",
            "&x",
            "!!python/name:os.x",
        ),
        *("system\tscore", "#", "-", "---", "? ", "%", "${oc.env:HOME}", "../../x", "/dev/zero"),
    )
)
_NUMBER = re.compile(rb"-?[0-9]+(?:\.[0-9]+)?")
_CELL = re.compile(rb"[\t,]")


def mutated(content: bytes, draw: random.Random) -> bytes:
    """``content`` with one to four faults; the same for the same state of ``draw``."""
    for _ in range(draw.choice((1, 1, 1, 2, 2, 3, 4))):
        content = draw.choice(_FAULTS)(content, draw)
    return content


def _span(content: bytes, draw: random.Random, longest: int = 40) -> tuple[int, int]:
    start = draw.randint(0, len(content))
    return start, min(len(content), start + draw.randint(0, longest))


def _put_in(content: bytes, draw: random.Random) -> bytes:
    at = draw.randint(0, len(content))
    return content[:at] + draw.choice(HOSTILE) + content[at:]


def _replaced(content: bytes, draw: random.Random) -> bytes:
    start, end = _span(content, draw)
    return content[:start] + draw.choice(HOSTILE) + content[end:]


def _random_bytes(content: bytes, draw: random.Random) -> bytes:
    start, end = _span(content, draw, 4)
    return content[:start] + draw.randbytes(draw.randint(1, 4)) + content[end:]


def _lost(content: bytes, draw: random.Random) -> bytes:
    start, end = _span(content, draw)
    return content[:start] + content[end:]


def _doubled(content: bytes, draw: random.Random) -> bytes:
    start, end = _span(content, draw)
    return content[:end] + content[start:end] + content[end:]


def _flipped(content: bytes, draw: random.Random) -> bytes:
    if not content:
        return content
    at = draw.randrange(len(content))
    return content[:at] + bytes([content[at] ^ 1 << draw.randrange(8)]) + content[at + 1 :]


def _truncated(content: bytes, draw: random.Random) -> bytes:
    return content[: draw.randint(0, len(content))]


def _number(content: bytes, draw: random.Random) -> bytes:
    """Another number, or something that is none, in the place of one."""
    found = list(_NUMBER.finditer(content))
    if not found:
        return content
    place = draw.choice(found)
    return content[: place.start()] + draw.choice(HOSTILE) + content[place.end() :]


def _lines(content: bytes, draw: random.Random) -> bytes:
    """A line lost, doubled or moved."""
    lines = content.split(b"\n")
    line = lines.pop(draw.randrange(len(lines)))
    for _ in range(draw.choice((0, 1, 2))):
        lines.insert(draw.randint(0, len(lines)), line)
    return b"\n".join(lines)


def _cells(content: bytes, draw: random.Random) -> bytes:
    """A cell of a line lost, doubled or moved to another place."""
    lines = content.split(b"\n")
    at = draw.randrange(len(lines))
    separator = b"\t" if b"\t" in lines[at] else b","
    cells = lines[at].split(separator)
    cell = cells.pop(draw.randrange(len(cells)))
    for _ in range(draw.choice((0, 1, 1, 2))):
        cells.insert(draw.randint(0, len(cells)), cell)
    lines[at] = separator.join(cells)
    return b"\n".join(lines)


def _one_cell(content: bytes, draw: random.Random) -> bytes:
    """Something else in the place of a cell."""
    ends = [0, *(found.end() for found in _CELL.finditer(content))]
    start = draw.choice(ends)
    found = re.compile(rb"[\t,\n]").search(content, start)
    end = found.start() if found else len(content)
    return content[:start] + draw.choice(HOSTILE) + content[end:]


def _line_ends(content: bytes, draw: random.Random) -> bytes:
    return content.replace(b"\n", draw.choice((b"\r\n", b"\r", b"\n\n", b"\n\r", b" \n")))


def _encoded(content: bytes, draw: random.Random) -> bytes:
    """As another program writes it: in another encoding, or with a mark at its start."""
    try:
        text = content.decode()
        return text.encode(draw.choice(("utf-8-sig", "utf-16", "utf-16-le", "gb18030", "utf-7")))
    except UnicodeError:
        return content


_FAULTS = (
    *(_put_in, _replaced, _random_bytes, _lost, _doubled, _flipped, _truncated, _number),
    *(_number, _lines, _cells, _cells, _one_cell, _one_cell, _line_ends, _encoded),
)
