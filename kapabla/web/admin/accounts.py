"""Accounts of staff (`/admin/konton`), for administrators, who see no person: given, prolonged, ended, let in anew."""

from datetime import date, timedelta

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from kapabla.clock import local_date
from kapabla.office import accounts, settling, sign_in, staff_sessions
from kapabla.office.access import ROLE_LABELS, ROLES
from kapabla.office.staff import Staff
from kapabla.web.admin.blueprint import blueprint
from kapabla.web.auth import needs, staff
from kapabla.web.unit_of_work import now, service, work

_FIELDS = ("email", "namn", "roll", "kommun", "slut")
_STATES = {
    "waiting": "Väntar på första inloggningen", "active": "Gäller", "soon": "Slutar snart", "ended": "Har slutat",
}  # fmt: skip
_END = "Skriv sista dagen så här: 2027-06-30. Den kan vara från i dag till två år framåt."


@blueprint.get("/admin/konton")
@needs("manage_staff")
def staff_accounts() -> ResponseReturnValue:
    return _list_page({}, {})


@blueprint.post("/admin/konton")
@needs("manage_staff", proof=True)
def add_account() -> ResponseReturnValue:
    given = {name: request.form.get(name, "").strip() for name in _FIELDS}
    places = {place.code for place in service().material.municipalities}
    found, ends_on = _faults(given, places), _day(given["slut"])
    if found or ends_on is None:
        return _list_page(given, found), 400
    try:
        member, token = accounts.give(
            work().office, service().office_chain, email=given["email"], name=given["namn"], role=given["roll"],
            ends_on=ends_on, municipality=given["kommun"] or None, by=staff(), at=now(),
        )  # fmt: skip
    except sign_in.StaffExists:
        return _list_page(given, {"email": "Det finns redan ett konto med den adressen. Sök upp det i listan."}), 400
    except sign_in.AddressWrong:
        return _list_page(given, {"email": "Skriv e-postadressen som namn@example.se."}), 400
    except accounts.EndWrong:
        return _list_page(given, {"slut": _END}), 400
    return _link_page(member, token)


def _faults(given: dict[str, str], places: set[str]) -> dict[str, str]:
    """By field, in the order of the form."""
    needs_place = given["roll"] in accounts.OF_ONE_MUNICIPALITY
    sentences = {
        "email": "" if given["email"] else "Skriv e-postadressen.",
        "namn": "" if 0 < len(given["namn"]) <= 80 else "Skriv namnet, högst 80 tecken.",
        "roll": "" if given["roll"] in ROLES else "Välj en roll.",
        "kommun": "Välj kommun för den rollen." if needs_place and given["kommun"] not in places else "",
        "slut": "" if _day(given["slut"]) else _END,
    }
    return {name: sentence for name, sentence in sentences.items() if sentence}


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _list_page(given: dict[str, str], found: dict[str, str]) -> str:
    names = dict(_places())
    members = [(row, accounts.state_of(row, at=now())) for row in accounts.all_accounts(work().office)]
    rows = [
        (row, ROLE_LABELS[row.role], names.get(row.municipality or "", ""),
         "–" if state == "ended" else row.ends_on, _STATES[state])
        for row, state in members
    ]  # fmt: skip
    return render_template(
        "admin/accounts.html", rows=rows, given={name: given.get(name, "") for name in _FIELDS}, found=found,
        roles=[(role, ROLE_LABELS[role]) for role in ROLES], places=_places(),
        is_alone=accounts.administrators(work().office, on=local_date(now())) < 2,
    )  # fmt: skip


def _places() -> list[tuple[str, str]]:
    """By name."""
    places = ((place.code, place.name) for place in service().material.municipalities)
    return sorted(places, key=lambda place: place[1])


def _link_page(member: Staff, token: str) -> str:
    """Whoever has the link has the account: it is mailed to its holder, and shown only where nothing is mailed, in the
    reply itself and nowhere else."""
    has_links, is_mailed, link = service().config.has_local_accounts, service().config.smtp_url is not None, None
    if has_links and is_mailed:
        accounts.send_link(work().office, member, token, sealing_key=service().keys.get("sealing"), at=now())
    elif has_links:
        link = f"{service().config.base_url}{url_for('auth.sign_up', token=token)}"
    return render_template(
        "admin/account_link.html", member=member, link=link, is_mailed=has_links and is_mailed,
        settles_on=settling.waits_until(member, at=now()),
    )  # fmt: skip


