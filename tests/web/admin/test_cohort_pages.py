"""The cohort's page: numbers and steps, never a name, an answer, a day or a choice (A7, A9, D04, D05)."""

import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from kapabla.identity import entry
from kapabla.identity.cohorts import Cohort
from kapabla.identity.messages import Message, MessageBatch
from kapabla.identity.people import Person
from kapabla.material import default_root
from tests.factories import make_cohort, make_person, sign_in_as
from tests.page_client import PageClient


@pytest.fixture
def cohort(service):
    return make_cohort(service)


@pytest.fixture
def desk(client):
    sign_in_as(client, "officer")
    return client


def change(service, made, **values):
    with service.vaults.unit() as work:
        for name, value in values.items():
            setattr(work.identity.get_one(Person, made.id), name, value)


def over(service, made, *steps):
    with service.vaults.unit() as work:
        for step in steps:
            entry.mark_over(work.identity, made.id, step)


def test_empty_desk_says_what_to_do(desk):
    """D12."""
    desk.get("/admin/omgangar")
    assert "Det finns inga omgångar än." in desk.text
    assert "Skapa omgång" in desk.text


def test_new_cohort_keeps_what_was_typed_and_says_what_is_wrong(desk):
    desk.get("/admin/omgangar/ny")
    desk.fill(action=desk.path, namn="Hösten", start="12 september", slut="2026-12-01", status=400)
    assert "<title>Rätta: Skapa omgång" in desk.text
    assert 'value="12 september"' in desk.text
    desk.fill(action=desk.path, namn="Hösten", start="2026-09-12", slut="2026-12-01", studie="kapabla-2026")
    assert "<h1>Hösten</h1>" in desk.text


def test_a_cohort_in_the_wrong_period_of_a_stepped_wedge_is_refused_with_what_to_do(config, make_app, tmp_path):
    """E8."""
    root = Path(shutil.copytree(default_root(), tmp_path / "course_material"))
    file = root / "studies/kapabla-2026.toml"
    text = file.read_text("utf-8")
    for number, code in ((1, "direct"), (2, "waitlist")):
        text = text.replace(f'code = "{code}"\n', f'code = "{code}"\ncourse_opens_in = {number}\n')
    days = ((1, "2026-11-01", "2026-11-30"), (2, "2026-12-01", "2026-12-31"))
    text += "".join(f"[[periods]]\nnumber = {n}\nstarts_on = {one}\nends_on = {other}\n" for n, one, other in days)
    file.write_text(text, "utf-8")
    client = PageClient(make_app(replace(config, material_dir=root)))
    sign_in_as(client, "officer")
    client.get("/admin/omgangar/ny")
    form = {"namn": "Sen omgång", "slut": "2027-03-01", "studie": "kapabla-2026"}
    client.fill(action="/admin/omgangar/ny", **form, start="2026-12-01", status=400)
    assert "Välj en dag i en av studiens perioder." in client.text
    assert 'value="Sen omgång"' in client.text
    client.fill(action="/admin/omgangar/ny", **form, start="2026-11-10")
    assert "Sen omgång" in client.text


@pytest.mark.parametrize(
    ("start", "slut", "told"),
    [
        ("2026-09-12", "9999-12-31", "Kontrollera årtalet för omgångens sista dag. Det ska vara från 2000 till 2099."),
        ("0001-01-01", "2026-12-01", "Kontrollera årtalet för omgångens första dag."),
        ("2026-09-12", "2026-09-11", "Omgångens sista dag ligger före den första."),
        ("2026-09-12", "2036-09-11", "En omgång är öppen i högst två år."),
    ],
)
def test_days_far_away_are_asked_about_before_anybody_is_in_the_cohort(service, desk, start, slut, told):
    desk.get("/admin/omgangar/ny")
    desk.fill(action=desk.path, namn="Hösten", start=start, slut=slut, studie="kapabla-2026", status=400)
    assert told in desk.text
    desk.get("/admin/omgangar")
    assert "Hösten" not in desk.text


