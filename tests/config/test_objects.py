from __future__ import annotations

import inspect

import pytest
from omegaconf import OmegaConf

from harness.config.objects import build, build_all, located
from harness.errors import InputError
from harness.metrics.sacrebleu import BLEU


def test_builds_from_a_config() -> None:
    config = OmegaConf.create(
        {"b": {"_target_": "harness.metrics.sacrebleu.BLEU", "tokenize": "intl"}}
    )
    assert build_all(config) == {"b": BLEU(tokenize="intl")}


@pytest.mark.parametrize(
    "target",
    [
        "os.system",
        "subprocess.run",
        "builtins.eval",
        "harnessx.metric",
        "harness.commands.main.os.system",
        "harness.config.objects.entry_points",
        "harness.metrics.sacrebleu.np.load",
        "harness.test_sets.readers.jsonl.write",
        "harness.test_sets.downloads.fetch",
        "harness.commands.main.main",
        "harness.runs.pipeline.run",
        "harness.scoring.texts.AlignedTexts",
    ],
)
def test_everything_else_is_refused(target: str) -> None:
    with pytest.raises(InputError, match=r"may not build|does not exist"):
        build({"_target_": target, "command": "true"})


def test_nested_targets_are_refused_before_anything_is_built() -> None:
    with pytest.raises(InputError, match=r"may not build 'os\.system'"):
        build(
            {
                "_target_": "harness.metrics.sacrebleu.BLEU",
                "name": {"inner": [{"_target_": "os.system", "command": "true"}]},
            }
        )


def test_a_target_that_does_not_exist() -> None:
    with pytest.raises(InputError, match="which does not exist"):
        build({"_target_": "harness.metrics.sacrebleu.BLEUX"})


def test_a_parameter_that_does_not_fit_is_bad_input() -> None:
    with pytest.raises(InputError, match="unexpected keyword argument 'tokeniser'"):
        build({"_target_": "harness.metrics.sacrebleu.BLEU", "tokeniser": "13a"})


def test_bad_input_inside_keeps_its_message() -> None:
    with pytest.raises(InputError, match="there is no BLEU tokenizer 'x'"):
        build({"_target_": "harness.metrics.sacrebleu.BLEU", "tokenize": "x"})


def test_no_target() -> None:
    with pytest.raises(InputError, match="names no class"):
        build({"name": "x"})


@pytest.mark.parametrize(
    ("target", "values", "key"),
    [
        ("harness.metrics.sacrebleu.BLEU", {"tokenize": {"a": 1}}, "tokenize"),
        ("harness.metrics.sacrebleu.BLEU", {"lowercase": "no"}, "lowercase"),
        ("harness.metrics.sacrebleu.BLEU", {"smooth_value": [1]}, "smooth_value"),
        ("harness.ratings.views.Mapped", {"name": "x", "mapping": {"fluency": 3}}, "mapping"),
        ("harness.test_sets.named.load_test_set", {"name": "article", "labels": ["a"]}, "labels"),
        ("harness.test_sets.named.load_test_set", {"name": None}, "name"),
    ],
)
def test_a_value_of_the_wrong_type_is_bad_input(
    target: str, values: dict[str, object], key: str
) -> None:
    with pytest.raises(InputError, match=f"the config value {key} of {target} has the wrong type"):
        build({"_target_": target, **values})


def test_a_whole_number_serves_as_a_number() -> None:
    built = build({"_target_": "harness.metrics.sacrebleu.BLEU", "smooth_value": 1})
    assert built == BLEU(smooth_value=1.0)


@pytest.mark.parametrize(
    ("reader", "key"),
    [
        ("mtme.read", "human_systems"),
        ("mqm_tsv.read", "human_systems"),
        ("wmt_xml.read", "references"),
        ("qe_spans.read", "without_texts"),
        ("aces.read", "phenomena"),
    ],
)
def test_text_is_no_list_of_its_letters(reader: str, key: str) -> None:
    maker = located(f"harness.test_sets.readers.{reader}")
    needed = [
        p.name
        for p in inspect.signature(maker).parameters.values()
        if p.default is inspect.Parameter.empty
    ]
    values = {name: {} if name in ("references", "systems") else "x" for name in needed}
    with pytest.raises(InputError, match=rf"{key} of .* is text where a list is meant"):
        build({"_target_": f"harness.test_sets.readers.{reader}", **values, key: "refA"})


def test_a_message_is_one_line() -> None:
    with pytest.raises(InputError) as caught:
        build({"_target_": "harness.metrics.sacrebleu.BLEU", "smooth_value": [1]})
    assert "\n" not in caught.value.message
