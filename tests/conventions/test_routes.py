"""Addresses stand on posters, in letters and in other people's bookmarks: none vanishes, and each is readable."""

import re
from pathlib import Path

STORED = Path(__file__).with_name("routes.txt")
# Parameters that are texts on purpose: each is looked up, and what is not found is answered alike.
LOOKED_UP = {
    "token", "statement", "code",                         # secrets, signed statements, the code of a meeting
    "number", "cohort_id", "batch_id", "draft_id", "meeting_id", "request_id", "incident_id",
    "staff_id",  # the county's own
    "release", "file", "figure", "format", "token_id",    # research
    "wave", "place",                                      # slugs of the study and of municipalities
    "upload_id", "tongue", "trade",                       # an upload, and a language and role of the material
    "course",                                             # an authored course, or none
    "cycle_id", "owner_id", "part", "part_id", "edition_id",  # the citizen promises
    "slug", "result_id",                                  # an open survey, and its result
    "version",                                            # of a package for the telephone
}  # fmt: skip


def lines_of(app):
    return sorted(
        f"{method} {rule.rule}"
        for rule in app.url_map.iter_rules()
        for method in rule.methods - {"HEAD", "OPTIONS"}
    )  # fmt: skip


def test_no_address_vanishes_and_every_new_one_is_written_down(app):
    stored, now = set(STORED.read_text(encoding="utf-8").split("\n")) - {""}, set(lines_of(app))
    assert stored - now == set(), "somebody may have it on a poster: keep it or redirect it, then take out the line"
    assert now - stored == set(), f"write it into {STORED.name}: from now on others may rely on it"


def test_parameters_are_typed_or_looked_up(app):
    loose = {
        (rule.rule, name)
        for rule in app.url_map.iter_rules()
        for converter, name in re.findall(r"<(?:(\w+):)?(\w+)>", rule.rule)
        if not converter and name not in LOOKED_UP
    }
    assert loose == set(), "give it a converter, or show in LOOKED_UP that it is only looked up"