def test_a_name_in_other_capitals_is_taken_and_the_arm_is_chosen(service, desk, cohort):
    desk.get("/admin/omgangar/ny")
    given = {"start": "2026-12-01", "slut": "2027-03-01", "studie": "kapabla-2026", "grupp": "waitlist"}
    desk.fill(action=desk.path, namn=" OMGÅNG  1", **given, status=400)
    assert "Det finns redan en omgång med det namnet." in desk.text
    desk.fill(action=desk.path, namn="De som väntar", **given | {"grupp": "finnsinte"}, status=400)
    assert "Den gruppen finns inte i" in desk.text
    desk.fill(action=desk.path, namn="De som väntar", **given)
    with service.vaults.reading() as work:
        assert work.identity.scalar(select(Cohort.arm).where(Cohort.name == "De som väntar")) == "waitlist"


def test_row_shows_number_and_steps_and_never_who(service, desk, cohort):
    """D04."""
    made = make_person(service)
    over(service, made, "opened", "fore")
    desk.get(f"/admin/omgangar/{cohort}")
    assert made.number in desk.text
    assert "Klar" in desk.text
    assert "Påhittsson" not in desk.text
    assert "testa@example.com" not in desk.text


def test_research_choice_cannot_be_read_off_the_page(service, desk, cohort):
    """D05: who has left the research looks like everybody else."""
    made = make_person(service)
    desk.get(f"/admin/omgangar/{cohort}")
    before = desk.text
    change(service, made, left="research")
    desk.get(f"/admin/omgangar/{cohort}")
    assert desk.text == before
    change(service, made, left="all")
    desk.get(f"/admin/omgangar/{cohort}")
    assert desk.text != before


@pytest.mark.parametrize("values", [{"left": "all"}, {"channel": "none"}, {"no_more_messages": True}])
def test_all_reasons_not_to_contact_look_alike(service, desk, cohort, values):
    """D04."""
    change(service, make_person(service), **values)
    desk.get(f"/admin/omgangar/{cohort}?visa=kontaktas-inte")
    assert 'data-label="Kontakt via">Kontaktas inte' in desk.text


def test_broken_address_is_a_task_on_the_first_page(service, desk):
    """A5: "adressen fungerar inte", never which message."""
    change(service, make_person(service), address_broken=True)
    desk.get("/admin/omgangar")
    assert "1 adress fungerar inte i omgången Omgång 1." in desk.text


def test_filter_search_and_page_stand_in_the_address(service, desk, cohort):
    """D04: fifty on a page; the address keeps the state, its order too."""
    made = [make_person(service, name=f"P {n}", email=f"p{n}@example.com") for n in range(52)]
    vet = make_person(service, name="Vet", email="vet@example.com", role="vet", channel="letter")
    for sort in ("yrke", "kontakt"):
        desk.get(f"/admin/omgangar/{cohort}?visa=ej-oppnat&ordning={sort}")
        assert vet.number not in desk.text.partition("<tbody>")[2], "the last by trade and by way"
        assert f"?visa=ej-oppnat&amp;sok=&amp;ordning={sort}&amp;sida=2" in desk.text
    desk.get(f"/admin/omgangar/{cohort}?visa=ej-oppnat&sida=2")
    assert "Visar 51–53 av 53." in desk.text
    desk.get(f"/admin/omgangar/{cohort}?sok={made[0].number}")
    assert desk.text.count('<th scope="row"><a') == 1
    desk.get(f"/admin/omgangar/{cohort}?visa=hittepa&sida=x")
    assert "Visar 1–50 av 53." in desk.text


