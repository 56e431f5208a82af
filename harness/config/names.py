"""Names of systems, references and labels that cannot be keys of a config as they stand.

A dot in a key of Hydra's grammar leads one level down, and spaces or Chinese characters cannot
stand in one. Such a name is written as a key that can (``Claude-3.5`` as ``Claude-3_u2e_5``) before
Hydra reads the overrides, and becomes itself again in the config.
"""

from __future__ import annotations

import re

from omegaconf import DictConfig, OmegaConf, open_dict

__all__ = ["OPEN_NODES", "as_typed", "mapping_entries", "restore_names", "with_keys"]

#: Config nodes to which a key may be added.
OPEN_NODES = ("test_set.references.", "test_set.systems.", "test_set.labels.")

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
#: What Hydra's grammar reads as text before the colon of a mapping.
_IN_MAPPING = re.compile(
    r"(?!(?:true|false|null|nan|inf)$)[A-Za-z_][A-Za-z0-9_/+.$%*@?| -]*", re.IGNORECASE
)
_WRITTEN = re.compile(r"_u([0-9a-f]{1,6})_")
_QUOTED = r'"(?:[^"\\]|\\.)*"' + r"|'(?:[^'\\]|\\.)*'"
_ENTRY = re.compile(
    rf"\s*(?P<name>{_QUOTED}|[^\s:,{{}}\"'][^:,{{}}]*?)\s*:\s*(?P<value>{_QUOTED}|[^,{{}}\"']+?)\s*(?:,|$)"
)


def with_keys(argument: str) -> str:
    """``argument``, which sets a value of one of :data:`OPEN_NODES`, with its name as a key."""
    for node in OPEN_NODES:
        if argument.startswith(node):
            name, sign, value = argument.removeprefix(node).partition("=")
            return f"{node}{_key(name)}{sign}{value}"
    return argument


def mapping_entries(key: str, value: str) -> list[str] | None:
    """``key={name: value, …}`` for the mapping that is one of :data:`OPEN_NODES`, an override for
    each entry; None if Hydra can read every name, or the text is no such mapping."""
    body = value.strip()
    if f"{key}." not in OPEN_NODES or body[:1] != "{" or body[-1:] != "}":
        return None
    entries, place, body = [], 0, body[1:-1].strip()
    while place < len(body):
        found = _ENTRY.match(body, place)
        if found is None:
            return None
        name = found["name"]
        entries.append((_unquoted(name) if name[0] in "\"'" else name, found["value"]))
        place = found.end()
    if all(_IN_MAPPING.fullmatch(name) for name, _ in entries):
        return None
    return [f"++{key}.{_key(name)}={value}" for name, value in entries]


def restore_names(config: DictConfig) -> None:
    """Give names that were written as keys their own form again, in the config."""
    for node in OPEN_NODES:
        section = OmegaConf.select(config, node.rstrip("."), default=None)
        if not isinstance(section, DictConfig) or section._is_none():
            continue
        if not any(_WRITTEN.search(str(key)) for key in section):
            continue
        own = [(_name(str(key)), value) for key, value in section.items()]
        with open_dict(config):
            OmegaConf.update(config, node.rstrip("."), dict(own), merge=False)


def as_typed(override: str) -> str:
    """``override`` of one of :data:`OPEN_NODES` as it was typed; any other unchanged."""
    plain = override.lstrip("+")
    if not plain.startswith(OPEN_NODES):
        return override
    key, sign, value = plain.partition("=")
    return f"{_name(key)}{sign}{value}"


def _key(name: str) -> str:
    """``name`` as a key: itself if it can be one."""
    if _PLAIN.fullmatch(name) and not _WRITTEN.search(name):
        return name
    first = name[:1]
    start = first if first.isascii() and first.isalpha() else _escaped(first)
    rest = [c if c.isascii() and (c.isalnum() or c == "-") else _escaped(c) for c in name[1:]]
    return start + "".join(rest)


def _escaped(character: str) -> str:
    return f"_u{ord(character):x}_" if character else ""


def _name(key: str) -> str:
    return _WRITTEN.sub(lambda match: chr(int(match[1], 16)), key)


def _unquoted(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text[1:-1])
