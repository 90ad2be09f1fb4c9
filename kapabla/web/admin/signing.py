"""Where municipality and police sign a year's promises: what they sign, exactly, as citizens will see it (I5)."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from kapabla.errors import NotFound
from kapabla.office import approvals, promise_editions, promises, sign_in
from kapabla.office.promise_editions import PromiseEdition
from kapabla.web.admin import promise_fields as told
from kapabla.web.admin.blueprint import blueprint
from kapabla.web.admin.decision_code import check_code
from kapabla.web.admin.promise_followup import as_citizens_see
from kapabla.web.admin.promises import name_of
from kapabla.web.auth import needs, staff
from kapabla.web.promise_page import changes_between
from kapabla.web.unit_of_work import now, service, work

_SENTENCES = {
    "reason_missing": ("skal", "Skriv vad som behöver ändras, så att redaktören kan rätta det."),
    "reason_too_long": ("skal", f"Texten är längre än {promise_editions.LONGEST_REASON} tecken. Korta den."),
    "sign_in_refused": ("kod", "Koden stämmer inte. Vänta på nästa kod i appen och skriv den."),
    "too_many_attempts": ("kod", "För många försök. Vänta en kvart och försök igen."),
    "not_yours": ("lage", "Den här sidan väntar inte på din underskrift. Läs vad som har hänt med den här ovanför."),
}


@blueprint.get("/admin/loften/skriva-under")
@needs("sign_promise")
def editions_to_sign() -> ResponseReturnValue:
    me = staff()
    found = promise_editions.for_signatory(work().office, me)
    return render_template(
        "admin/signing.html", words=told, is_done=request.args.get("klar") == "1",
        rows=[(one, _title(one), promise_editions.may_sign(one, me)) for one in found],
    )  # fmt: skip


@blueprint.get("/admin/loften/skriva-under/<edition_id>")
@needs("sign_promise")
def edition_to_sign(edition_id: str) -> ResponseReturnValue:
    return _page(_get(edition_id))


@blueprint.post("/admin/loften/skriva-under/<edition_id>")
@needs("sign_promise")
def submit_signature(edition_id: str) -> ResponseReturnValue:
    edition, office, chain = _get(edition_id), work().office, service().office_chain
    reason = request.form.get("skal", "").strip()
    refuses = request.form.get("beslut") == "avsta"
    if refuses and not reason:
        return _page(edition, error="reason_missing"), 400
    if len(reason) > promise_editions.LONGEST_REASON:
        return _page(edition, error="reason_too_long"), 400
    if not promise_editions.may_sign(edition, staff()):
        return _page(edition, error="not_yours"), 409
    try:
        check_code()
        if refuses:
            promise_editions.refuse(office, chain, edition, by=staff(), reason=reason, at=now())
        else:
            promise_editions.sign(office, chain, edition, by=staff(), at=now())
    except (sign_in.SignInRefused, sign_in.TooManyAttempts) as refused:
        return _page(edition, error=refused.code), 400
    except (approvals.SameAccount, approvals.NotOpen):
        return _page(edition, error="not_yours"), 409
    return redirect(url_for("admin.editions_to_sign", klar=1), 303)


def _get(edition_id: str) -> PromiseEdition:
    """One of another municipality and one that is not there look alike."""
    edition = promise_editions.get(work().office, edition_id)
    if not promise_editions.is_of(edition, staff()):
        raise NotFound("no_such_edition")
    return edition


def _title(edition: PromiseEdition) -> str:
    cycle = promises.get_cycle(work().office, edition.cycle_id)
    return f"{name_of(cycle)}, år {edition.year}, version {edition.version}"


def _page(edition: PromiseEdition, *, error: str = "") -> str:
    cycle = promises.get_cycle(work().office, edition.cycle_id)
    former = promise_editions.latest_published(work().office, cycle, edition.year)
    is_later = former is not None and former.version < edition.version
    field, sentence = _SENTENCES.get(error, ("", ""))
    return render_template(
        "admin/sign_edition.html", asked=edition, title=_title(edition), words=told, field=field, sentence=sentence,
        may_sign=promise_editions.may_sign(edition, staff()), reason=request.form.get("skal", ""),
        changes=changes_between(former.edition, edition.edition) if former and is_later else [],
        **as_citizens_see(edition.edition),
    )  # fmt: skip
