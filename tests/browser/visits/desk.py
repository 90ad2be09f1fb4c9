"""The county's desk."""

import io
import re
import zipfile

import pyotp
from sqlalchemy import delete, select, update

from kapabla.identity.contact import Contact, sealed_fields
from kapabla.identity.messages import Message
from kapabla.identity.people import Person
from kapabla.identity.records import IdentityOutbox, outbox
from kapabla.jobs.runner import run_once
from kapabla.material import default_root, load_material
from kapabla.material.instruments.loader import to_toml
from kapabla.office import sign_in
from tests import factories as make
from tests.browser.visits import promises, surveys
from tests.browser.visits.signed_in import somebody

LIST = (
    "namn;e-post;kommun;yrke;anmärkning;personnummer\n"
    "Anna Ask;anna@example.com;Vindeln;frisör;;\nBo Björk;bo.example.com;Vindeln;jägare;;\n"
    "Cia Ceder;anna@example.com;Vindeln;frissa;;\n"
)


def visit(view, service, clock):
    desk, steward = somebody(view, "officer"), somebody(view, "steward")
    view.get(desk, "/admin/omgangar")
    view.get(desk, "/admin/omgangar/ny")
    view.fill(desk, action="/admin/omgangar/ny", status=400)
    cohort = make.make_cohort(service)
    address = f"/admin/omgangar/{cohort}"
    view.get(desk, address)
    view.get(desk, f"{address}/utskick")
    people(view, desk, steward, service, address)
    imports(view, desk, f"{address}/import")
    messages(view, desk, service, f"{address}/utskick")
    view.get(desk, f"{address}?visa=ej-oppnat")
    view.get(desk, f"{address}/intervjuer")
    view.fill(desk, action=f"{address}/intervjuer.csv", status=400)
    view.get(desk, f"{address}?sok=finnsinte")
    with service.vaults.unit() as work:
        work.identity.scalars(select(Person)).first().address_broken = True
    view.get(desk, "/admin/omgangar")
    view.get(desk, address)
    view.get(desk, "/admin/omgangar?yrke=vet&kommun=2404&visa=arkiverade")
    view.fill(desk, action="/admin/sok", vem="K", status=400)
    sought = make.make_person(service, name="Sökt", email="sokt@example.com")
    view.fill(desk, action="/admin/sok", vem=sought.code)
    desk.get("/admin/omgangar")
    view.fill(desk, action="/admin/sok", vem="sokt@example.com")
    view.fill(desk, action="/admin/sok", skal="hort-av-sig")
    archived(view, desk, make.make_cohort(service, name="Omgång 3"))
    view.get(desk, "/admin/stodkontakter?sparad=bris")
    view.get(desk, "/admin/stodkontakter/bris")
    view.fill(desk, action="/admin/stodkontakter/bris", status=400)
    meetings(view, service, f"{address}/moten")
    editor = material(view, clock, service)
    promises.visit_staff(view, service, clock, editor)
    log_of_deeds(view, steward)
    surveys.visit_staff(view, service, clock, editor, accounts(view, service))


def accounts(view, service):
    admin = somebody(view, "admin")
    view.get(admin, "/admin/konton")
    view.fill(admin, action="/admin/konton", status=400)
    view.fill(
        admin, action="/admin/konton", email="vera@example.com", namn="Vera Vik", roll="coordinator", kommun="2404",
        slut="2027-06-30",
    )  # fmt: skip
    with service.vaults.reading() as work:
        address = f"/admin/konton/{sign_in.get_staff(work.office, 'vera@example.com').id}"
        own = f"/admin/konton/{sign_in.get_staff(work.office, 'admin@example.com').id}"
    view.get(admin, address)
    view.fill(admin, action=f"{address}/ny-lank", status=400)
    view.get(admin, f"{address}/avsluta")
    view.get(admin, own)
    return admin


def archived(view, desk, cohort):
    address = f"/admin/omgangar/{cohort}"
    view.get(desk, f"{address}/andra")
    view.fill(desk, action=f"{address}/andra", namn="", status=400)
    view.get(desk, f"{address}/arkivera")
    view.fill(desk, action=f"{address}/arkivera")
    view.get(desk, f"{address}/andra", status=409)


