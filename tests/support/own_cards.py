"""A card of a test set of one's own, with its files."""

from __future__ import annotations

import hashlib
from pathlib import Path

import yaml

from harness.tables import TestSet
from harness.test_sets.named import load_test_set

TEXTS = {"src.zh": "甲\n乙\n", "hyp.en": "a\nb\n", "ref.en": "A\nB\n"}


BASE = "https://example.org/texts/"


class Own:
    """A card in a folder of its own, and a mirror with its files."""

    def __init__(self, folder: Path) -> None:
        self.mirror = folder / "mirror"
        self.folder = folder / "own"
        self.folder.mkdir()
        for name, text in TEXTS.items():
            path = self.mirror / "example.org" / "texts" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
        self.values: dict[str, object] = {
            "name": "own",
            "title": "A title",
            "language_pair": "zh-en",
            "domain": "news",
            "year": 2024,
            "reader": {
                "_target_": "harness.test_sets.readers.plain_text.read",
                "source": "src.zh",
                "references": {"refA": "ref.en"},
                "systems": {"remote": "hyp.en", "local": "local.en"},
                "documents": None,
            },
            "files": [
                {
                    "url": BASE + name,
                    "bytes": len(text.encode()),
                    "sha256": hashlib.sha256(text.encode()).hexdigest(),
                }
                for name, text in TEXTS.items()
            ],
            "licence": "none",
            "citation": "none",
            "counts": {"segments": 2, "systems": 2, "raters": 0},
        }
        (self.folder / "local.en").write_text("x\ny\n", "utf-8")

    @property
    def card(self) -> Path:
        path = self.folder / "card.yaml"
        path.write_text(yaml.safe_dump(self.values, allow_unicode=True, sort_keys=False), "utf-8")
        return path

    def load(self, **more: object) -> TestSet:
        return load_test_set(str(self.card), mirror=self.mirror, **more)  # type: ignore[arg-type]