def test_coordinator_sees_own_people_and_not_other_cohorts(service, client, cohort):
    """A7, A9."""
    own = make_person(service, name="A", email="a@example.com", municipality="2404")
    other = make_person(service, name="B", email="b@example.com", municipality="2409")
    elsewhere = make_cohort(service, name="Robertsfors")
    make_person(service, name="C", email="c@example.com", municipality="2409", cohort=elsewhere)
    sign_in_as(client, "coordinator", municipality="2404")
    client.get(f"/admin/omgangar/{cohort}")
    assert own.number in client.text
    assert other.number not in client.text
    client.get(f"/admin/omgangar/{elsewhere}", status=404)
    client.get("/admin/omgangar")
    assert "Robertsfors" not in client.text


def test_page_takes_the_same_number_of_statements_for_two_and_for_fifty(service, desk, cohort, app):
    from flask_sqlalchemy import SQLAlchemy
    from sqlalchemy import event

    engine = app.extensions["kapabla"].vaults.engines["identity"]
    assert isinstance(app.extensions["sqlalchemy"], SQLAlchemy)
    statements = []
    event.listen(engine, "before_cursor_execute", lambda *args: statements.append(args[2]))
    counts = []
    for people in (2, 50):
        for n in range(people):
            make_person(service, name=f"P {people} {n}", email=f"p{people}-{n}@example.com")
        statements.clear()
        desk.get(f"/admin/omgangar/{cohort}")
        counts.append(len(statements))
    assert counts[0] == counts[1]


def test_a_page_past_the_last_shows_the_last(service, desk, cohort):
    made = make_person(service)
    desk.get(f"/admin/omgangar/{cohort}?sida=90")
    assert made.number in desk.text
    assert "Ingen deltagare passar in" not in desk.text
    desk.get(f"/admin/omgangar/{cohort}?sida=90&sok=K-X")
    assert "Ingen deltagare passar in" in desk.text


def test_the_summary_of_faults_stands_first_and_in_the_order_of_the_form(desk):
    desk.get("/admin/omgangar/ny")
    desk.fill(action=desk.path, status=400)
    links = re.findall(r'href="#(\w+)"', desk.text)
    assert [link for link in links if link in ("namn", "start", "slut", "studie")] == [
        "namn",
        "start",
        "slut",
        "studie",
    ]
    assert desk.text.index('href="#namn"') < desk.text.index('href="/admin/omgangar">', desk.text.index("<main"))


# --- Finding, changing and putting away (D01, D12) ---


def names_shown(desk, query=""):
    desk.get(f"/admin/omgangar{query}")
    return re.findall(r'<th scope="row"><a href="/admin/omgangar/[^"]+">([^<]+)</a>', desk.text)


def test_cohorts_are_found_by_place_trade_and_arm_and_the_address_keeps_it(service, desk):
    make_cohort(service, name="Tom")
    here, there = make_cohort(service, name="Vindeln"), make_cohort(service, name="Robertsfors")
    make_person(service, cohort=here, municipality="2404", role="vet")
    make_person(service, cohort=there, municipality="2409", role="hairdresser", email="b@example.com")
    assert names_shown(desk) == ["Robertsfors", "Tom", "Vindeln"]
    assert names_shown(desk, "?kommun=2404") == ["Vindeln"]
    assert 'value="2404" selected' in desk.text
    assert names_shown(desk, "?yrke=hairdresser") == ["Robertsfors"]
    assert names_shown(desk, "?kommun=2404&yrke=hairdresser") == []
    assert "Ingen omgång passar in på det du valde." in desk.text
    assert names_shown(desk, "?grupp=waitlist") == []
    assert names_shown(desk, "?grupp=direct&studie=kapabla-2026") == ["Robertsfors", "Tom", "Vindeln"]