def log_of_deeds(view, steward):
    view.get(steward, "/admin/loggbok")
    view.get(steward, "/admin/loggbok?nummer=K-0000")
    view.get(steward, "/admin/handlingar")
    view.fill(steward, action="/admin/handlingar.json", status=400)
    view.get(steward, "/admin/incident")
    view.fill(steward, action="/admin/incident", status=400)
    view.fill(steward, action="/admin/incident", vad="Fel mottagare", dag="2026-11-25", tid="09.00")
    view.fill(steward, action=steward.path, status=400)
    view.fill(steward, action=steward.path, text="Mejlet är raderat.", lage="anmald")
    view.get(steward, "/admin/incident")
    view.get(steward, "/admin/loggbok/kontoret")
    view.get(steward, "/admin/loggbok/kontroll")


def people(view, desk, steward, service, address):
    made = make.make_person(service)
    make.make_cohort(service, name="Omgång 2")
    view.get(desk, f"{address}/person")
    view.fill(desk, action=f"{address}/person", status=400)
    desk.get(f"{address}/person")
    view.fill(
        desk, action=f"{address}/person", namn="Ny", epost="ny@example.com", kommun="2404", yrke="vet", kanal="email"
    )
    protected = make.make_person(service, name="", email=None, channel="none", is_protected=True)
    view.get(desk, f"/admin/deltagare/{protected.number}")
    person = f"/admin/deltagare/{made.number}"
    view.get(desk, person)
    for form in ("kontakt", "avsluta", "kopia", "oppna"):
        desk.get(person)
        view.fill(desk, action=f"{person}/{form}", status=400)
    desk.fill(action=f"{person}/kontakt", skal="hort-av-sig")
    view.see(desk)
    view.get(desk, f"{person}/ratta")
    view.fill(desk, action=f"{person}/ratta", epost="fel", status=400)
    restriction(view, desk, person)
    move(view, desk, person)
    desk.get(person)
    view.fill(desk, action=f"{person}/kod")
    view.fill(desk, action=f"{person}/kod/mejl")
    desk.get(person)
    view.fill(desk, action=f"{person}/kopia", kontrollerad="1")
    tell_the_code(view, steward, made)
    desk.get(person)
    view.fill(desk, action=f"{person}/avsluta", hur="telefon", dag="2026-11-25", vad="allt", svar="bort")
    view.fill(desk, action=f"{person}/avsluta", nummer="K-1", status=400)
    desk.get(person)
    view.fill(desk, action=f"{person}/avsluta", hur="telefon", dag="2026-11-25", vad="allt", svar="kvar")
    receipt = desk.path
    view.get(desk, person)
    run_once(service)
    view.get(desk, receipt)
    view.get(desk, person)
    view.get(desk, "/admin/deltagare/K-999999", status=404)
    service.clock.tick(601)
    view.get(desk, receipt, status=410)


def tell_the_code(view, steward, made):
    view.get(steward, make.page_of_request(steward, made))
    view.fill(steward, action=f"{steward.path}/kod")


def move(view, desk, person):
    view.get(desk, f"{person}/flytta")
    view.get(desk, f"{person}/flytta?omgang=", status=400)
    desk.get(f"{person}/flytta")
    chosen = re.search(r'name="omgang" id="omgang" value="(\w+)"', desk.text)[1]
    view.get(desk, f"{person}/flytta?omgang={chosen}")


def restriction(view, desk, person):
    view.get(desk, f"{person}/begransa")
    view.fill(desk, action=f"{person}/begransa", status=400)
    view.fill(desk, action=f"{person}/begransa", skal="stammer", hur="telefon", dag="2026-11-25")
    view.get(desk, f"{person}/begransa")
    view.fill(desk, action=f"{person}/hav-begransning", status=400)
    desk.fill(action=f"{person}/hav-begransning", varfor="avgjord", berattat="1")
    view.get(desk, "/admin/begaran")
    view.fill(desk, action="/admin/begaran", status=400)
    view.fill(desk, action="/admin/begaran", vad="rattelse", hur="brev", dag="2026-11-01")
    view.fill(desk, action=desk.path, status=400)
    view.get(desk, "/admin/begaran")
    closed = desk.text.partition("Avslutade")[2]
    view.get(desk, re.findall(r"/admin/begaran/\w+", closed)[0])


def imports(view, desk, address):
    view.get(desk, address)
    view.fill(desk, action=address, klistrat="", status=400)
    view.fill(desk, action=address, klistrat=LIST)
    view.fill(desk, action=desk.path, status=400)
    view.fill(desk, action=desk.path, bara_ratta="1")
    receipt = desk.path
    view.get(desk, f"{receipt}/angra")
    view.fill(desk, action=f"{receipt}/angra")
    desk.get(address)
    desk.fill(action=address, klistrat=LIST)
    view.see(desk)
    view.get(desk, f"{address}/finnsinte", status=410)


