"""What tests are about, made with keywords and valid by default."""

import re
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

import pyotp
from sqlalchemy import select

from kapabla import bridge
from kapabla.answers import progress, saving
from kapabla.answers.consents import ConsentText
from kapabla.bridge import subject_of
from kapabla.identity import entry, meetings
from kapabla.identity.codes import derive_meeting_code, token_hash
from kapabla.identity.cohorts import Cohort
from kapabla.identity.contact import Contact
from kapabla.identity.enrolling import NewPerson, access_of, create_cohort, enrol
from kapabla.identity.people import Person
from kapabla.journals import Journal
from kapabla.material import plan_hash
from kapabla.material.library import Library
from kapabla.office import agreements, plans, sign_in
from kapabla.service import Service, material_root
from tests.page_client import PageClient

PASSWORD = "ett ganska langt losenord"
STUDY = "kapabla-2026"


@dataclass(frozen=True)
class Made:
    id: str
    number: str
    token: str
    code: str
    subject: str


def make_cohort(
    service: Service, *, name: str = "Omgång 1", starts_on: date = date(2026, 11, 1), arm: str = "direct"
) -> str:
    with service.vaults.unit() as work:
        known = work.identity.scalar(select(Cohort.id).where(Cohort.name == name))
        if known:
            return known
        return create_cohort(
            work.identity, name=name, study=service.material.studies[STUDY], arm=arm, starts_on=starts_on,
            ends_on=date(2027, 1, 31), responsible="",
        ).id  # fmt: skip


def make_person(
    service: Service, *, name: str = "Testa Påhittsson", email: str | None = "testa@example.com",
    phone: str | None = None, municipality: str | None = "2404", role: str | None = "hairdresser",
    channel: str = "email", is_test: bool = False, is_protected: bool = False, cohort: str | None = None,
) -> Made:  # fmt: skip
    cohort_id = cohort or make_cohort(service)
    with service.vaults.unit() as work:
        new = NewPerson(
            Contact(name=name, email=email, phone=phone),
            municipality,
            role,
            channel,
            is_test=is_test,
            is_protected=is_protected,
        )
        group = work.identity.get_one(Cohort, cohort_id)
        person_id = enrol(work.identity, service.keys, group, [new], on=date(2026, 11, 1))[0]
        access = access_of(work.identity, service.keys, [person_id])[person_id]
        person = work.identity.get_one(Person, person_id)
        subject = subject_of(service.keys.get("study", STUDY), person.secret)
        return Made(person_id, person.number, access.token, access.code, subject)


def entrant_of(service: Service, made: Made) -> entry.Entrant:
    with service.vaults.reading() as work:
        found = entry.find_by_token(work.identity, token_hash(made.token))
        assert found is not None
        return found


def freeze_plan(service: Service, roles: tuple[str, ...] = ("researcher", "steward")) -> None:
    """By two, as the command does it."""
    for role in roles:
        with service.vaults.unit() as work:
            member = sign_in.get_staff(work.office, f"{role}@example.com")
            plans.freeze(
                work.office, service.office_chain, study=STUDY, has_answers=False, by=member, at=service.clock(),
                plan_hash=plan_hash(service.material.studies[STUDY], service.material),
            )  # fmt: skip


def make_staff(service: Service, role: str, *, municipality: str | None = None) -> str:
    """An account that has signed up. Returns the secret of its phone."""
    secret = pyotp.random_base32()
    at = service.clock()
    earlier = datetime.fromtimestamp(at.timestamp() - 60, UTC)
    with service.vaults.unit() as work:
        member, _ = sign_in.add_staff(
            work.office, email=f"{role}@example.com", name=f"Namn {role}", role=role, ends_on=date(2027, 6, 1), at=at,
            municipality=municipality,
        )  # fmt: skip
        sign_in.complete_sign_up(
            work.office, member, password=PASSWORD, totp_secret=secret, code=pyotp.TOTP(secret).at(earlier),
            sealing_key=service.keys.get("sealing"), at=earlier,
        )  # fmt: skip
        if role in agreements.BOUND_BY_AGREEMENT:
            agreements.record(
                work.office, service.office_chain, member=member, number="Avtal 1", ends_on=date(2027, 5, 31),
                actor="cli", at=at,
            )  # fmt: skip
    return secret