def test_name_days_and_who_answers_for_it_are_changed_and_nothing_typed_is_lost(service, desk, cohort):
    make_cohort(service, name="Tagen")
    desk.get(f"/admin/omgangar/{cohort}/andra")
    desk.fill(action=desk.path, namn="Tagen", start="2026-11-20", slut="2027-05-01", ansvarig="Ebba", status=409)
    assert "Det finns redan en omgång med det namnet." in desk.text
    assert 'value="2027-05-01"' in desk.text
    desk.fill(action=desk.path, namn="Ny", start="2026-11-20", slut="2026-01-01", ansvarig="Ebba", status=400)
    assert "Omgångens sista dag ligger före den första." in desk.text
    desk.fill(action=desk.path, namn="Ny", start="2026-11-20", slut="2027-05-01", ansvarig="Ebba")
    assert "<h1>Ny</h1>" in desk.text
    assert "Ansvarig: Ebba." in desk.text


def test_who_has_looked_at_an_older_cohort_does_not_write_over_the_newer(desk, cohort):
    """D12."""
    desk.get(f"/admin/omgangar/{cohort}/andra")
    seen, form = desk.hidden(action=desk.path), {"start": "2026-11-20", "slut": "2027-05-01", "ansvarig": ""}
    desk.fill(action=desk.path, namn="Först", **form)
    desk.post(f"/admin/omgangar/{cohort}/andra", seen | form | {"namn": "Sedan"}, status=409)
    assert "Någon annan har ändrat sedan du öppnade sidan." in desk.text
    assert 'value="Sedan"' in desk.text


def test_the_first_day_stays_once_somebody_has_begun(service, desk, cohort):
    """The days of who waits are counted from it."""
    over(service, make_person(service), "opened")
    desk.get(f"/admin/omgangar/{cohort}/andra")
    shown = dict(re.findall(r'name="(namn|start|slut)"[^>]*? value="([^"]*)"', desk.text))
    desk.fill(action=desk.path, **(shown | {"start": "2026-11-02"}), status=409)
    assert "Någon i omgången har redan börjat." in desk.text
    desk.fill(action=desk.path, **(shown | {"namn": "Nytt namn"}))
    assert "<h1>Nytt namn</h1>" in desk.text


def test_an_archived_cohort_is_looked_at_and_nothing_is_done_in_it(service, desk, cohort):
    made = make_person(service)
    desk.get(f"/admin/omgangar/{cohort}/utskick")
    sending = desk.hidden(action=desk.path)
    desk.fill(action=desk.path)
    desk.get(f"/admin/omgangar/{cohort}/arkivera")
    assert "med 1 deltagare försvinner ur listan" in desk.text
    assert "1 meddelande som väntar stoppas" in desk.text
    token = desk.hidden(action=desk.path)
    for _ in range(2):
        desk.post(f"/admin/omgangar/{cohort}/arkivera", token)
    assert "Omgången är arkiverad." in desk.text
    assert made.number in desk.text
    assert names_shown(desk) == []
    assert names_shown(desk, "?visa=arkiverade") != []
    with service.vaults.reading() as work:
        assert work.identity.scalars(select(MessageBatch.is_stopped)).all() == [True]
        assert work.identity.scalars(select(Message.state)).all() == ["stopped"]
    desk.get("/admin/utskick-i-dag")
    assert "Inget väntar på att gå ut." in desk.text
    for path in ("utskick", "import", "person", "andra"):
        desk.get(f"/admin/omgangar/{cohort}/{path}", status=409)
        assert "Ta tillbaka omgången på dess sida" in desk.text
        assert "Ingenting är sparat." not in desk.text
    for path in ("utskick", "import", "person", "moten", "andra"):
        desk.post(f"/admin/omgangar/{cohort}/{path}", sending, status=409)
        assert "Ta tillbaka omgången på dess sida" in desk.text
    desk.get(f"/admin/omgangar/{cohort}")
    desk.fill(action=f"/admin/omgangar/{cohort}/arkivera", gor="ta-tillbaka")
    assert "Omgången är arkiverad." not in desk.text
    assert "1 inbjudan stoppades innan den gick ut." in desk.text
    desk.get("/admin/utskick-i-dag")
    assert "Inget väntar på att gå ut." in desk.text
    assert names_shown(desk) != []
