"""Leaving the research or everything, with the answers left or removed: what stands afterwards in both vaults (B4)."""

import pytest
from sqlalchemy import select

from kapabla.answers.consents import Consent
from kapabla.answers.learning import LearningEvent
from kapabla.answers.placement import Placement
from kapabla.answers.submissions import Submission, WaveState
from kapabla.identity.people import Person, StepOver, Tombstone
from kapabla.identity.sessions import ParticipantSession
from kapabla.journals import Journal
from tests import factories as make
from tests.page_client import PageClient

ANSWERS = (Placement, Consent, Submission, WaveState, LearningEvent)
# Which of the answers vault's tables still hold rows of the subject.
KEPT = {
    ("forskning", "kvar"): {"placement", "consent", "submission", "wave_state", "learning_event"},
    ("forskning", "bort"): {"placement", "consent", "learning_event"},
    ("allt", "kvar"): {"placement", "consent", "submission", "wave_state", "learning_event"},
    ("allt", "bort"): set(),
}


@pytest.fixture
def service(any_app):
    return any_app.extensions["kapabla"]


def rows(service, vault, model, *where):
    with service.vaults.reading() as work:
        return list(getattr(work, vault).scalars(select(model).where(*where)))


def standing_in(service, subject):
    return {m.__tablename__ for m in ANSWERS if rows(service, "answers", m, m.subject == subject)}


def walked(client, service, **who):
    made = make.make_person(service, **who)
    make.start_course(client, made)
    make.answer_wave(client, "fore")
    client.get("/delar/1/1")
    client.fill(gor="klar")
    return made


def leave(client, vad, svar):
    client.get("/mina-uppgifter/avsluta")
    client.fill(vad=vad, svar=svar)


@pytest.mark.parametrize(("vad", "svar"), KEPT)
def test_what_stands_afterwards(any_client, any_app, service, config, vad, svar):
    made = walked(any_client, service)
    bystander = PageClient(any_app)
    other = walked(bystander, service, name="Prova Provlund", email="prova@example.com")
    before = standing_in(service, other.subject)
    leave(any_client, vad, svar)

    assert standing_in(service, made.subject) == KEPT[vad, svar]
    assert standing_in(service, other.subject) == before
    scope = {"forskning": "research", "allt": "all"}[vad]
    kind = scope + ("_erase" if svar == "bort" else "")
    journal = [(e["who"], e["kind"], e["on"]) for e in Journal(config.data_dir, "answers").entries()]
    assert journal == [(made.subject, kind, "2026-11-25")]
    journal = [(e["who"], e["kind"], e["on"]) for e in Journal(config.data_dir, "identity").entries()]
    assert journal == [(made.id, kind, "2026-11-25")]

    people = {person.id: person for person in rows(service, "identity", Person)}
    assert other.id in people
    erased = kind == "all_erase"
    assert (made.id not in people) is erased
    if not erased:
        assert people[made.id].left == scope
        assert rows(service, "answers", Placement, Placement.subject == made.subject)[0].left == scope
        assert (people[made.id].channel == "none") is (scope == "all")
    assert bool(rows(service, "identity", Tombstone)) is erased
    sessions = {session.person_id for session in rows(service, "identity", ParticipantSession)}
    assert (made.id in sessions) is (scope == "research")
    if erased:
        assert rows(service, "identity", StepOver, StepOver.person_id == made.id) == []
    with service.vaults.reading() as work:
        assert service.identity_chain.verify(work.identity) is None
        assert service.answers_chain.verify(work.answers) is None
        trail = service.answers_chain.latest(work.answers, 1)[0]
    assert (trail["action"], trail["object"], trail["at"]) == ("withdrawal", kind, "2026-11-25")


@pytest.mark.parametrize(
    ("vad", "svar", "status", "text"),
    [
        ("forskning", "kvar", 200, None),
        ("forskning", "bort", 200, None),
        ("allt", "kvar", 410, "Du är inte längre med"),
        ("allt", "bort", 410, "Du är inte längre med"),
    ],
)
def test_what_the_link_answers_afterwards(any_client, service, vad, svar, status, text):
    made = walked(any_client, service)
    leave(any_client, vad, svar)
    later = PageClient(any_client.app)
    later.post(f"/k/{made.token}", status=status)
    if text is None:
        assert later.path == "/start/telefon"
    else:
        assert text in later.text


@pytest.mark.parametrize("svar", ["kvar", "bort"])
def test_who_left_the_research_goes_on_with_the_course_and_is_asked_nothing(any_client, service, svar):
    made = walked(any_client, service)
    leave(any_client, "forskning", svar)
    make.read_course(any_client)
    any_client.get("/fortsatt")
    assert any_client.path == "/delar"
    any_client.get("/fragor/efter/1")
    assert any_client.path == "/delar"
    any_client.get("/intyg")
    assert any_client.path == "/intyg"
    assert not rows(service, "answers", WaveState, WaveState.wave == "t1", WaveState.subject == made.subject)


def test_leaving_twice_is_the_same_as_once(any_client, service, config):
    made = walked(any_client, service)
    leave(any_client, "forskning", "bort")
    leave(any_client, "forskning", "bort")
    assert standing_in(service, made.subject) == KEPT["forskning", "bort"]


def test_first_the_research_then_everything(any_client, service):
    made = walked(any_client, service)
    leave(any_client, "forskning", "kvar")
    leave(any_client, "allt", "bort")
    assert standing_in(service, made.subject) == set()
    assert rows(service, "identity", Person) == []


def say_yes_again(client):
    client.get("/start/samtycke")
    client.fill(val1="ja", val2="nej", val3="nej")


