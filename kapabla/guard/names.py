"""Names of people and places in a text."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from kapabla.guard.findings import Finding, Kind
from kapabla.guard.name_index import NameIndex, fold

_WORD = re.compile(r"[^\W\d_]+(?:['’\-‐–][^\W\d_]+)*")
# What may stand between two words of one name.
_WITHIN_NAME = re.compile(r"[ \t]{1,2}|,\s?|\.\s?|\n")
_HALVES = re.compile(r"([A-ZÅÄÖ][^\W\d_A-ZÅÄÖ]+)([A-ZÅÄÖ][^\W\d_A-ZÅÄÖ]+)")
_SENTENCE_ENDS = re.compile(r"(?:^|[.!?:;…\n\r(\[\"”“»•*–—/]|(?<=\s)-)\s*$")
_INITIAL_BEFORE = re.compile(r"(?<!\w)(?:[A-ZÅÄÖ]\.\s?|[A-ZÅÄÖ]{1,2}\s)$")
_INITIAL_AFTER = re.compile(r"\s[A-ZÅÄÖ]\b\.?(?!\w)")
_SHORTEST_MISSPELT_ALONE = 6
# A known name in small letters, by itself: shorter ones are too often words.
_SHORTEST_SMALL = 6
_CALLED = frozenset({"heter", "hette"})


@dataclass(frozen=True)
class _Lists:
    given: frozenset[str]
    given_as_written: frozenset[str]
    given_that_are_words: frozenset[str]
    surnames: frozenset[str]
    surname_endings: tuple[str, ...]
    ordinary: frozenset[str]
    places: frozenset[str]
    not_names: frozenset[str]


@dataclass(frozen=True)
class _Word:
    text: str
    folded: str
    start: int
    end: int
    begins_sentence: bool

    @property
    def is_capital(self) -> bool:
        return self.text[0].isupper()

    @property
    def is_shouted(self) -> bool:
        """SMS, PDF, or somebody who writes in capital letters: the first letter then tells nothing."""
        return len(self.text) > 1 and self.text.isupper()


@cache
def _lists() -> _Lists:
    written = tomllib.loads(Path(__file__).with_name("words.toml").read_text(encoding="utf-8"))
    folded = {name: tuple(fold(word) for word in words.split()) for name, words in written.items()}
    return _Lists(
        given=frozenset(folded["given"]),
        given_as_written=frozenset(written["given"].split()),
        given_that_are_words=frozenset(folded["given_that_are_words"]),
        surnames=frozenset(folded["surnames"]),
        surname_endings=folded["surname_endings"],
        ordinary=frozenset(folded["ordinary"]),
        places=frozenset(folded["places"]),
        not_names=frozenset(folded["not_names"]),
    )


def find_names(text: str, known: NameIndex) -> Iterator[Finding]:
    """Finds: two words of a known name, next to each other or with one word between, in either order, in capital or
    small letters, with or without marks and hyphens, each misspelt by at most one letter; one word of a known name or
    of the common names; a given name and a surname written as one word; what somebody is said to be called
    ("heter ofelia"); and any word with a capital letter that begins no sentence and is no known place, authority or
    brand, since that is how names are written. An initial beside a name belongs to it, and so does a word before it
    that begins the sentence, unless sentences often begin with it.

    A known name and any other name are found as the same kind: what is marked never tells whether somebody takes part.

    Does not find: a nickname in small letters, "min granne" and other ways to say who, a rare name that begins a
    sentence and is not known.
    """
    words = list(_words(text))
    spans = [*_known_pairs(text, words, known), *_alone(words, known)]
    beginnings = {word.end: word for word in words if word.is_capital and _may_begin_a_name(word)}
    for start, end in _runs(text, sorted(spans)):
        first = beginnings.get(start - 1) if text[start - 1 : start] == " " else None
        yield Finding(first.start if first else start, end, Kind.NAME)


def find_places(text: str) -> Iterator[Finding]:
    """Finds: the county's municipalities and larger places, and those around it, with a capital letter (also "Malås").

    Does not find: villages and farms by name, unless their capital letter makes `find_names` mark them.
    """
    for word in _words(text):
        if word.is_capital and _is_in(word.folded, _lists().places):
            yield Finding(word.start, word.end, Kind.PLACE)


def _may_begin_a_name(word: _Word) -> bool:
    """Of a word with a capital letter that stands right before a name."""
    lists = _lists()
    return word.begins_sentence and word.folded not in lists.ordinary | lists.not_names | lists.places


def _words(text: str) -> Iterator[_Word]:
    for match in _WORD.finditer(text):
        begins = bool(_SENTENCE_ENDS.search(text[max(0, match.start() - 4) : match.start()]))
        yield _Word(match.group(), fold(match.group()), match.start(), match.end(), begins or match.start() == 0)


def _known_pairs(text: str, words: list[_Word], known: NameIndex) -> Iterator[tuple[int, int]]:
    for place, one in enumerate(words):
        for other in words[place + 1 : place + 3]:
            between = text[one.end : other.start]
            if len(between) <= 20 and not re.search(r"[!?:;\d]", between) and _is_known_pair(one, other, known):
                yield one.start, other.end


def _is_known_pair(one: _Word, other: _Word, known: NameIndex) -> bool:
    edits = known.is_pair(one.folded, other.folded)
    if edits is None:
        return False
    shortest, capitals = min(len(one.folded), len(other.folded)), one.is_capital + other.is_capital
    if edits == 0:
        return capitals > 0 or shortest > 3
    if edits == 1:
        return capitals > 0 or shortest > 4
    return capitals == 2 and shortest > 4


def _alone(words: list[_Word], known: NameIndex) -> Iterator[tuple[int, int]]:
    lists, before, follows_given = _lists(), "", False
    others = lists.not_names | lists.places
    for word in words:
        is_name = not _is_in(word.folded, others) and (
            _is_name_alone(word, known, lists)
            or (before in _CALLED and _may_be_called(word, lists))
            or (follows_given and _is_surname(word.folded, lists))
        )
        if is_name:
            yield word.start, word.end
        before, follows_given = word.folded, is_name and _is_in(word.folded, lists.given)


def _may_be_called(word: _Word, lists: _Lists) -> bool:
    """After "heter": neither "heter det" nor "heter kursen"."""
    is_thing = not word.is_capital and word.folded.endswith(("en", "et", "an", "na"))
    return len(word.folded) > 2 and not is_thing and word.folded not in lists.ordinary


def _is_name_alone(word: _Word, known: NameIndex, lists: _Lists) -> bool:
    if _is_in(word.folded, known.joined) or _is_joined(word, lists):
        return True
    is_word_too = _is_in(word.folded, lists.given_that_are_words)
    if not word.is_capital:
        # With its own å, ä and ö, for säga is no Saga.
        is_known = len(word.folded) >= _SHORTEST_SMALL and _is_in(word.folded, known.words)
        return _is_in(word.text, lists.given_as_written) or (is_known and word.folded not in lists.ordinary)
    if len(word.folded) < 2:
        return False
    if not is_word_too and _is_in(word.folded, lists.given):
        return True
    if word.is_shouted:
        is_known = _is_in(word.folded, known.words) or _is_in(word.folded, lists.surnames)
        return is_known and not is_word_too
    if not word.begins_sentence:
        return True
    if is_word_too:
        return False
    edits = known.edits_to(word.folded)
    is_known = edits == 0 or (edits == 1 and len(word.folded) >= _SHORTEST_MISSPELT_ALONE)
    return is_known or _is_surname(word.folded, lists)


def _is_joined(word: _Word, lists: _Lists) -> bool:
    """A common given name and a surname written as one word: AnnaSvensson, or annasvensson where it can be no other."""
    halves = _HALVES.fullmatch(word.text)
    if halves is not None:
        first, second = fold(halves[1]), fold(halves[2])
        return (_is_in(first, lists.given) and len(second) > 2) or _is_surname(second, lists)
    return any(
        _is_in(word.folded[place:], lists.surnames) and word.folded[:place] in lists.given
        for place in range(3, len(word.folded) - 4)
    )


def _is_surname(folded: str, lists: _Lists) -> bool:
    forms = (folded, folded.removesuffix("s"))
    return any(
        form in lists.surnames or any(form.endswith(end) and len(form) > len(end) + 2 for end in lists.surname_endings)
        for form in forms
    )


def _is_in(folded: str, words: frozenset[str] | set[str]) -> bool:
    """Also in the genitive."""
    return folded in words or (folded.endswith("s") and folded[:-1] in words)


def _runs(text: str, spans: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Neighbouring names are one, and an initial on either side belongs to it."""
    run: tuple[int, int] | None = None
    for start, end in spans:
        if run and (start <= run[1] or _WITHIN_NAME.fullmatch(text[run[1] : start])):
            run = (run[0], max(run[1], end))
            continue
        if run:
            yield _with_initials(text, *run)
        run = (start, end)
    if run:
        yield _with_initials(text, *run)


def _with_initials(text: str, start: int, end: int) -> tuple[int, int]:
    before = _INITIAL_BEFORE.search(text[max(0, start - 4) : start])
    after = _INITIAL_AFTER.match(text[end : end + 4])
    return start - (len(before.group()) if before else 0), end + (after.end() if after else 0)
