"""The county's desk: cohorts, lists, messages, people. It sees which steps are over, never what anyone answered."""

from flask import Flask

from kapabla.web.admin import (
    cohorts,
    contacts,
    correction,
    list_import,
    log,
    material,
    material_preview,
    meetings,
    new_person,
    people,
    promise_followup,
    promises,
    receipts,
    sending,
    signing,
)
from kapabla.web.admin.blueprint import blueprint

__all__ = [
    "cohorts", "contacts", "correction", "list_import", "log", "material", "material_preview", "meetings", "new_person",
    "people", "promise_followup", "promises", "receipts", "sending", "signing",
]  # fmt: skip


def init_app(app: Flask) -> None:
    app.register_blueprint(blueprint)
