"""Text messages leave as mail does: once, looked at again, unclear where the connection died (A4, A6, H8)."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from kapabla.identity import codes, sending, sms_reports
from kapabla.identity.cohorts import Cohort
from kapabla.identity.contact import Contact, sealed_fields
from kapabla.identity.enrolling import access_of, fill_short_links
from kapabla.identity.invitations import Invitation
from kapabla.identity.message_texts import sms_text
from kapabla.identity.messages import COURSE_STEP, INVITATION_STEP, Message
from kapabla.identity.people import Person
from kapabla.identity.records import IdentityAudit, IdentityOutbox
from kapabla.jobs.mail import RefusedByServer, Temporary, Unclear
from kapabla.jobs.runner import run_once
from kapabla.jobs.sms import ShortMessage, SmsProvider
from kapabla.material.messages import SMS_LINK_LENGTH
from kapabla.material.short_messages import is_plain, parts_of
from kapabla.material.word_list import telling
from tests.factories import STUDY, make_cohort, make_person
from tests.integration.jobs.conftest import with_mail
from tests.sms_provider import PASSWORD, USER, sms_served, with_sms

MOBILE = "+46701740605"


@pytest.fixture
def provider():
    with sms_served() as found:
        yield found


@pytest.fixture
def texting(service, mail_server, provider):
    return with_sms(with_mail(service, mail_server), provider)


def make_mobile(service, *, phone=MOBILE):
    """Somebody who is reached by text message."""
    return make_person(service, email=None, phone=phone, channel="sms")


def order(service):
    with service.vaults.unit() as work:
        group = work.identity.get_one(Cohort, make_cohort(service))
        people = sending.not_yet_invited(work.identity, group)
        return sending.order_invitations(work.identity, group, people, by="Kim", at=service.clock())


def numbers(service, batch):
    with service.vaults.reading() as work:
        return {state: n for state, n in sending.batch_numbers(work.identity, batch).items() if n}


def short_token(service, made):
    with service.vaults.reading() as work:
        return access_of(work.identity, service.keys, [made.id])[made.id].short_token


def change(service, made, **values):
    with service.vaults.unit() as work:
        person = work.identity.get_one(Person, made.id)
        for name, value in values.items():
            setattr(person, name, value)


def test_each_is_sent_one_message_by_the_own_way(texting, provider, mail_server):
    made = make_mobile(texting)
    make_person(texting, email="p@example.com")
    batch = order(texting)
    assert run_once(texting) == 3, "two messages, and the list is read"
    assert run_once(texting) == 0
    assert mail_server.recipients == ["p@example.com"]
    (form,) = provider.taken
    token = short_token(texting, made)
    assert form == {
        "from": "LstUtb", "to": MOBILE, "dontlog": "message",
        "message": f"Hej! Du har en plats på Länsstyrelsens utbildning: https://lst.ac.se/s/{token} "
        f"Frågor? Ring 010-000 00 00. Inga fler sms: https://lst.ac.se/n/{token}",
    }  # fmt: skip
    assert numbers(texting, batch) == {"handed_over": 2}


def test_it_is_one_part_and_tells_nothing_on_a_locked_screen(service):
    """S10, S11: with links of 32 characters in each language; Finnish is not written, and is Swedish then."""
    link = "https://lst2.ac.se/s/" + "x" * codes.SHORT_LENGTH
    assert len(link) == SMS_LINK_LENGTH
    for step in (INVITATION_STEP, COURSE_STEP, "uppf3"):
        for tongue in ("sv", "sv_easy", "en", "fi"):
            study = service.material.studies[STUDY]
            text = sms_text(service.material, step, language=tongue, link=link, no_link=link, study=study)
            assert (parts_of(text), is_plain(text)) == (1, True)
            assert telling(text.replace("://", " ")) == []
            assert text.count(link) == 2
            assert not [word for word in ("{", "kapabla") if word in text.casefold()]


def test_the_short_token_follows_the_generation_and_tells_nothing_of_code_or_link():
    key, secret = b"k" * 32, b"s" * 32
    token = codes.derive_short_token(key, secret, 1)
    assert len(token) == codes.SHORT_LENGTH
    assert token.isalnum()
    assert token != codes.derive_short_token(key, secret, 2)
    assert token not in codes.derive_token(key, secret, 1) + codes.derive_code(key, secret, 1)


def test_who_was_enrolled_before_gets_a_look_up_and_nobody_else_is_touched(texting):
    older, newer = make_mobile(texting), make_mobile(texting, phone="+46701740606")
    with texting.vaults.unit() as work:
        before = work.identity.get_one(Invitation, newer.id).short_hash
        former = work.identity.get_one(Invitation, older.id).short_hash
        work.identity.get_one(Invitation, older.id).short_hash = None
        work.identity.flush()
        fill_short_links(work.identity, texting.keys)
        work.identity.expire_all()
        assert work.identity.get_one(Invitation, older.id).short_hash == former
        assert work.identity.get_one(Invitation, newer.id).short_hash == before


def test_an_answer_is_believed_and_a_gateways_guess_is_not(provider):
    """Out of credit, or away for a while: not about the message. Between them and us somebody may only have guessed."""
    means = {400: RefusedByServer, 404: RefusedByServer, 301: Temporary, 401: Temporary, 403: Temporary,
             429: Temporary, 503: Temporary, 500: Unclear, 502: Unclear, 504: Unclear}  # fmt: skip
    for provider.status, fault in means.items():
        with pytest.raises(fault):
            SmsProvider(provider.url, "LstUtb").send(ShortMessage(MOBILE, "Hej!"))
    with pytest.raises(Temporary):
        SmsProvider(provider.url.replace("u1234", "u9"), "LstUtb").send(ShortMessage(MOBILE, "Hej!"))
    assert provider.taken == []


def test_what_is_not_taken_has_failed_and_breaks_nobodys_number(texting, provider):
    made, provider.status = make_mobile(texting), 400
    batch = order(texting)
    run_once(texting)
    assert numbers(texting, batch) == {"failed": 1}
    assert taken(texting, made) == ("sms", False)


def test_a_connection_that_dies_after_the_form_is_unclear_and_never_tried_again(texting, provider):
    make_mobile(texting)
    batch = order(texting)
    provider.dies_after_form = True
    run_once(texting)
    provider.dies_after_form = False
    assert run_once(texting) == 0
    assert provider.taken == []
    assert numbers(texting, batch) == {"unclear": 1}


def test_off_or_away_it_waits_and_mail_leaves(service, mail_server, clock, provider):
    """Off by default."""
    mailing = with_mail(service, mail_server)
    make_mobile(mailing)
    make_person(mailing, email="p@example.com")
    batch = order(mailing)
    run_once(mailing)
    assert mail_server.recipients == ["p@example.com"]
    for now in (with_sms(mailing, type(provider)(port=1)), with_sms(mailing, provider)):
        assert numbers(mailing, batch) == {"waiting": 1, "handed_over": 1}
        clock.tick(3600)
        run_once(now)
    assert numbers(mailing, batch) == {"handed_over": 2}


def test_who_must_not_be_written_to_is_sent_nothing(texting, provider):
    values = ({"left": "all"}, {"no_more_messages": True}, {"is_restricted": True}, {"channel": "none"})
    made = [make_mobile(texting, phone=f"+4670174060{n}") for n in range(len(values))]
    batch = order(texting)
    for one, value in zip(made, values, strict=True):
        change(texting, one, **value)
    run_once(texting)
    assert provider.taken == []
    assert numbers(texting, batch) == {"stopped": len(values)}


def test_who_has_chosen_another_way_meanwhile_is_sent_it_by_that(texting, provider, mail_server):
    made = make_mobile(texting)
    order(texting)
    with texting.vaults.unit() as work:
        person = work.identity.get_one(Person, made.id)
        person.channel = "email"
        person.email_sealed = sealed_fields(texting.keys, made.id, Contact(email="ny@example.com"))["email_sealed"]
    run_once(texting)
    assert provider.taken == []
    assert mail_server.recipients == ["ny@example.com"]
    with texting.vaults.reading() as work:
        assert work.identity.scalars(select(Message)).one().channel == "email"


def test_at_night_it_waits_for_the_morning(texting, provider, clock):
    make_mobile(texting)
    order(texting)
    clock.now = clock.now.replace(hour=22)
    run_once(texting)
    assert provider.taken == []
    clock.tick(12 * 3600)
    run_once(texting)
    assert provider.recipients == [MOBILE]


def test_neither_number_nor_password_is_logged_or_left_in_the_outbox(texting, provider, caplog, capfd):
    make_mobile(texting)
    order(texting)
    provider.status = 403
    run_once(texting)
    printed = caplog.text + "".join(capfd.readouterr())
    with texting.vaults.reading() as work:
        left = " ".join(f"{row.payload} {row.fault}" for row in work.identity.scalars(select(IdentityOutbox)))
    assert "temporary" in printed + left
    for secret in (MOBILE, MOBILE[3:], PASSWORD, USER, "/s/"):
        assert secret not in printed + left


def taken(service, made):
    with service.vaults.reading() as work:
        person = work.identity.get_one(Person, made.id)
        return person.channel, person.address_broken


def test_a_number_that_does_not_work_is_told_once_and_only_of_who_has_it(texting, provider, clock):
    """A5. Mended or tried again, the old report says nothing more."""
    made, other = make_mobile(texting), make_mobile(texting, phone="+46701740606")
    provider.failed(MOBILE, created="2026-11-25T08:00:00.000000")
    provider.failed("+46701740606", sms_id="s0", created="2026-11-20T08:00:00.000000")
    run_once(texting)
    assert taken(texting, made) == ("sms", True)
    assert taken(texting, other) == ("sms", False), "older than the list is read"
    change(texting, made, address_broken=False)
    clock.tick(600)
    run_once(texting)
    assert taken(texting, made) == ("sms", False)
    clock.tick(4 * 24 * 3600)
    run_once(texting)
    with texting.vaults.reading() as work:
        assert sms_reports.known_reports(work.identity) == set()


def test_a_reply_that_says_stop_is_obeyed_once_and_other_replies_are_not_kept(texting, provider, clock):
    made, other = make_mobile(texting), make_mobile(texting, phone="+46701740606")
    provider.replied(MOBILE, "Stopp!", created="2026-11-25T08:00:00.000000")
    provider.replied("+46701740606", "Vem är det som skriver?", sms_id="r2", created="2026-11-25T08:00:01.000000")
    run_once(texting)
    assert taken(texting, made) == ("none", False)
    assert taken(texting, other) == ("sms", False)
    with texting.vaults.reading() as work:
        ((action, day),) = [(row.action, row.at[10:]) for row in work.identity.scalars(select(IdentityAudit))]
    assert (action, day) == ("contact_change", ""), "the day alone"
    change(texting, made, channel="sms")
    clock.tick(600)
    run_once(texting)
    assert taken(texting, made) == ("sms", False), "chosen again since"


def test_a_list_of_many_pages_is_read_to_its_end(provider):
    for n in range(230):
        provider.failed(f"+4670174{n:04d}", sms_id=f"s{n}", created=f"2026-11-25T08:{n // 60:02d}:{n % 60:02d}.000000")
    found = list(SmsProvider(provider.url, "LstUtb").since(datetime(2026, 11, 24, tzinfo=UTC)))
    assert len({entry.id for entry in found}) == 230
