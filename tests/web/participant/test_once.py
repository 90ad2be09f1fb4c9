"""What is sent twice counts once, on both databases: double clicks, replays, and twenty at the same time."""

from dataclasses import replace

import pytest
from sqlalchemy import func, select

from kapabla.answers import saving
from kapabla.answers.consents import Consent
from kapabla.answers.learning import Certificate, LearningEvent
from kapabla.answers.progress import certify as certify_
from kapabla.answers.submissions import FreeText, Submission, WaveState
from kapabla.identity import entry
from kapabla.identity.people import StepOver
from kapabla.identity.sessions import ParticipantSession
from kapabla.web.participant import questions
from tests import factories as make
from tests.at_once import at_once
from tests.page_client import HIDDEN, PageClient


@pytest.fixture
def service(any_app):
    return any_app.extensions["kapabla"]


def count(service, vault, model, *where):
    with service.vaults.reading() as work:
        return getattr(work, vault).scalar(select(func.count()).select_from(model).where(*where))


def hidden(client):
    return dict(HIDDEN.findall(client.text))


def test_twenty_posts_of_a_page_at_once_and_as_many_replays_leave_one_row(any_client, service):
    """C9."""
    make.start_course(any_client, make.make_person(service))
    any_client.get("/fragor/fore/1")
    data = hidden(any_client) | make.answers_on(any_client.text)
    replies = at_once(any_client, "/fragor/fore/1", data, times=20)
    replies += [at_once(any_client, "/fragor/fore/1", data, times=1)[0] for _ in range(20)]
    assert set(replies) == {(303, "/fragor/fore/2")}
    assert count(service, "answers", Submission) == 1


def test_the_same_form_with_other_answers_is_a_new_save_and_the_latest_holds(any_client, service):
    """UX 4: a page that the browser shows again, filled, carries the key that was saved; what was changed counts."""
    made = make.make_person(service)
    make.start_course(any_client, made)
    any_client.get("/fragor/fore/1")
    form = hidden(any_client) | make.answers_on(any_client.text, pick=1)
    low, high = form | {"se_1": "2"}, form | {"se_1": "5"}

    def holds():
        return count(service, "answers", Submission), make.saved_rows(service, made.subject, "t0")[1]["values"]["se_1"]

    held = []
    for sent in (low, high, high, low):
        any_client.post("/fragor/fore/1", sent)
        held.append(holds())
    assert held == [(1, 2), (2, 5), (2, 5), (3, 2)]
    replies = at_once(any_client, "/fragor/fore/1", high, times=20)
    assert set(replies) == {(303, "/fragor/fore/2")}
    assert holds() == (4, 5)


def test_what_is_changed_after_sending_in_is_not_taken_and_said_to_be(any_client, service):
    """A replay is answered as before; the restored page with another answer is told that it came too late."""
    made = make.make_person(service)
    make.start_course(any_client, made)
    any_client.get("/fragor/fore/1")
    form = hidden(any_client) | make.answers_on(any_client.text, pick=1)
    any_client.post("/fragor/fore/1", form)
    with service.vaults.unit() as work:
        saving.send_in(work.answers, made.subject, "t0", on=service.clock().date())
    any_client.post("/fragor/fore/1", form)
    any_client.post("/fragor/fore/1", form | {"se_1": "5"}, status=409)
    assert make.saved_rows(service, made.subject, "t0")[1]["values"]["se_1"] != 5


def test_two_tabs_with_a_key_each_leave_two_rows_and_the_later_holds(any_client, service):
    made = make.make_person(service)
    make.start_course(any_client, made)
    any_client.get("/fragor/fore/1")
    first = hidden(any_client) | make.answers_on(any_client.text, pick=0)
    any_client.get("/fragor/fore/1")
    second = hidden(any_client) | make.answers_on(any_client.text, pick=3)
    any_client.post("/fragor/fore/1", first)
    any_client.post("/fragor/fore/1", second)
    any_client.post("/fragor/fore/1", first)
    assert count(service, "answers", Submission) == 2
    assert make.saved_rows(service, made.subject, "t0")[1]["values"]["se_1"] == int(second["se_1"])


