"""What holds of every rule, whatever the tables."""

from __future__ import annotations

import importlib
import json
import math
import pkgutil
import re
from collections.abc import Iterator, Mapping
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import harness.claims
from harness.claims.claim import Claim, Facts, Rule
from harness.claims.collection import claims_of
from harness.claims.standings import ACCURACY, PAIRS, PDP, PEARSON, SOFT, Asked
from harness.config.objects import build_all
from harness.tables import SCHEMA_OF
from harness.test_sets.doctor import DataWarning
from tests.support.claim_facts import Agreement, Judged, category_facts, facts_of
from tests.support.examples import examples

CONF = Path(__file__).resolve().parents[2] / "conf"
OPTIONS = sorted(p.stem for p in (CONF / "claims").glob("*.yaml"))


def config_of(option: str) -> dict[str, Any]:
    text = (CONF / "claims" / f"{option}.yaml").read_text(encoding="utf-8")
    return dict(yaml.safe_load(text))


def default_rules() -> dict[str, Rule]:
    (chosen,) = [
        entry["claims"]
        for entry in yaml.safe_load((CONF / "config.yaml").read_text(encoding="utf-8"))["defaults"]
        if isinstance(entry, dict) and "claims" in entry
    ]
    configs: dict[str, Any] = {}
    for option in chosen:
        configs |= config_of(option)
    return dict(build_all(configs, Rule))


RULES = default_rules()
#: Rules on several runs together; a run's config does not choose them.
OF_SWEEPS = ("changed_order", "equal_settings", "replication")


def rules_of_modules() -> dict[str, type[Rule]]:
    """Every rule on single runs that a module of harness.claims defines, by its name."""
    found = {}
    for module in pkgutil.iter_modules(harness.claims.__path__):
        if module.name == "changed_order":  # on sweeps: not chosen in conf/claims/
            continue
        loaded = importlib.import_module(f"harness.claims.{module.name}")
        for own in vars(loaded).values():
            if isinstance(own, type) and issubclass(own, Rule) and own is not Rule:
                found[own.name] = own
    return {name: rule for name, rule in found.items() if name not in OF_SWEEPS}


def test_every_rule_has_an_option_of_its_name() -> None:
    rules = rules_of_modules()
    assert {*rules, "none"} == set(OPTIONS)
    for name, rule in rules.items():
        assert config_of(name) == {
            name: {"_target_": f"{rule.__module__}.{rule.__qualname__}"},
        }
    assert config_of("none") == {}


def test_every_option_is_a_default() -> None:
    assert set(RULES) == set(OPTIONS) - {"none"}
    assert [rule.name for rule in RULES.values()] == list(RULES)


def test_a_problem_of_the_data_is_said_first() -> None:
    assert next(iter(RULES)) == "data_problems"


def test_every_rule_says_what_it_claims_and_what_licenses_it() -> None:
    for name, rule in RULES.items():
        assert rule.licence.endswith("."), name
        assert type(rule).__doc__, name
        text = (CONF / "claims" / f"{name}.yaml").read_text(encoding="utf-8")
        comment = " ".join(
            line.removeprefix("# ") for line in text.split("\n") if line.startswith("#")
        )
        assert comment == " ".join(str(type(rule).__doc__).split()), name


# ----------------------------------------------------------------------- odd runs


def problems(claim: Claim) -> Iterator[str]:
    text = claim.text
    if re.search(r"\b(nan|NaN|None|inf)\b|\N{EN DASH}", text):
        yield "a missing number"
    if "  " in text or re.search(r" [,;:)]| \.(?!\d)|\( ", text):
        yield "a gap"
    if not text.endswith(".") or text.endswith("..") or not text[:1].strip():
        yield "no sentence"
    if longest_list(text) > 5:
        yield "a long list"
    if claim.kind == "shown" and not claim.evidence:
        yield "shown without evidence"
    json.dumps(claim.record(), allow_nan=False)
    for evidence in claim.evidence:
        names = SCHEMA_OF[evidence.table].names
        if not {*evidence.key, *evidence.numbers} <= set(names):
            yield "evidence of no table"


def longest_list(text: str) -> int:
    """How many names of metrics (m00, m01, …) stand in one list of the text."""
    item = r"m\d\d(?: with m\d\d)?(?: \([^)]*\)| tell\w*| −?[\d.]+(?: %)?(?: \[[^]]*\])?)?"
    lists = re.findall(rf"{item}(?:(?:, | and | or ){item})*", text)
    return max((len(re.findall(r"m\d\d", found)) for found in lists), default=0)


def test_a_long_list_is_found() -> None:
    assert longest_list("m00 has the highest value, m01 (.5), m02 (.4) and m03 may be") == 3
    assert longest_list("m00, m01, m02, m03, m04 and m05") == 6
    assert longest_list("m00 5, m01 4 (of 5)") == 2


def check(facts: Facts) -> None:
    for claim in claims_of(RULES, facts):
        assert list(problems(claim)) == [], claim.text


