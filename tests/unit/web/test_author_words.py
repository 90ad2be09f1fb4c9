"""What an author is told in Swedish: every sentence of the check, and no other."""

import string

import pytest

from kapabla.material import Fault
from kapabla.material.faults import say
from kapabla.web.author_words import _sentences, in_swedish, told
from tests.material_sentences import all_sentences


def gaps(template):
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}


def test_every_sentence_is_written_in_swedish_and_none_is_left_over():
    assert all_sentences() - set(_sentences()) == set(), "write it in kapabla/web/author_sentences.toml"
    assert set(_sentences()) - all_sentences() == set(), "nothing says this any more; remove it"


def test_a_translation_fills_in_only_what_the_sentence_knows():
    with_gaps = {english: swedish for english, swedish in _sentences().items() if "{" in swedish}
    assert with_gaps
    assert [english for english, swedish in with_gaps.items() if gaps(swedish) - gaps(english)] == []


def test_every_sentence_is_plain_swedish():
    for swedish in _sentences().values():
        assert swedish[0].isupper() or swedish[0] in "`{”-<" or swedish.startswith(("op ", "min_answered ")), swedish
        assert swedish.endswith("."), swedish
        assert "!" not in swedish.replace("!=", ""), swedish
        assert not {"ogiltig", "felaktig"} & set(swedish.casefold().split()), swedish


@pytest.mark.parametrize(
    ("fault", "place", "sentence"),
    [
        (Fault("x", "page 2", say("item {code} does not exist; write one of the item codes of this file.", code="q9")),
         "sida 2", "Frågan q9 finns inte. Skriv koden för en fråga i filen."),
        (Fault("x", "item se_3, option 4, value", "the minimum is above the maximum; change places."),
         "fråga se_3, svarsalternativ 4, value", "Minimum är högre än maximum. Byt plats på dem."),
        (Fault("x", "row 7, Field Type", say("{given!r} is not a list; write it in square brackets.", given="1")),
         "rad 7, Field Type", "”1” är ingen lista. Skriv den inom hakparentes."),
        (Fault("x", "line 3, column 9", "the key stands twice; remove one of them."),
         "rad 3, kolumn 9", "Nyckeln står två gånger. Ta bort den ena."),
    ],
)  # fmt: skip
def test_place_and_sentence_are_told_together(fault, place, sentence):
    assert told(fault) == (place, sentence)


def test_a_sentence_with_no_gap_may_hold_braces():
    assert in_swedish(say('{given!r} is not a table; a text is written {{sv = "…", en = "…"}}.', given=1)) == (
        '”1” är ingen tabell. En text skrivs {sv = "…", en = "…"}.'
    )
