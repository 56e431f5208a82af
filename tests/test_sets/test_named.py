from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from harness.errors import InputError
from harness.support import resources
from harness.support.resources import resource_folder
from harness.tables import DataFile, TestSet
from harness.test_sets.cards import find_card, load_card
from harness.test_sets.named import load_test_set
from tests.support.own_cards import BASE, TEXTS, Own


@pytest.fixture
def own(tmp_path: Path) -> Own:
    return Own(tmp_path)


# -- cards ---------------------------------------------------------------------------------------


def test_a_card_of_ones_own(own: Own) -> None:
    test_set = own.load()
    assert test_set.name == "own"
    assert test_set.segments["source"].tolist() == ["甲", "乙"]
    assert test_set.systems == ["local", "remote"]
    assert [file.name for file in test_set.files] == [
        BASE + "src.zh",
        BASE + "ref.en",
        BASE + "hyp.en",
        "own/local.en",
    ]
    digest = hashlib.sha256(TEXTS["src.zh"].encode()).hexdigest()
    assert test_set.files[0] == DataFile(BASE + "src.zh", 8, digest)
    assert test_set.card["title"] == "A title"
    assert (test_set.card["source_language"], test_set.card["target_language"]) == ("zh", "en")
    assert "reader" not in test_set.card


def test_files_are_verified_at_every_load(own: Own) -> None:
    own.load()
    (own.mirror / "example.org" / "texts" / "hyp.en").write_text("a\nc\n", "utf-8")
    with pytest.raises(InputError, match="this is not the file that"):
        own.load()


def test_counts_that_are_not_met(own: Own) -> None:
    for key, found, expected in (("segments", "2", "3"), ("references", "1", "2")):
        own.values["counts"] = {key: int(expected)}
        with pytest.raises(InputError, match=f"another number of {key} than") as caught:
            own.load()
        assert (caught.value.found, caught.value.expected) == (found, expected)
        assert caught.value.file == str(own.folder / "card.yaml")


def remove(key: str) -> Callable[[dict[str, object]], object]:
    return lambda values: values.pop(key)


def change(key: str, value: object) -> Callable[[dict[str, object]], object]:
    return lambda values: values.update({key: value})


ENTRY = {"url": BASE + "x", "bytes": 1, "sha256": "0" * 64}


@pytest.mark.parametrize(
    ("mistake", "message"),
    [
        (remove("licence"), "the card lacks licence"),
        (change("titel", ""), "no key of a card 'titel'"),
        (change("name", "other"), "the card's name is not that of its folder"),
        (change("reader", "plain_text"), "the card's reader does not name a function"),
        (change("reader", {"source": "x"}), "the card's reader does not name a function"),
        (change("reader", {"_target_": "os.system"}), "the config may not build 'os.system'"),
        (
            change("reader", {"_target_": "harness.test_sets.readers.x.read"}),
            "which does not exist",
        ),
        (change("counts", {"segment": 1}), "there is no count 'segment'"),
        (change("counts", {"segments": "2"}), "the card's counts are no whole numbers"),
        (change("counts", [1]), "the card's counts are no whole numbers"),
        (change("language_pair", "Chinese"), "the card's language_pair is none"),
        (change("files", [{"url": BASE}]), "an entry of the card's files has another form"),
        (change("files", "x"), "an entry of the card's files has another form"),
        (change("files", [ENTRY, ENTRY]), "two of the card's files are called 'x'"),
        (change("files", [{**ENTRY, "url": "http://a/b"}]), "this is no URL of a file"),
        (change("files", [{**ENTRY, "bytes": True}]), "an entry of the card's files has another"),
    ],
)
def test_faults_of_a_card(
    own: Own, mistake: Callable[[dict[str, object]], object], message: str
) -> None:
    mistake(own.values)
    with pytest.raises(InputError, match=message):
        own.load()


def test_a_card_that_is_no_yaml(own: Own) -> None:
    path = own.folder / "card.yaml"
    for content, line, message in (
        (b"name: own\ntitle: [\n", 3, "the card is no YAML"),
        (b"a: !!python/object:os.x {}", 1, "the card is no YAML"),
        (b"\xff", 1, "the line is not UTF-8"),
        (b"- a\n", None, "the card is no YAML mapping"),
        (b"", None, "the card is no YAML mapping"),
    ):
        path.write_bytes(content)
        with pytest.raises(InputError, match=message) as caught:
            load_card(path)
        assert caught.value.line == line
    with pytest.raises(InputError, match="there is no such file"):
        load_card(own.folder / "absent.yaml")


def test_names() -> None:
    assert find_card("article").parent.name == "article"
    for name in ("wmt23_zhen_new", "", "..", "../datasets/article", "article/"):
        with pytest.raises(InputError, match="there is no test set"):
            find_card(name)
    with pytest.raises(InputError, match="did you mean 'wmt23_zhen_news'"):
        load_test_set("wmt23_zhen_new")


def test_every_card_that_comes_with_the_package_is_sound() -> None:
    cards = sorted(resource_folder("datasets").glob("*/card.yaml"))
    assert {path.parent.name for path in cards} >= {"article", "wmt23_zhen_news"}
    for path in cards:
        load_card(path)


def test_the_article_comes_back_from_what_is_written(tmp_path: Path) -> None:
    from tests.support.round_trip import assert_round_trip

    article = load_test_set("article", mirror=tmp_path, cache=tmp_path)  # nothing is fetched
    assert "not by professional translators" in article.card["notice"]
    assert {file.name.split("/")[0] for file in article.files} == {"article"}
    assert_round_trip(article, tmp_path)


