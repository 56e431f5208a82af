"""Bad inputs of the other readers: ESA, XML, mt-metrics-eval, spans, challenge sets, cards."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.bad_inputs import Noted, Refused, named, noted, refused
from tests.support.readable import READABLE

pytestmark = pytest.mark.reliability

FILES = {reader.name: reader.files for reader in READABLE}


def _text(reader: str, file: str) -> str:
    return str(FILES[reader][file])


def _replaced(reader: str, file: str, old: str, new: str) -> str:
    text = _text(reader, file)
    assert old in text, (reader, old)
    return text.replace(old, new, 1)


def _changed(
    reader: str,
    name: str,
    file: str,
    old: str,
    new: str,
    line: int | None,
    says: str,
    remedy: str = "",
) -> Refused:
    """The reader's own file with ``new`` in the place of the first ``old``."""
    return Refused(reader, name, file, _replaced(reader, file, old, new), line, says, remedy)


def _esa(name: str, old: str, new: str, says: str, remedy: str = "", line: int = 1) -> Refused:
    return _changed("esa_csv", name, "esa.csv", old, new, line, says, remedy)


ESA_CSV = [
    Refused("esa_csv", "an empty file", "esa.csv", "", None, "the file is empty"),
    _esa("a header", "r1,mt,0", "user,system,item,kind,a,b,score,document,f,errors,s,e\nr1,mt,0", "there is no language pair 'None'", "", 1),
    _esa("too few fields", "r1,mt,1,TGT,zho,eng,70,d1,False,[],1,2", "r1,mt,1,TGT", "another number of fields", "", 2),
    _esa("too many fields", ",[],1,2", ",[],1,2,3", "another number of fields", "", 2),
    _esa("a quotation mark that is not closed", '}]",1,2', "}],1,2", "the row is no CSV", "", 2),
    _esa("a blank user", "r1,mt,0", ",mt,0", "the user is blank"),
    _esa("an unknown system", "r1,mt,0", "r1,mtt,0", "there is no system 'mtt'", "did you mean 'mt'?"),
    _esa("an item beyond the last", "mt,1,TGT", "mt,2,TGT", "the item is no line of the texts", "first_item=1", 2),
    _esa("an item that is no number", "mt,1,TGT", "mt,one,TGT", "the item is no line of the texts", "", 2),
    _esa("a negative item", "mt,1,TGT", "mt,-1,TGT", "the item is no line of the texts", "", 2),
    _esa("another document", "70,d1", "70,d2", "of two documents", "first_item=1", 2),
    _esa("a score above 100", "eng,90", "eng,101", "no number from 0 to 100"),
    _esa("a negative score", "eng,90", "eng,-1", "no number from 0 to 100"),
    _esa("a score that is none", "eng,90", "eng,good", "no number from 0 to 100"),
    _esa("a score that is NaN", "eng,90", "eng,nan", "no number from 0 to 100"),
    _esa("an empty score", "eng,90", "eng,", "no number from 0 to 100"),
    _esa("errors that are no JSON", ",[],", ",[,", "the line is not valid JSON", "", 2),
    _esa("errors that are no list", ",[],", ",{},", "the 'errors' of the row has the wrong type", "", 2),
    _esa("an unknown severity", '""minor""', '""tiny""', "there is no severity 'tiny'"),
    _esa("a span beyond the end", '""end_i"": 2', '""end_i"": 99', "error 1 is outside the translation"),
    _esa("a reversed span", '""start_i"": 0', '""start_i"": 3', "error 1 is outside the translation"),
    _esa("a negative start", '""start_i"": 0', '""start_i"": -1', "has the wrong type"),
    _esa("a float as start", '""start_i"": 0', '""start_i"": 0.5', "has the wrong type"),
    _esa("two language pairs", "mt,1,TGT,zho,eng", "mt,1,TGT,deu,eng", "several language pairs", "test_set.languages=", 2),
    _esa("attention checks alone", "TGT", "BAD", "there is no language pair", "", 1),
]  # fmt: skip
ESA_CSV = [case for case in ESA_CSV if case.name not in ("a header", "attention checks alone")]


def _wmt24(
    name: str, old: str, new: str, says: str, line: int | None = 1, remedy: str = ""
) -> Refused:
    return _changed(
        "esa_jsonl, an annotation a line", name, "esa.jsonl", old, new, line, says, remedy
    )


