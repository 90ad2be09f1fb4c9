"""Numbers to turn to: checked by the county, shown for six months, by whoever has checked them (`domain.md` 2.7)."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from kapabla.jobs.runner import run_once
from kapabla.material.contact_checks import ContactCheck, publish_check, read_checks, with_checks
from kapabla.store import Store
from kapabla.web.admin.contacts import contacts_to_check
from tests.factories import sign_in_as
from tests.page_client import PageClient

PAGE = "/admin/stodkontakter/bris"
GIVEN = {"nummer": "116 111", "tider": "Hela dygnet", "tider_latt": "Hela dygnet", "tider_engelska": "Day and night"}


@pytest.fixture
def desk(client):
    sign_in_as(client, "officer")
    return client


def check(desk, service, clock, page=PAGE, **given):
    desk.get(page)
    desk.fill(action=page, **({"ringt": "1"} | GIVEN | given))
    while run_once(service):
        pass
    clock.tick(61)


def contact_of(service, code="bris"):
    return next(one for one in service.material.contacts if one.code == code)


def test_a_number_is_shown_from_when_it_was_checked_until_six_months_later(desk, service, clock, config, make_app):
    """Every process reads it, the participants' too."""
    reader = PageClient(make_app(replace(config, audiences=("public",))))
    reader.get("/stod")
    assert "tel:116111" not in reader.text
    check(desk, service, clock)
    desk.get("/admin/stodkontakter?sparad=bris")
    assert "Bris är sparad." in desk.text
    assert "25 november 2026, Namn officer" in desk.text
    reader.get("/stod")
    assert "tel:116111" in reader.text
    assert "Hela dygnet" in reader.text
    clock.tick(days=183)
    reader.get("/stod")
    assert "tel:116111" in reader.text
    clock.tick(days=1)
    reader.get("/stod")
    assert "tel:116111" not in reader.text


def test_the_latest_check_holds_and_one_that_is_ordered_twice_is_done_once(desk, service, clock, config):
    check(desk, service, clock)
    check(desk, service, clock, nummer="116 112", nytt="116 112", tider="", tider_latt="", tider_engelska="")
    found = contact_of(service)
    assert (found.number, found.hours) == ("116 112", None)
    assert len(read_checks(config.release_dir)) == 1


def test_a_check_that_is_published_late_does_not_overrule_a_later_one(service, clock, config):
    """Its job may have failed and been tried again."""
    later = ContactCheck("bris", "116 112", None, date(2026, 11, 2), "Nu")
    store = Store(config.release_dir)
    publish_check(store, later, ordered_at=clock(), job="b")
    publish_check(store, replace(later, number="116 111"), ordered_at=clock() - timedelta(seconds=1), job="c")
    assert read_checks(config.release_dir)["bris"].number == "116 112"


def test_what_is_wrong_is_told_and_nothing_typed_is_lost(desk):
    desk.get(PAGE)
    desk.fill(action=PAGE, nummer="ring oss", tider="Alla dagar", tider_latt="", tider_engelska="", status=400)
    for told in ("Skriv telefonnumret med siffror", "Skriv tiderna också här", "Kryssa i att du har kontrollerat"):
        assert told in desk.text
    assert 'value="ring oss"' in desk.text
    assert 'value="Alla dagar"' in desk.text
    desk.fill(action=PAGE, ringt="1", **(GIVEN | {"tider": "x" * 121}), status=400)
    assert "Skriv tiderna med högst 120 tecken." in desk.text


def test_another_number_is_looked_at_twice(desk, service, clock):
    """Somebody in danger will ring it."""
    desk.get(PAGE)
    for short in ("000", "1 2 3"):
        desk.fill(action=PAGE, ringt="1", **(GIVEN | {"nummer": short}), status=400)
        assert "Skriv telefonnumret med siffror" in desk.text
    other = GIVEN | {"nummer": "116 117", "ringt": "1"}
    desk.fill(action=PAGE, **other, status=400)
    assert "Förut stod 116 111. Nu står 116 117. Kryssa i om det stämmer." in desk.text
    desk.fill(action=PAGE, **(other | {"nummer": "116 118"}), nytt="116 117", status=400)
    assert "Nu står 116 118." in desk.text
    desk.fill(action=PAGE, **(other | {"nummer": "116 118"}), nytt="116 118")
    clock.tick(1)
    check(desk, service, clock, nummer="116118", nytt="116118")
    assert contact_of(service).number == "116118"


def test_who_is_always_shown_is_not_changed_here_and_nobody_else_is_made(desk):
    desk.get("/admin/stodkontakter")
    assert "/admin/stodkontakter/sos_alarm" not in desk.text
    for code in ("sos_alarm", "police", "finns_inte"):
        desk.get(f"/admin/stodkontakter/{code}", status=404)


def test_what_has_to_be_checked_comes_first(desk, service, clock):
    check(desk, service, clock)
    desk.get("/admin/stodkontakter")
    assert desk.text.index("Kvinnofridslinjen") < desk.text.index("Bris")
    today = clock().date()
    others = contacts_to_check(service.material, today)
    assert contacts_to_check(service.material, today + timedelta(days=150)) == others
    assert contacts_to_check(service.material, today + timedelta(days=154)) == others + 1


def test_a_file_that_was_checked_later_is_not_overruled(service):
    """And a promise about the bill goes with the number it was made of."""
    own = contact_of(service).model_copy(
        update={"verified_on": date(2026, 11, 2), "verified_by": "Filen", "hidden_on_bill": True}
    )
    older = ContactCheck("bris", "1", None, date(2026, 11, 1), "Förr")
    assert with_checks([own], {"bris": older}) == (own,)
    newer = replace(older, verified_on=date(2026, 11, 3))
    (found,) = with_checks([own], {"bris": newer})
    assert (found.number, found.verified_by, found.hidden_on_bill) == ("1", "Förr", False)
    always = own.model_copy(update={"always": True})
    assert with_checks([always], {"bris": newer}) == (always,)
