"""What an approver is told of a release, from its manifest and codebook."""

import pytest

from kapabla.web.research.risk_report import measures, protections

REPORT = {
    "k": 5,
    "withheld": ["cohort"],
    "recodings": [
        "role: roles of fewer than k",
        "role: roles of fewer than 4 k",
        "bak_3: two age bands",
        "cohort: withheld",
    ],
    "quasi_identifiers": ["role", "bak_3", "cohort"],
    "blank": {"role": 5, "bak_3": 0},
}
# As manifests told it before: each cause by itself.
BY_CAUSE = {
    "missing_before": {"role": 1, "bak_3": 2, "cohort": 0}, "blanked": {"role": 3, "bak_3": 0},
    "blanked_for_sensitive": {"role": 0, "bak_3": 0}, "blanked_for_pattern": {"role": 4, "bak_3": 1},
}  # fmt: skip


def column(name, disclosure="kept"):
    return {"name": name, "labels": {"sv": name.title()}, "disclosure": disclosure, "values": {}}


@pytest.mark.parametrize("blanks", [{}, BY_CAUSE], ids=["now", "as before"])
def test_what_was_done_is_said_in_swedish(blanks):
    """Before, the approver saw the program's own words: "role: roles of fewer than 8 k". Blanks are told in steps and
    of every cause in one, also of a release that has them by cause: those from the start are protected identities."""
    told = {key: value for key, value in REPORT.items() if not blanks or key not in ("blank", "quasi_identifiers")}
    assert protections({"disclosure": told | blanks}, [column("role"), column("bak_3"), column("cohort")], "sv") == [
        (
            "Role",
            "yrken med färre än 20 personer är sammanslagna",
            "5–9",
        ),
        ("Bak_3", "två åldersgrupper: under 50 år, och 50 år eller äldre", "färre än 5"),
        ("Cohort", "lämnas inte ut", "–"),
    ]


def test_a_dose_that_was_made_coarser_is_told_beside_them():
    steps = ["share_of_modules: all or not", "weeks_to_complete: withheld", "weeks_since_training: steps of 4 weeks"]
    report = REPORT | {"recodings": steps, "quasi_identifiers": [], "withheld": []}
    assert protections({"disclosure": report}, [column("share_of_modules")], "sv") == [
        ("Share_Of_Modules", "alla delar, eller inte alla", "–"),
        ("weeks_to_complete", "lämnas inte ut", "–"),
        ("weeks_since_training", "avrundat nedåt i steg om 4 veckor", "–"),
    ]


@pytest.mark.parametrize(
    ("told", "rows"),
    [("not included", []), ({"texts": 7}, [("Texter i fritext, lästa av en person", "–", 7)])],
)
def test_an_approver_is_told_of_free_texts_where_there_are_any(told, rows):
    """C4.7, C4.8."""
    counts = ("k_before", "k_after", "unique_before", "unique_after", "below_k_before", "below_k_after", "l_before")
    report = REPORT | dict.fromkeys((*counts, "l_after", "l", "people_without_values"), 0)
    assert [row for row in measures({"disclosure": report, "free_text": told}, "sv") if "fritext" in row[0]] == rows
