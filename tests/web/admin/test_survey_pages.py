"""An open survey from the county's desk to the citizen who reads the result, by the roles that carry it."""

import csv
import io
import json
from dataclasses import replace
from datetime import date, datetime

import pyotp
import pypdf
import pytest

from kapabla.answers.open_surveys import answers_of
from kapabla.errors import Refused
from kapabla.jobs.runner import run_once
from kapabla.jobs.surveys import make_survey_result, publish_survey_result, save_paper_answer
from kapabla.material.population_file import read_totals
from kapabla.office import promises, surveys
from kapabla.office.records import OfficeOutbox
from kapabla.office.sign_in import get_staff
from kapabla.outbox import Job
from tests.factories import make_staff, sign_in_as, sign_in_with
from tests.page_client import PageClient
from tests.surveys import PEOPLE, made_up_answers, put_answers

HOME = "/admin/enkater"
SLUG = "robertsfors-2026"
BANDS = ("16–29 år", "30–49 år", "50–64 år", "65–79 år", "80 år eller äldre")
SEXES = ("kvinna", "man")
TOTALS = "ålder;kön;antal\n" + "".join(
    f"{BANDS[age - 1]};{SEXES[sex - 1]};{people}\n" for (age, sex), people in PEOPLE.items()
)
FORM = {
    "kommun": "2409", "oppnar": "2026-11-01", "stanger": "2026-11-30", "platser": "Torget\nBadstranden",
    "kalla": "SCB, påhittade tal", "galler": "2025-12-31", "hamtad": "2026-10-01",
}  # fmt: skip


@pytest.fixture
def editor(client):
    client.secret = sign_in_as(client, "editor")
    return client


@pytest.fixture
def service(client):
    return client.app.extensions["kapabla"]


def staff_of(app, role):
    client = PageClient(app)
    client.secret = make_staff(app.extensions["kapabla"], role)
    sign_in_with(client, role, client.secret)
    return client


def totals(text=TOTALS):
    return (io.BytesIO(text.encode()), "folk.csv")


def open_one(editor, **changes):
    editor.get(f"{HOME}/ny")
    editor.fill(action=f"{HOME}/ny", fil=totals(), **(FORM | changes))


def decide(client, clock, result_id, *, status=200, **fields):
    clock.tick(31)
    client.get(f"{HOME}/resultat/{result_id}")
    code = pyotp.TOTP(client.secret).at(clock())
    client.fill(action=f"{HOME}/resultat/{result_id}", kod=code, status=status, **({"beslut": "godkann"} | fields))


