"""simulate: test people, the truth that was drawn, and some who leave afterwards."""

import json

from sqlalchemy import func, select

from kapabla.answers.placement import Placement
from kapabla.identity.people import Person
from tests.factories import STUDY


def simulate(run, *more):
    found = run("simulate", "--seed", "1", "--study", STUDY, *more)
    assert found.status == 0, found.err
    return json.loads(found.out)


def test_the_truth_is_printed_and_some_leave_afterwards(run, service):
    truth = simulate(run, "--people", "12", "--effect", "0.5", "--attrition", "0")
    assert truth["people"] == 12
    assert truth["said_yes"] >= truth["in_release"] == len(truth["answers"]) > 0
    assert truth["left_afterwards"] == {}
    assert {item for answers in truth["answers"] for item in answers["t0"]} >= {"se_1", "bak_4"}
    assert set(truth["mean_gain_by_role"]) <= {"hairdresser", "postal", "shopkeeper", "vet", "hunter", "sports_leader",
                                               "driver", "other_local"}  # fmt: skip

    left = simulate(run, "--people", "0", "--withdraw", "4")
    assert (left["people"], left["left_afterwards"]) == (0, {"all_erase": 2, "research": 2})
    with service.vaults.reading() as work:
        assert work.identity.scalar(select(func.count()).select_from(Person)) == 10
        assert work.answers.scalar(select(func.count()).select_from(Placement).where(Placement.left == "research")) == 2


def test_the_same_seed_draws_the_same_people(run):
    """But for the form of the knowledge test, which follows from each person's secret."""
    drawn = [simulate(run, "--people", "6") for _ in range(2)]
    answers = [
        sorted(
            str([(item, value) for item, value in given["t0"].items() if not item.startswith("kun_")])
            for given in one.pop("answers")
        )
        for one in drawn
    ]
    assert drawn[0] == drawn[1]
    assert answers[0] == answers[1] != []
