"""The cycle of the citizen promises: the editor's pages, those who sign, and what citizens then read."""

import json
import re
from datetime import date

import pyotp

from kapabla.material.course_results import name_of
from kapabla.material.promise_editions import (
    PublishedActivity,
    PublishedObservation,
    PublishedSeries,
    SeriesChange,
    SeriesValue,
    Source,
    edition_of_file,
    publish_edition,
    to_bytes,
)
from kapabla.store import Store
from tests import factories as make

HOME = "/admin/loften"
SIGN = f"{HOME}/skriva-under"
FEEDBACK = "Vi gick ut på kvällarna. Fler vuxna var med. Det blev lugnare vid skolan. " * 3


def visit_staff(view, service, clock, editor):
    editor.get(f"{HOME}/ny")
    view.fill(editor, action=f"{HOME}/ny", status=400)
    editor.fill(action=f"{HOME}/ny", kommun="2409", fran="2026", till="2028")
    cycle = editor.path
    view.get(editor, HOME)
    view.get(editor, f"{HOME}/serier")
    view.fill(editor, action=f"{HOME}/serier", status=400)
    view.get(editor, f"{cycle}/2026")
    ask(view, editor, f"{cycle}/2026", status=409)
    editor.get(f"{cycle}/avtal")
    view.fill(editor, action=f"{cycle}/avtal", undertecknat="fel", status=400)
    parts(view, editor, cycle)
    before = re.search(r'href="(/admin/loften/\w+)"[^>]*>Robertsfors<span[^>]*> 2023', page_of(editor, HOME))[1]
    view.get(editor, f"{before}/lagg-till/lofte", status=409)
    editor.get(f"{before}/2026")
    given = {f"bedomning-{n}": "kept" for n in range(1, 6)} | {f"aterkoppling-{n}": FEEDBACK for n in range(1, 6)}
    view.fill(editor, action=f"{before}/2026", **given)
    view.fill(editor, action=f"{before}/2026", **given | {"stod": "annat", "skal-1": "Min text."}, status=409)
    view.get(editor, f"{before}/2026/visa")
    editor.get(f"{before}/2026")
    ask(view, editor, f"{before}/2026")
    edition = editor.path.rsplit("/", 1)[1]
    signatures(view, clock, edition)


def ask(view, editor, form, **more):
    view.post(editor, f"{form}/be-om-underskrift", editor.hidden(action=form), **more)


def page_of(client, path):
    client.get(path)
    return client.text


def parts(view, editor, cycle):
    editor.get(cycle)
    promise = re.search(r'href="/admin/loften/(\w+)/lagg-till/aktivitet"', editor.text)[1]
    for owner, part, fields in (
        (cycle, "underlag", {"slag": "police", "dag": "2026-01-15", "text": "Fler anmälda narkotikabrott."}),
        (cycle, "lofte", {"nummer": "6", "omrade": "Båtstölder"}),
        (cycle, "mote", {"dag": "2026-12-01", "rad": "Brottsförebyggande rådet", "arende": "Uppföljning."}),
        (f"{HOME}/{promise}", "aktivitet",
         {"vad": "Fältvandring", "vem": "Kommunen", "lage": "done", "klar": "2026-10-01"}),
        (f"{HOME}/{promise}", "matvarde",
         {"tid": "2026", "varde": "13", "kalla": "Kommunens logg", "hamtat": "2026-11-20"}),
    ):  # fmt: skip
        editor.get(f"{owner}/lagg-till/{part}")
        view.fill(editor, action=f"{owner}/lagg-till/{part}", status=400)
        editor.fill(action=f"{owner}/lagg-till/{part}", **fields)
    editor.get(f"{cycle}/lagg-till/berattat")
    editor.fill(action=f"{cycle}/lagg-till/berattat", ar="2026", satt="meeting", dag="2026-11-20")
    view.see(editor)
    view.get(editor, re.search(rf'href="({HOME}/del/aktivitet/\w+)"', editor.text)[1])


def signatures(view, clock, edition):
    police = view.client()
    secret = make.sign_in_as(police, "signatory_police", municipality="2409")
    view.get(police, SIGN)
    police.get(f"{SIGN}/{edition}")
    view.fill(police, action=f"{SIGN}/{edition}", beslut="avsta", status=400)
    clock.tick(31)
    police.fill(action=f"{SIGN}/{edition}", kod=pyotp.TOTP(secret).at(clock()), beslut="skriv-under")
    view.get(police, f"{SIGN}/{edition}")


def series():
    """Revised once, with a value that is not shown."""
    told = ((2023, 41.0), (2024, None), (2025, 29.5))
    values = tuple(
        SeriesValue(period=f"{year}", value=value, source="Brå", retrieved_on=date(2026, 1, 1)) for year, value in told
    )
    change = SeriesChange(period="2023", before=44, before_on=date(2025, 1, 1), now=41, now_on=date(2026, 1, 1))
    return PublishedSeries(
        code="hot", kind="crime", name="Anmälda hot", unit="antal", values=values, changes=(change,), compared="2023",
        target=30.0,
    )  # fmt: skip


def results(service):
    """How the training went, as the jobs write it."""
    outcomes = [{"name": "Tilltro till egen förmåga", "n": 96, "value": 0.42, "interval": [0.3, 0.54]}]
    told = {"release": "2026-01-01-1", "built_on": "2026-01-01", "is_test": False, "completed": 112}
    store = Store(service.config.release_dir)
    document = store.put(json.dumps(told | {"outcomes": outcomes}).encode())
    store.put_index(name_of(make.STUDY, is_test=False), {"document": document})


def visit_public(view, service, clock, anyone):
    """A year with everything that a year can have, and then its correction."""
    file = next(cycle for cycle in service.material.promises if cycle.municipality == "2404")
    said = {
        "verdict": "cannot_judge", "reason": "Mått saknas.", "feedback": FEEDBACK, "owner": "Vindelns kommun",
        "problem": "Våldet syns sällan.", "causes": "Avstånd och skam.",
        "activities": (PublishedActivity(
            title="Utbildning", owner="Vindelns kommun", status="done", due_on=date(2025, 10, 1), evidence="Intyg.",
            link="https://www.imy.se"),),
        "observations": (PublishedObservation(
            period="2025", value="13", source="Kommunens logg", retrieved_on=date(2026, 1, 1)),),
        "series": (series(),),
    }  # fmt: skip
    results(service)
    picture = (Source(summary="Fler anmälda brott.", kind="police", as_of=date(2025, 1, 15)),)
    edition = edition_of_file(file, 2025).model_copy(update={"picture": picture})
    for version, verdict in ((1, "cannot_judge"), (2, "kept")):
        promises = tuple(one.model_copy(update=said | {"verdict": verdict}) for one in edition.promises)
        made = edition.model_copy(update={"version": version, "note": "Vi hade läst fel.", "promises": promises})
        publish_edition(
            Store(service.config.release_dir), to_bytes(made), approval="a", published_on=date(2026, 3, version),
            signed={"signatory_municipality": "2026-03-01", "signatory_police": "2026-03-01"},
        )  # fmt: skip
    clock.tick(61)
    for path in ("/2025", "/2025/version/1", "/2025/bit"):
        view.get(anyone, f"/medborgarloften/vindeln{path}")
    for path in ("/jamfor", "/jamfor/2025"):
        view.get(anyone, f"/medborgarloften{path}")