@blueprint.get("/admin/konton/<staff_id>")
@needs("manage_staff")
def staff_account(staff_id: str) -> ResponseReturnValue:
    return _account_page(accounts.get_account(work().office, staff_id))


def _account_page(member: Staff, found: dict[str, str] | None = None) -> str:
    place = service().material.municipality(member.municipality).name if member.municipality else None
    state = accounts.state_of(member, at=now())
    given = {"slut": member.ends_on.isoformat(), "roll": member.role, "kommun": member.municipality or ""}
    return render_template(
        "admin/account.html", member=member, role=ROLE_LABELS[member.role], place=place, state=state,
        state_words=_STATES[state], is_own=member.id == staff().id,
        has_links=service().config.has_local_accounts, found=found or {},
        ended_from=member.ends_on + timedelta(days=1), is_of_organisation=member.oidc_hash is not None,
        given={name: request.form.get(name, known) for name, known in given.items()},
        roles=[(name, ROLE_LABELS[name]) for name in ROLES], places=_places(),
    )  # fmt: skip


@blueprint.post("/admin/konton/<staff_id>/sista-dag")
@needs("manage_staff", proof=True)
def change_account_end(staff_id: str) -> ResponseReturnValue:
    member, ends_on = accounts.get_account(work().office, staff_id), _day(request.form.get("slut", "").strip())
    try:
        if ends_on is None:
            raise accounts.EndWrong
        accounts.change_end(work().office, service().office_chain, member, ends_on, by=staff(), at=now())
    except accounts.EndWrong:
        return _account_page(member, {"slut": _END}), 400
    return redirect(url_for("admin.staff_account", staff_id=member.id), 303)


@blueprint.post("/admin/konton/<staff_id>/roll")
@needs("manage_staff", proof=True)
def change_role(staff_id: str) -> ResponseReturnValue:
    member, role = accounts.get_account(work().office, staff_id), request.form.get("roll", "")
    place = request.form.get("kommun", "")
    is_place = place in {found.code for found in service().material.municipalities}
    try:
        accounts.change_role(
            work().office, service().office_chain, member, role, municipality=place if is_place else None,
            by=staff(), at=now(),
        )  # fmt: skip
    except sign_in.UnknownRole:
        return _account_page(member, {"roll": "Välj en roll."}), 400
    except accounts.MunicipalityMissing:
        return _account_page(member, {"kommun": "Välj kommun för den rollen."}), 400
    return redirect(url_for("admin.staff_account", staff_id=member.id), 303)


@blueprint.get("/admin/konton/<staff_id>/avsluta")
@needs("manage_staff")
def ask_to_end_account(staff_id: str) -> ResponseReturnValue:
    """What follows from it, before it is done (D11)."""
    member = accounts.get_account(work().office, staff_id)
    if member.id == staff().id or accounts.state_of(member, at=now()) == "ended":
        return redirect(url_for("admin.staff_account", staff_id=member.id), 303)
    signed_in = len(staff_sessions.live_sessions(work().office, member, at=now()))
    return render_template("admin/end_account.html", member=member, role=ROLE_LABELS[member.role], signed_in=signed_in)


@blueprint.post("/admin/konton/<staff_id>/avsluta")
@needs("manage_staff", proof=True)
def end_account(staff_id: str) -> ResponseReturnValue:
    member = accounts.get_account(work().office, staff_id)
    accounts.end(work().office, service().office_chain, member, by=staff(), at=now())
    return redirect(url_for("admin.staff_account", staff_id=member.id), 303)


@blueprint.post("/admin/konton/<staff_id>/ny-lank")
@needs("manage_staff", proof=True)
def let_in_anew(staff_id: str) -> ResponseReturnValue:
    member = accounts.get_account(work().office, staff_id)
    if request.form.get("kontrollerad") != "1":
        return _account_page(member, {"kontrollerad": "Kontrollera först vem personen är, och kryssa i rutan."}), 400
    token = accounts.let_in_anew(work().office, service().office_chain, member, by=staff(), at=now())
    return _link_page(member, token)
