"""Hold both fast implementations of BLEU, chrF and TER against sacrebleu on made-up texts.

    python benchmarks/fuzz_scoring.py [-n PAIRS] [--seed SEED] [--only native|python]

Draws pairs of a hypothesis and one to three references that are hard on purpose (lone surrogates,
entities, odd white space, emoji, Chinese, digits and stops, shifted and repeated words, empty and
very long texts), with parameters of every kind, and demands equal integers and equal scores.
Prints the first pair that differs and exits with 1.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Callable
from typing import Any

import numpy as np

from harness._kernels import counts
from harness.metrics import Batch
from harness.metrics.sacrebleu import BLEU, TER, ChrF, SacrebleuMetric

BATCH = 20

#: Ranges whose members the tokenizers treat in some way of their own, and their borders.
RANGES = [
    (0x00, 0x7F),
    (0x80, 0xFF),
    (0x2000, 0x206F),
    (0x2001, 0x2A6D),
    (0x2E80, 0x303F),
    (0x3040, 0x31FF),
    (0x3200, 0x3F22),
    (0x3400, 0x4DBF),
    (0x4DB5, 0x4E01),
    (0x9FA0, 0xA000),
    (0x4E00, 0x4E20),
    (0xD800, 0xDFFF),
    (0xF900, 0xFADA),
    (0xFE10, 0xFE50),
    (0xFF00, 0xFFEF),
    (0x1F300, 0x1F64F),
    (0x20000, 0x2A6D6),
    (0x0, 0x10FFFF),
]
PIECES = [
    *(
        "&quot;",
        "&amp;",
        "&lt;",
        "&gt;",
        "&amp;quot;",
        "&amp;lt;",
        "<skipped>",
        "<skip<skipped>ped>",
    ),
    *(
        "-\n",
        "\n-",
        "\n",
        "\r\n",
        "\t",
        "\x0b",
        "\x1c",
        "\x85",
        "\xa0",
        "\u2028",
        "\u3000",
        " ",
        "  ",
    ),
    *(".", ",", "..", ".,", "1.5", "1,000", "3-4", "-5", "x-", "'s", "'s ", "John's", "(hi)", "$5"),
    *(
        "İ",
        "ΑΣ",
        "ß",
        "ﬁ",
        "é",
        "e\u0301",
        "👩‍👩‍👧",
        "中文",
        "，",
        "。",
        "が",
        "カ",
        "\ud800",
        "\udfff",
    ),
]
WORDS = ["the", "The", "of", "a", "cat", "sat", "on", "mat", ",", ".", "and", "it", "that", "dog"]


def character(rng: random.Random) -> str:
    low, high = rng.choice(RANGES)
    return chr(rng.choice((low, high, rng.randint(low, high))))


def text(rng: random.Random) -> str:
    kind = rng.random()
    if kind < 0.03:
        return rng.choice(("", " ", "\n", "."))
    if kind < 0.35:
        n = min(int(rng.expovariate(1 / (6 if rng.random() < 0.98 else 60))), 160)
        words = WORDS[: rng.randint(1, len(WORDS))]
        return rng.choice((" ", "  ")).join(rng.choice(words) for _ in range(n))
    if kind < 0.6:
        return "".join(rng.choice((character(rng), " ")) for _ in range(rng.randint(0, 40)))
    parts = [
        rng.choice((rng.choice(PIECES), rng.choice(WORDS), " ")) for _ in range(rng.randint(0, 30))
    ]
    return "".join(parts)


def long_text(rng: random.Random) -> str:
    """More words than sacrebleu's beam is wide, few of them often, most of them rarely repeated."""
    n = rng.randint(40, 150)
    return " ".join(
        rng.choice(WORDS) if rng.random() < 0.4 else f"w{rng.randint(0, 150)}" for _ in range(n)
    )


