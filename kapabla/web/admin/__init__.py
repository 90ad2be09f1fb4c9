"""The county's desk: cohorts, lists, messages, people. It sees which steps are over, never what anyone answered."""

from flask import Flask

from kapabla.web.admin import (
    accounts,
    cohorts,
    contacts,
    correction,
    documents,
    finding,
    incidents,
    jobs,
    letters,
    list_import,
    log,
    material,
    material_preview,
    meetings,
    moving,
    new_person,
    office_log,
    people,
    promise_followup,
    promise_parts,
    promises,
    receipts,
    reminders,
    requests,
    restriction,
    sending,
    series,
    signing,
    survey_correction,
    surveys,
)
from kapabla.web.admin.blueprint import blueprint

__all__ = [
    "accounts",
    "cohorts",
    "contacts",
    "correction",
    "documents",
    "finding",
    "incidents",
    "jobs",
    "letters",
    "list_import",
    "log",
    "material",
    "material_preview",
    "meetings",
    "moving",
    "new_person",
    "office_log",
    "people",
    "promise_followup",
    "promise_parts",
    "promises",
    "receipts",
    "reminders",
    "requests",
    "restriction",
    "sending",
    "series",
    "signing",
    "survey_correction",
    "surveys",
]  # fmt: skip


def init_app(app: Flask) -> None:
    app.register_blueprint(blueprint)