def test_a_survey_from_the_desk_to_the_citizen(editor, service, config, make_app, clock):
    make_cycle_of_robertsfors(service)
    open_one(editor)
    assert editor.path == f"{HOME}/{SLUG}"
    assert "http://localhost/enkat/robertsfors-2026" in editor.text
    run_once(service)
    clock.tick(61)
    citizen = PageClient(editor.app)
    citizen.get(f"/enkat/{SLUG}")
    assert "Enkät till dig som bor i Robertsfors" in citizen.text
    instrument = service.material.instruments["tu", 1]
    put_answers(service, SLUG, made_up_answers(instrument, 150, 1), date(2026, 11, 20))
    put_answers(service, SLUG, made_up_answers(instrument, 15, 2), date(2026, 11, 21), mode="paper")
    editor.get(f"{HOME}/{SLUG}/papper")
    editor.fill(action=f"{HOME}/{SLUG}/papper", tu_ute="2", tu_platser=["1"], tu_alder="4", tu_kon="1")
    assert "Svaret är inskrivet" in editor.text
    run_once(service)
    editor.post(f"{HOME}/{SLUG}/resultat", {"csrf": editor.hidden()["csrf"]}, status=409)
    assert "Räkna svaren när den har stängt" in editor.text
    clock.now = datetime.fromisoformat("2026-12-02T09:00:00+00:00")
    sign_in_with(editor, "editor", editor.secret)
    editor.get(f"{HOME}/{SLUG}")
    editor.fill(action=f"{HOME}/{SLUG}/resultat")
    run_once(service)
    with service.vaults.reading() as work:
        result_id = surveys.result_of(work.office, SLUG).id
    steward, admin = staff_of(editor.app, "steward"), staff_of(editor.app, "admin")
    decide(steward, clock, result_id)
    # The same once more is refused, and so is whoever may not approve.
    steward.get(f"{HOME}/resultat/{result_id}")
    assert "Nu behöver en person till" in steward.text
    editor.get(f"{HOME}/resultat/{result_id}")
    assert "Godkänn resultatet" not in editor.text
    public = PageClient(make_app(replace(config, audiences=("public",), answers_url=None, identity_url=None)))
    public.get("/enkatsvar/robertsfors", status=404)
    decide(admin, clock, result_id)
    run_once(service)
    read_by_citizens(public)
    with service.vaults.reading() as work:
        (source,) = [
            one
            for cycle in promises.all_cycles(work.office)
            for one in promises.sources_of(work.office, cycle)
            if one.kind == "survey"
        ]
    assert (source.as_of, source.link) == (date(2026, 11, 30), "http://localhost/enkatsvar/robertsfors/2026")
    # What is published changes no more: no days, no answers, no other result.
    editor.get(f"{HOME}/{SLUG}/papper", status=409)
    assert "på väg att räknas" in editor.text
    editor.get(f"{HOME}/{SLUG}/dagar")
    editor.fill(action=f"{HOME}/{SLUG}/dagar", oppnar="2026-11-02", stanger="2026-12-24", status=409)
    # The desk is told how many in tens, of days that are over.
    editor.get(f"{HOME}/{SLUG}")
    assert "Minst 160 har svarat till och med 30 november 2026." in editor.text
    a_wrong_figure_is_taken_back_openly(editor, service, clock, public, (steward, admin))


def a_wrong_figure_is_taken_back_openly(editor, service, clock, public, approvers):
    form, page = f"{HOME}/{SLUG}/ratta", "/enkatsvar/robertsfors/2026"
    before = public.get(page).text
    editor.get(form)
    editor.fill(action=form, siffror=["otrygg_ute"], status=400)
    assert "Fyll i: Vad som var fel." in editor.text
    editor.fill(action=form, rattat="Frågan om kvällen lästes fel.", siffror=["otrygg_ute"])
    result_id = editor.path.rsplit("/", 1)[1]
    assert "Frågan om kvällen lästes fel." in editor.text
    editor.get(form, status=409)
    for client in approvers:
        decide(client, clock, result_id)
    run_once(service)
    clock.tick(61)
    public.get(page)
    assert "Frågan om kvällen lästes fel." in public.text
    figures = json.loads(public.browser.get(f"{page}.json").text)["figures"]
    gone = [row["percent"] for row in figures if row["indicator"] == "otrygg_ute"]
    assert gone == [None] * len(gone)
    assert {(row["version"], row["correction"]) for row in figures} == {(2, "Frågan om kvällen lästes fel.")}
    public.get(f"{page}/version/1")
    assert "Den gäller inte längre." in public.text
    assert chart_of(public.text) == chart_of(before)
    public.get(f"{page}/version/3", status=404)


def chart_of(page):
    return page.split('class="plot"')[1].split("</details>")[0]


def make_cycle_of_robertsfors(service):
    """Of an account that stands there already."""
    with service.vaults.unit() as work:
        promises.create_cycle(
            work.office, service.office_chain, municipality="2409", from_year=2026, to_year=2028, files=(),
            by=get_staff(work.office, "editor@example.com"), at=service.clock(),
        )  # fmt: skip