def changed(rng: random.Random, given: str) -> str:
    """A text near ``given``: words moved, dropped, doubled, put in."""
    words = given.split(" ")
    for _ in range(rng.randint(0, 6)):
        if not words:
            break
        i, j = sorted(rng.randint(0, len(words)) for _ in range(2))
        run, rest = words[i:j], words[:i] + words[j:]
        what = rng.random()
        if what < 0.6:
            k = rng.randint(0, len(rest))
            words = rest[:k] + run + rest[k:]
        elif what < 0.7:
            words = words[:j] + run + words[j:]
        elif what < 0.8 and j - i < max(5, len(words) // 3):
            words = rest
        else:
            words[i:i] = [rng.choice(WORDS)]
    return " ".join(words)


def metrics(rng: random.Random) -> list[SacrebleuMetric]:
    yes: Callable[[], bool] = lambda: rng.random() < 0.5  # noqa: E731
    smooth = rng.choice(("none", "floor", "add-k", "exp"))
    value = rng.choice((None, 0.0, 0.1, 1.0, 0.37)) if smooth in ("floor", "add-k") else None
    return [
        BLEU(
            tokenize=rng.choice(("none", "13a", "13a", "zh", "char", "intl")),
            lowercase=yes(),
            smooth_method=smooth,
            smooth_value=value,
            max_ngram_order=rng.choice((1, 2, 4, 4, 4, 7)),
            effective_order=yes(),
        ),
        ChrF(
            char_order=rng.choice((1, 3, 6, 6, 6)),
            word_order=rng.choice((0, 1, 2, 2)),
            beta=rng.choice((1, 2, 2, 3)),
            lowercase=yes(),
            whitespace=rng.random() < 0.2,
            eps_smoothing=yes(),
        ),
        TER(normalized=yes(), no_punct=yes(), asian_support=yes(), case_sensitive=yes()),
    ]


def oracle(metric: SacrebleuMetric, batch: Batch) -> tuple[Any, Any, float]:
    """Statistics, segment scores and the corpus score by sacrebleu's own methods."""
    segment: Any = metric.build("segment")
    columns = [list(r) for r in batch.references]
    statistics = segment._extract_corpus_statistics(list(batch.hypotheses), columns)
    scores = [segment._aggregate_and_compute([list(s)]).score for s in statistics]
    whole = metric.build("corpus").corpus_score(list(batch.hypotheses), columns).score
    return np.array(statistics), np.array(scores), whole


def difference(
    metric: SacrebleuMetric, batch: Batch, which: str, expected: tuple[Any, Any, float]
) -> str:
    """What differs from sacrebleu; '' if nothing."""
    statistics, scores, whole = expected
    compiled = counts.native
    try:
        if which == "python":
            counts.native = None
        counts._held.clear()
        if metric.path != which:
            return f"the path is {metric.path}"
        result = metric.score(batch)
        ours = metric.aggregate(result)
        vectorised = metric.score_sums(np.cumsum(result.statistics, axis=0)[-1:])[0]
    finally:
        counts.native = compiled
    found = np.array(result.statistics)
    wrong = np.flatnonzero((found != statistics).any(axis=1) | (result.scores != scores))
    if len(wrong):
        i = int(wrong[0])
        texts = (batch.hypotheses[i], [r[i] for r in batch.references])
        theirs, own = statistics[i].tolist(), found[i].tolist()
        return f"{texts!a}: sacrebleu {theirs} {scores[i]}, {which} {own} {result.scores[i]}"
    if ours != whole or vectorised != whole:
        return f"corpus score: sacrebleu {whole!r}, {which} {ours!r}, vectorised {vectorised!r}"
    return ""


def draw(rng: random.Random, size: int) -> Batch:
    n_references = rng.choice((1, 1, 1, 2, 3))
    first = [text(rng) if i else long_text(rng) for i in range(size)]
    more = [
        [rng.choice((text(rng), changed(rng, r))) for r in first] for _ in range(n_references - 1)
    ]
    hypotheses = [changed(rng, r) if rng.random() < 0.7 else text(rng) for r in first]
    return Batch(first, hypotheses, (first, *more))


def fuzz(pairs: int, seed: int, implementations: list[str]) -> str:
    """The first difference in ``pairs`` pairs; '' if there is none."""
    rng = random.Random(seed)
    for _ in range(0, pairs, BATCH):
        batch = draw(rng, BATCH)
        for metric in metrics(rng):
            expected = oracle(metric, batch)
            for which in implementations:
                found = difference(metric, batch, which, expected)
                if found:
                    return f"{metric}: {found}"
    return ""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("-n", type=int, default=10_000, help="pairs of texts")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", choices=("native", "python"))
    arguments = parser.parse_args()
    here = ["python"] if counts.native is None else ["native", "python"]
    chosen = [arguments.only] if arguments.only else here
    found = fuzz(arguments.n, arguments.seed, chosen)
    if found:
        print(found)
        sys.exit(1)
    print(f"{arguments.n} pairs, seed {arguments.seed}: {' and '.join(chosen)} equal sacrebleu")


if __name__ == "__main__":
    main()
