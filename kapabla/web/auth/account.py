"""The own account at `/konto`: until when, where one is signed in, keys, recovery codes and the password."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from kapabla.audit import Event
from kapabla.clock import from_epoch
from kapabla.office import devices, passkeys, sign_in, staff_sessions
from kapabla.office.access import ROLE_LABELS
from kapabla.web.auth import attempts
from kapabla.web.auth.blueprint import blueprint
from kapabla.web.auth.guard import COOKIE, event, live, needs_sign_in, staff
from kapabla.web.auth.letting_in import local_account
from kapabla.web.unit_of_work import now, service, work

MOST_OF_A_NAME = 40
_ERRORS = {
    "which": {"inloggningsnyckel": "Välj vilken nyckel som ska få ett nytt namn."},
    "new_name": {"nytt_namn": f"Skriv nyckelns nya namn, högst {MOST_OF_A_NAME} tecken."},
    "present": {"nuvarande": "Lösenordet stämmer inte. Skriv det lösenord som du har nu."},
    "weak": {"nytt": f"Välj ett lösenord med minst {sign_in.MIN_PASSWORD} tecken, gärna flera ord."},
    "differ": {"nytt2": "De två lösenorden är olika. Skriv samma lösenord två gånger."},
    "many": {"nuvarande": "Du har provat många gånger. Vänta en kvart och försök igen."},
    "name": {"namn": "Skriv vad nyckeln ska heta, högst 40 tecken, till exempel Min dator."},
    "most": {"namn": f"Du kan ha högst {passkeys.MOST} nycklar. Ta bort en som du inte använder."},
    "key": {"namn": "Nyckeln gick inte att lägga till. Försök igen."},
}


@blueprint.get("/konto")
@needs_sign_in()
def account() -> ResponseReturnValue:
    return account_page()


def account_page(error: str | None = None) -> str:
    office, me, mine = work().office, staff(), live().session
    sessions = [
        {
            "id": row.id_hash.hex(), "device": device_words(row.device), "is_this": row.id_hash == mine.id_hash,
            "began": from_epoch(row.started), "seen": from_epoch(row.last_seen),
        }
        for row in staff_sessions.live_sessions(office, me, at=now())
    ]  # fmt: skip
    place = service().material.municipality(me.municipality).name if me.municipality else None
    keys = passkeys.passkeys_of(office, me)
    return render_template(
        "auth/account.html", me=me, role=ROLE_LABELS[me.role], place=place, sessions=sessions,
        keys=keys, key_names=[(key.id, key.name) for key in keys], codes_left=sign_in.recovery_codes_left(office, me),
        has_password=_has_password(),
        given={name: request.form.get(name, "") for name in ("namn", "nytt_namn", "inloggningsnyckel")},
        found=_ERRORS[error] if error else {}, minimum=sign_in.MIN_PASSWORD, numbers_in_address=_numbers_in_address(),
    )  # fmt: skip


def _has_password() -> bool:
    return staff().password_hash is not None and service().config.has_local_accounts


def _numbers_in_address() -> str | None:
    """No browser keeps keys for an address of numbers: the one to open instead."""
    here = request.host_url.rstrip("/")
    return f"{attempts.site().origins[0]}{url_for('auth.account')}" if "//127.0.0.1" in here else None


def device_words(device: str) -> str:
    """Example: `Edge på Windows`."""
    browser, system = devices.parts_of(device)
    known = browser or "Okänd webbläsare"
    return f"{known} på {system}" if system else known


@blueprint.post("/konto/inloggningar/avsluta")
@needs_sign_in()
def end_session() -> ResponseReturnValue:
    given = request.form.get("inloggning", "")
    id_hash = bytes.fromhex(given) if len(given) == 64 and set(given) <= set("0123456789abcdef") else b""
    if staff_sessions.end_one_of(work().office, staff(), id_hash):
        _log("session_end")
    return redirect(url_for("auth.account"), 303)


@blueprint.post("/konto/inloggningar/avsluta-alla")
@needs_sign_in()
def end_all_sessions() -> ResponseReturnValue:
    staff_sessions.end_all_of(work().office, staff())
    _log("session_end_all")
    reply = redirect(url_for("auth.start"), 303)
    reply.delete_cookie(COOKIE)
    return reply


@blueprint.post("/konto/losenord")
@needs_sign_in()
@local_account
def change_password() -> ResponseReturnValue:
    """Asks for the present one, so that an open session is not enough. All other sessions end."""
    office, me, whos = work().office, staff(), [f"account:{staff().email}"]
    new = request.form.get("nytt", "")
    if new != request.form.get("nytt2", ""):
        return account_page("differ"), 400
    try:
        sign_in.check_attempts(office, service().keys.get("session"), whos, at=now())
        sign_in.change_password(office, me, present=request.form.get("nuvarande", ""), new=new)
    except sign_in.TooManyAttempts:
        return account_page("many"), 429
    except sign_in.SignInRefused:
        attempts.count_failure(whos, "password change")
        return account_page("present"), 400
    except sign_in.PasswordTooWeak:
        return account_page("weak"), 400
    staff_sessions.end_all_of(office, me, but=live().session)
    _log("password_change")
    return redirect(url_for("auth.account", andrat="losenord"), 303)


@blueprint.post("/konto/reservkoder")
@needs_sign_in(proof=True)
def renew_recovery_codes() -> ResponseReturnValue:
    if not _has_password():
        return redirect(url_for("auth.account"), 303)
    codes = sign_in.new_recovery_codes(work().office, staff())
    _log("recovery_codes")
    return render_template("auth/recovery_codes.html", codes=codes, is_signed_in=True)


@blueprint.post("/konto/nycklar/ny")
@needs_sign_in(proof=True)
def ask_for_passkey() -> ResponseReturnValue:
    """The page that asks the device. It holds what the device is to answer, once, and so is the reply to the form."""
    office, me, name = work().office, staff(), request.form.get("namn", "").strip()
    if not name or len(name) > MOST_OF_A_NAME:
        return account_page("name"), 400
    if len(passkeys.passkeys_of(office, me)) >= passkeys.MOST:
        return account_page("most"), 409
    options = passkeys.ask_to_register(office, me, attempts.site(), browser=request.cookies[COOKIE], at=now())
    return render_template("auth/new_passkey.html", options=options, name=name)


@blueprint.post("/konto/nycklar")
@needs_sign_in(proof=True)
def add_passkey() -> ResponseReturnValue:
    name = request.form.get("namn", "").strip()[:MOST_OF_A_NAME] or "Nyckel"
    try:
        key = passkeys.register(
            work().office, staff(), attempts.site(), request.form.get("svar", ""), name=name,
            browser=request.cookies[COOKIE], at=now(),
        )  # fmt: skip
    except sign_in.SignInRefused:
        attempts.count_failure([f"account:{staff().email}"], "new passkey")
        return account_page("key"), 400
    _log("passkey_add", f"passkey:{key.id}")
    return redirect(url_for("auth.account"), 303)


@blueprint.post("/konto/nycklar/namn")
@needs_sign_in()
def rename_passkey() -> ResponseReturnValue:
    key_id, name = request.form.get("inloggningsnyckel", ""), request.form.get("nytt_namn", "").strip()
    if key_id not in {key.id for key in passkeys.passkeys_of(work().office, staff())}:
        return account_page("which"), 400
    if not name or len(name) > MOST_OF_A_NAME:
        return account_page("new_name"), 400
    if passkeys.rename(work().office, staff(), key_id, name):
        _log("passkey_rename", f"passkey:{key_id}")
    return redirect(url_for("auth.account"), 303)


@blueprint.post("/konto/nycklar/ta-bort")
@needs_sign_in(proof=True)
def remove_passkey() -> ResponseReturnValue:
    key_id = request.form.get("inloggningsnyckel", "")
    if passkeys.remove(work().office, staff(), key_id):
        _log("passkey_remove", f"passkey:{key_id}")
    return redirect(url_for("auth.account"), 303)


def _log(action: str, object_: str | None = None) -> None:
    trail: Event = event(action, object_ or f"staff:{staff().id}")
    service().office_chain.append(work().office, trail, at=now())