def read_by_citizens(public):
    public.get("/enkatsvar")
    assert "Robertsfors 2026" in public.text
    public.get("/enkatsvar/robertsfors")
    assert "166 personer svarade mellan 1 november 2026 och 30 november 2026. Det är 3,6 procent" in public.text
    assert "150 svarade på webben och 16 på papper." in public.text
    assert "Badstranden" in public.text
    public.get("/enkatsvar/robertsfors/2026")
    rows = list(csv.DictReader(io.StringIO(public.browser.get("/enkatsvar/robertsfors/2026.csv").text)))
    told = json.loads(public.browser.get("/enkatsvar/robertsfors/2026.json").text)["figures"]
    assert [{k: "" if v is None else str(v) for k, v in row.items()} for row in told] == rows
    everybody = next(row for row in told if row["indicator"] == "otrygg_ute" and row["margin"] == "alla")
    assert f"{everybody['percent']} % ± {everybody['plus_minus']}" in public.text.replace("&nbsp;", " ")
    chart = public.text.split('class="plot"')[1].split("</svg>")[0]
    assert f">{everybody['percent']} % ± {everybody['plus_minus']}<" in chart
    places, after = public.text.split("Platser där folk känner sig otrygga")[-1].split("</table>")[:2]
    assert "Nej, ingen plats" not in places
    assert "av 100 svarade att det inte finns någon plats" in after
    for path in ("", "/2026"):
        for ending in ("csv", "json"):
            assert public.browser.get(f"/enkatsvar/robertsfors{path}.{ending}").status_code == 200
    for path in ("/enkatsvar/ingen", "/enkatsvar/robertsfors/2020", "/enkatsvar/ingen.csv"):
        public.get(path, status=404)


def test_what_is_wrong_with_the_form_is_told_and_nothing_typed_is_lost(editor, service):
    editor.get(f"{HOME}/ny")
    editor.fill(action=f"{HOME}/ny", status=400)
    assert "Fyll i: Öppnar den dag." in editor.text
    for changes, told in (
        ({"stanger": "2026-10-01"}, "Dagen har redan varit."),
        ({"stanger": "2027-11-30"}, "inom 120 dagar"),
        ({"platser": "Torget\ntorget"}, "Samma plats står två gånger."),
        ({"platser": "x" * 61}, "med högst 60 tecken var"),
        ({"fil": (io.BytesIO(b""), "")}, "Välj filen med invånarantalen."),
        ({"fil": totals("a;b\n1;2\n")}, "kolumnerna ålder, kön och antal"),
        ({"fil": totals(TOTALS.replace("340", "många"))}, "Rad 2 i filen går inte att läsa."),
        ({"fil": totals("\n".join(TOTALS.splitlines()[:-1]))}, "Filen saknar invånare för 80 år eller äldre, man."),
    ):
        editor.get(f"{HOME}/ny")
        editor.fill(action=f"{HOME}/ny", status=400, **({"fil": totals()} | FORM | changes))
        assert told in editor.text
        assert "SCB, påhittade tal" in editor.text
    open_one(editor)
    editor.get(f"{HOME}/ny")
    editor.fill(action=f"{HOME}/ny", status=409, fil=totals(), **FORM)
    assert "redan en enkät som stänger det året" in editor.text
    for fields, told in (
        ({"oppnar": "2026-12-01"}, "stänga efter att den öppnar"),
        ({"oppnar": "2026-12-24", "stanger": "2027-01-02"}, "stänga samma år"),
    ):
        editor.get(f"{HOME}/{SLUG}/dagar")
        editor.fill(action=f"{HOME}/{SLUG}/dagar", status=400, **({"stanger": "2026-11-30"} | fields))
        assert told in editor.text
    editor.get(f"{HOME}/{SLUG}/dagar")
    editor.fill(action=f"{HOME}/{SLUG}/dagar", oppnar="2026-11-01", stanger="2026-12-10")
    assert "10 december 2026" in editor.text
    editor.get(f"{HOME}/ingen", status=404)


def test_years_of_age_are_summed_to_bands(service):
    instrument = service.material.instruments["tu", 1]
    single = "age,sex,people\n" + "".join(f"{age},{sex},1\n" for age in range(101) for sex in ("women", "men"))
    counts = {(one.age, one.sex): one.people for one in read_totals(single.encode(), instrument)}
    assert counts[1, 1] == 14
    assert counts[5, 2] == 21
    with pytest.raises(Refused, match="totals_row"):
        read_totals(b"age,sex,people\n25-34,men,7\n", instrument)
    with pytest.raises(Refused, match="totals_unreadable"):
        read_totals(b'age,sex,people\n"25,men,7\n', instrument)


