"""Keys to the research API (R10): a researcher makes and takes back their own; the steward sees everybody's."""

import re
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from kapabla.errors import NotFound, Refused
from kapabla.ids import new_id
from kapabla.office import api_tokens, release_register
from kapabla.office.access import can
from kapabla.office.agreements import NoAgreement
from kapabla.office.releases import ApiToken
from kapabla.web.auth import event, needs, staff
from kapabla.web.language import translated
from kapabla.web.research.blueprint import blueprint
from kapabla.web.research.choosing import in_the_same_language, missing_agreement
from kapabla.web.unit_of_work import now, service, work

LASTS = ("30", "90", "180", "365")  # in days
_ID = re.compile(r"[0-9a-z]{16}")
_FIELDS = ("namn", "syfte", "utgava", "tid", "sprak", "nat")


@blueprint.get("/forskning/api-nycklar")
@needs("see_tokens")
def api_keys() -> ResponseReturnValue:
    return _page()


@blueprint.post("/forskning/api-nycklar")
@needs("use_api")
def make_api_key() -> ResponseReturnValue:
    """Shown in the reply itself: an address or a session that held it would keep it."""
    given = {name: request.form.get(name, "").strip() for name in _FIELDS}
    releases = {record.id: record for record in release_register.locked(work().office)}
    found = _faults(given, releases)
    if found:
        return _page(given, found), 400
    id_ = request.form.get("nyckel", "")
    id_ = id_ if _ID.fullmatch(id_) else new_id()
    if work().office.get(ApiToken, id_) is not None:
        # The same form once more: one key was made, and it has been shown.
        return redirect(in_the_same_language(url_for("research.api_keys")), 303)
    token = api_tokens.new_token()
    try:
        made = api_tokens.add(
            work().office, service().office_chain, id_=id_, token=token, holder=staff(),
            release=releases[given["utgava"]], days=int(given["tid"]), at=now(), name=given["namn"],
            purpose=given["syfte"], language=given["sprak"], network=given["nat"],
            by=event("token_add", f"token:{id_}", reason=given["utgava"]),
        )  # fmt: skip
    except NoAgreement:
        # The page itself says so, in place of the form.
        return _page(), 403
    except Refused as refused:
        return _page(given, {"nat" if refused.code == "network_wrong" else "utgava": _refused()[refused.code]}), 400
    return render_template(
        "research/api_key_made.html", key=made, release=releases[made.release], token=token, address=_address()
    )


@blueprint.post("/forskning/api-nycklar/<token_id>/aterkalla")
@needs("see_tokens")
def revoke_api_key(token_id: str) -> ResponseReturnValue:
    found = api_tokens.get(work().office, token_id)
    if can(staff().role, "use_api") and found.staff_id != staff().id:
        raise NotFound("token_unknown", token=token_id)
    trail = event("token_revoke", f"token:{token_id}", reason=found.release)
    api_tokens.revoke(work().office, service().office_chain, found, by=trail, at=now())
    return redirect(in_the_same_language(url_for("research.api_keys")), 303)


def _refused() -> dict[str, str]:
    return {
        "network_wrong": translated("Skriv nätet som 130.239.0.0/16, eller lämna fältet tomt."),
        "only_test_people": translated("Exempelkonton får bara läsa utgåvor med exempeldata."),
    }


def _lasts() -> list[tuple[str, str]]:
    words = (translated("En månad"), translated("Tre månader"), translated("Sex månader"), translated("Tolv månader"))
    return list(zip(LASTS, words, strict=True))


def _faults(given: dict[str, str], releases: Any) -> dict[str, str]:
    """By field, in the order of the form."""
    sentences = {
        "namn": "" if given["namn"] else translated("Skriv vad nyckeln ska heta."),
        "syfte": "" if given["syfte"] else translated("Skriv vad du ska använda nyckeln till."),
        "utgava": "" if given["utgava"] in releases else translated("Välj den utgåva som nyckeln ska öppna."),
        "tid": "" if given["tid"] in LASTS else translated("Välj hur länge nyckeln ska gälla."),
        "sprak": "" if given["sprak"] in api_tokens.LANGUAGES else translated("Välj språk."),
    }
    return {name: sentence for name, sentence in sentences.items() if sentence}


def _page(given: dict[str, str] | None = None, found: dict[str, str] | None = None) -> str:
    me, office = staff(), work().office
    may_make = can(me.role, "use_api")
    keys = api_tokens.all_tokens(office, me if may_make else None)
    return render_template(
        "research/api_keys.html", keys=[_shown(key) for key in keys], may_make=may_make, given=given or {},
        found=found or {}, without_agreement=missing_agreement() if may_make else None,
        releases=release_register.locked(office), lasts=_lasts(), form_key=new_id(),
        many=api_tokens.many_whole(office, at=now()) if not may_make else {}, address=_address(),
    )  # fmt: skip


def _shown(key: api_tokens.Key) -> dict[str, Any]:
    works = api_tokens.works(key, at=now())
    return {
        "id": key.token.id, "name": key.token.name or key.token.id, "holder": key.holder.name,
        "purpose": key.token.purpose, "release": key.release, "expires_on": key.token.expires_on,
        "used_at": key.token.used_at, "works": works,
        "state": "works" if works else "revoked" if key.token.is_revoked else "ended",
    }  # fmt: skip


def _address() -> str:
    return f"{service().config.base_url}/api/"
