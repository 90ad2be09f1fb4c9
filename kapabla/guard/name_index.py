"""A set of known names, folded, to be met in a text in any order and misspelt by one letter.

It is made of names alone, without ids, and what it answers is whether words of a text look like one of them: never
which, nor whose.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from itertools import permutations

_WORD = re.compile(r"[^\W\d_]+")
_PARTICLES = frozenset({"von", "af", "av", "de", "der", "van", "da", "del", "la", "le", "al", "el", "bin"})
# A word of three letters is one letter away from too many others.
_MIN_MISSPELT = 4
# Two short words of a name together are too often a word.
_MIN_JOINED = 7


def fold(word: str) -> str:
    """Small letters without marks, hyphens and apostrophes: Åsa, asa and ÁSA are one, and Al-Hassan is Alhassan.

    >>> fold("Kjell-Åke"), fold("Näslund"), fold("Rosén")
    ('kjellake', 'naslund', 'rosen')
    """
    plain = unicodedata.normalize("NFKD", word.casefold().replace("ø", "o").replace("æ", "a"))
    return "".join(letter for letter in plain if letter.isalpha())


class NameIndex:
    """Names of people, each in one string. Words of one letter and particles alone are left out."""

    def __init__(self, names: Iterable[str]) -> None:
        self._pairs: set[frozenset[str]] = set()
        self.words: set[str] = set()
        for name in names:
            tokens = list(dict.fromkeys(_tokens(name)))
            self.words.update(tokens)
            self._pairs.update(frozenset((one, other)) for one in tokens for other in tokens if one != other)
        # AnnaSvensson: as an address or a name of a chat has it.
        self.joined = {
            one + other for pair in self._pairs for one, other in permutations(pair) if len(one + other) >= _MIN_JOINED
        }
        self._near = _Neighbours(self.words)

    def is_pair(self, one: str, other: str) -> int | None:
        """How many letters two folded words are from two words of one name, in either order; None beyond one a word."""
        found = [
            first_edits + second_edits
            for first, first_edits in self._near.of(one).items()
            for second, second_edits in self._near.of(other).items()
            if frozenset((first, second)) in self._pairs
        ]
        return min(found, default=None)

    def edits_to(self, word: str) -> int | None:
        """0 or 1 letter from a word of some name, or None."""
        return min(self._near.of(word).values(), default=None)


def _tokens(name: str) -> Iterator[str]:
    """The folded words of a name: those joined by a hyphen both together and apart, a particle with what follows it."""
    parts = [part.strip(",.") for part in name.split()]
    for place, part in enumerate(parts):
        pieces = [fold(piece) for piece in _WORD.findall(part)]
        whole = "".join(pieces)
        if place and fold(parts[place - 1]) in _PARTICLES:
            yield fold(parts[place - 1]) + whole
        for token in (whole, *pieces):
            if len(token) > 1 and token not in _PARTICLES:
                yield token
    given = [fold(part) for part in parts[:-1]]
    if len(given) == 2:
        # Lars Erik, written Lars-Erik or Larserik.
        yield "".join(given)


class _Neighbours:
    """Words by what is left of them without one letter: two words that are one letter apart (one too many, too few,
    another, or two changed about) share such a rest."""

    def __init__(self, words: Iterable[str]) -> None:
        self._words: dict[str, set[str]] = {}
        for word in words:
            for rest in _rests(word):
                self._words.setdefault(rest, set()).add(word)
        self._known: dict[str, dict[str, int]] = {}

    def of(self, word: str) -> dict[str, int]:
        """The words that this one may be, with how many letters they differ. A genitive's s is taken off as well."""
        if word not in self._known:
            found: dict[str, int] = {}
            for form in (word, word[:-1]) if word.endswith("s") and len(word) > 3 else (word,):
                near = {other for rest in _rests(form) for other in self._words.get(rest, ())}
                for other in near:
                    edits = _edits(form, other)
                    if edits is not None:
                        found[other] = min(edits, found.get(other, 1))
            self._known[word] = found
        return self._known[word]


def _rests(word: str) -> Iterator[str]:
    yield word
    if len(word) >= _MIN_MISSPELT - 1:
        for place in range(len(word)):
            yield word[:place] + word[place + 1 :]


def _edits(one: str, other: str) -> int | None:
    """0 for the same, 1 for one letter more, fewer or other, or two neighbours changed about; None for all else.

    >>> _edits("naslund", "nalsund"), _edits("ahl", "ahll"), _edits("ek", "berg")
    (1, 1, None)
    """
    if one == other:
        return 0
    if max(len(one), len(other)) < _MIN_MISSPELT or abs(len(one) - len(other)) > 1:
        return None
    short, long = sorted((one, other), key=len)
    start = next((place for place in range(len(short)) if short[place] != long[place]), len(short))
    if len(short) < len(long):
        return 1 if short[start:] == long[start + 1 :] else None
    if short[start + 1 :] == long[start + 1 :]:
        return 1
    is_swapped = short[start : start + 2] == long[start : start + 2][::-1]
    return 1 if is_swapped and short[start + 2 :] == long[start + 2 :] else None
