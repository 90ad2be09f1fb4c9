"""What waited on a telephone (B05-B08): sealed by another library, opened once, refused with a reason, on both
databases."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import func, select

from kapabla import bridge
from kapabla.answers import saving
from kapabla.answers.consents import Consent
from kapabla.answers.late import LateAnswers
from kapabla.answers.learning import LearningEvent
from kapabla.answers.progress import read_progress
from kapabla.answers.submissions import FreeText, Submission, WaveState
from kapabla.identity import enrolling, entry
from kapabla.identity.device_token import make_token
from kapabla.identity.people import Person
from kapabla.keys import Keyring
from tests import factories as make
from tests.page_client import HIDDEN
from tests.telephone import kit_on, seal, send, send_all

PAGE_1 = {"se_1": ["3"], "se_2": ["-94"], "sida": ["se.1.0.4.sv"], "sekunder": ["75"]}
TABLES = (Submission, WaveState, FreeText, LearningEvent, LateAnswers, Consent)


@pytest.fixture
def service(any_app):
    return any_app.extensions["kapabla"]


@pytest.fixture
def made(service):
    return make.make_person(service)


@pytest.fixture
def kit(any_client, made):
    """Of somebody who has said yes, on a telephone of her own, at the first page of questions."""
    make.start_course(any_client, made, phone="egen")
    return kit_on(any_client.text)


def rows(service, model):
    with service.vaults.reading() as work:
        return list(work.answers.scalars(select(model)))


def counts(service):
    with service.vaults.reading() as work:
        return [work.answers.scalar(select(func.count()).select_from(model)) for model in TABLES]


def send_in(service, made, wave="t0"):
    with service.vaults.unit() as work:
        saving.send_in(work.answers, made.subject, wave, on=date(2026, 11, 25))


# --- Saved, exactly once ---


def test_a_page_is_stored_as_a_posted_one_but_for_the_coverage(any_app, service, made, kit):
    assert send(any_app, kit, seal(kit, "/fragor/fore/1", PAGE_1)) == (200, "saved")
    (row,) = rows(service, Submission)
    assert row.values == {"se_1": 3}
    assert {row.missing["se_2"], row.missing["se_3"]} == {"declined", "skipped"}
    assert (row.wave, row.page, row.instrument, row.instrument_version) == ("t0", 1, "se", 1)
    assert (row.language, row.mode, row.duration_seconds, row.was_online) == ("sv", "web", 75, False)
    assert row.saved_on == date(2026, 11, 25)


def test_the_very_form_that_came_in_without_a_reply_counts_once(any_app, any_client, service, kit):
    """The server was killed between commit and reply: the telephone sealed the form that was already saved."""
    any_client.get("/fragor/fore/1")
    form = dict(HIDDEN.findall(any_client.text)) | {"se_1": "3"}
    any_client.post("/fragor/fore/1", form | {"anda": "1"})
    sealed = seal(kit, "/fragor/fore/1", {name: [value] for name, value in form.items()}, key=form["nyckel"])
    assert send(any_app, kit, sealed) == (200, "saved")
    assert len(rows(service, Submission)) == 1


def test_everything_three_times_in_any_order_leaves_the_same(any_app, service, made, kit):
    """B07. In the order of the queue first, as the telephone sends it; whatever comes again changes nothing."""
    step = {"gor": ["klar"], "kurs": ["kapabla.1"]}
    whole = [
        seal(kit, "/fragor/fore/1", PAGE_1),
        seal(kit, "/fragor/fore/1", PAGE_1 | {"se_1": ["1"]}),
        seal(kit, "/fragor/fore/skicka", {}),
        seal(kit, "/delar/1/1", step),
        seal(kit, "/delar/1/2", step),
    ]
    first = [send(any_app, kit, sealed) for sealed in whole]
    assert first == [(200, "saved")] * 5
    before = counts(service)
    again = [*whole[::-1], *whole[2:], *whole[:2]]
    assert {send(any_app, kit, sealed) for sealed in again} == {(200, "saved")}
    assert counts(service) == before == [2, 1, 0, 2, 0, 3]
    assert make.saved_rows(service, made.subject, "t0")[1]["values"]["se_1"] == 1, "the later of a telephone holds"


def test_all_that_waits_comes_in_at_once(any_app, service, made, kit):
    """In its order and once, as one by one; also what is sent again."""
    step = {"gor": ["klar"], "kurs": ["kapabla.1"]}
    whole = [
        seal(kit, "/fragor/fore/1", PAGE_1), seal(kit, "/fragor/fore/1", PAGE_1 | {"se_1": ["1"]}),
        seal(kit, "/fragor/fore/skicka", {}), seal(kit, "/delar/1/1", step), seal(kit, "/delar/1/2", step),
    ]  # fmt: skip
    assert send_all(any_app, kit, whole[:3]) == ["saved"] * 3
    assert send_all(any_app, kit, whole) == ["saved"] * 5
    assert counts(service) == [2, 1, 0, 2, 0, 3]
    assert make.saved_rows(service, made.subject, "t0")[1]["values"]["se_1"] == 1


def test_nothing_is_taken_after_a_page_that_is_asked_once_more(any_app, service, kit):
    """What would close its questionnaire waits until the telephone has taken it back."""
    key, body = seal(kit, "/fragor/fore/1", PAGE_1)
    broken = key, body | {"data": body["data"][::-1]}
    whole = [seal(kit, "/fragor/fore/1", PAGE_1), broken, seal(kit, "/fragor/fore/skicka", {})]
    assert send_all(any_app, kit, whole) == ["saved", "lost"]
    assert rows(service, WaveState) == []


def test_what_is_left_out_without_coverage_takes_nothing_back(any_app, any_client, service, made, kit):
    """The page is shown empty there, also to who has answered it; what is answered anew holds."""
    any_client.get("/fragor/fore/1")
    any_client.post("/fragor/fore/1", dict(HIDDEN.findall(any_client.text)) | {"se_1": "3", "se_2": "-94", "anda": "1"})
    assert send(any_app, kit, seal(kit, "/fragor/fore/1", {"se_3": ["2"], "sida": ["se.1.0.4.sv"]})) == (200, "saved")
    row = make.saved_rows(service, made.subject, "t0")[1]
    assert row["values"] == {"se_1": 3, "se_3": 2}
    assert {row["missing"]["se_2"], row["missing"]["se_4"]} == {"declined", "skipped"}


def test_a_gate_and_what_it_opened_come_in_as_two_records(any_app, service, made, kit):
    gate = {"bet_0": ["1"], "sida": ["bet.1.0.1.sv"]}
    assert send(any_app, kit, seal(kit, "/fragor/fore/6", gate)) == (200, "saved")
    opened = {"bet_0": ["1"], "bet_2": ["2"], "sida": ["bet.1.0.7.sv"]}
    assert send(any_app, kit, seal(kit, "/fragor/fore/6", opened)) == (200, "saved")
    assert make.saved_rows(service, made.subject, "t0")[6]["values"] == {"bet_0": 1, "bet_2": 2}


def test_sending_in_closes_the_wave_and_opens_the_course(any_app, any_client, service, made, kit):
    assert send(any_app, kit, seal(kit, "/fragor/fore/skicka", {})) == (200, "saved")
    with service.vaults.reading() as work:
        assert "fore" in entry.steps_over(work.identity, made.id)
    any_client.get("/fortsatt")
    assert any_client.path == "/delar"


def test_a_replay_mends_the_step_that_a_kill_between_the_vaults_left_out(any_app, service, made, kit):
    send_in(service, made)
    assert send(any_app, kit, seal(kit, "/fragor/fore/skicka", {})) == (200, "saved")
    with service.vaults.reading() as work:
        assert "fore" in entry.steps_over(work.identity, made.id)


def test_reading_stories_and_checks_come_in_as_events(any_app, service, made, kit):
    send_in(service, made)
    course = next(iter(service.material.courses.values()))
    module = course.modules[0]
    scenario = next(step for step in module.every_step() if step.kind == "scenario")
    check = next(step for step in module.every_step() if step.kind == "check")
    node = scenario.scenario.node(scenario.scenario.start)
    form = {"kurs": ["kapabla.1"]}
    sent = [
        (scenario.number, form | {"gor": ["valj"], "nod": [node.id], "val": [node.choices[0].code]}),
        (check.number, form | {"gor": ["svara"], check.questions[0].code: ["1"]}),
        (1, form | {"gor": ["hoppa"]}),
        (1, form | {"gor": ["nod"]}),
    ]
    for number, fields in sent:
        assert send(any_app, kit, seal(kit, f"/delar/1/{number}", fields)) == (200, "saved")
    with service.vaults.reading() as work:
        found = read_progress(work.answers, made.subject)
    assert {(1, 1), (1, scenario.number)} <= set(found.over_on)
    assert found.first_choices[1, check.number, check.questions[0].code] == "1"


def test_nothing_of_a_course_that_is_not_open_is_taken(any_app, service, kit):
    """The gates of D5 and E6 hold here too: a telephone is told nothing of the course before, so none has read it."""
    assert send(any_app, kit, seal(kit, "/delar/1/1", {"gor": ["klar"], "kurs": ["kapabla.1"]})) == (410, "lost")
    assert rows(service, LearningEvent) == []


def test_the_last_page_of_the_course_ends_the_step_as_online(any_app, service, made, kit):
    send_in(service, made)
    course = next(iter(service.material.courses.values()))
    for module in course.modules:
        for step in range(1, len(module.steps) + 1):
            form = {"gor": ["klar"], "kurs": ["kapabla.1"]}
            send(any_app, kit, seal(kit, f"/delar/{module.number}/{step}", form))
    with service.vaults.reading() as work:
        assert "delar" in entry.steps_over(work.identity, made.id)


# --- What can be wrong with an answer ---


def test_an_answer_that_cannot_be_read_is_asked_again_and_the_rest_counts(any_app, any_client, service, made, kit):
    form = PAGE_1 | {"se_1": ["99"], "se_3": ["2"]}
    assert send(any_app, kit, seal(kit, "/fragor/fore/1", form)) == (200, "again")
    (row,) = rows(service, Submission)
    assert row.values == {"se_3": 2}
    any_client.get("/fragor/fore/1")
    assert 'name="se_1"' in any_client.text, "the page is asked, and not said to be answered"


def text_page(service):
    """Of the trial's instrument: a page with something to write, and what a form of it says that it is."""
    study = service.material.studies[make.STUDY]
    page = next(
        page
        for page in study.questionnaire(service.material, "t0", "ABA").pages
        if any(item.is_text and item.show_if is None for item in page.items)
    )
    item = next(item.code for item in page.items if item.is_text and item.show_if is None)
    index = service.material.instruments["prov", 1].pages.index(page.page)
    return page.number, item, {"sida": [f"prov.1.{index}.1.sv"]}


