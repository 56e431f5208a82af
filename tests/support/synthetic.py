"""A test set made by a seed, large enough to be scored by several processes: for tests of speed and
of what survives a kill. Its texts are random words, its annotations random spans."""

from __future__ import annotations

import json
import random
from pathlib import Path

TEXT = """
    the a city government plan of new water school in and market company report said will year
    people growth province service road build open first its with for on price export health
"""
WORDS = TEXT.split()
HAN = "市政府计划新水学校场公司报告年人民增长省服务路建设开放第一价格出口卫生"
CATEGORIES = ("accuracy/mistranslation", "accuracy/omission", "fluency/grammar", "style/awkward")


def write_synthetic(folder: Path, *, segments: int, systems: int, seed: int = 7) -> list[str]:
    """Write segments.jsonl and annotations.jsonl; the overrides that select them."""
    draw = random.Random(seed)
    names = [f"system{i}" for i in range(systems)]
    lines, annotations = [], []
    for i in range(segments):
        reference = [draw.choice(WORDS) for _ in range(draw.randint(8, 30))]
        hypotheses = {
            name: " ".join(
                draw.choice(WORDS) if draw.random() < 0.1 * (rank + 1) else word
                for word in reference
            )
            for rank, name in enumerate(names)
        }
        lines.append(
            {
                "segment_id": str(i),
                "document": f"d{i // 8}",
                "source": "".join(draw.choice(HAN) for _ in range(20)),
                "references": {"refA": " ".join(reference)},
                "hypotheses": hypotheses,
            }
        )
        for rank, name in enumerate(names):
            errors = [
                {
                    "category": draw.choice(CATEGORIES),
                    "severity": draw.choice(("minor", "major")),
                    "side": "target",
                    "start": 0,
                    "end": draw.randint(1, 12),
                }
                for _ in range(draw.randint(0, rank + 1))
            ]
            annotations.append(
                {"segment_id": str(i), "system": name, "rater": "r1", "errors": errors}
            )
    folder.mkdir(parents=True, exist_ok=True)
    for stem, rows in (("segments", lines), ("annotations", annotations)):
        text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        (folder / f"{stem}.jsonl").write_text(text, encoding="utf-8", newline="\n")
    return [
        "test_set=jsonl",
        f"test_set.segments={folder / 'segments.jsonl'}",
        f"test_set.annotations={folder / 'annotations.jsonl'}",
    ]