def _wmt25(name: str, old: str, new: str, says: str, line: int | None = 1) -> Refused:
    return _changed("esa_jsonl, a segment a line", name, "esa.jsonl", old, new, line, says)


def _pearmut(name: str, old: str, new: str, says: str, line: int | None = 1) -> Refused:
    return _changed("esa_jsonl, Pearmut", name, "esa.jsonl", old, new, line, says)


ESA_JSONL = [
    Refused("esa_jsonl, Pearmut", "an empty file", "esa.jsonl", "", None, "no segments"),
    Refused("esa_jsonl, Pearmut", "another object", "esa.jsonl", '{"a": 1}\n', 1, "is no error span annotation"),
    _wmt24("half an object", '"annotator": "r"}', '"annotator": ', "not valid JSON"),
    _wmt24("a score above 100", '"90"', '"900"', "no number from 0 to 100"),
    _wmt24("a number of 400 digits", '"90"', "9" * 400, "no number from 0 to 100"),
    _wmt24("no annotator", '"annotator": "r"', '"annotator": ""', "the 'annotator' of"),
    _wmt24("a line_id that is a text", '"line_id": 0', '"line_id": "0"', "has the wrong type"),
    _wmt24("errors that are no list", '[{"start_i": 0, "end_i": 1, "severity": "minor"}, {"start_i": "missing", "end_i": "missing", "severity": "major", "error_type": null}]', "null", "has the wrong type"),
    _wmt24("an unknown category", '"error_type": null', '"error_type": "Misc"', "there is no error category 'Misc'", 1, "test_set.labels={Misc:"),
    _wmt24("an unknown severity", '"minor"', '"tiny"', "there is no severity 'tiny'"),
    _wmt24("no source", '"src": "甲", ', "", "the 'src' of"),
    _wmt25("a system without a translation", '{"mt": [', '{"nt": [', "'nt'"),
    _wmt25("scores that are a number", '[{"score": 80.0, "annotator": "r", "errors": [{"start_i": 0, "end_i": 1, "severity": "minor"}]}]', "80", "has the wrong type"),
    _wmt25("a translation that is null", '"mt": "text"', '"mt": null', "has the wrong type"),
    _pearmut("as many annotations as segments", '"annotation": [', '"annotation": [{"a": {"score": 1, "error_spans": []}}, ', "not as many annotations as segments"),
    _pearmut("no texts", '"item": [', '"items": [', "the line does not hold the texts"),
    _pearmut("a blank user", '"user_id": "r"', '"user_id": ""', "the 'user_id' of"),
]  # fmt: skip


def _xml(name: str, old: str, new: str, line: int | None, says: str, remedy: str = "") -> Refused:
    return _changed("wmt_xml", name, "all.xml", old, new, line, says, remedy)


