"""Everything that the identity vault knows of a person, in words for that very person (B5). Never for staff.

Ends in plain values, so that the page, the JSON file and the sealed copy say the same.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from kapabla.audit import Chain
from kapabla.clock import local_date
from kapabla.identity.cohorts import Cohort, Enrolment
from kapabla.identity.contact import read_contact
from kapabla.identity.entry import steps_over
from kapabla.identity.look_reasons import matter_of
from kapabla.identity.messages import Message
from kapabla.identity.people import Person
from kapabla.identity.rights_requests import RightsRequest
from kapabla.identity.vocabulary import LANGUAGE_NAMES
from kapabla.keys import Keyring
from kapabla.material import Material

CHANNELS = {"email": "E-post", "sms": "Sms", "letter": "Brev", "none": "Inte alls"}
STEPS = {
    "opened": "Öppnat inbjudan", "kontakt": "Valt hur vi hör av oss", "fore": "Startfrågor", "delar": "Utbildning",
    "efter": "Slutfrågor",
}  # fmt: skip
# What staff do with one person, as the log of the identity vault calls it.
DEEDS = {
    "contact_view": "Såg dina kontaktuppgifter",
    "found_by_code": "Hittade dig med din kod eller länk",
    "found_by_address": "Sökte dig med din e-post eller ditt telefonnummer",
    "contact_change": "Ändrade dina kontaktuppgifter",
    "person_add": "Lade in dig",
    "person_move": "Flyttade dig till en annan omgång",
    "new_code": "Gjorde en ny kod till dig",
    "link_send": "Skickade din nya länk till din e-post",
    "withdrawal_recorded": "Sparade att du vill sluta vara med",
    "restricted": "Begränsade användningen av dina uppgifter",
    "restriction_lifted": "Hävde begränsningen av dina uppgifter",
    "request_add": "Skrev in något som du hade begärt",
    "reidentify": "Tog reda på att ett nummer i en datautgåva är du",
    "named_for_interview": "Lämnade ditt namn till forskare som får fråga dig om en intervju",
    "documents_collected": "Samlade handlingar om dig för att pröva sekretess",
    "copy_order": "Beställde en kopia av dina uppgifter till dig",
    "copy_code_told": "Tog fram koden som öppnar kopian av dina uppgifter",
}
# Why, where the log says so.
WHY = {
    "asked": "Du hade hört av dig",
    "correction": "En uppgift skulle rättas",
    "returned": "Ett brev, mejl eller sms till dig hade kommit tillbaka",
    "on_paper": "Din kod skulle lämnas eller skickas på papper",
    "double": "Två platser kunde vara samma person",
    "right": "Du hade begärt kopia, rättelse, radering eller begränsning",
}
REQUESTS = {
    "access": "Kopia", "erasure": "Radering", "rectification": "Rättelse", "restriction": "Begränsning",
    "objection": "Invändning",
}  # fmt: skip
SENT = {
    "waiting": "Väntar", "sending": "Skickas", "handed_over": "Skickat", "failed": "Kom inte fram",
    "unclear": "Oklart", "stopped": "Stoppat", "done": "Gick ut om du hade frågor att svara på då",
}  # fmt: skip


def deeds_of_staff(session: Session, chain: Chain, person_id: str, roles: dict[str, str]) -> list[dict[str, str]]:
    """Who has looked at or changed the person's details: the day, the kind of staff, what they did; newest first."""
    rows = chain.about(session, f"person:{person_id}", actions=tuple(DEEDS))
    return [
        {
            "dag": local_date(datetime.fromisoformat(row["at"])).isoformat(),
            "vem": "Du själv" if row["role"] == "participant" else roles.get(row["role"], "Länsstyrelsen"),
            "vad": DEEDS[row["action"]],
            **_why(row["reason"]),
        }
        for row in rows
    ]


def _why(reason: str) -> dict[str, str]:
    number = matter_of(reason)
    why = f"Ärendet har nummer {number} hos oss" if number else WHY.get(reason)
    return {"varför": why} if why else {}


def identity_part(
    session: Session, chain: Chain, keys: Keyring, material: Material, person_id: str, roles: dict[str, str]
) -> dict[str, Any]:
    """Contact, trade, place, messages and who looked. `roles` names the kinds of staff."""
    person = session.get_one(Person, person_id)
    contact, over = read_contact(keys, person), steps_over(session, person_id)
    messages = session.scalars(select(Message).where(Message.person_id == person_id).order_by(Message.id))
    return {
        "deltagarnummer": person.number,
        "namn": contact.name,
        "e-post": contact.email,
        "telefon": contact.phone,
        "adress": contact.address,
        "kommun": material.municipality(person.municipality).name if person.municipality else None,
        "yrke eller roll": material.role(person.role).label.sv if person.role else None,
        "språk": LANGUAGE_NAMES[person.language][0],
        "så hör vi av oss": CHANNELS[person.channel],
        "brev utskrivet": person.printed_on.isoformat() if person.printed_on else None,
        "får frågas om intervju": "Ja" if person.interview else "Nej",
        "skyddade personuppgifter": "Ja" if person.is_protected else "Nej",
        "uppgifterna är begränsade": "Ja" if person.is_restricted else "Nej",
        "det du har begärt": _requests(session, person_id),
        "omgångar": _cohorts(session, person_id),
        "steg som är över": [name for step, name in STEPS.items() if step in over],
        "meddelanden": [
            {"sätt": CHANNELS[message.channel], "hur det gick": _how_it_went(message)} for message in messages
        ],
        "vem som har sett eller ändrat uppgifterna": deeds_of_staff(session, chain, person_id, roles),
    }


def _requests(session: Session, person_id: str) -> list[dict[str, str]]:
    query = select(RightsRequest).where(RightsRequest.person_id == person_id).order_by(RightsRequest.came_on)
    return [
        {
            "dag": row.came_on.isoformat(),
            "vad": REQUESTS[row.kind],
            "klar": row.done_on.isoformat() if row.done_on else "",
        }
        for row in session.scalars(query)
    ]


def _how_it_went(message: Message) -> str:
    return "Utskrivet" if message.channel == "letter" else SENT[message.state]


def _cohorts(session: Session, person_id: str) -> list[dict[str, str]]:
    query = (
        select(Cohort.name, Enrolment.enrolled_on)
        .join(Enrolment, Enrolment.cohort_id == Cohort.id)
        .where(Enrolment.person_id == person_id)
        .order_by(Enrolment.enrolled_on, Cohort.name)
    )
    return [{"namn": row.name, "inskriven": row.enrolled_on.isoformat()} for row in session.execute(query)]
