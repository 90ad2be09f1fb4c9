"""B9: how much of what was planted the guard finds. The figures are printed by `./dev bench guard`."""

import pytest

from kapabla import guard
from tests.planted_texts import is_caught, lines, planted_texts

TEXTS = planted_texts()
KINDS = sorted({planted.kind for text in TEXTS for planted in text.planted})


@pytest.fixture(scope="module")
def caught():
    """By kind: whether each planted thing was found, by a detector that knows the names of participants and staff."""
    names, found = guard.NameIndex(lines("roster")), {kind: [] for kind in KINDS}
    for text in TEXTS:
        findings = guard.find(text.text, names)
        for planted in text.planted:
            found[planted.kind].append(is_caught(text.text, planted, findings))
    return found


def test_the_planted_set_is_large_and_has_every_kind():
    assert len(TEXTS) >= 300
    assert len(lines("harmless")) >= 300
    assert KINDS == ["addr", "birth", "email", "link", "name", "phone", "pnr", "reg"]


def test_at_least_95_of_100_direct_identifiers_are_found(caught):
    """B9, C7.22."""
    every = [one for found in caught.values() for one in found]
    assert sum(every) / len(every) >= 0.95


@pytest.mark.parametrize("kind", ["pnr", "email"])
def test_every_personal_number_and_e_mail_address_is_found(caught, kind):
    """B9, C7.22."""
    assert caught[kind]
    assert all(caught[kind])


@pytest.mark.parametrize("kind", KINDS)
def test_no_kind_is_left_to_the_others(caught, kind):
    """An average of 95 could hide one kind that is never found."""
    assert sum(caught[kind]) / len(caught[kind]) >= 0.9


def test_without_the_names_of_participants_fewer_names_are_found(caught):
    """The positive twin: the list is used."""
    found = [
        is_caught(text.text, planted, guard.find(text.text))
        for text in TEXTS
        for planted in text.planted
        if planted.kind == "name"
    ]
    assert sum(found) < sum(caught["name"])


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("AnnaSvensson ringde.", "name"), ("Skriv till hjördislundkvist på chatten", "name"),
        ("hon heter lundkvisthjördis", "name"), ("nollsjunollettsjufyra", "phone"),
        ("noll sju noll ett sju fyra", "phone"), ("sexhundrafyrtio fyra noll tre 9825", "personal_number"),
    ],
)  # fmt: skip
def test_names_written_together_and_numbers_in_words_are_found(text, kind):
    found = guard.find(text, guard.NameIndex(["Hjördis Lundkvist"]))
    assert [finding.kind for finding in found] == [kind]


@pytest.mark.parametrize("text", ["Youtube och kommunhuset.", "Vi var två eller tre stycken.", "En av tre kom."])
def test_ordinary_words_together_are_no_name_and_no_number(text):
    assert guard.find(text, guard.NameIndex(["Hjördis Lundkvist"])) == ()


def test_a_text_that_points_at_nobody_mostly_passes_unmarked():
    """A reader who is shown too much reads nothing."""
    names = guard.NameIndex(lines("roster"))
    marked = [line for line in lines("harmless") if guard.find(line, names)]
    assert len(marked) / len(lines("harmless")) < 0.05


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("Hon heter ofelia, tror jag", ["ofelia"]), ("Vad heter kursen och vem är ni?", []),
        ("Det kallas väl ingenting", []), ("Vi säger inga sagor", []), ("Mitt namn står i brevet", []),
        ("Kvinnofridslinjen 020-50 50 50 och 114 14 är bra att ha", []), ("Mötet var kl 08.30-10.45", []),
        ("Hon och Anna gick", ["Anna"]), ("A. Johansson och Lena L. vet", ["A. Johansson", "Lena L."]),
        ("Tack Polisen och Länsstyrelsen i Malå", ["Malå"]), ("Ofelia Brandströms hund", ["Ofelia Brandströms"]),
    ],
)  # fmt: skip
def test_what_is_marked_and_what_is_not(text, marked):
    assert [text[one.start : one.end] for one in guard.find(text)] == marked