P = st.sampled_from([0.0, 0.0004, 0.03, 0.05, 0.2, 1.0, math.nan])
VALUE = st.one_of(st.floats(-1.0, 1.0), st.sampled_from([0.0, 0.5, 1.0, math.nan]))
SCOPES = st.sampled_from(
    ["other documents and systems", "other segments and systems", "other systems", "",
     "other documents, these 4 systems", "these documents, these 4 systems"]
)  # fmt: skip
NAMES = [f"m{i:02d}" for i in range(12)]


@st.composite
def agreements(draw: st.DrawFn, asked: Asked) -> Agreement:
    names = NAMES[: draw(st.integers(1, len(NAMES)))]
    values = {name: draw(VALUE) for name in names}
    known = {n: v for n, v in values.items() if not math.isnan(v)}
    ordered = dict(sorted(known.items(), key=lambda pair: (-pair[1], pair[0])))
    values = {**ordered, **values}
    best = next(iter(values))
    tested = [n for n in values if n != best and draw(st.booleans())]
    beats = draw(st.booleans())
    missing = draw(st.sampled_from([{}, {"p": math.nan, "p_adjusted": math.nan, "beats": False}]))
    tie: dict[str, Any] = {
        "tie_rate": draw(st.sampled_from([0.3, 0.6, math.nan])),
        "epsilon": draw(st.sampled_from([0.0, 0.1, math.nan])),
        "chance": draw(st.sampled_from([0.5, math.nan])),
    }
    return Agreement(
        asked,
        values,
        {n: draw(P) for n in tested},
        beats=beats,
        opponent=draw(st.sampled_from(["(constant)", "length"])),
        holds_level=draw(st.booleans()),
        scope=draw(SCOPES),
        smallest_p=draw(st.sampled_from([0.0, 0.3])),
        detectable=draw(st.sampled_from([0.02, 1.5, math.nan])),
        n_systems=draw(st.integers(1, 9)),
        n_documents=draw(st.integers(1, 40)),
        row={**tie, "human_tie_rate": draw(st.sampled_from([0.3, math.nan]))},
        test={"note": draw(st.sampled_from(["", "no test: 2 documents, fewer than 3"]))},
        beside=missing,
    )


@settings(max_examples=examples(60), deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_sentences_on_agreement_read_well(data: st.DataObject) -> None:
    asked = data.draw(st.lists(st.sampled_from([ACCURACY, PEARSON, PDP, SOFT, PAIRS]), unique=True))
    made = [data.draw(agreements(a)) for a in asked]
    sentinels = data.draw(st.sampled_from([(), ("random",), ("random", "length")]))
    metrics = data.draw(st.sampled_from([[], NAMES[:3]]))
    check(facts_of(*made, metrics=metrics, sentinels=sentinels))


@st.composite
def judged(draw: st.DrawFn, name: str) -> Judged:
    names = NAMES[: draw(st.integers(1, 8))]
    pairs = {(a, b): (draw(st.floats(-0.3, 0.3)), draw(P)) for a, b in pairwise(names)}
    known = st.floats(0.0, 1.0)
    together = {
        pair: (draw(st.one_of(known, st.just(math.nan))), draw(P), draw(VALUE), draw(P))
        for pair in combinations(names, 2)
    }
    return Judged(
        name,
        {n: (draw(st.one_of(known, st.just(math.nan))), draw(P)) for n in names},
        {"length": (draw(known), draw(P))},
        pairs,
        tier=draw(st.sampled_from(["reliable", "weak", "one rater", "unreliable", "too few"])),
        human=draw(st.sampled_from([None, 0.6, math.nan])),
        label=draw(st.sampled_from([None, 0.51])),
        detectable=draw(st.sampled_from([0.58, math.nan])),
        identity=draw(known),
        together=together,
    )


@settings(max_examples=examples(60), deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_sentences_on_categories_read_well(data: st.DataObject) -> None:
    names = data.draw(
        st.lists(st.sampled_from(["omission", "non_translation", "style", "other"]), unique=True)
    )
    made = [data.draw(judged(name)) for name in names]
    n_documents = data.draw(st.sampled_from([0, 1, 9, 20]))
    held_out: Mapping[str, Any] = {name: {"m00": 0.6} for name in names}
    check(category_facts(*made, n_documents=n_documents, on_held_out=held_out))


@pytest.mark.parametrize(
    "facts",
    [
        Facts({}),
        Facts({}, warnings=[DataWarning("B is shifted (system B)", True)]),
        facts_of(),
        facts_of(metrics=["m00"], sentinels=()),
        facts_of(sentinels=("random", "length")),
        facts_of(Agreement(ACCURACY, {"m00": math.nan}, n_systems=0)),
    ],
)
def test_runs_without_metrics_sentinels_or_ratings(facts: Facts) -> None:
    check(facts)


def test_injected_errors_of_many_metrics_are_listed_in_part() -> None:
    rows = [
        {"metric": m, "injector": kind, "accuracy": 0.6, "n": 40, "tier": "measured",
         "relative_drop": 0.2, "severity": severity, "bases": "refB"}
        for m in NAMES
        for kind, severity in (("digit", "major"), ("year", "major"), ("unit", "minor"))
    ]  # fmt: skip
    check(facts_of(metrics=NAMES, injections=rows))