@pytest.mark.parametrize("is_late", [False, True])
def test_words_stand_apart_as_always(trial_client, is_late):
    app = trial_client.app
    service = app.extensions["kapabla"]
    made = make.make_person(service)
    make.start_course(trial_client, made, phone="egen")
    kit = kit_on(trial_client.text)
    if is_late:
        send_in(service, made)
    number, item, form = text_page(service)
    sealed = seal(kit, f"/fragor/fore/{number}", form | {item: ["Bra ord."]})
    wanted = (409, "late") if is_late else (200, "saved")
    assert send(app, kit, sealed) == send(app, kit, sealed) == wanted
    state = "late" if is_late else "held"
    assert [(row.text, row.state) for row in rows(service, FreeText)] == [("Bra ord.", state)]
    kept = rows(service, LateAnswers if is_late else Submission)
    assert len(kept) == 1
    assert "Bra ord." not in str(kept[0].values)


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("/fragor/fore/1", {}),
        ("/fragor/fore/1", {"sida": ["se.9.0.4.sv"]}),
        ("/fragor/fore/1", {"sida": ["se.1.99.4.sv"]}),
        ("/fragor/fore/1", {"sida": ["kurs.1.0.4.sv"]}),
        ("/fragor/nej/1", PAGE_1),
        ("/fragor/nej/skicka", {}),
        ("/delar/1/1", {}),
        ("/delar/99/1", {"kurs": ["kapabla.1"]}),
        ("/delar/1/1", {"kurs": ["kapabla.7"]}),
        ("/mina-uppgifter/avsluta", {}),
        ("/start/samtycke", {"val1": ["ja"]}),
    ],
)
def test_what_is_no_page_of_ours_stores_nothing(any_app, service, kit, path, form):
    """Choices, leaving and all else needs coverage, whatever a telephone may have sealed."""
    before = counts(service)
    assert send(any_app, kit, seal(kit, path, form)) == (410, "lost")
    assert counts(service) == before


