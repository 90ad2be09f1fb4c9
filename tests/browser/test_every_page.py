"""A01, A03, A04, A05: every page of every audience in every state, before axe and in every condition (`viewing.py`)."""

from dataclasses import replace
from pathlib import Path

import pytest

from kapabla import web
from kapabla.config import GivenRole, Oidc
from tests.browser import judging
from tests.browser.viewing import IN_EVERY_WAY, Viewer
from tests.browser.visits import desk, errors, participant, public, research, sign_in
from tests.oidc_provider import CLIENT, SECRET, Provider

TEMPLATES = Path(web.__file__).parent / "templates"
# Whose pages, by the name of their blueprint and the folder of their templates.
VISITS = {
    "public": public.visit,
    "participant": participant.visit,
    "admin": desk.visit,
    "research": research.visit,
    "review": research.visit_review,
    "auth": sign_in.visit,
    "errors": errors.visit,
    "components": public.visit_components,
}
# What answers a GET with something else than a page: a file, a sentence for a machine, or the way to another page.
NO_PAGES = {
    "/healthz", "/readyz", "/metrics", "/static/<path:name>", "/paket/<version>", "/kvar", "/lamna", "/fortsatt",
    "/admin",
    "/mina-uppgifter/val/<int:number>.txt", "/admin/utbildning/<upload_id>/granska/<tongue>/<trade>",
    *(f"/forskning/data/<release>/{reply}" for reply in ("alla", "rapport", "godkann", "fil/<file>")),
    "/forskning/resultat/<release>/<figure>.csv", "/forskning/resultat/<release>/<figure>.svg",
    "/forskning/serier/<code>.csv", "/forskning/serier/<code>.svg",
    "/forskning/nedladdningar.csv", "/admin/import/mall.csv", "/logga-in/organisation", "/logga-in/organisation/svar",
    "/medborgarloften/katalog.jsonld", "/medborgarloften.rss", "/sitemap.xml",
    "/medborgarloften/utbildning/<course>.csv", "/medborgarloften/matvarden.csv",
    "/admin/enkater/<slug>/blad",
    *(f"/enkatsvar{of}.{kind}" for of in ("/<place>", "/<place>/<int:year>") for kind in ("csv", "json")),
    *(f"/medborgarloften{of}.{kind}" for of in ("", "/<place>", "/<place>/<int:year>") for kind in ("csv", "json")),
}  # fmt: skip
# Met elsewhere, with other course material (below): what may be sent again where somebody answers, the warning before
# questions, and texts to read.
WITH_THE_TRIAL = {"errors/again.html", "participant/questions_note.html"}
WITH_TEXTS = {"review/texts.html", "review/cleared.html"}
WITH_THE_ORGANISATION = {"auth/organisation_refused.html", "auth/proved.html"}


def pages_of(app, audience):
    return {
        rule.rule
        for rule in app.url_map.iter_rules()
        if "GET" in rule.methods
        and rule.rule not in NO_PAGES
        and rule.endpoint.split(".")[0] == {"components": "component_page"}.get(audience, audience)
    }


def templates_of(audience):
    """Each is a state."""
    if audience == "components":
        return {"_komponenter.html"}
    found = {f"{audience}/{path.name}" for path in (TEMPLATES / audience).glob("[!_]*.html")}
    return found - WITH_THE_TRIAL - WITH_TEXTS - WITH_THE_ORGANISATION


def test_every_get_of_the_routes_is_a_page_that_is_visited_or_no_page(app):
    routes = judging.ROUTES.read_text(encoding="utf-8").splitlines()
    every = {line.removeprefix("GET ") for line in routes if line.startswith("GET ")}
    assert every - NO_PAGES == set().union(*(pages_of(app, audience) for audience in VISITS))
    assert every >= NO_PAGES


READ_IN = {"public": ("sv_easy", "en"), "participant": ("sv_easy", "en")} if IN_EVERY_WAY else {}
ALL_VISITS = [(audience, language) for audience in VISITS for language in ("sv", *READ_IN.get(audience, ()))]


@pytest.mark.browser
@pytest.mark.parametrize(("audience", "language"), ALL_VISITS)
def test_every_page_of_an_audience_is_as_it_should_be(browser, served, clock, audience, language):
    if audience == "errors":
        errors.add_failing_pages(served.app)
    view = Viewer(browser, served, language=language)
    pages = pages_of(served.app, audience)
    VISITS[audience](view, served.service, clock)
    view.close()
    assert pages - view.rules == set(), "a page that nobody has looked at: add a visit"
    assert templates_of(audience) - view.templates == set(), "a state that nobody has looked at: add a visit"
    assert view.faults == [], "\n".join(map(str, view.faults))
    assert view.lost == view.foreign == []
    expected = {(doubt, page) for doubt in judging.all_judged() for page in doubt.pages if page in view.rules}
    assert expected - view.doubts == set(), "axe no longer doubts this: take it out of judged.toml"


@pytest.mark.browser
def test_every_kind_of_question_is_as_it_should_be(browser, trial_config, serve):
    served = serve(trial_config)
    view = Viewer(browser, served)
    participant.visit_every_kind(view, served.service)
    view.close()
    assert view.templates >= WITH_THE_TRIAL
    assert view.faults == [], "\n".join(map(str, view.faults))


@pytest.mark.browser
def test_texts_that_are_read_are_as_they_should_be(browser, texts_config, serve):
    served = serve(texts_config)
    view = Viewer(browser, served)
    research.visit_texts(view, served.service)
    view.close()
    assert view.templates >= WITH_TEXTS
    assert view.faults == [], "\n".join(map(str, view.faults))


@pytest.mark.browser
def test_the_organisations_sign_in_is_as_it_should_be(browser, config, serve, clock):
    provider = Provider(clock, person={"sub": "a", "email": "a@example.com", "groups": ["g"]})
    roles = (GivenRole("g", "officer"),)
    oidc = Oidc(provider.issuer, CLIENT, SECRET, roles, "Länsstyrelsen", "openid", "groups", "email", 365, False)
    served = serve(replace(config, oidc=oidc))
    view = Viewer(browser, served)
    sign_in.visit_organisation(view, served.service)
    view.close()
    provider.stop()
    assert view.templates >= WITH_THE_ORGANISATION
    assert view.faults == [], "\n".join(map(str, view.faults))