BOMB = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>\n'
XML = [
    Refused("wmt_xml", "an empty file", "all.xml", "", 1, "the file is no XML"),
    Refused("wmt_xml", "plain text", "all.xml", "甲\n乙\n", 1, "the file is no XML"),
    Refused("wmt_xml", "another root", "all.xml", "<tmx></tmx>", 1, "<tmx> stands at the wrong place"),
    Refused("wmt_xml", "no segments", "all.xml", '<dataset id="t"></dataset>', None, "the file holds no segments"),
    _xml("entities of its own", "<dataset", BOMB + "<dataset", 2, "a document type declaration"),
    _xml("a file from elsewhere", "<dataset", '<!DOCTYPE x SYSTEM "file:///etc/passwd">\n<dataset', 2, "a document type declaration"),
    _xml("an unknown entity", "&amp;", "&nbsp;", 7, "the file is no XML: undefined entity"),
    _xml("a bare ampersand", "&amp;", "&", 7, "the file is no XML"),
    _xml("a bare less-than sign", "&amp;", "<", 7, "the file is no XML"),
    _xml("a control character", "甲", "\x01", 5, "the file is no XML"),
    _xml("a NUL as a reference", "甲", "&#0;", 5, "the file is no XML"),
    _xml("half a surrogate pair as a reference", "甲", "&#xD800;", 5, "the file is no XML"),
    _xml("another encoding than declared", "utf-8", "ascii", 5, "the file is no XML"),
    _xml("an encoding that there is not", "utf-8", "klingon", 1, "encoding"),
    _xml("a tag that is not closed", "</seg>", "", 5, "a segment holds an element"),
    _xml("cut off", "</doc>\n</collection>\n</dataset>\n", "", 8, "the file is no XML: no element found"),
    _xml("two roots", "</dataset>\n", "</dataset>\n<dataset/>\n", 11, "the file is no XML: junk after document element"),
    _xml("markup in a segment", "甲", "<b>甲</b>", 5, "a segment holds an element"),
    _xml("text outside of segments", "<src", "x<src", 5, "a text stands outside of a segment"),
    _xml("a document without a name", ' id="d1"', "", 4, "the document has no id"),
    _xml("a document twice", "</doc>", '</doc><doc id="d1"></doc>', 8, "the document d1 comes twice"),
    _xml("no source", '<src lang="zh"><p><seg id="1">甲</seg><seg id="2">乙</seg></p></src>\n', "", 5, "stands before the source"),
    _xml("two sources", "</src>", '</src><src><seg id="1">x</seg></src>', 5, "has two sources"),
    _xml("a segment without a number", '<seg id="2"/>', "<seg/>", 7, "the segment has no number"),
    _xml("a segment twice", '<seg id="2">乙', '<seg id="1">乙', 5, "the segment 1 comes twice"),
    _xml("a segment that the source lacks", '<seg id="2"/>', '<seg id="3"/>', 7, "the source lacks this segment"),
    _xml("a system without a name", ' system="mt"', "", 7, "the translation names no system"),
    _xml("a system twice", "</hyp>", '</hyp><hyp system="mt"></hyp>', 7, "the system mt comes twice"),
    _xml("no systems", '<hyp lang="en" system="mt"><p><seg id="1">a &amp; b</seg><seg id="2"/></p></hyp>\n', "", None, "has no systems"),
]  # fmt: skip


def _mtme(
    name: str, file: str, old: str, new: str, line: int | None, says: str, remedy: str = ""
) -> Refused:
    return _changed("mtme", name, file, old, new, line, says, remedy)


MTME = [
    _mtme("a document without a domain", "documents", "news\td1\n", "d1\n", 1, "the line has another form"),
    _mtme("a blank document", "documents", "news\td1\n", "news\t\n", 1, "the line has another form"),
    _mtme("three fields", "documents", "news\td1\n", "news\td1\tx\n", 1, "the line has another form"),
    _mtme("a document with two domains", "documents", "news\td1\n", "chat\td1\n", 2, "has two domains"),
    _mtme("documents with spaces", "documents", "\t", " ", 1, "the line has another form"),
    _mtme("a document too few", "documents", "news\td1\n", "", 2, "there is no line for this segment"),
    _mtme("a rating too few", "ratings", "mt\tNone\n", "", None, "the system mt has fewer scores"),
    _mtme("a rating that is none", "ratings", "-5", "bad", 1, "this is no score"),
    _mtme("a rating of nobody", "ratings", "mt\t-5", "tm\t-5", 1, "there is no system 'tm'"),
    _mtme("no score", "scores", "mt\t1", "mt\t", 1, "this is no score"),
    _mtme("a span beyond the end", "r1", '"end": 1', '"end": 9', 1, "error 1 is outside the source", "of these texts"),
    _mtme("a negative start", "r1", '"start": 0', '"start": -1', 1, "has the wrong type"),
    _mtme("an unknown category", "r1", "accuracy/omission", "adequacy", 1, "there is no error category 'adequacy'"),
    _mtme("no JSON", "r1", "{", "", 1, "not valid JSON"),
    _mtme("a rater without annotations", "r1", _text("mtme", "r1").split("\n")[0], "mt\tNone", None, "hold no annotation"),
    _mtme("an expression of an unknown kind", "expressions.json", "VID", "XXX", 1, "there is no kind of expression 'XXX'"),
    _mtme("expressions of other lines", "expressions.json", '"index": 1', '"index": 2', 1, "entry 1 has another index"),
    _mtme("expressions cut off", "expressions.json", "}]}]", "}]}", 1, "the list does not go on"),
    Refused("mtme", "expressions that are not UTF-8", "expressions.json", b'[\n"\xff"]', 2, "the line is not UTF-8"),
]  # fmt: skip


