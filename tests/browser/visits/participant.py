"""The participant's pages, by the order of the journey."""

import json
import re
from datetime import date

import pytest
from sqlalchemy import select
from werkzeug import Response

from kapabla.answers import saving
from kapabla.identity import meetings, opting_out
from kapabla.identity.meetings import Meeting
from kapabla.jobs.runner import run_once
from tests import factories as make
from tests.browser.visits import surveys

# Pages that only a telephone shows, by their templates.
WITHOUT_COVERAGE = {
    "/delar": "modules", "/paus": "pause", "/fragor/fore/skicka": "send", "/fragor/fore/tack": "sent",
}  # fmt: skip


def visit(view, service, clock):
    door(view, service)
    lost_link(view)
    no_more(view, service)
    at_a_meeting(view, service)
    shared_computer(view, service)
    made = make.make_person(service)
    person = view.client()
    first_pages(view, person, made)
    questions(view, person)
    course(view, person, service, made)
    certificate(view, person)
    my_data(view, person, service, made)
    waiting(view, service)
    own_telephone(view, service)
    protected(view, service)
    leaving(view, service, made)
    surveys.visit_participant(view, service, clock)
    when_it_is_closed(view, service, clock)


def door(view, service):
    anyone = view.client()
    for path in ("/k", "/k?slut=1", "/k?tack=1"):
        view.get(anyone, path)
    for typed in ("", "KB47R-T9MXX", "KB47R-T9MXV"):
        anyone.get("/k")
        view.fill(anyone, kod=typed, status=400)
    view.get(anyone, f"/k/{make.make_person(service, name='Ny', email='ny@example.com').token}")
    anyone.get("/k/finnsinte")
    view.fill(anyone, status=400)
    later = make.make_cohort(service, name="Senare", starts_on=date(2026, 12, 1))
    anyone.get(f"/k/{make.make_person(service, name='Sen', email='sen@example.com', cohort=later).token}")
    view.fill(anyone)
    view.get(anyone, "/s/finnsinte")
    view.get(anyone, "/intyg/finns.inte", status=404)
    view.get(anyone, "/utan-tackning")


def no_more(view, service):
    anyone = view.client()
    made = make.make_person(service, name="Nej", email="nej@example.com")
    view.get(anyone, opting_out.no_link(service.keys, "", made.id))
    view.fill(anyone)
    for address in ("/avanmal/finnsinte", "/n/finnsinte"):
        view.get(anyone, address)
        view.fill(anyone, status=400)


def lost_link(view):
    anyone = view.client()
    view.get(anyone, "/ny-lank")
    view.fill(anyone, epost="testa@example.com")


def at_a_meeting(view, service):
    code = make.make_meeting(service, takes_walk_ins=True)[1]
    anyone = view.client()
    view.get(anyone, f"/mote/{code}")
    view.get(anyone, f"/mote/{code}/ny")
    view.fill(anyone, status=400, kontakt="email", epost="fel")
    view.post(
        anyone, "/mote/KB47RM/ny", anyone.hidden() | {"kommun": "2404", "yrke": "vet", "kontakt": "none"}, status=400
    )
    anyone.get(f"/mote/{code}/ny")
    view.fill(anyone, kommun="2404", yrke="vet", kontakt="none")
    made = make.make_person(service, name="Mötande", email="mote@example.com")
    person = view.client()
    person.post("/k", {"kod": made.code})
    person.fill(telefon="delad")
    view.fill(person)
    view.fill(person, mote="", status=400)
    view.fill(person, mote=code)
    make.start_course(person, made, research="nej")
    with service.vaults.unit() as work:
        for meeting in work.identity.scalars(select(Meeting)):
            meetings.close_meeting(work.identity, meeting)


def shared_computer(view, service):
    code = make.make_meeting(service)[1]
    computer = view.client()
    view.get(computer, "/delad-dator")
    view.fill(computer, mote="", status=400)
    view.fill(computer, mote=code)
    view.get(computer, "/k")
    made = make.make_person(service, name="Delande", email="delad@example.com")
    computer.fill(kod=made.code)
    view.see(computer)
    view.get(computer, "/mina-uppgifter")
    computer.get("/start/samtycke")
    computer.fill(val1="nej")
    view.get(computer, "/mina-uppgifter/val/1.txt", status=403)