def sign_in_as(client: PageClient, role: str, *, municipality: str | None = None) -> str:
    """The real sign-in: password, then one-time code."""
    service: Service = client.app.extensions["kapabla"]
    secret = make_staff(service, role, municipality=municipality)
    sign_in_with(client, role, secret)
    return secret


def sign_in_with(client: PageClient, role: str, secret: str) -> None:
    """An account that `make_staff` has made."""
    service: Service = client.app.extensions["kapabla"]
    client.get("/logga-in")
    client.fill(email=f"{role}@example.com", losenord=PASSWORD)
    client.fill(action="/logga-in/kod", kod=pyotp.TOTP(secret).at(service.clock()))


def start_course(client: PageClient, made: Made, *, research: str = "ja", phone: str = "delad") -> None:
    """From the link to the first question, or to the modules for those who say no."""
    client.get(f"/k/{made.token}")
    client.fill()
    client.fill(telefon=phone)
    client.fill()
    client.get("/start/samtycke")
    client.fill(val1=research, val2=research, val3="nej")
    client.fill(kontakt="email")


def page_of_request(client: PageClient, made: Made) -> str:
    """The address of the latest that this person has asked for by law; the client handles requests."""
    client.get("/admin/begaran")
    rows = [row for row in client.text.split("<tr")[1:] if made.number in row]
    return re.findall(r'href="(/admin/begaran/[^"]+)"', rows[0])[0]


def told_copy_code(client: PageClient, made: Made) -> str:
    """The code to the copy with answers that this person has asked for, as a steward who is signed in tells it."""
    address = page_of_request(client, made)
    client.get(address)
    client.fill(action=f"{address}/kod")
    return "".join(re.findall(r'class="copy">(\d{4}) (\d{4})<', client.text)[0])


def answers_on(page: str, *, pick: int = 2) -> dict[str, Any]:
    """An answer to every question of a page: the option at `pick`, or the last there is."""
    options: dict[str, list[str]] = {}
    for name, value in re.findall(r'<input type="radio" name="(\w+)" id="[^"]*" value="([^"]*)"', page):
        if value != "-94":
            options.setdefault(name, []).append(value)
    return {name: values[min(pick, len(values) - 1)] for name, values in options.items()}


def answer_wave(client: PageClient, slug: str, *, pick: int = 2) -> None:
    client.get(f"/fragor/{slug}/0")
    number = 1
    while True:
        client.get(f"/fragor/{slug}/{number}")
        client.fill(**answers_on(client.text, pick=pick))
        while client.path == f"/fragor/{slug}/{number}":
            client.fill(**answers_on(client.text, pick=pick), anda="1")
        if client.path.endswith("skicka"):
            break
        number = int(client.path.rsplit("/", 1)[1])
    client.fill()


def answer_wave_from(client: PageClient, slug: str, *, skip: bool = False) -> list[int]:
    """From the first page without a save to the end, in the person's own order. Returns the pages that were met."""
    client.get(f"/fragor/{slug}/0")
    client.get(re.findall(rf'href="(/fragor/{slug}/\d+)"', client.text)[-1])
    walked = []
    while not client.path.endswith("skicka"):
        walked.append(int(client.path.rsplit("/", 1)[1]))
        client.fill(**{} if skip else answers_on(client.text, pick=1), anda="1")
    client.fill()
    return walked


def read_course(client: PageClient) -> None:
    course = next(iter(client.app.extensions["kapabla"].material.courses.values()))
    for module in course.modules:
        for step in module.steps:
            client.get(f"/delar/{module.number}/{step.number}")
            if step.kind == "scenario":
                if 'name="val"' not in client.text:
                    client.fill(gor="nod")
                client.fill(**answers_on(client.text, pick=0), gor="valj")
            if step.kind == "check":
                client.fill(**answers_on(client.text, pick=1), gor="svara")
            client.fill(gor="klar")


