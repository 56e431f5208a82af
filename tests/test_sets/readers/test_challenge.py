from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.errors import InputError
from harness.test_sets.named import load_test_set
from harness.test_sets.readers.challenge import read
from tests.support.expected_categories import expected_categories

HEADER = "source\tgood-translation\tincorrect-translation\treference\tphenomena\tsource"
ROWS = [
    ["源", "ten", "two", "10", "Number", "WMT"],
    ["泉", "m", "km", "metre", "Unit", "Flores"],
    ["源", "yes", "yes", "yes", " Number", "WMT "],
]


def write(folder: Path, rows: list[list[str]], header: str = HEADER, end: str = "") -> Path:
    path = folder / "cases.tsv"
    path.write_bytes(("\n".join([header, *("\t".join(row) for row in rows)]) + end).encode())
    return path


@pytest.mark.parametrize("end", ["", "\n"])
def test_a_case_is_a_segment_of_two_systems(tmp_path: Path, end: str) -> None:
    test_set = read("c", write(tmp_path, ROWS, end=end), phenomena=["Number", "Unit"])
    columns = ["segment_id", "document", "domain", "source"]
    assert test_set.segments[columns].to_numpy().tolist() == [
        ["1", "source-1", "WMT", "源"],
        ["2", "source-2", "Flores", "泉"],
        ["3", "source-1", "WMT", "源"],
    ]
    assert test_set.roles == {"good": "system", "incorrect": "injected"}
    texts = test_set.hypotheses.groupby("system", sort=False)["hypothesis"].agg(list)
    assert texts.to_dict() == {"good": ["ten", "m", "yes"], "incorrect": ["two", "km", "yes"]}
    assert test_set.references["reference"].tolist() == ["10", "metre", "yes"]
    assert test_set.phenomena["phenomenon"].tolist() == ["Number", "Unit", "Number"]
    assert bool(test_set.phenomena[["start", "end"]].isna().all(axis=None))
    assert test_set.notes == (
        "3 pairs of a good and an incorrect translation, from 2 source texts: 2 Number, 1 Unit",
        "1 of 3 pairs hold the same translation twice and decide nothing: 3",
    )
    assert test_set.rated_systems == []


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ([], "the line is blank"),
        (ROWS[0][:5], "the row has not six fields"),
        (ROWS[0] + ROWS[1], "the row has not six fields"),  # two merged lines
        (["源", "a", " ", "b", "Number", "WMT"], "the field 'incorrect-translation' of the row is"),
        (["源", "a", "b", "c", "Numbr", "WMT"], "there is no phenomenon 'Numbr'"),
    ],
)
def test_rows_that_do_not_fit(tmp_path: Path, row: list[str], message: str) -> None:
    with pytest.raises(InputError, match=message) as caught:
        read("c", write(tmp_path, [ROWS[0], row, ROWS[1]]), phenomena=["Number", "Unit"])
    assert caught.value.line == 3


def test_files_that_are_none(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="the file has no cases"):
        read("c", write(tmp_path, []))
    with pytest.raises(InputError, match="the header is another one"):
        read("c", write(tmp_path, ROWS, header="\t".join(ROWS[0])))
    (tmp_path / "cases.tsv").write_bytes(b"")
    with pytest.raises(InputError, match="the file is empty"):
        read("c", tmp_path / "cases.tsv")
    (tmp_path / "cases.tsv").write_bytes(HEADER.encode() + b"\n\xff\t")
    with pytest.raises(InputError, match="the line is not UTF-8"):
        read("c", tmp_path / "cases.tsv")


CELL = st.text(
    st.characters(exclude_characters="\t\n\r", exclude_categories=["Cs"]), min_size=1, max_size=20
).filter(lambda text: not text.isspace())


@given(st.lists(st.lists(CELL, min_size=6, max_size=6), min_size=1, max_size=5))
def test_texts_come_back_unchanged(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]]
) -> None:
    test_set = read("c", write(tmp_path_factory.mktemp("fuzz"), rows))
    assert test_set.segments["source"].tolist() == [row[0] for row in rows]
    both = [row[1] for row in rows] + [row[2] for row in rows]
    assert test_set.hypotheses["hypothesis"].tolist() == both
    assert test_set.references["reference"].tolist() == [row[3] for row in rows]
    assert test_set.phenomena["phenomenon"].tolist() == [row[4].strip() for row in rows]


# -- real data -----------------------------------------------------------------------------------


def test_the_hwtsc_challenge_set_has_the_expected_cases(mirror: Path, expected: Path) -> None:
    test_set = load_test_set("hwtsc_challenge", mirror=mirror)
    published = expected_categories(expected)["fixed_contrast_sets"]["hwtsc"]
    texts = test_set.hypotheses.pivot(index="segment_id", columns="system", values="hypothesis")
    differing = set(texts.index[texts["good"] != texts["incorrect"]])
    decided = test_set.phenomena[test_set.phenomena["segment_id"].isin(differing)]
    counts = decided["phenomenon"].value_counts().to_dict()
    assert counts == {kind: entry["n"] for kind, entry in published.items()}
    assert test_set.segments["domain"].value_counts().to_dict() == {"Flores": 382, "WMT": 339}
    assert (
        "1 of 721 pairs hold the same translation twice and decide nothing: 574" in test_set.notes
    )


def test_bleu_prefers_what_it_is_expected_to(mirror: Path, expected: Path) -> None:
    """Pairs are joined rightly: sentence BLEU gives the accuracies computed independently."""
    from sacrebleu.metrics.bleu import BLEU

    test_set = load_test_set("hwtsc_challenge", mirror=mirror)
    published = expected_categories(expected)["fixed_contrast_sets"]["hwtsc"]
    texts = test_set.hypotheses.pivot(index="segment_id", columns="system", values="hypothesis")
    texts = texts.assign(
        reference=test_set.references.set_index("segment_id")["reference"],
        phenomenon=test_set.phenomena.set_index("segment_id")["phenomenon"],
    )
    metric = BLEU(effective_order=True)
    for kind in ("Unit Format", "Number(Swapped Number)"):
        credit = []
        cases = texts[texts["phenomenon"] == kind]
        for right, wrong, reference in zip(
            cases["good"], cases["incorrect"], cases["reference"], strict=True
        ):
            good = metric.sentence_score(str(right), [str(reference)]).score
            incorrect = metric.sentence_score(str(wrong), [str(reference)]).score
            credit.append(1.0 if good > incorrect else 0.5 if good == incorrect else 0.0)
        assert sum(credit) / len(credit) == pytest.approx(published[kind]["metrics"]["BLEU"]["acc"])
