"""Making the synthetic population: cohorts, people with plainly made-up names, and their walk through the study."""

import random
from dataclasses import replace
from datetime import date, timedelta

from sqlalchemy import select

from kapabla.identity import entry, meetings
from kapabla.identity.codes import derive_meeting_code
from kapabla.identity.cohorts import Cohort
from kapabla.identity.contact import Contact
from kapabla.identity.enrolling import NewPerson, create_cohort, enrol
from kapabla.identity.invitations import Invitation
from kapabla.identity.meetings import OpenMeeting
from kapabla.jobs.simulation import Simulator, Truth
from kapabla.material import Study
from kapabla.service import Service
from kapabla.vaults import Work, table_of

# Nobody is called so: a test person can never be taken for a real one.
FIRST = ("Testa", "Prova", "Exempla", "Figura", "Demona", "Skissa", "Utkasta", "Modella")
LAST = ("Påhittsson", "Exempelberg", "Provlund", "Figurström", "Testnäs", "Demomark", "Skissholm", "Utkastdal")
COHORTS = 6
# Which of them wait for the course, where the study has an arm that does: one long since done, one in the middle of it.
WAITING = (1, 4)
# Which of them meet in a room, and how many parts they work through there; the rest they read on their own. The meeting
# is held when the last has begun, and so many of them come.
MEETINGS = {2: 10, 3: 4}
DAYS_TO_MEETING, COMES = 14, 0.85
ROLES = ("hairdresser", "postal", "shopkeeper", "vet", "hunter", "sports_leader", "driver", "other_local")
ROLE_WEIGHTS = (20, 14, 18, 4, 16, 16, 8, 4)


def make_population(
    service: Service, *, people: int, seed: int, study: str, today: date, effect: float, attrition: float
) -> Truth:
    """Cohorts at every stage of the study, in both municipalities. Everyone is flagged as a test person."""
    chance = random.Random(f"population {seed}")  # noqa: S311  (reproducible, and protects nothing)
    comes = random.Random(f"meetings {seed}")  # noqa: S311  (reproducible, and protects nothing)
    simulator = Simulator(service, seed=seed, today=today, effect=effect, attrition=attrition)
    municipalities = service.material.studies[study].municipalities
    for number in range(COHORTS):
        count = people // COHORTS + (number < people % COHORTS)
        if not count:
            continue
        # The oldest began a year ago, the youngest this week.
        starts_on = today - timedelta(days=(COHORTS - 1 - number) * 60 + 5)
        municipality = municipalities[number % len(municipalities)]
        with service.vaults.unit() as work:
            arm = _arm(service.material.studies[study], number)
            ids = _enrol(service, work, study, arm, municipality, starts_on, count, number, chance)
            meeting = _meeting(service, work, ids[0], starts_on) if number in MEETINGS else None
        for person_id in ids:
            with service.vaults.reading() as work:
                entrant = _entrant(work, person_id)
            drawn = simulator.draw(starts_on)
            if meeting is not None and comes.random() < COMES:
                drawn = replace(drawn, meeting=meeting, together=MEETINGS[number])
            simulator.walk(entrant, drawn)
    return simulator.truth


def _meeting(service: Service, work: Work, person_id: str, starts_on: date) -> OpenMeeting | None:
    """In a room, of the cohort that the person is in; found by its code, as by those who come."""
    key, held_on = service.keys.get("invitation"), starts_on + timedelta(days=DAYS_TO_MEETING)
    cohort = work.identity.get_one(Cohort, _entrant(work, person_id).cohort_id)
    opened = meetings.open_meeting(
        work.identity, key, cohort, held_on=held_on, mode=meetings.ROOM, takes_walk_ins=False, today=starts_on
    )
    return meetings.find_open(work.identity, key, derive_meeting_code(key, opened.id), on=held_on)


def _arm(study: Study, cohort: int) -> str:
    waits = next((arm.code for arm in study.arms if study.waiting_wave(arm.code)), None)
    return waits if waits and cohort in WAITING else study.arms[0].code


def _enrol(
    service: Service, work: Work, study: str, arm: str, municipality: str, starts_on: date, count: int, number: int,
    chance: random.Random,
) -> list[str]:  # fmt: skip
    place = service.material.municipality(municipality).name
    cohort = _cohort(work, service, f"Exempel {place} {starts_on:%Y-%m} {number + 1}", study, arm, starts_on)
    people = [
        NewPerson(
            contact=Contact(
                name=f"{chance.choice(FIRST)} {chance.choice(LAST)}", email=f"test{number}-{i}@example.com"
            ),
            municipality=municipality,
            role=chance.choices(ROLES, ROLE_WEIGHTS)[0],
            channel="email",
            is_test=True,
        )
        for i in range(count)
    ]
    return enrol(work.identity, service.keys, cohort, people, on=starts_on)


def _cohort(work: Work, service: Service, name: str, study: str, arm: str, starts_on: date) -> Cohort:
    known = work.identity.scalar(select(Cohort).where(Cohort.name == name))
    if known is not None:
        return known
    return create_cohort(
        work.identity, name=name, study=service.material.studies[study], arm=arm, starts_on=starts_on,
        ends_on=starts_on + timedelta(days=120), responsible="Exempel",
    )  # fmt: skip


def _entrant(work: Work, person_id: str) -> entry.Entrant:
    invitation = table_of(Invitation)
    token_hash = work.identity.scalar(select(invitation.c.token_hash).where(invitation.c.person_id == person_id))
    found = entry.find_by_token(work.identity, token_hash or b"")
    assert found is not None
    return found