def finish_course(service: Service, made: Made, *, on: date = date(2026, 11, 25)) -> None:
    """Every step over, as reading leaves it: for what comes after the course. Reading itself is `read_course`."""
    course = next(iter(service.material.courses.values()))
    steps = [(module.number, step.number) for module in course.modules for step in module.steps]
    with service.vaults.unit() as work:
        progress.record_events(
            work.answers, made.subject, {f"finish-{m}-{s}": progress.Event("read", m, s) for m, s in steps},
            course=course.id, course_version=course.version, on=on,
        )  # fmt: skip
        entry.mark_over(work.identity, made.id, "delar")


def take_part(service: Service, made: Made, *, on: date, research: bool = True) -> None:
    """Placed, and with choices made, as the first pages leave it."""
    data_dir, material = service.config.data_dir, service.material
    trail = bridge.Trail(
        service.identity_chain, service.answers_chain, Journal(data_dir, "identity"), Journal(data_dir, "answers")
    )
    text, entrant = material.consents["kapabla-forskning", 1], entrant_of(service, made)
    with service.vaults.unit() as work:
        bridge.place(work, service.keys, entrant)
        bridge.record_choices(
            work, service.keys, trail, entrant, dict.fromkeys((1, 2, 3), research),
            text=ConsentText(text.id, text.version, "sv", "Text"), wave="t0", channel="web",
            at=datetime(on.year, on.month, on.day, 12, tzinfo=UTC),
        )  # fmt: skip


def save_wave(
    service: Service, made: Made, wave: str, *, on: date, sent: bool = True, seconds: int | None = 60, answer: int = 3,
    mode: str = "web",
) -> None:  # fmt: skip
    """The self-efficacy page of a wave, as answering it leaves it."""
    values = {f"se_{number}": answer for number in range(1, 9)}
    page = saving.PageSave(
        wave=wave, page=1, instrument="se", instrument_version=1, values=values, missing={}, language="sv", mode=mode,
        device="phone", on=on, duration_seconds=seconds,
    )  # fmt: skip
    with service.vaults.unit() as work:
        saving.save_page(work.answers, made.subject, f"{wave}-{on}", page)
        if sent:
            saving.send_in(work.answers, made.subject, wave, on=on)


def write_comment(
    service: Service, made: Made, text: str, *, on: date = date(2026, 11, 25), sent: bool = True, key: str = "comment"
) -> None:
    """The comment on the course, in the person's own words, as saving its page leaves it."""
    page = saving.PageSave("t1", 12, "kurs", 1, {}, {}, "sv", "web", "phone", on)
    with service.vaults.unit() as work:
        saving.save_page(work.answers, made.subject, f"{key}-{made.id}", page, {"kurs_comment": text}, mark=key)
        if sent:
            saving.send_in(work.answers, made.subject, "t1", on=on)


def saved_rows(service: Service, subject: str, wave: str) -> dict[int, dict[str, Any]]:
    with service.vaults.reading() as work:
        return saving.saved_pages(work.answers, subject, wave)


def make_meeting(
    service: Service, *, cohort: str | None = None, held_on: date = date(2026, 11, 25), mode: str = "room",
    takes_walk_ins: bool = False,
) -> tuple[str, str]:  # fmt: skip
    """A meeting of the cohort. Returns its id and its code."""
    cohort_id = cohort or make_cohort(service)
    key = service.keys.get("invitation")
    with service.vaults.unit() as work:
        meeting = meetings.open_meeting(
            work.identity, key, work.identity.get_one(Cohort, cohort_id), held_on=held_on, mode=mode,
            takes_walk_ins=takes_walk_ins, today=held_on,
        )  # fmt: skip
        return meeting.id, derive_meeting_code(key, meeting.id)


def with_material(service, material):
    """The service of a process that has loaded this material."""
    root = material_root(service.config)
    return replace(service, library=Library(root, service.config.release_dir, lambda _: material))