def journalled(config, vault):
    return [(entry["who"], entry["kind"]) for entry in Journal(config.data_dir, vault).entries()]


def test_who_says_yes_again_is_in_the_research_again(any_client, service):
    made = walked(any_client, service)
    leave(any_client, "forskning", "kvar")
    say_yes_again(any_client)
    assert rows(service, "identity", Person)[0].left == "none"
    assert rows(service, "answers", Placement, Placement.subject == made.subject)[0].left == "none"
    numbers = {row.number for row in rows(service, "answers", Consent)}
    assert numbers == {1, 2}


def test_my_data_says_that_the_research_is_left_and_which_choices_hold(client, app, clock):
    made = make.make_person(app.extensions["kapabla"])
    make.start_course(client, made)
    client.get("/mina-uppgifter")
    assert "Det här gäller sedan 25 november 2026:" in client.text
    clock.tick(days=2)
    client.post(f"/k/{made.token}")
    leave(client, "forskning", "kvar")
    client.get("/mina-uppgifter")
    assert "Du har slutat vara med i forskningen 27 november 2026." in client.text
    assert "Det gäller inte längre, eftersom du har slutat." in client.text
    assert "Det här gäller sedan" not in client.text
    client.get("/mina-uppgifter/avsluta")
    assert "Du har redan slutat vara med i forskningen." in client.text
    say_yes_again(client)
    client.get("/mina-uppgifter")
    assert "Du har slutat" not in client.text
    assert client.text.index("Det här gäller sedan 27 november 2026:") < client.text.index(
        "Det här svarade du tidigare."
    )
    assert "(val 2)</a>" in client.text
    client.get("/start/samtycke")
    client.fill(val1="nej")
    client.get("/mina-uppgifter")
    assert "Du har slutat vara med i forskningen. Utbildningen är öppen för dig som förut." in client.text


@pytest.mark.parametrize("svar", ["kvar", "bort"])
def test_a_new_yes_stands_in_both_journals_after_the_leaving(any_client, service, config, svar):
    made = walked(any_client, service)
    say_yes_again(any_client)
    assert journalled(config, "answers") == [], "nobody who has not left says yes again"
    leave(any_client, "forskning", svar)
    say_yes_again(any_client)
    kinds = ["research" if svar == "kvar" else "research_erase", "rejoined"]
    assert journalled(config, "answers") == [(made.subject, kind) for kind in kinds]
    assert journalled(config, "identity") == [(made.id, kind) for kind in kinds]


def test_a_new_no_is_not_a_new_yes(any_client, service, config):
    walked(any_client, service)
    leave(any_client, "forskning", "kvar")
    any_client.get("/start/samtycke")
    any_client.fill(val1="nej", val2="nej", val3="nej")
    assert [kind for _, kind in journalled(config, "answers")] == ["research"]
    assert rows(service, "identity", Person)[0].left == "research"


def test_a_yes_that_becomes_a_no_leaves_the_research(any_client, service, config):
    """Chosen on the page of choices or on that of leaving: the same, also after a restore."""
    made = walked(any_client, service)
    any_client.get("/start/samtycke")
    any_client.fill(val1="nej", val2="nej", val3="nej")
    assert journalled(config, "answers") == [(made.subject, "research")]
    assert journalled(config, "identity") == [(made.id, "research")]
    assert rows(service, "answers", Placement, Placement.subject == made.subject)[0].left == "research"
    say_yes_again(any_client)
    assert [kind for _, kind in journalled(config, "answers")] == ["research", "rejoined"]


@pytest.mark.parametrize("given", [{}, {"vad": "allt"}, {"svar": "bort"}, {"vad": "all", "svar": "bort"}])
def test_half_an_answer_ends_nothing_and_keeps_what_was_chosen(any_client, service, config, given):
    made = walked(any_client, service)
    before = standing_in(service, made.subject)
    any_client.get("/mina-uppgifter/avsluta")
    any_client.fill(status=400, **given)
    assert standing_in(service, made.subject) == before
    assert list(Journal(config.data_dir, "answers").entries()) == []
    if given.get("vad") == "allt":
        assert 'value="allt" checked' in any_client.text


def test_every_other_device_is_out_when_everything_is_left(any_client, any_app, service):
    made = walked(any_client, service)
    second = PageClient(any_app)
    second.post("/k", {"kod": made.code})
    leave(any_client, "allt", "kvar")
    second.get("/delar")
    assert second.path == "/k"


@pytest.mark.parametrize("what", ["leaving", "a new yes"])
def test_the_journals_are_written_before_anything_is_acknowledged(any_client, service, config, monkeypatch, what):
    """What the databases could not keep is in the journals: it is carried out again, never forgotten."""
    from sqlalchemy.exc import OperationalError

    from kapabla.vaults import Work

    made = walked(any_client, service)
    if what == "leaving":
        any_client.get("/mina-uppgifter/avsluta")
        fields, kinds, left = {"vad": "forskning", "svar": "bort"}, ["research_erase"], "none"
    else:
        leave(any_client, "forskning", "kvar")
        any_client.get("/start/samtycke")
        fields, kinds, left = {"val1": "ja", "val2": "nej", "val3": "nej"}, ["research", "rejoined"], "research"

    def away(_self):
        raise OperationalError("COMMIT", {}, Exception("away"))

    with monkeypatch.context() as patch:
        patch.setattr(Work, "commit", away)
        with pytest.raises(OperationalError):
            any_client.fill(**fields)
    assert journalled(config, "answers") == [(made.subject, kind) for kind in kinds]
    assert journalled(config, "identity") == [(made.id, kind) for kind in kinds]
    assert rows(service, "answers", Placement, Placement.subject == made.subject)[0].left == left
    assert "submission" in standing_in(service, made.subject)