def first_pages(view, person, made):
    person.get(f"/k/{made.token}")
    view.fill(person)
    view.fill(person, status=400)
    view.fill(person, telefon="delad")
    person.fill()
    view.get(person, "/start/om")
    view.get(person, "/start/samtycke")
    view.fill(person, status=400)
    view.fill(person, val1="ja", val2="ja", val3="nej")
    view.fill(person, kontakt="", status=400)
    view.fill(person, kontakt="letter", status=400)
    view.fill(person, kontakt="letter", adress="fel", status=400)
    person.fill(kontakt="email")


def questions(view, person):
    """Every page of the first wave, empty; then what a page is after a press."""
    view.get(person, "/fragor/fore/0")
    view.get(person, "/fragor/fore/1")
    view.fill(person)  # Everything skipped.
    view.fill(person, status=400, se_1="99")
    person.fill(anda="1", **make.answers_on(person.text))
    for path in ("/fragor/fore/1", "/fragor/fore/1?om=1", "/fragor/fore/0"):
        view.get(person, path)
    number = 2
    while person.browser.get(f"/fragor/fore/{number}").status_code == 200:
        for path in (f"/fragor/fore/{number}", f"/fragor/fore/{number}?visa=1"):
            view.get(person, path)
        number += 1
    person.get("/fragor/fore/1?om=1")
    late = person.hidden()
    view.get(person, "/fragor/fore/skicka")
    make.answer_wave_from(person, "fore")
    view.see(person)
    view.post(person, "/fragor/fore/1", late | {"se_1": "1"}, status=409)


def visit_every_kind(view, service):
    """The trial: each page empty, with all skipped, and with an answer that cannot be."""
    person = view.client()
    make.start_course(person, make.make_person(service))
    number = 1
    while person.browser.get(f"/fragor/fore/{number}").status_code == 200:
        view.get(person, f"/fragor/fore/{number}")
        view.get(person, f"/fragor/fore/{number}?visa=1")
        wrong = dict.fromkeys(re.findall(r'name="(prov_[^"]+)"', person.text), "x")
        # Words are never wrong; a choice or a number is.
        is_refused = re.search(r'type="radio"|inputmode="|<select', person.text)
        view.fill(person, status=400 if is_refused else 200, **wrong)
        number += 1
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(saving, "_COLLISIONS_ALLOWED", 0)
        person.get("/fragor/fore/1?om=1")
        view.fill(person, status=409)


def course(view, person, service, made):
    view.get(person, "/delar")
    course = service.material.courses["kapabla", 1]
    for module in course.modules:
        for step in module.steps:
            view.get(person, f"/delar/{module.number}/{step.number}")
            press(view, person, step)
            if step.number == 2:
                view.get(person, f"/delar/{module.number}/klar")
                view.get(person, "/delar")
        view.see(person)
    view.get(person, "/delar/1/klar")
    view.get(person, "/delar")


def press(view, person, step):
    """A story by a wrong press and the first choice of each, a check unanswered and answered."""
    if step.kind == "scenario":
        if 'name="val"' not in person.text:
            view.fill(person, gor="nod")
        view.fill(person, gor="valj", status=400)
        view.fill(person, gor="valj", **make.answers_on(person.text, pick=0))
    if step.kind == "check":
        view.fill(person, gor="svara")
        view.fill(person, gor="svara", **make.answers_on(person.text, pick=1))
    person.fill(gor="klar")


def certificate(view, person):
    view.get(person, "/intyg")
    view.fill(person, namn="Testa Påhittsson")
    statement = re.search(r"/intyg/([^\s\"<]+)", person.text)
    view.fill(person, namn="Li \U000f1234", pdf="1")
    if statement:
        view.get(person, f"/intyg/{statement[1]}")
    make.answer_wave(person, "efter")
    view.see(person)
    view.get(person, "/delar")


