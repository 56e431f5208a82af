"""The reader of DEMETR and the numbers made from it, with made-up items."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.errors import InputError
from harness.metrics.sacrebleu import ChrF
from harness.minimal_pairs.challenges import challenges
from harness.scoring.stage import score_test_set
from harness.test_sets.readers.demetr import SHUFFLED, read

NEGATION = "critical_id8_negation"


def item(number: int, name: str, **changes: Any) -> dict[str, Any]:
    return {
        "id": number,
        "src_sent": f"源{number}",
        "eng_sent": f"Reference number {number} is here.",
        "mt_sent": f"Translation number {number} is here.",
        "pert_sent": f"Translation number {number} is not here.",
        "lang_tag": "chinese_simple",
        "data_source": "WMT",
        "pert_check": True,
        "severity": "critical",
        "pert_id": 8,
        "pert_desc": "made up",
        "pert_name": name,
        **changes,
    }


def write(folder: Path, files: dict[str, Any]) -> Path:
    folder = folder / "dataset"
    folder.mkdir(exist_ok=True)
    for name, items in files.items():
        text = json.dumps(items, ensure_ascii=False, indent=2)
        (folder / f"{name}.json").write_text(text, encoding="utf-8")
    return folder


def made_up(folder: Path) -> Path:
    return write(
        folder,
        {
            NEGATION: [
                item(1, NEGATION),
                item(2, NEGATION, pert_sent="Translation number 2 is here."),
                item(3, NEGATION, lang_tag="german"),
                item(4, NEGATION, pert_check=False),
                item(5, NEGATION, lang_tag="chinese_traditional"),
            ],
            SHUFFLED: [
                item(n, SHUFFLED, pert_sent=f"Something else, {n}.", lang_tag=tag)
                for n, tag in ((1, "chinese_simple"), (2, "chinese_simple"), (3, "german"))
            ],
        },
    )


def test_the_items_of_one_language(tmp_path: Path) -> None:
    test_set = read(made_up(tmp_path))
    assert test_set.segments["segment_id"].tolist() == [
        f"{SHUFFLED}/1",
        f"{SHUFFLED}/2",
        f"{NEGATION}/1",
        f"{NEGATION}/2",
        f"{NEGATION}/5",
    ]
    assert test_set.segments["document"].tolist() == [
        *("source-1", "source-2", "source-1", "source-2", "source-5"),
    ]
    assert test_set.roles == {"good": "system", "incorrect": "injected", "unrelated": "injected"}
    unrelated = test_set.hypotheses[test_set.hypotheses["system"] == "unrelated"]
    assert dict(zip(unrelated["segment_id"], unrelated["hypothesis"], strict=True)) == {
        f"{SHUFFLED}/1": "Something else, 1.",
        f"{SHUFFLED}/2": "Something else, 2.",
        f"{NEGATION}/1": "Something else, 1.",
        f"{NEGATION}/2": "Something else, 2.",
    }
    assert any("5 of the folder's 8 items are read" in note for note in test_set.notes)
    assert any("1 of the language have it false" in note for note in test_set.notes)
    assert any(f"decide nothing: {NEGATION}/2" in note for note in test_set.notes)


def test_the_recipe_by_plain_loops(tmp_path: Path) -> None:
    """d = s(mt_sent) - s(pert_sent) over checked items whose texts differ; the drop over the ids
    that have an unrelated text."""
    folder = made_up(tmp_path)
    test_set = read(folder)
    metric = ChrF()
    scored = score_test_set(test_set, {"chrf": metric}, references=["refA"], workers=1)
    found = challenges(test_set, scored.scores).set_index("phenomenon")

    import sacrebleu

    def s(text: str, reference: str) -> float:
        return sacrebleu.sentence_chrf(text, [reference]).score

    items = json.loads((folder / f"{NEGATION}.json").read_text(encoding="utf-8"))
    used = [items[0], items[4]]
    d = [s(i["mt_sent"], i["eng_sent"]) - s(i["pert_sent"], i["eng_sent"]) for i in used]
    row = found.loc[NEGATION]
    assert (row["n"], row["n_identical"], row["n_drop"]) == (2, 1, 1)
    assert row["accuracy"] == sum(x > 0 for x in d) / 2
    whole = s(items[0]["mt_sent"], items[0]["eng_sent"]) - s(
        "Something else, 1.", items[0]["eng_sent"]
    )
    assert row["relative_drop"] == pytest.approx(d[0] / whole, abs=1e-12)
    assert found.loc[SHUFFLED, "relative_drop"] == pytest.approx(1.0, abs=1e-12)


def test_another_language(tmp_path: Path) -> None:
    folder = made_up(tmp_path)
    assert len(read(folder, language="german").segments) == 2
    with pytest.raises(InputError, match="there is no language 'german_low'"):
        read(folder, language="german_low")
    with pytest.raises(InputError, match="there is no language ''"):
        read(folder, language="")


def test_an_id_that_comes_twice_is_kept(tmp_path: Path) -> None:
    test_set = read(write(tmp_path, {NEGATION: [item(1, NEGATION), item(1, NEGATION)]}))
    assert test_set.segments["segment_id"].tolist() == [f"{NEGATION}/1", f"{NEGATION}/1#2"]
    assert any("1 item has the perturbation and id of another" in n for n in test_set.notes)
    assert any(f"there is no {SHUFFLED}.json" in n for n in test_set.notes)


def without(key: str) -> dict[str, Any]:
    return {k: v for k, v in item(1, NEGATION).items() if k != key}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "the file is not a JSON list"),
        ("{}", "the file is not a JSON list"),
        ("[1]", "the item is not a JSON object"),
        ("[{]", "the file is not valid JSON"),
        (json.dumps([item(1, NEGATION)])[:-1], "the list does not go on"),
        (json.dumps([item(1, NEGATION)])[:-1] + " {}]", "the list does not go on"),
        ('[{"id": NaN}]', "NaN is not a JSON number"),
        ('[{"id": 1, "id": 2}]', "the key 'id' occurs twice"),
        ("[] []", "the file goes on after the list"),
        ("[{}]", "the item has no 'id'"),
        ('[{"id": "\\ud800"}]', "half a surrogate pair"),
        (json.dumps([without("pert_sent")]), "the item has no 'pert_sent'"),
        (
            json.dumps([item(1, NEGATION, id=None)]),
            "'id' of the item is neither a number nor a text",
        ),
        (json.dumps([item(1, NEGATION, pert_check=3)]), "neither true nor false"),
        (json.dumps([item(1, NEGATION, mt_sent=3)]), "'mt_sent' of the item has the wrong type"),
        (json.dumps([item(1, NEGATION, eng_sent=" ")]), "'eng_sent' of the item is blank"),
        (json.dumps([item(1, NEGATION, pert_check=False)]), "no item of the language has"),
        ("[]", "there is no language 'chinese'"),
    ],
)
def test_files_that_do_not_fit(tmp_path: Path, content: str, message: str) -> None:
    folder = write(tmp_path, {})
    (folder / f"{NEGATION}.json").write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match=message) as caught:
        read(folder)
    assert caught.value.file is not None


def test_the_line_of_a_fault_is_named(tmp_path: Path) -> None:
    items = [item(1, NEGATION), item(2, NEGATION, mt_sent=None)]
    with pytest.raises(InputError) as caught:
        read(write(tmp_path, {NEGATION: items}))
    assert caught.value.line == 16  # "[", an object of 14 lines, "{"


def test_folders_that_are_none(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="there is no such folder"):
        read(tmp_path / "none")
    with pytest.raises(InputError, match=r"the folder has no \.json file"):
        read(tmp_path)


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
ITEM = st.fixed_dictionaries(
    {
        "id": st.one_of(st.integers(), TEXT, st.none()),
        "src_sent": TEXT,
        "eng_sent": TEXT,
        "mt_sent": TEXT,
        "pert_sent": TEXT,
        "lang_tag": st.sampled_from(["chinese_simple", "german"]),
        "pert_check": st.sampled_from([True, False, None, "True"]),
    }
)


@given(st.lists(ITEM, max_size=5))
def test_any_items_are_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, items: list[dict[str, Any]]
) -> None:
    folder = write(tmp_path_factory.mktemp("demetr"), {NEGATION: items})
    try:
        test_set = read(folder)
    except InputError as error:
        assert error.file is not None
        return
    kept = [
        i for i in items if i["lang_tag"] == "chinese_simple" and i["pert_check"] in (True, "True")
    ]
    good = test_set.hypotheses[test_set.hypotheses["system"] == "good"]["hypothesis"].tolist()
    assert good == [i["mt_sent"] for i in kept]


@given(st.binary(max_size=100))
def test_any_bytes_are_refused(tmp_path_factory: pytest.TempPathFactory, b: bytes) -> None:
    folder = write(tmp_path_factory.mktemp("demetr"), {})
    (folder / "a.json").write_bytes(b)
    with pytest.raises(InputError):
        read(folder)


def test_labels_are_refused_where_no_error_has_one(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no error labels to translate"):
        read(made_up(tmp_path), labels={"x": "other"})


def test_base_kinds_are_controls(tmp_path: Path) -> None:
    empty = "base_id33_empty"
    folder = write(tmp_path, {NEGATION: [item(1, NEGATION)], empty: [item(1, empty, pert_sent="")]})
    test_set = read(folder)
    assert test_set.card["controls"] == [empty]
    assert f"controls, not errors: {empty}" in test_set.notes
    scores = score_test_set(test_set, {"chrF": ChrF()}).scores
    found = challenges(test_set, scores).set_index("phenomenon")["control"]
    assert found.to_dict() == {empty: True, NEGATION: False}
