"""The researcher's side, and where free text is read."""

import re
from datetime import date

from sqlalchemy import select

from kapabla.jobs.population import make_population
from kapabla.jobs.runner import run_once
from kapabla.material import plan_hash
from kapabla.office import plans, sign_in
from kapabla.office.releases import DataAgreement
from kapabla.release.disclosure import Thresholds
from kapabla.release.series import About, Limits, Place, keep, read_file
from kapabla.store import Store
from tests import factories as make
from tests.browser.visits.signed_in import somebody


def visit(view, service, clock):
    researcher, steward = somebody(view, "researcher"), somebody(view, "steward")
    for path in ("resultat", "serier", "data", "kodbok", "plan", "planering"):
        view.get(researcher, f"/forskning/{path}")
    make_population(service, people=60, seed=4, study=make.STUDY, today=date(2026, 11, 25), effect=0.7, attrition=0.1)
    researcher.get("/forskning/data")
    view.fill(researcher, action="/forskning/data", status=400)
    view.fill(researcher, action="/forskning/data", studie=make.STUDY, syfte="evaluation", testpersoner="1")
    release = researcher.path
    run_once(service)
    view.get(researcher, release)
    view.get(steward, release)
    view.fill(steward, action=f"{release}/godkann", beslut="avsla", status=400)
    view.fill(steward, action=f"{release}/godkann", beslut="godkann")
    admin = somebody(view, "admin")
    admin.get(release)
    admin.fill(action=f"{release}/godkann", beslut="godkann")
    view.see(admin)
    run_once(service)
    view.get(researcher, release)
    for path in ("/forskning/resultat", "/forskning/data", "/forskning/kodbok"):
        view.get(researcher, path)
    view.get(researcher, "/forskning/resultat?sprak=en&visa=staplad")
    a_series_with_a_revision(service)
    for address in ("/forskning/serier", "/forskning/serier?sprak=en"):
        view.get(researcher, address)
    view.get(researcher, "/forskning/planering?upplagg=stegvis")
    view.get(researcher, "/forskning/planering?upplagg=kluster&effekt=nej", status=400)
    freeze(service)
    view.get(researcher, "/forskning/plan")
    leaving(view, researcher, steward, release)
    drawn(view, researcher)
    with service.vaults.unit() as work:
        member = sign_in.get_staff(work.office, "researcher@example.com")
        work.office.scalars(select(DataAgreement).where(DataAgreement.staff_id == member.id)).one().ends_on = date(
            2026, 1, 1
        )
    view.get(researcher, "/forskning/resultat", status=403)


def a_series_with_a_revision(service):
    places = [Place(one.code, (one.name,)) for one in service.material.municipalities]
    for day, last in ((date(2026, 9, 1), 23), (date(2026, 11, 1), 26)):
        rows = f"Vindeln;2022;14;256\nVindeln;2023;3;55\nVindeln;2024;{last};421\nRobertsfors;2024;17;256\n"
        found = read_file(f"kommun;år;antal;per 100 000\n{rows}".encode(), places)
        about = About("crime", "Brå, anmälda brott", day, code="misshandel", name="Misshandel", name_en="Assault")
        keep(
            Store(service.config.release_dir),
            found,
            about,
            Limits(Thresholds(5), Thresholds(10)),
            today=date(2026, 11, 25),
        )


def leaving(view, researcher, steward, release):
    """Files that leave, and keys to the API."""
    view.get(researcher, "/forskning/nedladdningar")
    view.get(researcher, "/forskning/api-nycklar")
    view.fill(researcher, action="/forskning/api-nycklar", status=400)
    researcher.get("/forskning/api-nycklar")
    view.fill(
        researcher, action="/forskning/api-nycklar", namn="Min dator", syfte="Prova", utgava=release.rsplit("/", 1)[1],
        tid="90", sprak="sv",
    )  # fmt: skip
    view.get(researcher, "/forskning/api-nycklar")
    researcher.get(release)
    view.fill(researcher, action=f"{release}/fil/data_long.csv")
    view.fill(researcher, action=f"{release}/fil/data_long.csv", andamal="", status=400)
    view.fill(researcher, action=f"{release}/fil/data_long.csv", andamal="Delstudie 2")
    researcher.fill(action=f"{release}/fil/data_long.csv")
    view.get(researcher, "/forskning/nedladdningar")
    view.get(researcher, release)
    for path in ("/forskning/nedladdningar", "/forskning/api-nycklar"):
        view.get(steward, path)


def visit_review(view, service, clock):
    view.get(somebody(view, "steward"), "/granskning")


def visit_texts(view, service):
    """With a study that releases texts: some to read, a word that is misspelt, and what has been let through."""
    steward = somebody(view, "steward")
    for number, words in enumerate(("Prata med Malin Zakrisson på Storgatan 5, 070-174 06 05.", "Allt var bra.")):
        made = make.make_person(service, name="Testa Påhittsson", email=f"p{number}@example.com")
        make.take_part(service, made, on=date(2026, 11, 25))
        make.write_comment(service, made, words)
    run_once(service)
    view.get(steward, "/granskning")
    view.fill(steward, action="/granskning/texter")
    ids = re.findall(r'name="text" value="([^"]+)"', steward.text)
    marks = dict(re.findall(r'name="(sedd-[^"]+)" value="([^"]+)"', steward.text))
    chosen = steward.hidden(action="/granskning/beslut") | marks | {"text": ids}
    chosen |= {f"beslut-{text_id}": "vidare" for text_id in ids}
    view.post(steward, "/granskning/beslut", chosen | {f"ord-{ids[0]}": "finns inte"}, status=400)
    view.post(steward, "/granskning/beslut", chosen)
    view.fill(steward, action="/granskning/slappta")


def drawn(view, researcher):
    """The figure as the chart library draws it when somebody asks, on a screen that is wide enough; and the library is
    not fetched before."""
    researcher.get("/forskning/resultat")
    view.page.set_viewport_size({"width": 1280, "height": 900})
    view.open("/forskning/resultat", researcher.page)
    assert view.page.locator("script[src*=plotly]").count() == 0
    figure = view.page.locator("figure", has=view.page.locator("#forandring-rubrik"))
    figure.get_by_role("button", name="Visa interaktivt").press("Enter")
    view.page.locator(".figure-plot svg .point").first.wait_for(state="attached")
    # It is drawn anew for another width; what is judged stands still.
    view.page.set_viewport_size({"width": 360, "height": 640})
    widths = "[...document.querySelectorAll('.figure-plot .main-svg')].map((drawing) => drawing.clientWidth)"
    while max(view.page.evaluate(widths)) > 360:
        view.page.wait_for_timeout(20)
    view.look()


def freeze(service):
    """By two, as the command does it."""
    for role in ("researcher", "steward"):
        with service.vaults.unit() as work:
            plans.freeze(
                work.office, service.office_chain, study=make.STUDY, has_answers=False,
                by=sign_in.get_staff(work.office, f"{role}@example.com"), at=service.clock(),
                plan_hash=plan_hash(service.material.studies[make.STUDY], service.material),
            )  # fmt: skip
