"""Making the synthetic population: cohorts, people with plainly made-up names, and their walk through the study."""

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sqlalchemy import select

from kapabla.identity import entry, meetings
from kapabla.identity.codes import derive_meeting_code
from kapabla.identity.cohorts import Cohort, Enrolment
from kapabla.identity.contact import Contact
from kapabla.identity.enrolling import NewPerson, create_cohort, enrol
from kapabla.identity.invitations import Invitation
from kapabla.identity.meetings import OpenMeeting
from kapabla.identity.people import Person
from kapabla.jobs.simulation import Simulator, Truth, leave, trail_of
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
# Three trades make up most of a municipality; of each of the others there are so few that everybody knows them (C7.12).
COMMON = (("hairdresser", "shopkeeper", "sports_leader"), ("hairdresser", "postal", "hunter"))
MOST_OF_A_RARE_TRADE = 4
# Of so many people one has a protected identity, and two leave: one of them with everything, answers removed.
PEOPLE_TO_ONE_PROTECTED, PEOPLE_TO_TWO_WHO_LEAVE = 80, 100
LEAVING = ("all_erase", "research")


@dataclass(frozen=True)
class _Planned:
    """Who somebody will be. `is_rare`: of a trade that everybody in the municipality knows; goes all the way."""

    municipality: str | None
    role: str | None
    is_rare: bool = False
    leaves: str = ""


def make_population(
    service: Service, *, people: int, seed: int, study: str, today: date, effect: float, attrition: float
) -> Truth:
    """Cohorts at every stage of the study, in both municipalities. Everyone is flagged as a test person."""
    chance = random.Random(f"population {seed}")  # noqa: S311  (reproducible, and protects nothing)
    comes = random.Random(f"meetings {seed}")  # noqa: S311  (reproducible, and protects nothing)
    simulator = Simulator(service, seed=seed, today=today, effect=effect, attrition=attrition)
    municipalities = service.material.studies[study].municipalities
    planned = _plan(people, municipalities, chance)
    for number in range(COHORTS):
        chosen = planned[number]
        if not chosen:
            continue
        # The oldest began a year ago, the youngest this week.
        starts_on = today - timedelta(days=(COHORTS - 1 - number) * 60 + 5)
        municipality = municipalities[number % len(municipalities)]
        with service.vaults.unit() as work:
            arm = _arm(service.material.studies[study], number)
            ids = _enrol(service, work, study, arm, municipality, starts_on, chosen, number, chance)
            meeting = _meeting(service, work, ids[0], starts_on) if number in MEETINGS else None
        for person_id, person in zip(ids, chosen, strict=True):
            with service.vaults.reading() as work:
                entrant = _entrant(work, person_id)
            drawn = simulator.draw(starts_on, person.role, is_certain=person.is_rare, leaves=person.leaves)
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


def withdraw_some(service: Service, *, count: int, seed: int, study: str, today: date) -> dict[str, int]:
    """So many of the test people leave, in turns with and without removal of everything. Returns how many did which."""
    trail, left = trail_of(service), Counter[str]()
    with service.vaults.reading() as work:
        person, enrolment, cohort = table_of(Person), table_of(Enrolment), table_of(Cohort)
        found = work.identity.scalars(
            select(person.c.id)
            .join(enrolment, enrolment.c.person_id == person.c.id)
            .join(cohort, cohort.c.id == enrolment.c.cohort_id)
            .where(cohort.c.study == study, person.c.is_test, person.c.left == "none", enrolment.c.is_current)
            .order_by(person.c.number, person.c.id)
        ).all()
    chosen = random.Random(f"leave {seed}").sample(found, min(count, len(found)))  # noqa: S311  (reproducible)
    for place, person_id in enumerate(chosen):
        kind = LEAVING[place % len(LEAVING)]
        with service.vaults.unit() as work:
            leave(service, work, _entrant(work, person_id), trail, kind, today)
        left[kind] += 1
    return dict(left)


def _plan(people: int, municipalities: Sequence[str], chance: random.Random) -> list[list[_Planned]]:
    """A cohort a list, as large as each other. Rare trades come first into each municipality, a few of each."""
    sizes = [people // COHORTS + (number < people % COHORTS) for number in range(COHORTS)]
    waiting: dict[str, list[_Planned]] = {}
    for place, municipality in enumerate(municipalities):
        here = sum(
            size for number, size in enumerate(sizes) if municipalities[number % len(municipalities)] == municipality
        )
        common = COMMON[place % len(COMMON)]
        rare = [
            _Planned(municipality, role, is_rare=True)
            for role in ROLES
            if role not in common
            for _ in range(chance.randint(1, MOST_OF_A_RARE_TRADE))
        ]
        # Small populations have fewer of them, and most people are of the common trades whatever the size.
        chance.shuffle(rare)
        rare = rare[: here // 4]
        others = [_Planned(municipality, chance.choice(common)) for _ in range(here - len(rare))]
        waiting[municipality] = chance.sample(rare + others, here)
    cohorts = []
    for number, size in enumerate(sizes):
        municipality = municipalities[number % len(municipalities)]
        cohorts.append([waiting[municipality].pop() for _ in range(size)])
    return _with_special(cohorts, chance)


def _with_special(cohorts: list[list[_Planned]], chance: random.Random) -> list[list[_Planned]]:
    """Some, never of a rare trade, have a protected identity, and some leave before the first release."""
    ordinary = [(n, place) for n, cohort in enumerate(cohorts) for place, one in enumerate(cohort) if not one.is_rare]
    people = sum(map(len, cohorts))
    protected, leaving = people // PEOPLE_TO_ONE_PROTECTED, 2 * (people // PEOPLE_TO_TWO_WHO_LEAVE)
    chosen = chance.sample(ordinary, protected + leaving)
    for number, place in chosen[:protected]:
        cohorts[number][place] = _Planned(None, None)
    for turn, (number, place) in enumerate(chosen[protected:]):
        cohorts[number][place] = replace(cohorts[number][place], leaves=LEAVING[turn % len(LEAVING)])
    return cohorts


def _arm(study: Study, cohort: int) -> str:
    waits = next((arm.code for arm in study.arms if study.waiting_wave(arm.code)), None)
    return waits if waits and cohort in WAITING else study.arms[0].code


def _enrol(
    service: Service, work: Work, study: str, arm: str, municipality: str, starts_on: date,
    planned: Sequence[_Planned], number: int, chance: random.Random,
) -> list[str]:  # fmt: skip
    place = service.material.municipality(municipality).name
    cohort = _cohort(work, service, f"Exempel {place} {starts_on:%Y-%m} {number + 1}", study, arm, starts_on)
    people = [_new_person(person, number, i, chance) for i, person in enumerate(planned)]
    return enrol(work.identity, service.keys, cohort, people, on=starts_on)


def _new_person(planned: _Planned, cohort: int, number: int, chance: random.Random) -> NewPerson:
    if planned.municipality is None:
        return NewPerson(Contact(), None, None, "none", is_protected=True, is_test=True)
    name = f"{chance.choice(FIRST)} {chance.choice(LAST)}"
    contact = Contact(name=name, email=f"test{cohort}-{number}@example.com")
    return NewPerson(contact, planned.municipality, planned.role, "email", is_test=True)


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
