"""What can be done to each quasi-identifier of our studies, finest loss first (`privacy.md` C4.2)."""

from kapabla.release.disclosure import Merge, MergeSmall, QuasiIdentifier
from kapabla.release.disclosure.rules import MIN_MUNICIPALITY
from kapabla.release.teaching import MIXED, ONLINE, ROOM, TAUGHT

# "Vill inte svara" to the question of gender: a group together with "annat" where either is small.
DECLINED = "declined"
# Of how somebody was taught: whoever was there knows who never came, so it is a value like the ways (decision 94).
NEVER_BEGAN = "never_began"
GENDER, AGE, OTHER_ROLE, OTHER_GENDER = "bak_4", "bak_3", "other_local", "3"

# By what the figures of a release may be filtered: a fixed list (C5.4), in the order in which they are offered.
FILTERS = ("role", AGE, GENDER, "municipality")

_TWO_AGE_BANDS = Merge(
    "two age bands",
    {"1": "12", "2": "12", "3": "34", "4": "34"},
    {
        "12": {"sv": "Under 50 år", "en": "Under 50"},
        "34": {"sv": "50 år eller äldre", "en": "50 or older"},
    },
)
_OTHER_OR_DECLINED = MergeSmall(
    "other or declined",
    OTHER_GENDER,
    only=frozenset({OTHER_GENDER, DECLINED}),
    labels={OTHER_GENDER: {"sv": "Annat, eller vill inte svara", "en": "Other, or prefers not to answer"}},
)
# Whoever was in the room was seen there. A few of one way go with those of another, so that no blank points them out.
_PARTLY = {MIXED: {"sv": "I rummet, helt eller delvis", "en": "In the room, wholly or partly"}}
_ANY_WAY = "any"
_ANY_WAY_LABEL = {_ANY_WAY: {"sv": "I rummet, på nätet eller båda", "en": "In the room, online or both"}}
_FEW_IN_THE_ROOM = MergeSmall("few in the room", MIXED, only=frozenset({ROOM, MIXED}), labels=_PARTLY)
_FEW_OF_ANY_WAY = MergeSmall("few of a way", _ANY_WAY, only=frozenset({ROOM, ONLINE, MIXED}), labels=_ANY_WAY_LABEL)
_IN_THE_ROOM_AT_ALL = Merge("in the room at all", {ROOM: MIXED}, _PARTLY)


def quasi_identifier(name: str, k: int) -> QuasiIdentifier:
    """The column with its recodings; one that nobody has described can only be blanked or withheld.

    >>> quasi_identifier("municipality", 5).smallest
    20
    """
    if name == "role":
        return QuasiIdentifier(name, always=(_rare_roles(1),), steps=(_rare_roles(2), _rare_roles(4), _rare_roles(8)))
    if name == AGE:
        return QuasiIdentifier(name, steps=(_TWO_AGE_BANDS,))
    if name == GENDER:
        return QuasiIdentifier(name, always=(_OTHER_OR_DECLINED,))
    if name == "municipality":
        return QuasiIdentifier(name, smallest=MIN_MUNICIPALITY)
    if name == TAUGHT:
        return QuasiIdentifier(name, always=(_FEW_IN_THE_ROOM, _FEW_OF_ANY_WAY), steps=(_IN_THE_ROOM_AT_ALL,))
    return QuasiIdentifier(name, smallest=k)


def _rare_roles(times: int) -> MergeSmall:
    """A vet in a small municipality is known to everybody (attack 12)."""
    labels = {OTHER_ROLE: {"sv": "Annan roll (sammanslagen)", "en": "Other role (merged)"}}
    return MergeSmall(f"roles of fewer than {'k' if times == 1 else f'{times} k'}", OTHER_ROLE, times, labels=labels)
