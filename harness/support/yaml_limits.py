"""YAML that nobody would write, refused before it is loaded: aliases (``*name``) that stand for
more values than memory holds, and values nested deeper than Python can follow."""

from __future__ import annotations

from pathlib import Path

from harness.errors import InputError

__all__ = ["DEEPEST", "MOST_VALUES", "check_limits", "line_of_mistake"]

#: A file that stands for more values than this, its aliases written out, is refused.
MOST_VALUES = 100_000
#: So many lists and mappings may stand inside each other.
DEEPEST = 50


def check_limits(text: str, file: Path) -> None:
    """Refuse YAML with an alias that contains itself, aliases that stand for more than
    :data:`MOST_VALUES` values together, or values nested deeper than :data:`DEEPEST`. Other
    mistakes are left to whoever loads it.

    Raises
    ------
    InputError
        It has such aliases or values.
    """
    import yaml

    sizes: dict[str, int] = {}
    opened: list[tuple[str | None, int]] = [(None, 0)]
    try:
        for event in yaml.parse(text, yaml.SafeLoader):
            anchor = getattr(event, "anchor", None)
            if isinstance(event, yaml.CollectionStartEvent):
                opened.append((anchor, 1))
                if len(opened) > DEEPEST + 1:
                    more = f"more than {DEEPEST} lists and mappings inside each other"
                    raise _refused("the YAML is nested too deep", more, event, file)
                continue
            size = 0
            if isinstance(event, yaml.AliasEvent):
                if any(name == anchor for name, _ in opened):
                    raise _refused("a YAML alias contains itself", f"*{anchor}", event, file)
                size = sizes.get(str(anchor), 1)
            elif isinstance(event, yaml.ScalarEvent):
                size = 1
            elif isinstance(event, yaml.CollectionEndEvent):
                anchor, size = opened.pop()
            if anchor and not isinstance(event, yaml.AliasEvent):
                sizes[str(anchor)] = size
            name, so_far = opened.pop()
            opened.append((name, so_far + size))
            if so_far + size > MOST_VALUES:
                message = "the YAML aliases stand for too many values"
                raise _refused(message, f"more than {MOST_VALUES:,}", event, file)
    except (yaml.YAMLError, ValueError):  # ValueError: a character that there is not
        return


def line_of_mistake(error: Exception, text: str) -> int | None:
    """The line of a mistake that the YAML ``text`` has, if ``error`` tells it."""
    mark = getattr(error, "problem_mark", None)
    if mark is not None:
        return int(mark.line) + 1
    position = getattr(error, "position", None)  # of a character that YAML does not allow
    return text.count("\n", 0, position) + 1 if isinstance(position, int) else None


def _refused(message: str, found: str, event: object, file: Path) -> InputError:
    mark = getattr(event, "start_mark", None)
    line = mark.line + 1 if mark is not None else None
    remedy = "write the values out, one below the other"
    return InputError(message, file=file, line=line, found=found, remedy=remedy)
