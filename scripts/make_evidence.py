"""Make datasets/evidence: what WMT's human ratings of Chinese→English news say of metrics.

    python scripts/make_evidence.py FOLDER [--confidence 0.95]

Runs harness on each rated test set into FOLDER (a run that is there is kept), with the string
metrics and every submitted one, and writes the tables and datasets/evidence/README.md, which names
the sources. They hold numbers that were computed here; no text and no published score.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from harness.evidence import evidence_of_runs

ROOT = Path(__file__).resolve().parent.parent
STRING = "bleu,chrf,chrfpp,ter"
#: Test sets, and whether published scores of metrics come with them.
TEST_SETS = {"wmt21_zhen_news": False, "wmt22_zhen_news": True, "wmt23_zhen_news": True}
HEAD = """\
# Evidence

What WMT's human ratings of Chinese→English news say of metrics, in numbers that were computed from
them: `slopes.csv` (how often a difference between two systems agreed with raters, by its size) and
`categories.csv` (which kinds of error a metric is shown to see).
[docs/evidence.md](../../docs/evidence.md) says what they mean. Made by
`python scripts/make_evidence.py FOLDER`; no text and no published score of a metric is in them.

| source | licence | citation |
|---|---|---|
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--confidence", type=float, default=0.95)
    options = parser.parse_args()
    for name, submitted in TEST_SETS.items():
        run = options.folder / name
        if not run.exists():
            metrics = f"metrics=[{STRING}{',submitted' if submitted else ''}]"
            command = [sys.executable, "-m", "harness", f"test_set={name}", metrics, "plots=none"]
            subprocess.run([*command, "report=none", f"output={run}"], cwd=ROOT, check=True)
    target = ROOT / "datasets" / "evidence"
    evidence_of_runs(options.folder, options.confidence).write(target)
    (target / "README.md").write_text(HEAD + _sources(options.folder), encoding="utf-8")


def _sources(folder: Path) -> str:
    """A line for each source of the runs."""
    found: dict[str, dict[str, Any]] = {}
    for name in TEST_SETS:
        record = json.loads((folder / name / "run.json").read_text("utf-8"))
        found |= {source["title"]: source for source in record["sources"]}
    return "".join(
        "| " + " | ".join(" ".join(str(s[k]).split()) for k in ("title", "licence", "citation"))
        + " |\n"
        for s in found.values()
    )  # fmt: skip


if __name__ == "__main__":
    main()