# --- Refused, each with its own word, and never overwritten ---


def test_what_comes_after_sending_in_is_kept_apart(any_app, service, made, kit):
    send(any_app, kit, seal(kit, "/fragor/fore/1", PAGE_1))
    send_in(service, made)
    late = seal(kit, "/fragor/fore/1", PAGE_1 | {"se_1": ["1"]})
    assert [send(any_app, kit, late) for _ in range(3)] == [(409, "late")] * 3
    assert make.saved_rows(service, made.subject, "t0")[1]["values"] == {"se_1": 3}
    (row,) = rows(service, LateAnswers)
    assert (row.wave, row.page, row.values, row.reason) == ("t0", 1, {"se_1": 1}, "late")
    assert row.received_on == date(2026, 11, 25)


def test_what_comes_when_the_time_is_over_is_kept_apart(any_app, service, made, clock, kit):
    make.finish_course(service, made)
    send_in(service, made)
    clock.tick(days=60)
    sealed = seal(kit, "/fragor/efter/1", PAGE_1)
    assert send(any_app, kit, sealed) == send(any_app, kit, sealed) == (409, "closed")
    assert send(any_app, kit, seal(kit, "/fragor/efter/skicka", {})) == (409, "closed")
    assert [(row.wave, row.values, row.reason) for row in rows(service, LateAnswers)] == [("t1", {"se_1": 3}, "closed")]


