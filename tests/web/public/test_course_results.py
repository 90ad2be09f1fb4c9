"""How the course went, on the page of the promise that it carries out: of an approved release, above the threshold."""

import json
from dataclasses import replace
from datetime import date

import pytest

from kapabla.jobs.runner import run_once
from kapabla.office import release_register
from kapabla.office.releases import ReleaseRecord
from kapabla.office.sign_in import get_staff
from kapabla.release.course_results import COMPLETED, course_results, hardly_differs
from kapabla.release.disclosure import Thresholds
from kapabla.store import Store
from tests.factories import STUDY, make_staff

TEN = Thresholds(10)
PAGE = "/medborgarloften/vindeln"
CSV = "/medborgarloften/utbildning/kapabla.csv"


def figures(completed, **changes):
    """The two figures of a release that are read, as the build writes them."""
    rows = [["Inbjudna", 150, 0, 0], [COMPLETED, completed, 0, 20]]
    values = {
        name: {"n": n, "value": value, "interval": interval, "p": 0.01}
        for name, (n, value, interval) in changes.items()
    }
    return {"figures": [{"id": "flode", "table": {"rows": rows}}, {"id": "forandring", "values": values}]}


TOLD = figures(112, Tilltro=(96, 0.4199, [0.3, 0.54]), Kunskap=(9, 1.5, None), Roll=(14, -0.25, [-0.5, 0.0]))


@pytest.fixture
def locked(service, clock):
    """A release that two have approved, without its files: what is told is read from its figures."""
    make_staff(service, "researcher")
    make_staff(service, "steward")

    def lock(name, page, *, is_test=False, purpose="evaluation", state="locked"):
        store = Store(service.config.release_dir)
        store.put_index(name, {"files": [], "figures": store.put(json.dumps(page).encode())})
        with service.vaults.unit() as work:
            by = get_staff(work.office, "researcher@example.com")
            work.office.add(
                ReleaseRecord(
                    id=name,
                    study=STUDY,
                    purpose=purpose,
                    is_test=is_test,
                    state=state,
                    built_on=date(2026, 11, 20),
                    ordered_by=by.id,
                )
            )
            release_register.tell_public(work.office, name, state=state, at=clock())
        settle(service)
        clock.tick(61)

    return lock


def settle(service):
    while run_once(service):
        pass


def test_what_is_told_is_above_the_threshold_and_of_nobody_in_particular():
    document = course_results(TOLD, release="r1", built_on=date(2026, 11, 20), is_test=False, thresholds=TEN)
    assert document == {
        "schema": "kapabla-results/1", "release": "r1", "built_on": "2026-11-20", "is_test": False, "completed": 112,
        "outcomes": [
            {"name": "Tilltro", "n": 96, "value": 0.4199, "interval": (0.3, 0.54)},
            {"name": "Roll", "n": 14, "value": -0.25, "interval": (-0.5, 0.0)},
        ],
    }  # fmt: skip
    few = course_results(figures(9), release="r1", built_on=date(2026, 11, 20), is_test=False, thresholds=TEN)
    assert (few["completed"], few["outcomes"]) == (None, [])


@pytest.mark.parametrize(("then", "now", "stands"), [(112, 112, False), (112, 121, True), (112, 122, False)])
def test_two_results_that_would_tell_of_a_few_are_not_both_shown(then, now, stands):
    made = [
        course_results(figures(n, Tilltro=(96, 0.4, None)), release="r", built_on=date(2026, 11, 20), is_test=False,
                       thresholds=TEN)
        for n in (then, now)
    ]  # fmt: skip
    assert hardly_differs(*made, TEN) is stands


def test_the_promise_of_the_training_tells_how_it_went_and_no_other_does(client, service, locked):
    client.get(PAGE)
    assert "före och efter på" not in client.text
    client.get(CSV, status=404)
    locked("2026-11-20-1", TOLD)
    client.get(PAGE)
    told = client.text
    assert (
        "112 personer har gått hela utbildningen. Vi jämför svaren före och efter på 2 mått: 1 ökade och för 1 kan "
        "skillnaden bero på slumpen." in told
    )
    assert "Från datautgåva 2026-11-20-1, som två personer har godkänt." in told
    assert "0,42 [0,30; 0,54]" in told
    assert "Kunskap" not in told
    assert told.count("före och efter på") == 1
    lines = client.get(CSV).get_data(as_text=True).splitlines()
    assert lines[1:] == [
        "2026-11-20-1,2026-11-20,completed,112,,,,", "2026-11-20-1,2026-11-20,Tilltro,96,0.42,0.30,0.54,",
        "2026-11-20-1,2026-11-20,Roll,14,-0.25,-0.50,0.00,",
    ]  # fmt: skip
    client.get("/medborgarloften/robertsfors")
    assert "före och efter på" not in client.text

    # A later one is shown, one that differs by a few is not, and one that is taken back is gone.
    locked("2026-11-21-1", figures(130, Tilltro=(110, 0.5, None)))
    locked("2026-11-22-1", figures(135, Tilltro=(110, 0.5, None)))
    client.get(PAGE)
    assert "130 personer" in client.text
    with service.vaults.unit() as work:
        steward = get_staff(work.office, "steward@example.com")
        for name in ("2026-11-22-1", "2026-11-21-1"):
            release_register.retire(
                work.office, service.office_chain, release=name, by=steward, at=service.clock()
            )  # fmt: skip
    settle(service)
    service.clock.tick(61)
    client.get(PAGE)
    assert "112 personer" in client.text


@pytest.mark.parametrize(
    "what", [{"is_test": True}, {"purpose": "sharing"}, {"state": "approved"}], ids=["test", "sharing", "approved"]
)  # fmt: skip
def test_no_other_release_is_told_of(client, locked, what):
    locked("2026-11-20-1", TOLD, **what)
    client.get(PAGE)
    assert "skalpoäng" not in client.text


def test_the_file_of_test_people_says_in_every_row_that_they_are_such(client, locked):
    held = client.app.extensions["kapabla"]
    client.app.extensions["kapabla"] = replace(held, config=replace(held.config, demo=True))
    locked("2026-11-20-1", TOLD, is_test=True)
    head, *rows = client.get(CSV).get_data(as_text=True).splitlines()
    assert head.endswith(",note")
    assert len(rows) == 3
    assert all(row.endswith(",exempeldata") for row in rows)
