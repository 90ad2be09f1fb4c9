"""Signing in, by oneself and by the organisation."""

from datetime import date

import pyotp
import requests

from kapabla.office import sign_in
from kapabla.office.staff import Passkey
from tests import factories as make


def visit(view, service, clock):
    with service.vaults.unit() as work:
        _, token = sign_in.add_staff(
            work.office, email="ny@example.com", name="Namn", role="signatory_police", ends_on=date(2027, 1, 1),
            at=clock(),
        )  # fmt: skip
    anyone = view.client()
    view.get(anyone, f"/logga-in/konto/{token}")
    view.fill(anyone, losenord="a", losenord2="b", status=400)
    secret = anyone.text.split('class="copy">', 1)[1].split("<", 1)[0]
    view.fill(anyone, losenord=make.PASSWORD, losenord2=make.PASSWORD, kod=pyotp.TOTP(secret).at(clock()))
    view.get(anyone, "/logga-in/konto/finnsinte", status=410)
    clock.tick(31)
    view.get(anyone, "/logga-in")
    view.fill(anyone, status=400)
    view.fill(anyone, email="ny@example.com", losenord=make.PASSWORD)
    view.fill(anyone, action="/logga-in/kod", kod="1", status=400)
    view.fill(anyone, action="/logga-in/kod", kod=pyotp.TOTP(secret).at(clock()))
    view.get(anyone, "/logga-in/klar")
    own_account(view, anyone, service)
    anyone.get("/konto")
    left_open = anyone.page
    view.fill(anyone, action="/logga-ut")
    anyone.page = left_open
    view.fill(anyone, action="/konto/nycklar/ny", namn="Min telefon", status=403)
    anyone.get("/logga-in")
    view.fill(anyone, action="/logga-in/nyckel")
    view.fill(anyone, action="/logga-in/nyckel/svar", status=400)


def own_account(view, client, service):
    view.get(client, "/konto")
    view.fill(client, action="/konto/losenord", nytt="a", nytt2="b", status=400)
    client.get("/konto")
    view.fill(client, action="/konto/nycklar/ny", status=400)
    view.fill(client, action="/konto/nycklar/ny", namn="Min dator")
    view.fill(client, action="/konto/nycklar", status=400)
    view.fill(client, action="/konto/reservkoder")
    with service.vaults.unit() as work:
        member = sign_in.get_staff(work.office, "ny@example.com")
        work.office.add(
            Passkey(
                staff_id=member.id, credential_id=b"1", public_key=b"1", name="Min dator", added_on=date(2026, 11, 25)
            )
        )
    view.get(client, "/konto?andrat=losenord")
    service.clock.tick(901)
    view.fill(client, action="/konto/reservkoder")
    view.fill(client, action="/konto/reservkoder", status=400, **{"bevis-kod": "1"})


def visit_organisation(view, service):
    anyone = view.client()
    view.get(anyone, "/logga-in")
    view.get(anyone, "/logga-in/organisation/svar", status=400)
    anyone.get(back_from(anyone, "/logga-in/organisation"))
    service.clock.tick(901)
    anyone.get("/konto")
    view.fill(anyone, action="/konto/nycklar/ny", namn="Min dator")
    view.get(anyone, back_from(anyone, "/logga-in/organisation?bevis=1"))


def back_from(client, address):
    """Out to the organisation and back: where it sends the browser."""
    sent = requests.get(client.browser.get(address).headers["Location"], allow_redirects=False, timeout=5)
    return sent.headers["Location"].removeprefix("http://localhost")