@pytest.mark.parametrize("scope", ["research", "all"])
@pytest.mark.parametrize("erase", [False, True])
def test_nothing_is_stored_of_somebody_who_has_left(any_app, service, made, kit, scope, erase):
    send_in(service, made)
    late = seal(kit, "/fragor/fore/1", PAGE_1)
    send(any_app, kit, late)
    entrant = make.entrant_of(service, made)
    with any_app.app_context():
        from kapabla.web.participant.session import trail

        traces = trail()
    with service.vaults.unit() as work:
        bridge.withdraw(work, service.keys, traces, entrant, scope=scope, erase=erase, at=service.clock())
    assert len(rows(service, LateAnswers)) == (0 if erase else 1)
    before = counts(service)
    assert send(any_app, kit, seal(kit, "/fragor/fore/2", PAGE_1)) == (409, "withdrawn")
    assert send(any_app, kit, seal(kit, "/fragor/fore/skicka", {})) == (409, "withdrawn")
    step = send(any_app, kit, seal(kit, "/delar/1/1", {"gor": ["klar"], "kurs": ["kapabla.1"]}))
    assert step == ((200, "saved") if scope == "research" else (409, "withdrawn"))
    before[TABLES.index(LearningEvent)] += scope == "research"
    assert counts(service) == before


def test_a_no_to_the_research_is_a_no_to_what_waits(any_app, any_client, service, kit):
    any_client.get("/start/samtycke")
    any_client.fill(val1="nej")
    assert send(any_app, kit, seal(kit, "/fragor/fore/1", PAGE_1)) == (409, "withdrawn")
    assert rows(service, Submission) == rows(service, LateAnswers) == []


# --- Versions ---


def test_an_older_version_is_stored_as_what_it_was(any_app, service, made, kit):
    """B08. The study goes on to a version with other items; the telephone still had the former."""
    old = service.material.instruments["se", 1]
    new = old.model_copy(update={"version": 2, "pages": old.pages[1:], "items": old.items})
    study = service.material.studies[make.STUDY]
    moved = study.model_copy(update={"instrument_versions": study.instrument_versions | {"se": 2}})
    material = service.material
    changed = replace(
        material,
        instruments={**material.instruments, ("se", 2): new},
        studies={**material.studies, make.STUDY: moved},
    )
    any_app.extensions["kapabla"] = make.with_material(service, changed)
    assert send(any_app, kit, seal(kit, "/fragor/fore/1", PAGE_1)) == (200, "older")
    (row,) = rows(service, Submission)
    assert (row.instrument, row.instrument_version, row.values) == ("se", 1, {"se_1": 3})


# --- The token, and the keys ---


