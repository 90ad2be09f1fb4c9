"""The demo's citizen promises: a period of Vindeln after the real one, made up from beginning to end and saying so in
every text of its own, through the services that an editor, a municipality and the police use."""

from datetime import date, datetime, timedelta

from kapabla.clock import local_date
from kapabla.jobs.promises import publish_promises
from kapabla.material.series import one_series
from kapabla.material.series_file import places_of
from kapabla.office import promise_editions, promises, sign_in
from kapabla.office.promise_editions import PUBLISH_PROMISES, PromiseEdition
from kapabla.office.promise_series import PromiseSeries
from kapabla.office.promises import (
    Activity,
    CitizenPromise,
    CouncilMeeting,
    CycleRecord,
    FeedbackItem,
    Followup,
    Observation,
    SituationSource,
)
from kapabla.outbox import Job
from kapabla.release.disclosure import Thresholds
from kapabla.release.series import About, Limits, keep, read_file
from kapabla.service import Service
from kapabla.store import Store
from kapabla.vaults import Work

PLACE, YEARS = "2404", 3
EDITOR = "redaktor@example.se"
# Who signs, beside the staff of the demo: email, name, role.
SIGNATORIES = (
    ("kommun@example.se", "Kim Exempel", "signatory_municipality"),
    ("polis@example.se", "Pia Exempel", "signatory_police"),
)
_SOURCE = "Påhittat exempel. Vindelns kommun och Polisen har inte lovat det här."
_SERIES = "exempel-larm"
_BY = "Påhittat exempel"
_MADE_UP = f"{_BY}."
_OWNER = "Exempel: kommunen och polisen"
# Of each promise: what is promised, how it is measured, how it is said to have gone.
_PROMISES = (
    ("Vi är ute oftare på kvällarna.", "Antal fältvandringar", "4 om året", "12 om året", "kept", "",
     "Vi gick ut tretton kvällar. Fler vuxna var med än förra året."),
    ("Vi mäter farten på de vägar där flest är oroliga.", "Antal mätningar", "2 om året", "6 om året",
     "partly_kept", "", "Vi mätte farten fyra gånger. Två mätningar blev inte av, eftersom mätaren var trasig."),
    ("Fler lär sig att se och berätta om våld i nära relationer.", "Antal som har gått utbildningen", "0", "100",
     "partly_kept", "", "Utbildningen är igång. Hur det går för dem som har gått den står under löftet."),
    ("Vi berättar för fler hur bedrägerier går till.", "Antal träffar", "1 om året", "5 om året", "not_kept", "",
     "Vi hade två träffar och lovade fem. Nästa år börjar vi tidigare."),
    ("Platser som känns otrygga ska bli ljusare.", "Andel som känner sig trygga", "Inte mätt", "Fler än i dag",
     "cannot_judge", "Trygghetsundersökningen är inte klar.", "Vi vet inte än hur det gick. Svaren kommer till våren."),
)  # fmt: skip
_NUMBERS = {2022: 41, 2023: 38, 2024: 34, 2025: 29}
_CALLS = "serie;kommun;period;antal\n" + "".join(
    f"Exempel: larm om droger;Vindeln;{year};{calls}\n" for year, calls in _NUMBERS.items()
)


def make_promises(service: Service) -> None:
    """One year signed by both and published; a correction that waits for two signatures; tasks with their days."""
    at = service.clock()
    _keep_series(service, local_date(at))
    with service.vaults.unit() as work:
        cycle = _cycle(service, work, at)
        _parts(work, cycle, local_date(at))
        first = _ask(service, work, cycle, at, note="")
        for email, _, _ in SIGNATORIES:
            by = sign_in.get_staff(work.office, email)
            promise_editions.sign(work.office, service.office_chain, first, by=by, at=at)
        publish_promises(service, work, Job(first.id, PUBLISH_PROMISES, {"edition": first.id}, 1, ""))
        _correct(work, cycle)
        _ask(service, work, cycle, at, note="Exempel: en mätning till hittades i loggen.")


def _keep_series(service: Service, today: date) -> None:
    limits = Limits(Thresholds(service.config.min_cell), Thresholds(service.config.min_cell_public))
    about = About("calls", _BY, today, code=_SERIES)
    found = read_file(_CALLS.encode(), places_of(service.material.municipalities))
    keep(Store(service.config.release_dir), found, about, limits, today=today)