def test_an_answer_on_paper_is_sealed_until_it_is_put_in(editor, service):
    open_one(editor)
    run_once(service)
    editor.get(f"{HOME}/{SLUG}/papper")
    hidden = editor.hidden(action=f"{HOME}/{SLUG}/papper")
    editor.fill(action=f"{HOME}/{SLUG}/papper", status=400)
    assert "Fyll i minst ett svar" in editor.text
    editor.fill(action=f"{HOME}/{SLUG}/papper", status=400, tu_ute=["1", "2"], tu_kon="2")
    assert "Välj bara ett svar." in editor.text
    given = hidden | {"tu_ute": "4", "tu_hot": "1", "tu_kon": "2"}
    for _ in range(2):
        editor.post(f"{HOME}/{SLUG}/papper", given)
    with service.vaults.reading() as work:
        waiting = [job for job in work.office.query(OfficeOutbox).all() if job.kind == surveys.SAVE_PAPER]
        assert len(waiting) == 1
        assert "tu_ute" not in json.dumps(waiting[0].payload)
        job = Job(waiting[0].id, waiting[0].kind, waiting[0].payload, 1, "x")
    for _ in range(2):
        with service.vaults.unit() as work:
            save_paper_answer(service, work, job)
    with service.vaults.reading() as work:
        (one,) = answers_of(work.answers, SLUG)
    assert (one.values, one.mode, one.language) == ({"tu_ute": 4, "tu_hot": 1, "tu_kon": 2}, "paper", "sv")
    assert one.missing["tu_natet"] == one.missing["tu_anmalt"] == "skipped"


def test_the_sheet_has_link_and_questions(editor, service):
    open_one(editor)
    body = editor.browser.get(f"{HOME}/{SLUG}/blad").data
    text = "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(body)).pages)
    for told in ("localhost/enkat/robertsfors-2026", "Badstranden", "Vilket kön har du?", "30 november 2026"):
        assert told in text


def test_a_result_is_refused_with_a_reason_and_made_anew(editor, service, clock):
    open_one(editor)
    run_once(service)
    clock.now = datetime.fromisoformat("2026-12-02T09:00:00+00:00")
    sign_in_with(editor, "editor", editor.secret)
    editor.get(f"{HOME}/{SLUG}")
    editor.fill(action=f"{HOME}/{SLUG}/resultat")
    run_once(service)
    steward = staff_of(editor.app, "steward")
    with service.vaults.reading() as work:
        first = surveys.result_of(work.office, SLUG).id
    steward.get(f"{HOME}/resultat/{first}")
    assert "Färre än 20 svarade" in steward.text
    decide(steward, clock, first, beslut="avsla", status=400)
    assert "Skriv varför resultatet inte ska publiceras." in steward.text
    decide(steward, clock, first, beslut="avsla", skal="För få svar.")
    assert "För få svar." in steward.text
    decide_again(steward, clock, first)
    editor.get(f"{HOME}/{SLUG}")
    editor.fill(action=f"{HOME}/{SLUG}/resultat")
    run_once(service)
    with service.vaults.reading() as work:
        assert surveys.result_of(work.office, SLUG).id != first
    # The jobs do nothing twice.
    for work_on in (make_survey_result, publish_survey_result):
        with service.vaults.unit() as work:
            work_on(service, work, Job("1", "x", {"result": first}, 1, "x"))
            assert surveys.get_result(work.office, first).state == "refused"


def decide_again(steward, clock, result_id):
    steward.get(f"{HOME}/resultat/{result_id}")
    assert "Godkänn resultatet" not in steward.text
    csrf = steward.hidden()["csrf"]
    clock.tick(31)
    code = pyotp.TOTP(steward.secret).at(clock())
    steward.post(f"{HOME}/resultat/{result_id}", {"csrf": csrf, "kod": code, "beslut": "godkann"}, status=409)
    assert "Resultatet är redan avgjort." in steward.text