def test_a_page_with_a_key_that_is_none_is_refused(any_client, service):
    make.start_course(any_client, make.make_person(service))
    any_client.get("/fragor/fore/1")
    data = hidden(any_client) | make.answers_on(any_client.text)
    for key in ("", "Åsa Ek", "x", "a" * 41, "0707123456 Åsa"):
        any_client.post("/fragor/fore/1", data | {"nyckel": key}, status=400)
    assert count(service, "answers", Submission) == 0


def test_sending_in_twice_is_the_same_as_once(any_client, service):
    made = make.make_person(service)
    make.start_course(any_client, made)
    make.answer_wave(PageClientAtSend(any_client), "fore")
    any_client.get("/fragor/fore/skicka")
    data = hidden(any_client)
    replies = at_once(any_client, "/fragor/fore/skicka", data, times=6)
    assert set(replies) == {(303, "/fragor/fore/tack")}
    assert count(service, "answers", WaveState) == 1
    assert count(service, "identity", StepOver, StepOver.step == "fore") == 1


class PageClientAtSend:
    """Answers every page and stops before the last button."""

    def __init__(self, client: PageClient) -> None:
        self._client = client

    def __getattr__(self, name):
        return getattr(self._client, name)

    def fill(self, **fields):
        if not self._client.path.endswith("skicka"):
            self._client.fill(**fields)


@pytest.fixture
def two_devices(any_client, any_app, service):
    """One with a page of questions open, the other about to answer and send in everything."""
    made = make.make_person(service)
    make.start_course(any_client, made)
    any_client.get("/fragor/fore/1")
    open_page = hidden(any_client) | make.answers_on(any_client.text, pick=0)
    other = PageClient(any_app)
    other.post("/k", {"kod": made.code})
    other.fill(telefon="delad")
    other.fill()
    return made, open_page, other


def test_who_is_later_than_the_sending_in_is_told_that_those_answers_hold(any_client, service, two_devices):
    made, open_page, other = two_devices
    make.answer_wave(other, "fore", pick=3)
    before = make.saved_rows(service, made.subject, "t0")
    any_client.post("/fragor/fore/1", open_page, status=409)
    assert "Frågorna är redan inskickade" in any_client.text
    assert "Det du fyllde i här sparades inte." in any_client.text
    assert make.saved_rows(service, made.subject, "t0") == before
    any_client.get("/fortsatt")
    assert any_client.path == "/delar"


def test_a_replay_after_sending_in_is_answered_as_the_first_time(any_client, service, two_devices):
    _, open_page, other = two_devices
    any_client.post("/fragor/fore/1", open_page)
    assert any_client.path == "/fragor/fore/2"
    other.get("/fragor/fore/skicka")
    other.fill()
    any_client.post("/fragor/fore/1", open_page)
    assert any_client.path == "/delar"


def test_a_page_that_meets_the_sending_in_midway_gives_back_what_was_written(
    any_client, service, two_devices, monkeypatch
):  # fmt: skip
    """The other device sends in between the look and the save; no comment is asked for yet, so one is played."""
    _, open_page, other = two_devices
    make.answer_wave(other, "fore", pick=3)
    real = questions.read_page
    monkeypatch.setattr(questions, "_is_open", lambda *_: True)
    monkeypatch.setattr(
        questions, "read_page", lambda *given: replace(real(*given), texts={"comment": "Rad <ett>\nRad två"})
    )
    any_client.post("/fragor/fore/1", open_page, status=409)
    assert "<blockquote><p>Rad &lt;ett&gt;</p><p>Rad två</p></blockquote>" in any_client.text
    assert count(service, "answers", FreeText) == 0


