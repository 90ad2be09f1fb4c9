"""The difference report (F5): counts, columns, rules and versions, and nobody singled out (C5.5)."""

import copy

import pytest

from kapabla.errors import Refused
from kapabla.release.difference import Change, Edition, difference
from kapabla.release.disclosure import Thresholds, told_apart
from kapabla.web.research.release_difference import changes

T = Thresholds(5)
REPORT = {
    "k": 5, "l": 3, "withheld": ["cohort"], "recodings": ["role: roles of fewer than k", "cohort: withheld"],
    "quasi_identifiers": ["role", "bak_3", "cohort"], "blank": {"role": 5, "bak_3": 0}, "below_k_before": 4,
}  # fmt: skip
MANIFEST = {
    "release": "2026-11-25-1", "study": "kapabla-2026", "people": "real", "purpose": "evaluation", "n_people": 60,
    "n_per_wave": {"t0": 60, "t1": 40}, "disclosure": REPORT, "free_text": "not included", "software": "kapabla 0.1.0",
    "instrument_versions": {"se": 1}, "consent": {"id": "forskning", "version": 1},
    "consent_versions": [{"id": "forskning", "version": 1}], "registry_number": "2026-01234-01",
    "analysis_plan": {"state": "frozen", "sha256": "aa"},
}  # fmt: skip
COLUMNS = [
    {"name": "wave", "labels": {"sv": "Mättillfälle", "en": "Wave"}, "values": {"t0": "Startfrågor", "t1": "Efter"},
     "disclosure": "kept", "missing": []},
    {"name": "role", "labels": {"sv": "Yrke", "en": "Role"}, "values": {"vet": "Veterinär", "post": "Post"},
     "disclosure": "kept", "missing": ["withheld"], "quasi_identifier": True},
    {"name": "gone", "labels": {"sv": "Borta", "en": "Gone"}, "values": {}, "disclosure": "kept", "missing": []},
]  # fmt: skip


def edition(change=lambda *_: None):
    manifest, columns = copy.deepcopy(MANIFEST), copy.deepcopy(COLUMNS)
    change(manifest, columns)
    return Edition(manifest, columns)


FORMER = edition()
SAME = [Change("count", what, "", None, None) for what in ("people", "t0", "t1")]


def of(present, kind):
    return [change for change in difference(FORMER, present, thresholds=T) if change.kind == kind]


def test_two_alike_differ_in_nothing_and_their_counts_are_not_told():
    """F5."""
    assert list(difference(FORMER, edition(), thresholds=T)) == SAME


@pytest.mark.parametrize("now", range(50, 71))
def test_a_count_that_differs_by_one_to_four_looks_as_one_that_does_not_differ(now):
    """C5.5, attack 18: nobody sees whether one person has come or gone."""
    [people] = [c for c in of(edition(lambda m, _: m.update(n_people=now)), "count") if c.what == "people"]
    told = abs(now - 60) >= T.cell
    assert people == Change("count", "people", "", *((60, now) if told else (None, None)))


def test_a_count_of_few_is_not_told_however_much_it_differs():
    assert told_apart(60, 3, thresholds=T) is None
    assert told_apart(3, 60, thresholds=T) is None
    assert told_apart(0, 60, thresholds=T) == (0, 60)
    assert told_apart(60, 55, thresholds=T) == (60, 55)
    assert told_apart(60, 51, thresholds=Thresholds(10)) is None


def test_how_many_people_were_protected_is_no_difference():
    """The counts of the risk report are of single people, and differ for each that comes or goes."""

    def change(manifest, columns):
        manifest["disclosure"] |= {"blank": {"role": 10, "bak_3": 0}, "below_k_before": 3}

    assert list(difference(FORMER, edition(change), thresholds=T)) == SAME


def test_columns_that_came_went_and_changed():
    def change(manifest, columns):
        columns[1] |= {"disclosure": "recoded", "values": {"other": "Övriga"}}
        columns[2] = {"name": "new", "labels": {"sv": "Ny", "en": "New"}, "values": {}, "disclosure": "kept"}

    assert of(edition(change), "column") == [
        Change("column", "new", "added", None, "new"),
        Change("column", "gone", "removed", "gone", None),
        Change("column", "role", "values", {"vet": "Veterinär", "post": "Post"}, {"other": "Övriga"}),
        Change("column", "role", "disclosure", "kept", "recoded"),
    ]


def test_what_an_older_codebook_does_not_say_has_not_changed():
    assert of(edition(lambda _, c: c[1].update(scoring=None, scales=[])), "column") == []


def test_rules_and_versions_that_changed():
    def change(manifest, columns):
        manifest |= {"purpose": "sharing", "instrument_versions": {"se": 2, "avs": 1}, "software": "kapabla 0.2.0"}
        manifest["analysis_plan"] = {"state": "not frozen", "sha256": "aa"}
        manifest["consent_versions"].append({"id": "forskning", "version": 2})
        manifest["disclosure"] |= {"recodings": ["role: roles of fewer than 2 k"], "withheld": []}

    present = edition(change)
    assert of(present, "rule") == [
        Change("rule", "purpose", "", "evaluation", "sharing"),
        Change("rule", "role", "protection", ["roles of fewer than k"], ["roles of fewer than 2 k"]),
        Change("rule", "cohort", "protection", ["withheld"], []),
    ]
    assert of(present, "version") == [
        Change("version", "se", "instrument", 1, 2),
        Change("version", "consent", "", ["forskning 1"], ["forskning 1", "forskning 2"]),
        Change("version", "analysis_plan_state", "", "frozen", "not frozen"),
        Change("version", "software", "", "kapabla 0.1.0", "kapabla 0.2.0"),
        Change("version", "avs", "instrument", None, 1),
    ]


@pytest.mark.parametrize("other", [{"study": "annan"}, {"people": "test"}])
def test_releases_of_two_studies_or_of_made_up_people_are_not_compared(other):
    """C12."""
    with pytest.raises(Refused, match="releases_not_alike"):
        difference(FORMER, edition(lambda manifest, _: manifest.update(other)), thresholds=T)


def test_the_page_says_it_in_swedish():
    """R09."""

    def change(manifest, columns):
        manifest |= {"n_people": 71, "instrument_versions": {"se": 2}}
        manifest["disclosure"] |= {"recodings": ["role: roles of fewer than 2 k"], "withheld": []}
        columns[1] |= {"disclosure": "recoded", "values": {"other": "Övriga"}}

    assert changes(FORMER, edition(change), T, "sv") == [
        ("Personer", 60, 71),
        ("Svar, startfrågor", "–", "oförändrat, eller färre än 5 i skillnad"),
        ("Svar, efter", "–", "oförändrat, eller färre än 5 i skillnad"),
        ("Värden i role", "vet = Veterinär; post = Post", "other = Övriga"),
        ("Skydd av role", "som det svarades", "sammanslagen"),
        (
            "Sammanslagning av role", "yrken med färre än 5 personer är sammanslagna",
            "yrken med färre än 10 personer är sammanslagna",
        ),
        ("Sammanslagning av cohort", "lämnas inte ut", "–"),
        ("Version av frågorna se", "1", "2"),
    ]  # fmt: skip
