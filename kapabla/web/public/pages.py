"""Start page, about, support, tips, accessibility, personal data; and the neutral page that demo and tests leave to."""

import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue

from kapabla.clock import local_date
from kapabla.ids import new_id
from kapabla.keys import seal
from kapabla.office.releases import AccessibilityReport
from kapabla.web import csrf
from kapabla.web.public.blueprint import blueprint
from kapabla.web.public.processing import COOKIES, PURPOSES
from kapabla.web.safety import is_fresh
from kapabla.web.unit_of_work import now, service, work

LIMITS = {"vad": 2000, "sida": 200, "hjalpmedel": 200, "svar": 200}


@blueprint.get("/")
def start() -> ResponseReturnValue:
    return render_template("public/start.html", inline_css=True)


@blueprint.get("/om")
def about() -> ResponseReturnValue:
    return render_template("public/about.html")


@blueprint.get("/stod")
def support() -> ResponseReturnValue:
    """112 first and 114 14 second, always; then what somebody has checked within six months (P21)."""
    today, demo = local_date(now()), service().config.demo
    material = service().material
    fresh = [contact for contact in material.contacts if contact.number and (demo or is_fresh(contact, today))]
    names = {place.code: place.name for place in material.municipalities}
    return render_template(
        "public/support.html", inline_css=True, always=[c for c in fresh if c.always],
        national=[c for c in fresh if not c.always and not c.municipality],
        local=[c for c in fresh if c.municipality], names=names, unchecked={
            contact.code for contact in fresh if not is_fresh(contact, today)
        },
    )  # fmt: skip


@blueprint.get("/tips-om-telefonen")
def tips() -> ResponseReturnValue:
    return render_template("public/tips.html")


@blueprint.get("/personuppgifter")
def personal_data() -> ResponseReturnValue:
    return render_template("public/personal_data.html", purposes=PURPOSES, cookies=COOKIES)


@lru_cache(maxsize=1)
def accessibility_facts() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name("accessibility.toml").read_text(encoding="utf-8"))


@blueprint.get("/tillganglighet")
def accessibility() -> ResponseReturnValue:
    return render_template("public/accessibility.html", facts=accessibility_facts())


@blueprint.get("/tillganglighet/meddela")
def report_accessibility() -> ResponseReturnValue:
    return render_template("public/accessibility_report.html", given={}, error=None, done=False)


@blueprint.post("/tillganglighet/meddela")
def submit_accessibility_report() -> ResponseReturnValue:
    """Anonymous, without script, without a session. An address to answer to is sealed."""
    csrf.check_same_origin()
    given = {name: request.form.get(name, "").strip()[:limit] for name, limit in LIMITS.items()}
    if not given["vad"]:
        error = "Skriv vad som inte fungerar."
        return render_template("public/accessibility_report.html", given=given, error=error, done=False), 400
    report = AccessibilityReport(
        id=new_id(), what=given["vad"], page=given["sida"], aid=given["hjalpmedel"], received_on=local_date(now())
    )
    if given["svar"]:
        report.answer_to = seal(service().keys.get("sealing"), given["svar"], f"accessibility.{report.id}")
    work().office.add(report)
    work().office.flush()
    return render_template("public/accessibility_report.html", given={}, error=None, done=True)


@blueprint.get("/vader")
def weather() -> ResponseReturnValue:
    """Where "Lämna sidan" leads in the demo and in tests: a page that says nothing."""
    return render_template("public/weather.html")
