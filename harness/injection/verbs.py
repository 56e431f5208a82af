"""The verbs of news: base, past and participle of those that injected errors of grammar need."""

from __future__ import annotations

from harness.injection.words import word_list

__all__ = ["BASES", "PARTICIPLES", "PASTS", "base_of", "is_participle", "third_person"]

_IRREGULAR = (
    "be was been; become became become; begin began begun; break broke broken; bring brought"
    " brought; build built built; buy bought bought; catch caught caught; choose chose chosen;"
    " come came come; cut cut cut; do did done; draw drew drawn; drive drove driven; fall fell"
    " fallen; feel felt felt; fight fought fought; find found found; fly flew flown; forget"
    " forgot forgotten; get got got; give gave given; go went gone; grow grew grown; hold held"
    " held; keep kept kept; know knew known; lead led led; leave left left; lose lost lost;"
    " make made made; mean meant meant; meet met met; pay paid paid; put put put; rise rose"
    " risen; run ran run; say said said; see saw seen; sell sold sold; send sent sent; set set"
    " set; show showed shown; speak spoke spoken; spend spent spent; stand stood stood; take"
    " took taken; teach taught taught; tell told told; think thought thought; understand"
    " understood understood; win won won; write wrote written"
)
_REGULAR = word_list(
    "accept accelerate achieve act add address adopt affect agree aim allow announce"
    " appear apply appoint approve arrest arrive ask attack attend attract avoid ban"
    " believe benefit block call cancel carry cause change claim clarify close collapse"
    " complete conduct confirm consider continue contribute control convey cooperate"
    " create criticize deal decide declare decline decrease deepen delay deliver deny"
    " deploy describe design detect develop discover discuss display divide double earn"
    " emphasize encourage end enhance enjoy enter establish evaluate exceed exchange"
    " expand expect experience explain explore express extend face fail focus follow form"
    " formulate gather handle happen help hope hit host identify implement import improve"
    " include increase indicate inject injure insist inspect install introduce invest"
    " investigate invite issue join kill lack land launch learn like limit link live look"
    " maintain manage mark mention move name need note obtain occur offer open operate"
    " oppose order organize pass perform place plan play point prepare present prevent"
    " produce promise promote propose protect prove provide publish purchase push question"
    " raise reach realize receive recognize recover reduce refer reflect refuse reject"
    " release remain remove repair replace reply report request require rescue respond"
    " restore restrict result return reveal serve settle share sign sort spread start"
    " state stay strengthen stress strike study submit succeed suffer suggest support"
    " suspect target test threaten train transform treat try turn update urge use view"
    " visit vote wait want warn welcome work"
)


def _past(base: str) -> str:
    """The regular past of ``base``."""
    if base.endswith("e"):
        return base + "d"
    if base.endswith("y") and base[-2] not in "aeiou":
        return base[:-1] + "ied"
    if base in {"ban", "stop", "plan", "drop", "refer", "occur", "admit", "commit", "submit"}:
        return base + base[-1] + "ed"
    return base + "ed"


_FORMS = [tuple(v.split()) for v in _IRREGULAR.split(";")]
_FORMS += [
    (b, _past(b), _past(b)) for b in _REGULAR if b not in {"hit", "deal", "spread", "strike"}
]

#: base -> past, base -> participle; "be" is left out of both.
PASTS: dict[str, str] = {b: p for b, p, _ in _FORMS if b != "be"}
PARTICIPLES: dict[str, str] = {b: p for b, _, p in _FORMS if b != "be"}
BASES = frozenset(PASTS)
_BASE_OF = {p: b for b, p in PARTICIPLES.items()} | {p: b for b, p in PASTS.items()}


def base_of(form: str) -> str | None:
    """The base of a past or a participle that the table has."""
    return _BASE_OF.get(form)


def is_participle(word: str) -> bool:
    """Whether ``word`` may be a past participle: one of the table, or in -ed."""
    return word == "been" or word in _BASE_OF or (word.endswith("ed") and len(word) > 4)


def third_person(base: str) -> str:
    """The form of the third person singular (go → goes)."""
    if base.endswith(("s", "x", "z", "ch", "sh", "o")):
        return base + "es"
    if base.endswith("y") and base[-2] not in "aeiou":
        return base[:-1] + "ies"
    return base + "s"