def _qe(name: str, old: str, new: str, says: str, remedy: str = "") -> Refused:
    return _changed("qe_spans", name, "spans", old, new, 1, says, remedy)


QE = [
    Refused("qe_spans", "an empty file", "spans", "", None, "the file is empty"),
    Refused("qe_spans", "a blank line", "spans", _text("qe_spans", "spans") + "\n", 2, "the line is blank"),
    _qe("too few fields", "\tmajor", "", "the row has not nine fields", "a tab or a line break"),
    _qe("a blank document", "\td\t", "\t\t", "field 2 of the row is blank"),
    _qe("fewer starts than ends", "\t0\t1\t", "\t0\t1 1\t", "not as many starts, ends and severities"),
    _qe("an offset that is no number", "\t0\t1", "\tx\t1", "an offset is not a whole number"),
    _qe("a float as offset", "\t0\t1", "\t0.0\t1", "an offset is not a whole number"),
    _qe("a span beyond the end", "\t0\t1", "\t0\t2", "the span is not in the translation"),
    _qe("an empty span", "\t0\t1", "\t1\t1", "the span is not in the translation"),
    _qe("a reversed span", "\t0\t1", "\t1\t0", "the span is not in the translation"),
    _qe("no error with a span", "major", "no-error", "the row marks errors and says that there are none"),
    _qe("an unknown severity", "major", "severe", "there is no severity 'severe'"),
    _qe("an unknown system", "hyp.mt", "hyp.mtt", "there is no system 'mtt'"),
    _qe("another source", "\t甲\t", "\t丙\t", "the document d is not in the source"),
    _qe("another translation", "\ta\t", "\tz\t", "the annotated translation is not that"),
    Refused("qe_spans", "an annotation twice", "spans", _text("qe_spans", "spans") * 2, 2, "annotated segment 1 of 'mt' twice"),
]  # fmt: skip


def _aces(
    form: str,
    ending: str,
    name: str,
    old: str,
    new: str,
    line: int | None,
    says: str,
    remedy: str = "",
) -> Refused:
    return _changed(f"aces, {form}", name, f"aces.{ending}", old, new, line, says, remedy)


def _demetr(name: str, old: str, new: str, line: int | None, says: str) -> Refused:
    return _changed("demetr", name, "k.json", old, new, line, says)


CHALLENGE = [
    Refused("hwtsc_challenge", "an empty file", "cases", "", None, "the file is empty"),
    _changed("hwtsc_challenge", "another header", "cases", "phenomena", "kind", 1, "the header is another one"),
    _changed("hwtsc_challenge", "too few fields", "cases", "\tWMT", "", 2, "the row has not six fields"),
    _changed("hwtsc_challenge", "a blank field", "cases", "\tB\t", "\t \t", 2, "the field 'incorrect-translation' of the row is blank"),
    _changed("hwtsc_challenge", "a blank line", "cases", "WMT\n", "WMT\n\n", 3, "the line is blank"),
    Refused("aces, TSV", "an empty file", "aces.tsv", "", None, "the file has no cases"),
    _aces("TSV", "tsv", "a field missing", "langpair", "pair", 1, "the header has not one field 'langpair'"),
    _aces("TSV", "tsv", "a field twice", "reference", "source", 1, "the header has not one field 'source'"),
    _aces("TSV", "tsv", "a row too long", "\tzh-en", "\tx\tzh-en", 2, "another number of fields than the header", "quoted=true"),
    _aces("TSV", "tsv", "a blank source", "甲", " ", 2, "the field 'source' of the case is blank"),
    _aces("TSV", "tsv", "another language pair", "zh-en", "zh-fr", None, "there is no language pair 'zh-en'", "did you mean 'zh-fr'?"),
    _aces("CSV", "csv", "a quotation mark that is not closed", 'lines"', "lines", 2, "the row is not valid CSV"),
    _aces("JSON Lines", "jsonl", "a field missing", '"phenomena": "number", ', "", 1, "the case has no 'phenomena'"),
    _aces("JSON Lines", "jsonl", "a number as text", '"10"', "10", 1, "has the wrong type"),
    Refused("demetr", "an empty file", "k.json", "", 1, "the file is not a JSON list"),
    Refused("demetr", "no list", "k.json", "{}", 1, "the file is not a JSON list"),
    Refused("demetr", "a list of texts", "k.json", '[\n"a"]', 2, "the item is not a JSON object"),
    Refused("demetr", "two lists", "k.json", "[]\n[]", 2, "the file goes on after the list"),
    _demetr("cut off", "\n]", "", 12, "the list does not go on"),
    _demetr("a key missing", '"pert_sent": "C.",', "", 2, "the item has no 'pert_sent'"),
    _demetr("a key twice", '"mt_sent": "B.",', '"mt_sent": "B.", "mt_sent": "D.",', 2, "occurs twice in one object"),
    _demetr("a check that is neither", "true", '"maybe"', 2, "neither true nor false"),
    _demetr("an id that is a list", '"id": 1', '"id": [1]', 2, "neither a number nor a text"),
    _demetr("null as text", '"B."', "null", 2, "has the wrong type"),
    _demetr("a blank translation", '"B."', '" "', 2, "is blank"),
]  # fmt: skip


