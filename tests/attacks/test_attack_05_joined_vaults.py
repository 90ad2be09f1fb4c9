"""Attack 5: both databases dumped, and joined on every stored column, on its rank, and on the order of the rows."""

import sqlite3
from collections import defaultdict
from itertools import product

import pytest
from sqlalchemy.engine import make_url

from kapabla.bridge import subject_of
from tests import factories as make

# Live sessions and outbox rows are gone within a day; answers and placement hold what is released of them (attack 8).
LEFT_OUT = {"participant_session", "outbox", "placement", "audit_head"}
ANSWERS = {"values", "missing", "text"}


def dump(url):
    """Table -> columns and rows, in the order in which they lie."""
    with sqlite3.connect(make_url(url).database) as connection:
        connection.row_factory = sqlite3.Row
        names = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {
            name: [dict(row) for row in connection.execute(f'SELECT * FROM "{name}"')]  # noqa: S608
            for name in names if name not in LEFT_OUT and not name.startswith("sqlite_")
        }  # fmt: skip


@pytest.fixture(scope="module")
def vaults(simulated):
    """Both dumps; who is whom; and of each the cohort, which the attacker is given."""
    config, key = simulated.service.config, simulated.service.keys.get("study", make.STUDY)
    identity, answers = dump(config.identity_url), dump(config.answers_url)
    truth = {person["id"]: subject_of(key, person["secret"]) for person in identity["person"]}
    cohort = {row["person_id"]: row["cohort_id"] for row in identity["enrolment"] if row["is_current"]}
    return identity, answers, truth, cohort


def orders(dumped, who):
    """Everybody in the order of every column, and of the rows themselves, of each table that tells who."""
    found = {}
    for table, rows in dumped.items():
        column = who if rows and who in rows[0] else "id" if (table, who) == ("person", "person_id") else None
        if not rows or column is None:
            continue
        for name in [None, *(name for name in rows[0] if name != column and name not in ANSWERS)]:
            # Sorting keeps what is alike in the order of the rows.
            ordered = rows if name is None else sorted(rows, key=lambda row: str(row[name]))
            found[table, name] = tuple(dict.fromkeys(row[column] for row in ordered))
    return found


def matches(people, subjects, truth, cohort):
    """Within each cohort the first person is taken for the first subject, and so on: how many are right."""
    who = {subject: person for person, subject in truth.items()}
    by_cohort = defaultdict(lambda: ([], []))
    both = {person for person in people if truth[person] in set(subjects)}
    for person in people:
        if person in both:
            by_cohort[cohort[person]][0].append(person)
    for subject in subjects:
        if who.get(subject) in both:
            by_cohort[cohort[who[subject]]][1].append(subject)
    return sum(truth[person] == subject for a, b in by_cohort.values() for person, subject in zip(a, b, strict=True))


def best(identity, answers, truth, cohort):
    people, subjects = orders(identity, "person_id"), orders(answers, "subject")
    assert len(people) > 20
    assert len(subjects) > 20
    # Columns that say the same of everybody give one and the same order.
    distinct = [{order: name for name, order in found.items()}.items() for found in (people, subjects)]
    tried = ((matches(a, b, truth, cohort), one, other) for (a, one), (b, other) in product(*distinct))
    return max(tried, key=lambda found: found[0])


def test_no_column_and_no_order_joins_a_name_with_answers(vaults):
    """C7.5: chance gives one of each of six cohorts; the best of a thousand tries may be some times that."""
    identity, answers, truth, cohort = vaults
    assert len(truth) > 100
    found = best(identity, answers, truth, cohort)
    assert found[0] <= 6 + 5 * 6**0.5, found


def test_rows_in_the_order_of_arrival_would_join_them(vaults):
    """The mutant: SQLite's own number of a row, as every table of the answers vault had it before migration 14."""
    identity, answers, truth, cohort = vaults
    arrived = {subject: place for place, subject in enumerate(truth.values())}
    numbered = sorted(
        (row for row in answers["consent"] if row["subject"] in arrived), key=lambda row: arrived[row["subject"]]
    )
    assert best(identity, {**answers, "consent": numbered}, truth, cohort)[0] > 100


def test_steps_in_the_order_of_arrival_would_be_joined_with_days(vaults):
    """The mutant: the number of a row in the identity vault is a time, and the answers vault has days."""
    identity, answers, truth, cohort = vaults
    day = {row["subject"]: row["given_on"] for row in reversed(answers["consent"])}
    steps = [row for row in identity["step_over"] if truth[row["person_id"]] in day]
    steps.sort(key=lambda row: (day[truth[row["person_id"]]], truth[row["person_id"]]))
    assert best({**identity, "step_over": steps}, answers, truth, cohort)[0] > 50


def test_no_stored_value_is_in_both_vaults(vaults):
    """C2.3: of every value that is somebody's own in one vault, none is in the other."""
    identity, answers, truth, _ = vaults

    def own(dumped, column):
        seen = defaultdict(set)
        for rows in dumped.values():
            for row in rows:
                if row.get(column) is not None:
                    for name, value in row.items():
                        if name not in ANSWERS and isinstance(value, str | bytes) and len(value) > 3:
                            seen[value].add(row[column])
        return {value for value, whose in seen.items() if len(whose) == 1}

    people = own({**identity, "person": [row | {"person_id": row["id"]} for row in identity["person"]]}, "person_id")
    assert len(people) > len(truth)
    assert not people & own(answers, "subject")