def messages(view, desk, service, address):
    letters(service)
    view.get(desk, address)
    stale = desk.hidden(action=address)
    for name in ("sen", "senare", "senast"):
        make.make_person(service, name=name, email=f"{name}@example.com")
    view.post(desk, address, stale, status=409)
    view.fill(desk, action=address)
    batch = desk.path
    for state, fault in (("unclear", "connection_lost"), ("failed", "server_away"), ("handed_over", "")):
        with service.vaults.unit() as work:
            message = work.identity.scalars(select(Message).where(Message.state == "waiting")).first()
            message.state, message.fault = state, fault
        view.get(desk, batch)
    view.fill(desk, action=batch)
    view.get(desk, address)
    cohort = address.removesuffix("/utskick")
    desk.get(cohort)
    view.fill(desk, action=f"{cohort}/paminnelser", paus="1")
    view.fill(desk, action=f"{cohort}/paminnelser", paus="0")
    view.get(desk, "/admin/utskick-i-dag")
    stopped_job(view, desk, service)


def stopped_job(view, desk, service):
    view.get(desk, "/admin/jobb")
    with service.vaults.unit() as work:
        outbox.put(work.identity, "withdraw", {}, key="stopped", at=service.clock())
        work.identity.execute(update(IdentityOutbox).values(state="dead", fault="unexpected KeyError"))
    view.get(desk, "/admin/omgangar")
    view.get(desk, "/admin/jobb")
    with service.vaults.unit() as work:
        work.identity.execute(delete(IdentityOutbox))


def letters(service):
    """Somebody whose letter has been printed."""
    made = make.make_person(service, name="Brev", email=None, channel="letter")
    with service.vaults.unit() as work:
        person, contact = work.identity.get_one(Person, made.id), Contact(name="Brev", address="Åvägen 1, Vindeln")
        person.address_sealed = sealed_fields(service.keys, made.id, contact)["address_sealed"]
        person.printed_on = service.clock().date()


def meetings(view, service, address):
    trainer = somebody(view, "trainer")
    view.get(trainer, address.removesuffix("/moten"))
    view.get(trainer, address)
    view.fill(trainer, action=address, status=400)
    view.fill(trainer, action=address, dag="2026-11-25", satt="rummet", utan_kod="nej")
    meeting = trainer.path
    view.get(trainer, f"{meeting}/skarm")
    trainer.get(meeting)
    view.fill(trainer, action=f"{meeting}/stang")
    view.get(trainer, address)


def material(view, clock, service):
    home = "/admin/utbildning"
    editor = somebody(view, "editor")
    view.get(editor, home)
    til = load_material(default_root()).instruments["til", 1]
    good = to_toml(
        til.model_copy(update={"version": 2, "title": til.title.model_copy(update={"en": "Trust"})}), whole=True
    ).encode()
    upload(view, editor, good.replace(b"version = 2", b"version = tva"), status=400)
    upload(view, editor, good.replace(b"min_answered = 3", b"min_answered = 8"))
    upload(view, editor, good)
    address = editor.path
    view.get(editor, f"{address}/granska/sv/vet/1")
    view.fill(editor, action=f"{address}/granska/sv/vet/1")
    editor.get(address)
    view.fill(editor, action=f"{address}/be-om-publicering")
    view.fill(editor, action=f"{address}/godkann", kod="1", beslut="godkann", status=400)
    view.fill(editor, action=f"{address}/godkann", kod="1", beslut="avsla", status=400)
    clock.tick(31)
    editor.get(address)
    view.fill(editor, action=f"{address}/godkann", kod=pyotp.TOTP(editor.secret).at(clock()), beslut="godkann")
    upload(view, editor, course_file())
    address = editor.path
    for step in (1, 2, 5, 6):
        view.get(editor, f"{address}/granska/sv/hairdresser/1/{step}")
    view.get(editor, f"{address}/granska/sv/hairdresser/1/klar")
    view.get(editor, home)
    return editor


def upload(view, editor, body, status=200):
    editor.get("/admin/utbildning")
    name = "kurs.zip" if body.startswith(b"PK") else "til.toml"
    given = editor.hidden(action="/admin/utbildning") | {"fil": (io.BytesIO(body), name)}
    view.post(editor, "/admin/utbildning", given, status=status, content_type="multipart/form-data")


def course_file():
    folder, out = default_root() / "courses/kapabla/v1", io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for path in folder.rglob("*"):
            if path.is_file():
                body = path.read_bytes()
                if path.name == "course.toml":
                    body = body.replace(b"version = 1", b"version = 2")
                archive.writestr(path.relative_to(folder).as_posix(), body)
    return out.getvalue()
