"""What the parts of a cycle of promises are made of, and what each is called on the editor's pages."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from kapabla.material.series import Series
from kapabla.office.promise_series import PromiseSeries
from kapabla.office.promise_tasks import Task
from kapabla.office.promises import (
    Activity,
    CitizenPromise,
    CouncilMeeting,
    CycleRecord,
    FeedbackItem,
    Observation,
    SituationSource,
)
from kapabla.web.admin.typed_fields import Field
from kapabla.web.promise_page import ACTIVITY_STATES, CHANNELS, SOURCES, VERDICTS

_BEFORE = "Behövs innan löftet publiceras."
LIX_LIMIT = 35

AGREEMENT = (
    Field("syfte", "purpose", "Syfte", "text", needed=False, most=2000),
    Field("kalla", "source", "Vad avtalet heter", hint="Till exempel: Medborgarlöften 2026–2028, Vindelns kommun."),
    Field("undertecknat", "signed_on", "Undertecknat den dag", "day"),
    Field("ort", "signed_in", "Ort", most=80),
    Field("av", "signed_by", "Vilka som skrev under", "text", most=400,
          hint="En befattning på varje rad, inga namn. Till exempel: Kommunstyrelsens ordförande."),
    Field("fran", "from_on", "Gäller från", "day"),
    Field("till", "to_on", "Gäller till och med", "day"),
    Field("aterkoppling", "feedback", "Hur invånarna ska få veta hur det går", "text", needed=False, most=400,
          hint="Ett sätt på varje rad. Till exempel: Kommunens webbplats."),
    Field("tills_vidare", "prolonged_until_replaced", "Avtalet förlängs tills vidare om inget nytt är klart", "yes"),
)  # fmt: skip


@dataclass(frozen=True)
class Part:
    """`of`: what it belongs to, cycle or promise. `one` and `new` are its name and how one is added."""

    model: (
        type[SituationSource] | type[CitizenPromise] | type[Activity] | type[Observation] | type[PromiseSeries]
        | type[FeedbackItem] | type[CouncilMeeting]
    )  # fmt: skip
    of: str
    one: str
    new: str
    fields: tuple[Field, ...]

    @property
    def parent(self) -> type[CycleRecord] | type[CitizenPromise]:
        return CycleRecord if self.of == "cycle" else CitizenPromise


_LINK = Field("lank", "link", "Länk", "link", needed=False, most=300)
PARTS = {
    "underlag": Part(
        SituationSource, "cycle", "Underlag", "Nytt underlag till lägesbilden",
        (
            Field("slag", "kind", "Slag", "choice", options=tuple(SOURCES.items())),
            Field("dag", "as_of", "Läget den dag", "day"),
            Field("text", "summary", "Vad underlaget säger", "text", most=2000),
            _LINK,
        ),
    ),
    "lofte": Part(
        CitizenPromise, "cycle", "Fokusområde och löfte", "Nytt fokusområde",
        (
            Field("nummer", "number", "Nummer", "number"),
            Field("omrade", "title", "Fokusområde", most=120),
            Field("problem", "problem", "Problemet", "text", needed=False, most=1000),
            Field("orsaker", "causes", "Orsakerna", "text", needed=False, most=1000),
            Field("lofte", "text", "Löftet", "text", needed=False, most=1000, hint=_BEFORE),
            Field("ansvarig", "owner", "Ansvarig", needed=False, most=120, hint=_BEFORE),
            Field("matt", "indicator", "Mått", needed=False, hint=_BEFORE),
            Field("utgangslage", "baseline", "Utgångsläge", needed=False),
            Field("mal", "target", "Mål", needed=False, hint=_BEFORE),
            Field("klart", "due_on", "Klart senast", "day", needed=False, hint=_BEFORE),
        ),
    ),
    "aktivitet": Part(
        Activity, "promise", "Aktivitet", "Ny aktivitet",
        (
            Field("vad", "title", "Vad som ska göras"),
            Field("vem", "owner", "Vem som gör det", most=120, hint="En organisation, inget namn."),
            Field("lage", "status", "Läge", "choice", options=tuple(ACTIVITY_STATES.items())),
            Field("borjar", "starts_on", "Börjar", "day", needed=False),
            Field("klar", "due_on", "Klar senast", "day"),
            Field("belagg", "evidence", "Hur vi vet att det är gjort", "text", needed=False, most=1000),
            _LINK,
        ),
    ),
    "matvarde": Part(
        Observation, "promise", "Mätvärde", "Nytt mätvärde",
        (
            Field("tid", "period", "År eller tid", most=40),
            Field("varde", "value", "Värde", most=120, hint="Med enhet. Till exempel: 12 anmälningar."),
            Field("kalla", "source", "Källa"),
            Field("hamtat", "retrieved_on", "Hämtat den dag", "day"),
        ),
    ),
    "serie": Part(
        PromiseSeries, "promise", "Mätserie", "Ny mätserie",
        (
            Field("serie", "series", "Serie", "choice",
                  hint="Värdena följer med när löftena skrivs under. De ändras inte på sidan om källan ändrar dem."),
            Field("jamfor", "compared", "Jämför med", needed=False, most=7,
                  hint="Ett år eller en månad i serien. Till exempel: 2022."),
            Field("malvarde", "target", "Målet som ett tal", "decimal", needed=False,
                  hint="Ritas som en linje i diagrammet."),
        ),
    ),
    "berattat": Part(
        FeedbackItem, "cycle", "Hur invånarna fick veta", "Ny återkoppling till invånarna",
        (
            Field("ar", "year", "Vilket år det handlade om", "number"),
            Field("satt", "channel", "Hur ni berättade", "choice", options=tuple(CHANNELS.items())),
            Field("dag", "told_on", "Dag", "day"),
            _LINK,
        ),
    ),
    "mote": Part(
        CouncilMeeting, "cycle", "Möte", "Nytt möte",
        (
            Field("dag", "held_on", "Dag", "day"),
            Field("rad", "council", "Råd eller nämnd", most=120),
            Field("arende", "agenda", "Ärende", "text", most=1000),
            Field("hallet", "is_over", "Mötet är hållet och ärendet behandlat", "yes"),
        ),
    ),
}  # fmt: skip


def fields_of(part: Part, series: Iterable[Series]) -> tuple[Field, ...]:
    """With the series that the service has now to choose among."""
    options = tuple((one.code, one.names["sv"]) for one in series)
    return tuple(replace(one, options=options) if one.column == "series" else one for one in part.fields)


_LONGEST_FEEDBACK = 1000
# What goes with the next version of a year.
ASK = (
    Field("dag", "publish_on", "Publiceras tidigast den dag", "day", needed=False,
          hint="Lämna tomt om sidan ska publiceras så snart båda har skrivit under."),
    Field("rattat", "note", "Vad som är rättat", "text", needed=False, most=400,
          hint="Behövs när årets uppföljning redan är publicerad. Texten visas för invånarna."),
)  # fmt: skip


def verdicts(*, is_over: bool) -> tuple[tuple[str, str], ...]:
    """That nobody followed it up is said of a year that is over."""
    return tuple((key, text) for key, text in VERDICTS.items() if is_over or key != "no_followup")


def followup_fields(number: int, *, is_over: bool) -> tuple[Field, ...]:
    """Of one promise: a follow-up may be saved half-done."""
    return (
        Field(f"bedomning-{number}", "", f"Bedömning av löfte {number}", "choice", needed=False,
              options=verdicts(is_over=is_over)),
        Field(f"skal-{number}", "", f"Skäl för bedömningen av löfte {number}", "text", needed=False,
              most=_LONGEST_FEEDBACK),
        Field(f"aterkoppling-{number}", "", f"Återkoppling till invånarna om löfte {number}", "text", needed=False,
              most=_LONGEST_FEEDBACK),
    )  # fmt: skip


STATUSES = {"draft": "Utkast", "active": "Gäller", "prolonged": "Förlängd tills vidare", "closed": "Avslutad"}
STEPS = {"active": "Låt perioden gälla", "prolonged": "Förläng tills vidare", "closed": "Avsluta perioden"}
EDITION_STATES = {
    "asked": "Väntar på båda underskrifterna", "signed_once": "Väntar på en underskrift",
    "signed": "Undertecknad", "published": "Publicerad", "refused": "Ska ändras", "withdrawn": "Tillbakatagen",
    "failed": "Kunde inte publiceras",
}  # fmt: skip
TASKS = {
    "followup": "Följ upp löftena för år {what}",
    "tell": "Berätta för invånarna hur det gick {what}, och skriv in hur ni gjorde det",
    "picture": "Uppdatera den gemensamma lägesbilden (minst vartannat år, lag 2023:196)",
    "activity": "Aktivitet: {what}", "meeting": "Möte. {what}", "next": "Börja med nästa överenskommelse",
    "take_in": "Lägg in avtalet {what}, så att det kan följas upp",
}  # fmt: skip
_LACKING = {
    "text": "löftets text", "owner": "vem som är ansvarig", "indicator": "ett mått", "target": "ett mål",
    "due_on": "dagen när det ska vara klart",
}  # fmt: skip
_FAULTS = {
    "no_promises": "Lägg in minst ett fokusområde först.",
    "draft": "Perioden är ett utkast. Låt den gälla först.",
    "agreement": "Fyll i avtalet först: vad det heter, när det undertecknades och av vilka.",
    "future": "Året har inte börjat. Vänta tills det har gjort det.",
    "note": "Skriv vad som är rättat. Det visas för invånarna.",
    "verdict": "Löfte {number} saknar bedömning. Gör en bedömning av alla löften, eller av inget.",
    "reason": "Löfte {number} går inte att bedöma. Skriv varför.",
    "no_followup": "Löfte {number} har inte följts upp. Skriv varför.",
    "not_over": "Löfte {number} kan följas upp: året är inte slut. Välj en annan bedömning.",
    "series": "Löfte {number} har en mätserie utan värden att visa. Ta bort den under löftet.",
    "feedback": "Löfte {number} saknar återkoppling till invånarna. Skriv hur det gick med enkla ord.",
}


def told_task(task: Task) -> str:
    return TASKS[task.kind].format(what=task.what)


def told_fault(fault: tuple[str, int]) -> str:
    code, number = fault
    if code in _LACKING:
        return f"Löfte {number} saknar {_LACKING[code]}. Lägg till det under löftet."
    return _FAULTS[code].format(number=number)