# -- references of one's own ---------------------------------------------------------------------


def test_a_reference_of_ones_own_comes_first(own: Own, tmp_path: Path) -> None:
    path = tmp_path / "professional.txt"
    path.write_text("eins\nzwei\n", "utf-8")
    test_set = own.load(references={"professional": path, "none": None})
    assert test_set.reference_names == ["professional", "refA"]
    assert test_set.references["reference"].tolist() == ["eins", "zwei", "A", "B"]
    assert test_set.files[-1].name == str(path)
    assert test_set.notes == ()
    replaced = own.load(references={"refA": str(path)})
    assert replaced.references["reference"].tolist() == ["eins", "zwei"]


def test_a_reference_as_json_lines_may_be_partial(own: Own, tmp_path: Path) -> None:
    path = tmp_path / "professional.jsonl"
    path.write_text('{"segment_id": "2", "reference": "zwei"}\n', "utf-8")
    test_set = own.load(references={"professional": path})
    assert test_set.references[["segment_id", "reference"]].to_numpy().tolist() == [
        ["2", "zwei"],
        ["1", "A"],
        ["2", "B"],
    ]
    assert test_set.notes == ("the reference professional lacks 1 of 2 segments",)


def test_a_reference_of_another_length_is_refused(own: Own, tmp_path: Path) -> None:
    path = tmp_path / "professional.txt"
    path.write_text("eins\n", "utf-8")
    with pytest.raises(InputError, match="there is no line for this segment") as caught:
        own.load(references={"professional": path})
    assert (caught.value.line, caught.value.found) == (2, "1 line")
    assert "as many as the test set own has" in str(caught.value.expected)
    with pytest.raises(InputError, match="there is no such file"):
        own.load(references={"professional": tmp_path / "absent.txt"})


# -- where the cards lie -------------------------------------------------------------------------


def test_resources_lie_in_the_package_first_and_beside_a_checkout_second(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "harness"
    package.mkdir()
    monkeypatch.setattr(resources, "_PACKAGE", package)
    (tmp_path / "datasets").mkdir()  # another package of that name
    with pytest.raises(InputError, match="the package lacks its folder 'datasets'"):
        resource_folder("datasets")
    (tmp_path / "pyproject.toml").write_text("")
    assert resource_folder("datasets") == tmp_path / "datasets"
    (package / "_data" / "datasets").mkdir(parents=True)
    assert resource_folder("datasets") == package / "_data" / "datasets"


# -- real data -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def wmt23(mirror: Path) -> TestSet:
    return load_test_set("wmt23_zhen_news", mirror=mirror)


def test_wmt23_has_the_counts_of_its_card(wmt23: TestSet, mirror: Path, expected: Path) -> None:
    numbers = json.loads((expected / "wmt23_zhen_news.json").read_text("utf-8"))
    assert wmt23.systems == numbers["all_systems"]
    assert wmt23.rated_systems == numbers["rated_systems"]
    assert wmt23.segments["segment_id"].tolist() == [str(n) for n in range(1, 378)]
    assert wmt23.reference_names == ["refA"]
    counts = wmt23.card["counts"]
    assert counts["annotations"] == len(wmt23.annotations) == 11310
    sums = (mirror / "SHA256SUMS").read_text("utf-8").split("\n")
    known = {line.split(maxsplit=1)[1]: line.split()[0] for line in sums if line.strip()}
    assert len(wmt23.files) == 18
    for file in wmt23.files:
        assert known[file.name.removeprefix("https://")] == file.sha256


def test_wmt23_gives_the_published_ratings(wmt23: TestSet, expected: Path) -> None:
    """Mean penalties from the tables by Google's weights, without the package's own ratings."""
    numbers = json.loads((expected / "wmt23_zhen_news.json").read_text("utf-8"))
    spans = wmt23.error_spans
    code = spans["category"] + "/" + spans["subcategory"]
    weight = np.where(spans["severity"] == "major", 5.0, 1.0)
    weight[(code == "fluency/punctuation") & (spans["severity"] == "minor")] = 0.1
    weight[spans["category"] == "non_translation"] = 25.0
    weight[spans["category"] == "source"] = 0.0
    total = spans.assign(weight=weight).groupby("system")["weight"].sum()
    for system, mean in numbers["mqm_system_mean"].items():
        assert -total[system] / (377 * 3) == pytest.approx(mean, abs=1e-9)
    segment = spans.assign(weight=weight).groupby(["system", "segment_id"])["weight"].sum()
    for system, ratings in numbers["mqm_segment"].items():
        ours = [-segment.get((system, str(n)), 0.0) / 3 for n in range(1, 378)]
        assert ours == pytest.approx(ratings, abs=1e-9)


def test_wmt23_comes_back_from_json_lines(wmt23: TestSet, tmp_path: Path) -> None:
    from tests.support.round_trip import assert_round_trip

    assert_round_trip(wmt23, tmp_path)


def test_a_changed_copy_of_wmt23_is_refused(mirror: Path, tmp_path: Path) -> None:
    card = load_card(find_card("wmt23_zhen_news"))
    file = card.files[card.reader["source"]]
    copy = tmp_path / file.place
    copy.parent.mkdir(parents=True)
    shutil.copyfile(mirror / file.place, copy)
    with copy.open("ab") as stream:
        stream.write(b"\n")
    with pytest.raises(InputError, match="this is not the file that"):
        load_test_set("wmt23_zhen_news", mirror=tmp_path)
