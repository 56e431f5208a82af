"""Store sacrebleu's TER statistics of a whole test set, which take it tens of minutes.

    python tests/support/store_ter.py wmt21_zhen_news --mirror DIR [--workers N]

Writes ``tests/data/ter_NAME.npz``: ``systems`` (names), ``edits`` (systems, segments) and
``lengths`` (segments), the integers of sacrebleu's per-segment statistics with the first reference,
default parameters. No text is stored.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from joblib import Parallel, delayed
from sacrebleu.metrics.ter import TER
from sacrebleu.version import __version__

from harness import load_test_set
from harness.tables import TestSet

FOLDER = Path(__file__).parent / "data"


def texts(test_set: TestSet) -> tuple[list[str], dict[str, list[str]]]:
    """The first reference, and each machine system's hypotheses, in the order of the segments."""
    ids = test_set.segments["segment_id"]
    name = test_set.reference_names[0]
    first = test_set.references[test_set.references["reference_name"] == name]
    reference = list(first.set_index("segment_id")["reference"].reindex(ids))
    frames = test_set.hypotheses.groupby("system")
    systems = {
        system: list(frames.get_group(system).set_index("segment_id")["hypothesis"].reindex(ids))
        for system in test_set.systems
        if test_set.roles[system] == "system"
    }
    return reference, systems


def statistics(hypotheses: list[str], reference: list[str]) -> list[list[float]]:
    return TER()._extract_corpus_statistics(hypotheses, [reference])  # type: ignore[no-any-return]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name")
    parser.add_argument("--mirror")
    parser.add_argument("--workers", type=int, default=1)
    arguments = parser.parse_args()
    test_set = load_test_set(arguments.name, mirror=arguments.mirror)
    reference, systems = texts(test_set)
    parallel = Parallel(n_jobs=arguments.workers)
    found = parallel(delayed(statistics)(texts, reference) for texts in systems.values())
    table = np.array(found)
    if not (table[:, :, 1] == table[0, :, 1]).all():
        raise RuntimeError("reference lengths differ between systems")
    np.savez_compressed(
        FOLDER / f"ter_{arguments.name}.npz",
        systems=np.array(list(systems)),
        edits=table[:, :, 0].astype(np.uint16),
        lengths=table[0, :, 1].astype(np.uint16),
        sacrebleu=np.array(__version__),
    )


if __name__ == "__main__":
    main()