def my_data(view, person, service, made):
    view.get(person, "/mina-uppgifter")
    for path in ("/start/telefon", "/start/bra-att-veta", "/start/samtycke", "/start/kontakt", "/mina-uppgifter/val/1",
                 "/mina-uppgifter/vem-har-tittat", "/paus", "/mina-uppgifter/kopia/svar"):  # fmt: skip
        view.get(person, path, status=410 if path.endswith("svar") else 200)
    person.get("/start/kontakt")
    view.fill(person, kontakt="email")
    desk = view.client()
    make.sign_in_as(desk, "officer")
    desk.get(f"/admin/deltagare/{made.number}")
    desk.fill(action=f"/admin/deltagare/{made.number}/kontakt", skal="hort-av-sig")
    desk.fill(action=f"/admin/deltagare/{made.number}/kopia", kontrollerad="1")
    steward = view.client()
    make.sign_in_as(steward, "steward")
    code = make.told_copy_code(steward, made)
    run_once(service)
    view.get(person, "/mina-uppgifter/vem-har-tittat")
    view.get(person, "/mina-uppgifter/kopia")
    view.fill(person, action="/mina-uppgifter/kopia", kod="", status=400)
    view.fill(person, action="/mina-uppgifter/kopia/kod")
    view.fill(person, action="/mina-uppgifter/kopia", kod=made.code, som="sida")
    view.get(person, "/mina-uppgifter/kopia/svar")
    view.fill(person, action="/mina-uppgifter/kopia/svar", kod="1", som="sida", status=400)
    view.fill(person, action="/mina-uppgifter/kopia/svar", kod=code, som="sida")


def waiting(view, service):
    cohort = make.make_cohort(service, name="Väntar", arm="waitlist", starts_on=date(2026, 11, 25))
    made = make.make_person(service, name="Väntande", email="vantar@example.com", cohort=cohort)
    person = view.client()
    make.start_course(person, made)
    make.answer_wave(person, "fore")
    view.see(person)
    view.get(person, "/delar")


def own_telephone(view, service):
    """What an own telephone is shown, and the pages that it makes of a package where there is no coverage."""
    person = view.client()
    make.start_course(person, make.make_person(service, name="Egen", email="egen@example.com"), phone="egen")
    view.get(person, "/fragor/fore/0")
    packages(view, person)
    make.answer_wave(person, "fore")
    for path in ("/mina-uppgifter", "/delar"):
        view.get(person, path)
    packages(view, person)


def packages(view, person):
    kit = json.loads(re.search(r"<script[^>]* data-kit>(.*?)</script>", person.text, re.S)[1])
    for address in filter(None, (kit.get("course"), kit.get("questions"))):
        lines = [json.loads(line) for line in person.browser.get(address).get_data(as_text=True).splitlines()]
        for path, (language, title, main) in lines[0]["pages"].items():
            if path in WITHOUT_COVERAGE:
                view.templates.add(f"participant/{WITHOUT_COVERAGE[path]}_offline.html")
                html = lines[0]["frames"][language].replace("{title}", title).replace("{main}", main)
                view.show(path, Response(html, mimetype="text/html"))


def protected(view, service):
    made = make.make_person(service, name="", email=None, municipality=None, is_protected=True, channel="none")
    person = view.client()
    person.get(f"/k/{made.token}")
    person.fill()
    person.fill(telefon="delad")
    person.fill()
    person.get("/start/samtycke")
    view.fill(person, val1="nej")
    person.fill()
    view.see(person)
    view.get(person, "/mina-uppgifter/kopia")


def leaving(view, service, made):
    """Each of the four ways out, and the door afterwards."""
    for number, (what, answers) in enumerate(
        (("forskning", "kvar"), ("forskning", "bort"), ("allt", "kvar"), ("allt", "bort"))
    ):
        leaver = make.make_person(service, name=f"Slutar {number}", email=f"slutar{number}@example.com")
        person = view.client()
        make.start_course(person, leaver)
        view.get(person, "/mina-uppgifter/avsluta")
        if number == 0:
            view.fill(person, status=400)
        view.fill(person, vad=what, svar=answers)
    person.get(f"/k/{leaver.token}")
    view.fill(person, status=410)


def when_it_is_closed(view, service, clock):
    """The day after the last: for who has come late with a page, and for who has not come in time."""
    late = make.make_person(service, name="Sist", email="sist@example.com")
    clock.tick(days=80)
    person = view.client()
    person.get(f"/k/{late.token}")
    view.fill(person, status=410)
