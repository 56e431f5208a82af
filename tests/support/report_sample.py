"""A made-up run with every kind of table, seeded: what tests of the page are made on."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import combinations
from typing import Any

import pandas as pd

from harness import tables
from harness.claims.claim import Claim, Evidence
from harness.report import PlotImage, ReportContent, ReportOptions
from harness.tables import (
    ANNOTATIONS,
    CATEGORIES,
    CATEGORY_SEGMENTS,
    CATEGORY_TESTS,
    CATEGORY_WEIGHTS,
    DOCUMENT_SCORES,
    ERROR_SPANS,
    HYPOTHESES,
    METRIC_SPANS,
    PENALTY_PROFILE,
    RATER_RATINGS,
    RATINGS,
    REFERENCES,
    SCORES,
    SEGMENTS,
    SYSTEM_INTERVALS,
    SYSTEM_TESTS,
    DataFile,
    TestSet,
    table,
)
from tests.support.agreement_rows import filled, meta_evaluation_of, metric_tests_of

NAME = "made_up"


CONFIDENCE, ALPHA = 0.95, 0.05


WEIGHT_OF = {
    ("accuracy", "mistranslation"): 10,
    ("accuracy", "omission"): 4,
    ("terminology", "inappropriate"): 3,
    ("fluency", "grammar"): 5,
    ("fluency", "punctuation"): 3,
    ("style", "awkward"): 6,
    ("locale", "name"): 2,
    ("other", ""): 1,
}


PENALTY = {"critical": 10.0, "major": 5.0, "minor": 1.0, "neutral": 0.0}


PARTS = (
    (
        "市教育局周三公布了新的课后服务办法",
        "the city announced new after-school rules on Wednesday",
    ),
    ("三百多所学校将参加第一批试点", "more than three hundred schools will join the first trial"),
    ("家长普遍表示欢迎", "parents have generally welcomed the plan"),
    ("但也有人担心教师负担加重", "though some worry about the load on teachers"),
    ("记者在现场看到秩序井然", "our reporter found everything in good order"),
    ("去年同期增长了百分之十二", "up twelve percent on the same period last year 📈"),
    ("王主任在会上介绍了具体措施", "Director Wang set out the measures at the meeting"),
    ("有关部门将继续加强监督", "the authorities will keep a close watch"),
    ("𠮷野家门前排起了长队", "a long queue 👨‍👩‍👧 formed outside Yoshinoya"),
)


SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="400pt" height="120pt" viewBox="0 0 400 120">'
    '<rect width="400" height="120" fill="#fff"/><path d="M20 100 L380 20" stroke="#0072B2"/></svg>'
)


Rename = Callable[[str], str]


def same(text: str) -> str:
    """The text itself."""
    return text


def made_up_test_set(
    n_segments: int = 12,
    n_systems: int = 3,
    n_raters: int = 2,
    *,
    seed: int = 7,
    rename: Rename = same,
) -> TestSet:
    """Documents of about ten segments, systems of falling quality, one human reference among the
    systems, and raters who mark overlapping spans. The last system is not rated. ``rename`` is
    applied to every text and name."""
    chance = random.Random(seed)
    systems = [f"SYSTEM-{chr(65 + i)}" for i in range(n_systems)] + ["refB"]
    raters = [f"rater{i + 1}" for i in range(n_raters)]
    segments, references, hypotheses, annotations, spans = [], [], [], [], []
    for i in range(n_segments):
        segment = str(i + 1)
        parts = chance.sample(PARTS, chance.randint(1, 3))
        source = "，".join(p[0] for p in parts) + "。"
        english = [p[1] for p in parts]
        reference = _sentence(english)
        segments.append((NAME, segment, f"news_{i // 10 + 1:02d}.zh-en", "news", source))
        references += [
            (NAME, segment, "refA", reference),
            (NAME, segment, "refC", reference.replace("the ", "this ")),
        ]
        for quality, system in enumerate(systems):
            human = system == "refB"
            words = (
                list(english) if human else [w for w in english if chance.random() > 0.05 * quality]
            )
            text = _sentence(words or english[:1])
            if not human:
                text = text.replace("will", chance.choice(["will", "shall", "is going to"]))
            role = "human" if human else "system"
            hypotheses.append((NAME, system, role, segment, text))
            if system == systems[-2] and n_systems > 1:
                continue
            for rater in raters:
                annotations.append((NAME, system, segment, rater))
                errors = 0 if human else max(0, round(chance.gauss(0.6 + 0.35 * quality, 1)))
                for error in range(errors):
                    spans += _error(chance, system, segment, rater, error, source, text)
    files = (DataFile("https://example.org/made_up.tsv.gz", 3_600_000, "0" * 63 + "1"),)
    card = {
        "title": "Made-up news, Chinese to English",
        "notice": "Made for this project, not by professional translators: for trying things out.",
        "licence": "CC0-1.0",
        "citation": "A. Nobody (2026). Made-up news.",
    }
    frames = {
        "segments": table(segments, SEGMENTS),
        "references": table(references, REFERENCES),
        "hypotheses": table(hypotheses, HYPOTHESES),
        "annotations": table(annotations, ANNOTATIONS),
        "error_spans": table(spans, ERROR_SPANS),
    }
    return TestSet(
        rename(NAME),
        **{k: renamed(f, rename) for k, f in frames.items()},
        card={k: rename(v) for k, v in card.items()},
        files=tuple(DataFile(rename(f.name), f.bytes, f.sha256) for f in files),
        notes=(rename("3 targets differ from the system's output in white space only."),),
    )


def _sentence(parts: Sequence[str]) -> str:
    text = ", ".join(parts) + "."
    return text[0].upper() + text[1:]


def _error(
    chance: random.Random,
    system: str,
    segment: str,
    rater: str,
    error: int,
    source: str,
    target: str,
) -> list[tuple[Any, ...]]:
    category, subcategory = chance.choices(list(WEIGHT_OF), weights=list(WEIGHT_OF.values()))[0]
    severity = chance.choices(list(PENALTY), weights=[1, 6, 12, 1])[0]
    side = "source" if subcategory == "omission" else "target"
    text = source if side == "source" else target
    places: list[tuple[int | None, int | None]] = []
    if category == "other":
        places.append((None, None))
    else:
        for _ in range(2 if chance.random() < 0.1 else 1):
            start = chance.randrange(len(text))
            places.append((start, min(len(text), start + chance.randint(0, len(text) // 3 + 1))))
    label = f"{category.capitalize()}/{subcategory.capitalize()}".rstrip("/")
    return [
        (NAME, system, segment, rater, error, category, subcategory, severity, label, side, *place)
        for place in places
    ]


def renamed(frame: pd.DataFrame, rename: Rename) -> pd.DataFrame:
    """``frame`` with ``rename`` applied to its free texts (not to those of closed lists)."""
    closed = {"role", "side", "severity", "level", "kind", "tier", "view", "statistic", "status"}
    closed |= {"grouping", "system_score", "outcomes"}
    result = frame.copy()
    for name in frame.columns:
        if name not in closed and isinstance(frame[name].dtype, pd.StringDtype):
            kept = {"all", "accuracy", "human", "blind", "label"}
            result[name] = [v if pd.isna(v) or v in kept else rename(v) for v in frame[name]]
    return result


METRICS = (
    (
        "bleu",
        "BLEU",
        "nrefs:1|case:mixed|tok:13a|smooth:exp|version:2.6.0",
        True,
        "metric",
        "",
        "string",
    ),
    ("chrf", "chrF", "nrefs:1|case:mixed|nc:6|nw:0|version:2.6.0", True, "metric", "", "string"),
    ("ter", "−TER", "nrefs:1|case:lc|tok:tercom|version:2.6.0", False, "metric", "", "string"),
    ("comet", "COMET", "Unbabel/wmt22-comet-da", True, "metric", "", "trained"),
    ("random", "random", "sha256", True, "sentinel", "random scores", ""),
)


SCALE = {"bleu": 35.0, "chrf": 60.0, "ter": -50.0, "comet": 0.82, "random": 0.5}


def made_up_tables(test_set: TestSet, *, seed: int = 11) -> dict[str, pd.DataFrame]:
    """Every table of a run on :func:`made_up_test_set` with its own names; values are made up,
    some are missing with a reason."""
    chance = random.Random(seed)
    segments = list(test_set.segments["segment_id"])
    weights = test_set.error_spans["severity"].map(PENALTY)
    errors = test_set.error_spans.assign(penalty=weights).drop_duplicates(
        ["system", "segment_id", "rater", "error"]
    )
    by_rater = errors.groupby(["system", "segment_id", "rater"])["penalty"].sum().to_dict()
    rater_rows = []
    totals: dict[tuple[str, str], list[float]] = {}
    for a in test_set.annotations.itertuples(index=False):
        penalty = by_rater.get((a.system, a.segment_id, a.rater), 0.0)
        rater_rows.append((NAME, a.system, a.segment_id, a.rater, "all", -penalty))
        totals.setdefault((str(a.system), str(a.segment_id)), []).append(-penalty)
    ratings = [
        (NAME, system, segment, "all", sum(v) / len(v), len(v))
        for (system, segment), v in totals.items()
    ]
    scores, systems, documents = [], [], []
    for metric, _, signature, *_ in METRICS:
        for quality, system in enumerate(test_set.systems):
            scale = SCALE[metric]
            values = [scale * (1 - 0.04 * quality) * chance.uniform(0.6, 1.4) for _ in segments]
            for segment, value in zip(segments, values, strict=True):
                lost = metric == "comet" and segment == "3"
                status = "missing: out of memory" if lost else "ok"
                score = math.nan if lost else value
                scores.append((NAME, system, segment, metric, signature, score, status))
            whole = math.nan if metric == "comet" and quality == 1 else sum(values) / len(values)
            status = "failed: model not found" if math.isnan(whole) else "ok"
            scores.append((NAME, system, None, metric, signature, whole, status))
            documents.append((NAME, system, "news_01.zh-en", metric, signature, whole, status, 10))
            own = [r[4] for r in ratings if r[1] == system]
            rating = sum(own) / len(own) if own else math.nan
            role = test_set.roles[system]
            systems.append(
                (
                    *(NAME, system, role, metric, signature, whole, whole, rating),
                    *(len(segments), len(own), 3, status),
                )
            )
    return {
        "systems": table(systems, tables.SYSTEMS),
        "metrics": table(METRICS, tables.METRICS),
        "scores": table(scores, SCORES),
        "document_scores": table(documents, DOCUMENT_SCORES),
        "ratings": table(ratings, RATINGS),
        "rater_ratings": table(rater_rows, RATER_RATINGS),
        **_category_tables(test_set, chance),
        **_agreement_tables(chance),
        **_system_tables(systems, len(segments)),
        "metric_spans": _metric_spans(test_set),
    }


def _metric_spans(test_set: TestSet) -> pd.DataFrame:
    """A metric that marks the first two characters of every hypothesis, and one that marks nothing
    but an empty place in the first segment."""
    rows = [
        (NAME, h.system, h.segment_id, "comet", 0, 2, "major", "accuracy", "target", None)
        for h in test_set.hypotheses.itertuples(index=False)
        if isinstance(h.hypothesis, str) and len(h.hypothesis) > 1
    ]
    first = rows[0]
    rows.append((*first[:3], "chrf", 1, 1, "", "", "target", None))
    return table(rows, METRIC_SPANS)


def _system_tables(rows: Sequence[Any], n_segments: int) -> dict[str, pd.DataFrame]:
    """Tests between the systems by two metrics; of equal documents, the fourth system untested."""
    tests, intervals = [], []
    for metric in ("bleu", "chrf"):
        scores = {row[1]: row[5] for row in rows if row[3] == metric}
        names = sorted(scores, key=lambda s: -scores[s])
        drawn = ("document", n_segments, 12, 1000, 12345, "exact")
        names_drawn = ("unit", "n_segments", "n_documents", "samples", "seed", "mode")
        for i, one in enumerate(names):
            low, high = scores[one] - 1, scores[one] + 1
            values = (scores[one], scores[one], low, high, i // 2 + 1)
            intervals.append((NAME, one, metric, *values, *drawn, "", CONFIDENCE))
            for other in names[i + 1 :]:
                apart = scores[one] - scores[other]
                p = 0.003 if apart > 1 else 0.4
                tests.append(
                    {
                        "metric": metric,
                        "system_1": one,
                        "system_2": other,
                        "score_1": scores[one],
                        "score_2": scores[other],
                        "difference": apart,
                        "p": p,
                        "p_holm": min(1, 9 * p),
                        **dict(zip(names_drawn, drawn, strict=True)),
                    }
                )
    return {
        "system_tests": filled(
            SYSTEM_TESTS, tests, test_set=NAME, test="randomisation", alpha=ALPHA
        ),
        "system_intervals": table(intervals, SYSTEM_INTERVALS),
    }


def _agreement_tables(chance: random.Random) -> dict[str, pd.DataFrame]:
    meta, tests = [], []
    kinds = (
        ("system", "pairwise_accuracy", "none", "corpus", 0.5),
        ("system", "pearson", "none", "corpus", 0.0),
        ("segment", "acc_eq", "item", "", math.nan),
        ("segment", "kendall", "item", "", 0.0),
        ("segment", "pearson", "none", "", 0.0),
    )
    names = [m[0] for m in METRICS]
    for level, statistic, grouping, system_score, none in kinds:
        for place, metric in enumerate(names):
            value = chance.uniform(0.3, 0.8)
            undefined = metric == "random" and statistic == "kendall"
            numbers = (math.nan,) * 3 if undefined else (value, value - 0.06, value + 0.05)
            note = "one side is constant in every segment" if undefined else ""
            meta.append(
                (NAME, level, "all", metric, statistic, grouping, system_score, *numbers, 4, 12, 66,
                 3 if metric == "comet" else 0, 0.83, none, None if undefined else place // 2 + 1,
                 note, "all", "all", None if undefined else 1,
                 0.25 if statistic == "acc_eq" else math.nan, 3, "document bootstrap",
                 "mean of 3 raters", CONFIDENCE)
            )  # fmt: skip
        for i, first in enumerate(names):
            for second in names[i + 1 :]:
                difference = chance.uniform(-0.1, 0.2)
                tests.append(
                    (NAME, level, statistic, grouping, system_score, first, second, difference,
                     0.0004, 0.012, 38, "all", 0.5 + difference, 0.5, "metrics",
                     "scores exchanged", 1000, False, 4, 12, 0, "", ALPHA)
                )  # fmt: skip
    return {
        "meta_evaluation": meta_evaluation_of(meta),
        "metric_tests": metric_tests_of(tests),
    }


def _category_tables(test_set: TestSet, chance: random.Random) -> dict[str, pd.DataFrame]:
    tiers = ("reliable", "reliable", "weak", "unreliable", "too few")
    reasons = {
        "unreliable": "raters are not shown to agree beyond chance (label 51.2 % [47.0, 55.4]); "
        "use injected errors",
        "too few": "effective pairs 3: fewer than 50",
    }
    profile, rows, tests, weights = [], [], [], []
    for view in ("category", "severity"):
        column = "category" if view == "category" else "severity"
        names = list(test_set.error_spans[column].value_counts().index)
        for system in test_set.rated_systems:
            own = test_set.error_spans[test_set.error_spans["system"] == system][column]
            counts = {c: int((own == c).sum()) for c in names}
            n = len(test_set.segments)
            for category, errors in counts.items():
                share = errors / len(own) if len(own) else math.nan
                role = test_set.roles[system]
                profile.append(
                    (NAME, system, role, view, category, errors, errors // 3, n, errors / n, share)
                )
        for place, category in enumerate(names):
            tier = tiers[min(place, len(tiers) - 1)]
            kinds = [(m[0], m[4]) for m in METRICS] + [
                ("system identity", "sentinel"), ("human", "human"), ("blind", "human"),
                ("label", "human"),
            ]  # fmt: skip
            for metric, kind in kinds:
                value = 0.5 if metric == "system identity" else chance.uniform(0.42, 0.8)
                numbers = (value, value - 0.05, value + 0.05)
                if tier == "too few":
                    numbers = (math.nan,) * 3
                n_eff = 3.0 if tier == "too few" else 640.5 / (place + 1)
                rows.append(
                    (metric, view, category, *numbers, n_eff,
                     12, tier, value + 0.04, 0.2, 500, 120, 80 - place, 0.4 / (place + 1), kind,
                     NAME, reasons.get(tier, ""), *numbers, 0.01, 0.03, 0.02, 0.56,
                     math.nan, math.nan, None, CONFIDENCE, ALPHA)
                )  # fmt: skip
            tests.append(
                (
                    NAME,
                    view,
                    category,
                    "bleu",
                    "chrf",
                    -0.031,
                    -0.06,
                    0.0,
                    0.04,
                    0.2,
                    38,
                    math.nan,
                    math.nan,
                    None,
                    CONFIDENCE,
                    ALPHA,
                )
            )
        weights += [
            (NAME, view, category, metric, kind, 0.5, 0.2, 0.8,
             *((math.nan,) * 3 if kind == "sentinel" else (1.2, 0.7, 1.7)), 0.4, 0.1, 0.7, 0.01,
             0.04, True, 120, 40, 12,
             "no relative weight" if kind == "sentinel" else "", CONFIDENCE, ALPHA)
            for category in ("all", *names)
            for metric, kind in [*((m[0], m[4]) for m in METRICS), ("human", "human")]
        ]  # fmt: skip
    pairs = [
        (NAME, "category", category, segment, *systems, chance.randint(1, 2),
         "".join(chance.choice("REW") for _ in range(4)))
        for category in ("accuracy", "fluency")
        for segment in test_set.segments["segment_id"]
        for systems in combinations(sorted(test_set.rated_systems)[:3], 2)
        if chance.random() < 0.3
    ]  # fmt: skip
    return {
        "category_segments": table(pairs, CATEGORY_SEGMENTS),
        "penalty_profile": table(profile, PENALTY_PROFILE),
        "categories": table(rows, CATEGORIES),
        "category_tests": table(tests, CATEGORY_TESTS),
        "category_weights": table(weights, CATEGORY_WEIGHTS),
    }


RUN: Mapping[str, Any] = {
    "command": "harness test_set=made_up 'metrics=[bleu,chrf]'",
    "started": "2026-01-02T03:04:05",
    "versions": {"harness": "0.1.0", "sacrebleu": "2.6.0"},
    "signatures": {"bleu": {"corpus": METRICS[0][2], "segment": "eff:yes"}},
    "seeds": {"resampling": 12345},
    "seconds": {"read": 0.412, "score": 3.14159, "rate": 75.2},
    "counts": {"segments": 12, "scores": {"computed": 240, "missing": 4}},
    "implementations": {"bleu": "native", "chrf": "native"},
    "cpu_seconds_of_scores": {"bleu": 0.5, "chrf": 0.25, "ter": 2.0, "comet": None},
    "warnings": ["comet: 4 scores are missing"],
}


CONFIG = "test_set:\n  _target_: harness.test_sets.named.load\nmetrics:\n\tbleu: {}\n"


CLAIMS = (
    Claim(
        "segment_verdict",
        "shown",
        "Within segments, by accuracy with ties, chrF agrees with the raters more than BLEU does.",
        "All pairs of metrics are tested, p adjusted by Holm.",
        (Evidence("metric_tests", {"metric_1": "chrf", "metric_2": "bleu"}, {"p": 0.0004}),),
        in_verdict=True,
    ),
    Claim(
        "category_accuracies",
        "shown",
        "Omission: chrF 66.7 % [60, 73] is shown to see it; a held-out rater gets 64.0 %.",
        "System-balanced accuracy, Holm over metrics and categories.",
        (Evidence("categories", {"metric": "chrf", "category": "omission"}, {"p_holm": 0.03}),),
    ),
    Claim(
        "category_accuracies",
        "open",
        "Not judged: style (raters are not shown to agree beyond chance, label 51.2 % [46, 56]).",
        "System-balanced accuracy, Holm over metrics and categories.",
    ),
)


def made_up_content(
    n_segments: int = 12,
    n_systems: int = 3,
    n_raters: int = 2,
    *,
    rename: Rename = same,
    options: ReportOptions | None = None,
    svg: str = SVG,
) -> ReportContent:
    """A whole report's content."""
    plain = made_up_test_set(n_segments, n_systems, n_raters)
    tables = {k: renamed(f, rename) for k, f in made_up_tables(plain).items()}
    test_set = made_up_test_set(n_segments, n_systems, n_raters, rename=rename)
    plots = [
        PlotImage(name, rename(f"Question of {name}?"), rename("How to read it."), svg)
        for name in ("system_scores", "penalty_profile", "category_report_card", "halo_dumbbell")
    ]
    return ReportContent(
        test_set=test_set,
        tables=tables,
        plots=plots,
        claims=[_renamed_claim(claim, rename) for claim in CLAIMS],
        run=_renamed_values(RUN, rename),
        config_yaml=rename(CONFIG),
        options=options or ReportOptions(),
        span_views={"category": list(test_set.error_spans["category"])},
    )


def _renamed_claim(claim: Claim, rename: Rename) -> Claim:
    """The claim with ``rename`` applied to its sentence and to the texts of its evidence."""
    evidence = tuple(
        replace(e, key={k: rename(v) if isinstance(v, str) else v for k, v in e.key.items()})
        for e in claim.evidence
    )
    return replace(claim, text=rename(claim.text), evidence=evidence)


def _renamed_values(value: Any, rename: Rename) -> Any:
    if isinstance(value, Mapping):
        return {rename(k) if rename is not same and "." in k else k: _renamed_values(v, rename)
                for k, v in value.items()}  # fmt: skip
    if isinstance(value, list):
        return [_renamed_values(v, rename) for v in value]
    return rename(value) if isinstance(value, str) else value