def _cycle(service: Service, work: Work, at: datetime) -> CycleRecord:
    """After the agreement on file, which is taken in as it was signed and closed."""
    editor, year = sign_in.get_staff(work.office, EDITOR), local_date(at).year
    cycle = promises.create_cycle(
        work.office, service.office_chain, municipality=PLACE, from_year=year, to_year=year + YEARS - 1,
        files=service.material.promises, by=editor, at=at,
    )  # fmt: skip
    cycle.source, cycle.purpose = _SOURCE, f"{_MADE_UP} Så här kan ett avtal se ut."
    cycle.signed_on, cycle.signed_in, cycle.signed_by = date(year, 1, 15), "Exempel", "Ingen: avtalet är påhittat"
    cycle.feedback = "Exempel: kommunens webbplats\nExempel: ett möte i bygdegården"
    cycle.from_on, cycle.to_on = date(year, 1, 15), date(year + YEARS - 1, 12, 31)
    promises.move(work.office, service.office_chain, cycle, "active", by=editor, at=at)
    return cycle


def _parts(work: Work, cycle: CycleRecord, today: date) -> None:
    year, office = cycle.from_year, work.office
    for kind, month in (("police", 1), ("municipality", 2), ("citizen_dialogue", 3)):
        summary = f"{_MADE_UP} Så här kan ett underlag sammanfattas."
        office.add(SituationSource(cycle_id=cycle.id, kind=kind, as_of=date(year - 1, month, 1), summary=summary))
    areas = promises.promises_of(office, cycle)
    for area, told in zip(areas, _PROMISES, strict=True):
        _write(work, area, told, year)
        status, due_on = "done" if area is areas[0] else "ongoing", today + timedelta(days=30 * (area.number - 3))
        title = f"Exempel: arbetet med {area.title.lower()}"
        office.add(Activity(promise_id=area.id, title=title, owner="Exempelkommunen", status=status, due_on=due_on))
    measured = {"period": str(year), "value": "13 fältvandringar", "source": _BY, "retrieved_on": today}
    office.add(Observation(promise_id=areas[0].id, **measured))
    office.add(PromiseSeries(promise_id=areas[0].id, series=_SERIES, compared="2022", target=30.0))
    for days, agenda in ((21, "Uppföljning av löftena"), (120, "Ny lägesbild")):
        meeting = {"council": "Exempel: brottsförebyggande rådet", "agenda": agenda, "is_over": False}
        office.add(CouncilMeeting(cycle_id=cycle.id, held_on=today + timedelta(days=days), **meeting))
    telling = {"year": year, "channel": "meeting", "told_on": today - timedelta(days=1)}
    office.add(FeedbackItem(cycle_id=cycle.id, **telling))
    office.flush()


def _write(work: Work, area: CitizenPromise, told: tuple[str, ...], year: int) -> None:
    text, area.indicator, area.baseline, area.target, verdict, reason, feedback = told
    area.text, area.owner, area.due_on = f"{_MADE_UP} {text}", _OWNER, date(year + YEARS - 1, 12, 31)
    said = {"verdict": verdict, "reason": reason, "feedback": f"{_MADE_UP} {feedback}"}
    work.office.add(Followup(promise_id=area.id, year=year, **said))


def _correct(work: Work, cycle: CycleRecord) -> None:
    second = promises.promises_of(work.office, cycle)[1]
    kept = promises.followup_of(work.office, second, cycle.from_year)
    if kept is not None:
        kept.feedback = f"{_MADE_UP} Vi mätte farten fem gånger. En mätning blev inte av, eftersom mätaren var trasig."
    work.office.flush()


def _ask(service: Service, work: Work, cycle: CycleRecord, at: datetime, *, note: str) -> PromiseEdition:
    editor, folder = sign_in.get_staff(work.office, EDITOR), service.config.release_dir
    return promise_editions.ask(
        work.office, service.office_chain, cycle, cycle.from_year, publish_on=local_date(at), note=note,
        shelf=lambda code: one_series(folder, code), by=editor, at=at,
    )  # fmt: skip