def test_a_page_that_finds_no_room_can_be_sent_again_as_it_was(any_client, service, monkeypatch):
    made = make.make_person(service)
    make.start_course(any_client, made)
    any_client.get("/fragor/fore/1")
    data = hidden(any_client) | make.answers_on(any_client.text, pick=1)
    with monkeypatch.context() as patch:
        patch.setattr(saving, "_COLLISIONS_ALLOWED", 0)
        any_client.post("/fragor/fore/1", data | {"anda": "1"}, status=409)
    assert "Det du fyllde i finns kvar här." in any_client.text
    any_client.fill(action="/fragor/fore/1")
    assert any_client.path == "/fragor/fore/2"
    assert make.saved_rows(service, made.subject, "t0")[1]["values"]["se_1"] == int(data["se_1"])


def test_a_step_that_is_posted_at_once_is_over_once(any_client, service):
    make.start_course(any_client, make.make_person(service), research="nej")
    any_client.get("/delar/1/1")
    replies = at_once(any_client, "/delar/1/1", hidden(any_client) | {"gor": "klar"}, times=8)
    assert set(replies) == {(303, "/delar/1/2")}
    assert count(service, "answers", LearningEvent) == 1


def test_a_link_that_is_tapped_twice_lets_in_twice(any_client, service):
    """A double tap on "Börja": two sessions, one placement, nobody meets an error page."""
    made = make.make_person(service)
    replies = at_once(any_client, f"/k/{made.token}", {}, times=4)
    assert set(replies) == {(303, "/fortsatt")}
    assert count(service, "identity", ParticipantSession) == 4
    assert count(service, "identity", StepOver) == 1


def choose(client, **given):
    client.get("/start/samtycke")
    return hidden(client) | {"val2": "nej", "val3": "nej"} | given


def test_choices_that_are_sent_often_are_one_set_and_answered_alike(any_client, service):
    made = make.make_person(service)
    any_client.get(f"/k/{made.token}")
    any_client.fill()
    any_client.fill(telefon="delad")
    any_client.fill()
    data = choose(any_client, val1="ja")
    replies = at_once(any_client, "/start/samtycke", data, times=6)
    replies += at_once(any_client, "/start/samtycke", data, times=1)
    assert set(replies) == {(303, "/fortsatt")}
    assert count(service, "answers", Consent) == 3
    with service.vaults.reading() as work:
        assert service.answers_chain.verify(work.answers) is None


def test_choices_that_say_nothing_new_make_no_row_and_others_do(any_client, service):
    make.start_course(any_client, make.make_person(service))
    same = choose(any_client, val1="ja", val2="ja")
    any_client.post("/start/samtycke", same)
    assert (any_client.path, count(service, "answers", Consent)) == ("/mina-uppgifter", 3)
    any_client.post("/start/samtycke", choose(any_client, val1="ja", val3="ja"))
    assert count(service, "answers", Consent) == 6
    # The same answers to the text in another language are answers to another text.
    any_client.browser.set_cookie("sprak", "en")
    any_client.post("/start/samtycke", choose(any_client, val1="ja", val3="ja"))
    assert count(service, "answers", Consent) == 9


def test_a_new_yes_that_is_tapped_often_is_one_set(any_client, service):
    make.start_course(any_client, make.make_person(service))
    any_client.get("/mina-uppgifter/avsluta")
    any_client.fill(vad="forskning", svar="kvar")
    again = choose(any_client, val1="ja", val2="ja")
    assert set(at_once(any_client, "/start/samtycke", again, times=6)) == {(303, "/mina-uppgifter?sparat=1")}
    assert count(service, "answers", Consent) == 6


def test_an_older_form_makes_no_yes_of_a_later_no(any_client, service):
    """The tab that was open, or a request that was long on its way: what was said last holds, and is said to."""
    made = make.make_person(service)
    make.start_course(any_client, made)
    older = choose(any_client, val1="ja", val2="ja", val3="ja")
    any_client.post("/start/samtycke", older)
    any_client.post("/start/samtycke", choose(any_client, val1="ja", val2="ja"))
    any_client.post("/start/samtycke", older, status=409)
    assert "De val du gjorde sist gäller." in any_client.text
    assert 'name="val3" id="val3" value="ja" checked' in any_client.text
    assert count(service, "answers", Consent) == 9
    any_client.fill(val1="ja", val2="ja", val3="ja")
    assert (any_client.path, count(service, "answers", Consent)) == ("/mina-uppgifter", 12)


