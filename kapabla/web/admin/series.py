"""Series of the municipalities, read in from a file by the editor: what there is and where it is from, and the form.

A file is read whole before anything leaves the page, so that its faults are told at once; the jobs keep it."""

from collections.abc import Mapping

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from kapabla.clock import local_date
from kapabla.errors import Refused
from kapabla.material.series import KINDS, all_series
from kapabla.material.series_file import About, Found, code_of, codes_of, places_of, read_file
from kapabla.office import promise_series
from kapabla.web.admin.blueprint import blueprint
from kapabla.web.admin.typed_fields import Field, Reading, read
from kapabla.web.auth import needs, staff
from kapabla.web.unit_of_work import now, service, work

_MOST_BYTES = 400_000
_KINDS = {
    "calls": "Larm och samtal", "concern": "Orosanmälningar", "crime": "Anmälda brott",
    "support": "Kontakter med stöd", "other": "Något annat",
}  # fmt: skip
FIELDS = (
    Field("slag", "kind", "Vad som räknas", "choice", options=tuple((kind, _KINDS[kind]) for kind in KINDS),
          hint="Det avgör vad läsaren får veta om hur talen ska läsas."),
    Field("kalla", "source", "Källa", hint="Som läsaren ska se den. Till exempel: Brå, anmälda brott."),
    Field("hamtat", "retrieved_on", "Hämtat den dag", "day"),
    Field("namn", "name", "Vad serien heter", needed=False, most=120,
          hint="Behövs när filen har en enda serie utan namn. Skriv samma namn nästa gång."),
    Field("enhet", "unit", "Enhet", needed=False, most=40, hint="Till exempel: antal, procent, per 100 000 invånare."),
)  # fmt: skip
_FAULTS = {
    "file_missing": "Välj filen.",
    "file_too_large": "Filen är större än 400 kB. Ta bort kommuner och år som inte behövs, och välj den igen.",
    "series_unreadable": "Filen går inte att läsa. Spara den som CSV och välj den igen.",
    "series_columns_lacking": "Filen behöver kolumnerna kommun, period och antal (eller värde), eller en kolumn för "
    "varje år. Nu har den: {columns}.",
    "series_rows_faulty": "Ett tal eller en period går inte att läsa på {count} rader, bland dem rad {rows}. Skriv "
    "2024 eller 2024-03, och 12 eller 12,5. Lämna tomt där tal saknas.",
    "series_empty": "Ingen rad gäller en kommun i länet. Välj en annan fil.",
    "series_period_twice": "{place} har två rader för {period} i samma serie. Ta bort den ena.",
    "series_periods_mixed": "Filen har både år och månader i samma serie. Då går en dold månad att räkna ut. Ta bort "
    "det ena.",
    "series_unit_lacking": "Filen har tal med decimaler. Skriv vad talen är, till exempel procent eller per "
    "100 000 invånare. Är de antal skriver du antal, så visas inte små tal.",
    "series_code_lacking": "Filen säger inte vad serien heter. Skriv det här.",
    "series_code_wrong": "Serien heter något som inte går att ha i en adress. Skriv namnet med bokstäver och siffror.",
}  # fmt: skip
_OF_THE_UNIT = "series_unit_lacking"
_OF_THE_NAME = ("series_code_lacking", "series_code_wrong")


@blueprint.get("/admin/loften/serier")
@needs("edit_promises")
def promise_series_page() -> ResponseReturnValue:
    return _page(Reading())


@blueprint.post("/admin/loften/serier")
@needs("edit_promises")
def submit_promise_series() -> ResponseReturnValue:
    reading = read(FIELDS, request.form)
    fetched = reading.values["retrieved_on"]
    if fetched is not None and fetched > local_date(now()):
        reading.errors["hamtat"] = "Dagen har inte kommit än. Skriv dagen när filen hämtades."
    if reading.errors:
        return _page(reading), 400
    try:
        body = _file()
        found, about, codes = _read(body, About(**reading.values))
    except Refused as refused:
        field = "namn" if refused.code in _OF_THE_NAME else "enhet" if refused.code == _OF_THE_UNIT else "fil"
        reading.errors[field] = _FAULTS[refused.code].format(**_with_name(refused.context))
        return _page(reading), 400
    promise_series.order_series(
        work().office, service().office_chain, body, about, codes, sealing_key=service().keys.get("sealing"),
        by=staff(), at=now(),
    )  # fmt: skip
    left = found.elsewhere + found.of_one_gender
    return redirect(url_for("admin.promise_series_page", serier=len(codes), utanfor=left), 303)


def _with_name(context: Mapping[str, object]) -> dict[str, object]:
    """A municipality as its name, not its code."""
    named = {key: service().material.municipality(str(code)).name for key, code in context.items() if key == "place"}
    return {**context, **named}


def _file() -> bytes:
    file = request.files.get("fil")
    if file is None or not file.filename:
        return b""
    with file.stream as stream:
        body = stream.read(_MOST_BYTES + 1)
    if len(body) > _MOST_BYTES:
        raise Refused("file_too_large")
    return body


def _read(body: bytes, about: About) -> tuple[Found, About, list[str]]:
    """With the codes that its series get: a series without a name of its own has the one that is typed."""
    if not body:
        raise Refused("file_missing")
    found = read_file(body, places_of(service().material.municipalities), is_count=about.is_count)
    if {one.series for one in found.observations} == {""}:
        about = About(**(vars(about) | {"code": code_of(about.name)}))
    return found, about, sorted(codes_of(found, about, today=local_date(now())).values())


def _page(reading: Reading) -> str:
    return render_template(
        "admin/promise_series.html", fields=FIELDS, given=reading.given, found=reading.errors, kinds=_KINDS,
        series=all_series(service().config.release_dir), kept=_number("serier"), left=_number("utanfor"),
    )  # fmt: skip


def _number(name: str) -> int:
    """What the form told of the file that was just read in."""
    return request.args.get(name, 0, type=int)
