"""Write the list ``files`` of a card: address, size and sha256 of every file, taken from a mirror.

    HARNESS_MIRROR=DIR python scripts/pin_files.py CARD.yaml URL [URL …]

``*`` in a URL stands for anything within one part of its path. The list replaces the one that ends
the card, or is put at the end; everything before it stays as it is.
"""

from __future__ import annotations

import sys
from pathlib import Path

from harness.errors import InputError
from harness.test_sets.downloads import mirror_folder
from harness.test_sets.readers.lines import data_file

_SCHEME = "https://"
_KEY = "files:\n"


def pinned(urls: list[str], mirror: Path) -> str:
    """The YAML of the list.

    Raises
    ------
    InputError
        The mirror does not hold a file of such a URL.
    """
    parts = [_KEY]
    for url in urls:
        found = sorted(mirror.glob(url.removeprefix(_SCHEME)))
        if not found:
            raise InputError("the mirror does not hold this file", file=mirror, found=url)
        for path in found:
            file = data_file(path, _SCHEME + path.relative_to(mirror).as_posix())
            parts.append(
                f"  - url: {file.name}\n    bytes: {file.bytes}\n    sha256: {file.sha256}\n"
            )
    return "".join(parts)


def main(card: Path, urls: list[str]) -> None:
    """Replace the list in ``card``."""
    mirror = mirror_folder()
    if mirror is None:
        raise InputError("no mirror is named", remedy="HARNESS_MIRROR=DIR")
    text = card.read_text(encoding="utf-8")
    before = text[: text.index("\n" + _KEY) + 1] if "\n" + _KEY in text else text
    card.write_text(before + pinned(urls, mirror), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