def test_a_certificate_that_is_asked_for_at_once_has_one_serial(any_client, service):
    made = make.make_person(service)
    make.start_course(any_client, made, research="nej")
    make.finish_course(service, made)
    any_client.get("/intyg")
    replies = at_once(any_client, "/intyg", hidden(any_client), times=4)
    assert replies == [(200, "")] * 4
    assert count(service, "answers", Certificate) == 1


def test_a_revoked_certificate_leaves_room_for_the_next_and_another_version_for_its_own(any_service, clock):
    day = clock().date()

    def certify(serial, version=1):
        with any_service.vaults.unit() as work:
            return certify_(work.answers, "a" * 64, serial, course="k", course_version=version, completed_on=day)

    assert [certify("one"), certify("two"), certify("three", version=2)] == [("one", day), ("one", day), ("three", day)]
    with any_service.vaults.unit() as work:
        work.answers.get_one(Certificate, ("a" * 64, "one")).revoked_on = day
    assert certify("four") == ("four", day)


CHOICES = [("forskning", "kvar"), ("forskning", "bort"), ("allt", "kvar"), ("allt", "bort")]


def at_the_withdrawal(client, service, vad, svar):
    made = make.make_person(service)
    make.start_course(client, made)
    client.get("/mina-uppgifter/avsluta")
    return made, hidden(client) | {"vad": vad, "svar": svar}


@pytest.mark.parametrize(("vad", "svar"), CHOICES)
def test_each_tap_on_spara_mitt_val_shows_the_receipt(any_client, service, vad, svar):
    _, data = at_the_withdrawal(any_client, service, vad, svar)
    replies = at_once(any_client, "/mina-uppgifter/avsluta", data, times=3)
    assert replies == [(200, "")] * 3
    any_client.post("/mina-uppgifter/avsluta", data)
    assert "Ditt val är sparat" in any_client.text
    first = any_client.text
    if vad == "allt":
        # Also a reload after the cookies are gone, and word for word the same.
        any_client.post("/mina-uppgifter/avsluta", data)
        assert any_client.text == first
        any_client.get("/delar")
        assert any_client.path == "/k"
    with service.vaults.reading() as work:
        assert service.identity_chain.verify(work.identity) is None
        assert service.answers_chain.verify(work.answers) is None


def test_a_receipt_is_never_shown_for_what_was_not_done(any_client, service):
    """The session may have ended for another reason: then the form has ended nothing, and does not say so."""
    made, data = at_the_withdrawal(any_client, service, "allt", "kvar")
    with service.vaults.unit() as work:
        entry.end_sessions_of(work.identity, made.id)
    for svar in ("kvar", "bort"):
        any_client.post("/mina-uppgifter/avsluta", data | {"svar": svar})
        assert any_client.path == "/k"
        assert "Ditt val är sparat" not in any_client.text
    with service.vaults.unit() as work:
        entry.set_left(work.identity, made.id, "all")
    any_client.post("/mina-uppgifter/avsluta", data | {"svar": "bort"})
    assert any_client.path == "/k", "it is left, but not erased"
    any_client.post("/mina-uppgifter/avsluta", data)
    assert "Ditt val är sparat" in any_client.text


@pytest.mark.parametrize("whose", ["", "x", "00" * 40, "åäö"])
def test_a_receipt_needs_a_form_of_ours(any_client, service, whose):
    _, data = at_the_withdrawal(any_client, service, "allt", "bort")
    any_client.post("/mina-uppgifter/avsluta", data)
    any_client.post("/mina-uppgifter/avsluta", data | {"vem": whose})
    assert any_client.path == "/k"


def test_the_withdrawal_form_does_not_name_the_person(any_client, service):
    made, _ = at_the_withdrawal(any_client, service, "allt", "bort")
    assert made.id not in any_client.text