def _card(name: str, old: str, new: str, line: int | None, says: str, remedy: str = "") -> Refused:
    return _changed("card", name, "mine/card.yaml", old, new, line, says, remedy)


def _yaml(
    name: str, content: str | bytes, line: int | None, says: str, remedy: str = ""
) -> Refused:
    return Refused("card", name, "mine/card.yaml", content, line, says, remedy)


CARDS = [
    _yaml("an empty file", "", None, "the card is no YAML mapping"),
    _yaml("a list", "- a\n", None, "the card is no YAML mapping"),
    _yaml("a tab for indentation", "name: mine\nreader:\n\ta: 1\n", 3, "the card is no YAML"),
    _yaml("a control character", "name: mine\ntitle: \x01\n", 2, "the card is no YAML"),
    _yaml("not UTF-8", b"name: mine\ntitle: \xff\n", 2, "the line is not UTF-8"),
    _yaml("code", "name: mine\ntitle: !!python/object/apply:os.system [ls]\n", 2, "the card is no YAML"),
    _yaml("an alias of itself", "name: &a [*a]\n", 1, "a YAML alias contains itself"),
    _yaml("aliases that explode", "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(f"{n}: &{n} [{', '.join([f'*{o}'] * 10)}]\n" for o, n in zip("abcdef", "bcdefg", strict=True)), 5, "stand for too many values"),
    _yaml("an unknown alias", "name: *mine\n", 1, "the card is no YAML: found undefined alias"),
    _yaml("deep nesting", "name: " + "[" * 3000, 1, "the YAML is nested too deep"),
    _yaml("deep nesting in blocks", "- " * 3000, 1, "the YAML is nested too deep"),
    _card("a key twice", "year: 2024\n", "year: 2024\nyear: 2025\n", 6, "the key 'year' occurs twice"),
    _card("a key twice, deeper", "{mt: mt.txt}", "{mt: mt.txt, mt: other.txt}", 9, "the key 'mt' occurs twice"),
    _card("a date that there is not", "2024", "2024-13-45", 5, "a value of the card cannot be read", "quotes"),
    _card("a number of 5,000 digits", "2024", "9" * 5000, 5, "a value of the card cannot be read"),
    _card("an unknown key", "title", "titel", 2, "there is no key of a card 'titel'", "did you mean 'title'?"),
    _card("a key missing", "citation: none\n", "", None, "the card lacks citation"),
    _card("another name", "mine", "yours", 1, "the card's name is not that of its folder"),
    _card("a name that is a path", "mine", "../mine", 1, "the card's name is not that of its folder"),
    _card("no language pair", "zh-en", "Chinese", 3, "the card's language_pair is none"),
    _card("no reader", "_target_", "target", 6, "the card's reader does not name a function"),
    _card("counts that are no numbers", "{segments: 2}", "{segments: many}", 15, "the card's counts are no whole numbers"),
    _card("an unknown count", "{segments: 2}", "{segment: 2}", 15, "there is no count 'segment'", "'segments'"),
    _card("a file without a size", "bytes: 1, ", "", 11, "an entry of the card's files has another form"),
    _card("a sha256 that is none", "0" * 64, "0" * 63, 11, "the sha256 of https://example.org/zh.txt is none"),
    _card("an address that is none", "https://example", "file:///example", 11, "this is no URL of a file"),
    _card("an address that climbs", "org/zh.txt", "org/../zh.txt", 11, "this is no URL of a file"),
    _changed("score card", "an unknown key", "scores.yaml", "sentinels", "sentinel", 6, "there is no key of a score card 'sentinel'"),
    _changed("score card", "sentinels that are no list", "scores.yaml", "[Random]", "Random", 6, "are no list of names"),
    _changed("score card", "an unknown family", "scores.yaml", "{string:", "{strings:", 5, "there is no family of metrics 'strings'"),
    _changed("score card", "no files", "scores.yaml", "files:", "filez:", 7, "there is no key of a score card 'filez'"),
]  # fmt: skip

REFUSED = [*ESA_CSV, *ESA_JSONL, *XML, *MTME, *QE, *CHALLENGE, *CARDS]


@named(REFUSED)
def test_refused(case: Refused, tmp_path: Path) -> None:
    refused(case, tmp_path)


def _ratings(test_set: Any) -> list[float]:
    return list(test_set.given_ratings["rating"])


def _sources(test_set: Any) -> list[str]:
    return list(test_set.segments["source"])


def _esa_noted(name: str, old: str, new: str, note: str, expected: list[float]) -> Noted:
    content = _replaced("esa_csv", "esa.csv", old, new)
    return Noted("esa_csv", name, "esa.csv", content, note, _ratings, expected)


NOTED = [
    _esa_noted("an attention check", "mt,1,TGT", "mt,1,BAD", "1 row left out: attention check", [90.0]),
    _esa_noted("a tutorial", "70,d1", "70,tutorial", "1 row left out: tutorial", [90.0]),
    _esa_noted("a repeated document", "70,d1", "70,d1#dup1", "1 row left out: repeated", [90.0]),
    _esa_noted("a rater twice", "r1,mt,1", "r1,mt,0", "1 annotation left out: the same rater", [70.0]),
    _esa_noted("an undecided severity", '""minor""', '""undecided""', "1 error without a decided severity", [90.0, 70.0]),
    Noted("esa_jsonl, a segment a line", "a span beyond the end", "esa.jsonl", _replaced("esa_jsonl, a segment a line", "esa.jsonl", '"end_i": 1', '"end_i": 99'), "1 error marked outside the translation: without a span", _ratings, [80.0]),
    Noted("wmt_xml", "a line break in a text", "all.xml", _replaced("wmt_xml", "all.xml", "甲", "甲\n  丙"), "line breaks read as spaces in 1 text", _sources, ["甲 丙", "乙"]),
    Noted("wmt_xml", "an element of another format", "all.xml", _replaced("wmt_xml", "all.xml", "<src", "<note>x</note><src"), "1 element <note>, not part of the format: left out", _sources, ["甲", "乙"]),
    Noted("wmt_xml", "character data", "all.xml", _replaced("wmt_xml", "all.xml", "甲", "<![CDATA[<甲>]]>"), "", _sources, ["<甲>", "乙"]),
    Noted("wmt_xml", "a comment", "all.xml", _replaced("wmt_xml", "all.xml", "甲", "甲<!-- x -->"), "", _sources, ["甲", "乙"]),
    Noted("mtme", "an expression at another place", "expressions.json", _replaced("mtme", "expressions.json", '"start": 0, "end": 1', '"start": 5, "end": 6'), "moved to the nearest place", _sources, ["甲", "乙"]),
    Noted("aces, TSV", "two equal translations", "aces.tsv", _replaced("aces, TSV", "aces.tsv", "two", "ten"), "1 of 1 pairs hold the same translation twice", _sources, ["甲"]),
    Noted("demetr", "a check that is false", "base_id33_shuffle_trans.json", json.dumps([{**json.loads(_text("demetr", "base_id33_shuffle_trans.json"))[0], "pert_check": False}]), "1 of the folder's 2 items are read", _sources, ["甲"]),
]  # fmt: skip


@named(NOTED)
def test_read(case: Noted, tmp_path: Path) -> None:
    noted(case, tmp_path)
