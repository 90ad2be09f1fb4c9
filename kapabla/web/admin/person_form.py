"""One person by form is a list of one row: the same checks, the same sentences (A14, D13)."""

import csv
import io
from dataclasses import dataclass

from flask import request

from kapabla.identity import importing
from kapabla.identity.cohorts import Cohort
from kapabla.identity.contact import Contact
from kapabla.identity.list_reading import ListReading, RowFault, read_list
from kapabla.identity.vocabulary import LANGUAGE_NAMES, languages_of, vocabulary_of
from kapabla.web.admin import known_people
from kapabla.web.admin.list_messages import person_message
from kapabla.web.unit_of_work import keep_on_error, service, work

# Field of the form, title of the column, name of the column in a fault.
_FIELDS = (
    ("namn", "namn", "name"), ("epost", "e-post", "email"), ("telefon", "telefon", "phone"),
    ("adress", "adress", "address"), ("kommun", "kommun", "municipality"), ("yrke", "yrke", "role"),
    ("sprak", "språk", "language"),
)  # fmt: skip
_FIELD_OF = {name: field for field, _, name in _FIELDS} | {"contact": "epost", "": "namn"}


@dataclass(frozen=True)
class PersonForm:
    """What was typed, and the row that it makes. `errors` by field."""

    given: dict[str, str]
    reading: ListReading
    errors: dict[str, str]

    @property
    def contact(self) -> Contact:
        return importing.contact_of(self.reading.rows[0])


def typed() -> dict[str, str]:
    names = (*(field for field, _, _ in _FIELDS), "kanal", "skyddad", "sedd", "annan")
    given = {name: " ".join(request.form.get(name, "").split()) for name in names}
    # Street on one line, postcode and town on the next: joined, the number of the house runs into the postcode.
    lines = (" ".join(line.split()) for line in request.form.get("adress", "").splitlines())
    return given | {"adress": "\n".join(line for line in lines if line)}


def read_form(given: dict[str, str]) -> PersonForm:
    out = io.StringIO()
    # The language is never blank, so that an empty form is a row with faults and not a list without rows.
    cells = [given[field] for field, _, _ in _FIELDS[:-1]]
    csv.writer(out, delimiter=";").writerows([[title for _, title, _ in _FIELDS], [*cells, given["sprak"] or "sv"]])
    reading = read_list(out.getvalue().encode(), vocabulary=vocabulary_of(service().material))
    errors: dict[str, str] = {}
    for fault in reading.rejected:
        errors.setdefault(_FIELD_OF.get(fault.column, "namn"), person_message(fault))
    return PersonForm(given, reading, _in_order(errors))


def _in_order(errors: dict[str, str]) -> dict[str, str]:
    """The summary stands in the order of the fields below it."""
    return {field: errors[field] for field, _, _ in _FIELDS if field in errors}


def check_new(form: PersonForm, cohort: Cohort) -> tuple[importing.Preview | None, dict[str, str]]:
    """Is this person here already, elsewhere, or somebody who has left?"""
    if known_people.is_asked_too_often(form.reading):
        return None, {"namn": known_people.TOO_OFTEN}
    found = importing.preview(
        work().identity, service().keys, form.reading, cohort, has_sms=service().config.sms is not None,
        is_somebody_else=form.given["annan"] == "1",
    )  # fmt: skip
    known_people.leave_known(found, cohort)
    keep_on_error()
    number = next(iter(found.numbers.values()), "")
    if found.unchanged:
        return found, {"namn": f"Personen finns redan i omgången ({number})."}
    if found.elsewhere:
        return found, {"namn": f"Personen är med i en annan omgång ({number}). Flytta personen på den sidan i stället."}
    return found, {_field_of(fault): person_message(fault) for fault in found.rejected}


def _field_of(fault: RowFault) -> str:
    return "annan" if fault.code == "may_have_left" else _FIELD_OF.get(fault.column, "namn")


def choices() -> dict[str, list[tuple[str, str]]]:
    """The two long lists, with an empty first option, since nothing is chosen for anybody; and the languages."""
    material = service().material
    return {
        "places": [("", "Välj kommun"), *((place.code, place.name) for place in material.municipalities)],
        "roles": [("", "Välj yrke eller roll"), *((role.code, role.label.sv) for role in material.roles)],
        "languages": [(code, LANGUAGE_NAMES[code][0]) for code in languages_of(material)],
    }
