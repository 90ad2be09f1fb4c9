"""Start page, about, support, tips, personal data; and the neutral page that the demo and tests leave to."""

from flask import render_template
from flask.typing import ResponseReturnValue

from kapabla.clock import local_date
from kapabla.web import language
from kapabla.web.public.blueprint import blueprint
from kapabla.web.public.processing import processing, told_purposes, written_in
from kapabla.web.public.support import support_page
from kapabla.web.unit_of_work import now, service


@blueprint.get("/")
def start() -> ResponseReturnValue:
    return render_template("public/start.html", inline_css=True)


@blueprint.get("/om")
def about() -> ResponseReturnValue:
    return render_template("public/about.html")


@blueprint.get("/stod")
def support() -> ResponseReturnValue:
    """112 first and 114 14 second, always; then what somebody has checked within six months (P21)."""
    held = service()
    page = support_page(held.material, today=local_date(now()), demo=held.config.demo)
    return render_template("public/support.html", inline_css=True, page=page)


@blueprint.get("/tips-om-telefonen")
def tips() -> ResponseReturnValue:
    return render_template("public/tips.html")


@blueprint.get("/personuppgifter")
def personal_data() -> ResponseReturnValue:
    material, told = service().material, processing()
    language.narrow(written_in())
    tongue = language.current()
    return render_template(
        "public/personal_data.html", purposes=told_purposes(material.studies.values(), tongue),
        disclosure=told.disclosure.get(tongue), authority=told.authority.get(tongue),
        cookies=[(cookie.name, cookie.why.get(tongue), cookie.until.get(tongue)) for cookie in told.cookies],
        researcher=material.organisation.researcher, officer=material.organisation.data_protection_officer,
    )  # fmt: skip


@blueprint.get("/vader")
def weather() -> ResponseReturnValue:
    """Where "Lämna sidan" leads in the demo and in tests: a page that says nothing."""
    return render_template("public/weather.html")