def test_the_token_of_an_old_link_asks_for_the_new_one(any_app, service, made, kit):
    with service.vaults.unit() as work:
        enrolling.new_access(work.identity, service.keys, work.identity.get_one(Person, made.id))
        entrant = entry.find_by_person(work.identity, made.id)
    assert send(any_app, kit, seal(kit, "/fragor/fore/1", PAGE_1)) == (401, "login")
    token = make_token(service.keys, entrant)
    assert send(any_app, kit, seal(kit, "/fragor/fore/1", PAGE_1), token=token) == (200, "saved")


def test_the_token_opens_nothing(any_app, any_client, kit):
    for path in ("/delar", "/mina-uppgifter", "/fragor/fore/1", "/fortsatt"):
        headers = {"Authorization": f"Bearer {kit['token']}"}
        assert any_app.test_client().get(path, headers=headers).status_code == 303
    assert any_app.test_client().get("/ko", headers={"Authorization": f"Bearer {kit['token']}"}).status_code == 405


def test_a_session_without_the_token_stores_nothing(any_client, service, kit):
    key, body = seal(kit, "/fragor/fore/1", PAGE_1)
    reply = any_client.browser.post("/ko", json=body, headers={"Idempotency-Key": key})
    assert reply.status_code == 401
    assert rows(service, Submission) == []


def test_a_record_that_was_changed_on_the_way_is_none(any_app, service, kit):
    key, body = seal(kit, "/fragor/fore/1", PAGE_1)
    changed = [
        (key[::-1], body),
        (key, body | {"data": body["data"][:-8] + "AAAAAAA="}),
        (key, body | {"wrapped": body["iv"]}),
        (key, body | {"iv": "inte base64"}),
        (key, {}),
        (key, []),
        ("Åsa", body),
        seal(kit, "", {}, whole="[]"),
        seal(kit, "", {}, whole="inte json"),
        seal(kit, "", {}, whole='{"path": "/fragor/fore/1"}'),
    ]
    assert {send(any_app, kit, sealed) for sealed in changed if sealed[0].isascii()} == {(410, "lost")}
    assert rows(service, Submission) == []


def test_a_record_is_small(any_app, kit):
    key, body = seal(kit, "/fragor/fore/1", PAGE_1)
    assert len(str(body)) < 2_000
    assert send(any_app, kit, (key, body | {"data": "A" * 70_000}))[0] == 413


def test_after_a_rotation_old_records_are_read_and_new_pages_have_the_new_key(any_app, any_client, service, kit):
    service.keys.rotate("offline", date(2026, 12, 1))
    any_client.get("/fragor/fore/1")
    new = kit_on(any_client.text)
    assert (kit["keyId"], new["keyId"]) == ("1", "2")
    assert new["key"] != kit["key"]
    assert send(any_app, kit, seal(kit, "/fragor/fore/1", PAGE_1)) == (200, "saved")
    assert send(any_app, new, seal(new, "/fragor/fore/1", PAGE_1)) == (200, "saved")


def test_a_key_that_is_away_is_waited_for_and_one_that_is_given_up_is_told(any_app, service, config, kit):
    """Nothing is thrown away until somebody has said that no copy is left."""
    sealed = seal(kit, "/fragor/fore/1", PAGE_1)
    path = service.config.key_dir / "offline-1.key"
    kept = path.read_bytes()
    service.keys.rotate("offline", date(2026, 12, 1))
    path.unlink()
    any_app.extensions["kapabla"] = replace(service, keys=Keyring(service.config.key_dir))
    assert send(any_app, kit, sealed)[0] == 503
    path.write_bytes(kept)
    assert send(any_app, kit, seal(kit, "/fragor/fore/1", PAGE_1)) == (200, "saved")
    path.unlink()
    service.keys.give_up("offline", "1", date(2026, 12, 2))
    assert send(any_app, kit, sealed) == (410, "lost")


# --- Nothing of it is told elsewhere ---


def test_nothing_of_a_record_is_in_the_log(any_app, service, kit, capsys, caplog):
    send(any_app, kit, seal(kit, "/fragor/fore/1", PAGE_1 | {"se_1": ["hemligt ord"]}))
    send(any_app, kit, seal(kit, "/delar/1/1", {}))
    told = capsys.readouterr()
    for word in ("hemligt", kit["token"], "se_1"):
        assert word not in told.out + told.err + caplog.text
