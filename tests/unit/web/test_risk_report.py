"""What an approver is told of a release, from its manifest and codebook."""

import pytest

from kapabla.web.research.risk_report import measures, protections

REPORT = {
    "k": 5, "withheld": ["cohort"], "recodings": ["role: roles of fewer than k", "role: roles of fewer than 4 k",
    "bak_3: two age bands", "cohort: withheld"],
    "missing_before": {"role": 1, "bak_3": 2, "cohort": 0}, "blanked": {"role": 3, "bak_3": 0},
    "blanked_for_sensitive": {"role": 0, "bak_3": 0}, "blanked_for_pattern": {"role": 4, "bak_3": 1},
}  # fmt: skip


def column(name, disclosure="kept"):
    return {"name": name, "labels": {"sv": name.title()}, "disclosure": disclosure, "values": {}}


def test_what_was_done_is_said_in_swedish():
    """Before, the approver saw the program's own words: "role: roles of fewer than 8 k"."""
    assert protections({"disclosure": REPORT}, [column("role"), column("bak_3"), column("cohort")]) == [
        ("Role", "yrken med färre än 5 personer är sammanslagna; yrken med färre än 20 personer är sammanslagna", 1, 7),
        ("Bak_3", "två åldersgrupper: under 50 år, och 50 år eller äldre", 2, 1),
        ("Cohort", "lämnas inte ut", 0, "–"),
    ]


@pytest.mark.parametrize(
    ("told", "rows"),
    [("not included", []), ({"texts": 7}, [("Texter i fritext, lästa av en person", "–", 7)])],
)
def test_an_approver_is_told_of_free_texts_where_there_are_any(told, rows):
    """C4.7, C4.8."""
    counts = ("k_before", "k_after", "unique_before", "unique_after", "below_k_before", "below_k_after", "l_before")
    report = REPORT | dict.fromkeys((*counts, "l_after", "l", "people_without_values"), 0)
    assert [row for row in measures({"disclosure": report, "free_text": told}) if "fritext" in row[0]] == rows
