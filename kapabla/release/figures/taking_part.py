"""How many came how far, and how many of those asked answered."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from kapabla.material import Study
from kapabla.release.disclosure import Stage, Thresholds, Withheld, protect_flow, protect_responses
from kapabla.release.figures.telling import Figure, Told, figure
from kapabla.release.following import Following

_FLOW = {
    "Steg": "Step", "Personer": "People", "Inte tillfrågade (än)": "Not asked (yet)",
    "Bortfall sedan förra steget": "Lost since the step before",
}  # fmt: skip
_RESPONSES = {
    "Tillfälle": "Wave", "Tillfrågade": "Asked", "Svarade": "Answered", "Andel": "Share",
    "Inte aktuellt än": "Not due yet",
}  # fmt: skip
_STAGES = {
    "Inbjudna": "Invited", "Öppnade inbjudan": "Opened the invitation",
    "Samtyckte och svarade före": "Consented and answered before", "Gick klart utbildningen": "Completed the course",
}  # fmt: skip


def words_of(study: Study) -> dict[str, str]:
    """English of the steps and of the waves."""
    found = dict(_STAGES)
    for wave in study.waves:
        sv, en = wave.short_label.sv, wave.short_label.get("en")
        found[sv] = en
        found[f"Svarade {sv.lower()}"] = f"Answered {en.lower()}"
        found[f"Svarade varje gång till och med {sv.lower()}"] = f"Answered each time up to {en.lower()}"
        for arm in study.arms:
            found[f"{sv}: {arm.label.sv}"] = f"{en}: {arm.label.get('en')}"
    return found


def flow(stages: Sequence[Stage], declined: int, words: Mapping[str, str], thresholds: Thresholds) -> Figure:
    table = protect_flow(stages, thresholds=thresholds)
    first = table.rows[0]
    # The last step that everybody has had the time to take.
    last = next((row for row, after in pairwise(table.rows) if after[2]), table.rows[-1])
    reached = Told(
        f"{last[1]} av {first[1]} inbjudna har kommit till steget ”{last[0].lower()}”",
        f"{last[1]} of {first[1]} invited have come to the step “{words.get(last[0], last[0]).lower()}”",
    )
    more = Told("", "")
    if declined >= thresholds.cell and first[1] - declined >= thresholds.cell:
        more = Told(
            f" {declined} tackade nej till forskningen och gick utbildningen ändå.",
            f" {declined} said no to the research and took the course all the same.",
        )
    return figure(
        "flode",
        title=reached,
        subtitle=Told("Deltagarflöde, antal personer", "Flow of participants, number of people"),
        sentence=Told(f"{reached.sv}.{more.sv}", f"{reached.en}.{more.en}"),
        method=Told(
            "Personer i varje steg, av dem i steget före. Inte tillfrågade (än) är de vars dag inte har kommit "
            "när utgåvan byggs, och de som inte vill ha uppföljningar. Den som fortfarande går utbildningen räknas som "
            "bortfall tills den är klar. Ett steg med färre än gränsen slås ihop med nästa, så att summorna stämmer.",
            "People at each step, of those at the step before. Not asked (yet) are those whose day has not come when "
            "the release is built, and those who want no follow-ups. Who is still taking the course counts as lost "
            "until it is completed. A step with fewer than the limit is merged with the next, so that the sums hold.",
        ),
        headers=_FLOW,
        rows=table.rows,
        plot={"kind": "flow"},
    )


def response(following: Following, words: Mapping[str, str], thresholds: Thresholds) -> Figure:
    asked = (*following.responses, *following.by_arm)
    table = protect_responses(asked, following.groups, thresholds=thresholds)
    told = [row for row in table.rows if row[1] is not None]
    if not told:
        raise Withheld(reason="nothing_to_show")
    commands = [
        f"PYTHONPATH=analysis.zip python -m analysis proportion --x {row[2]} --n {row[1]} --json" for row in told
    ]
    return figure(
        "svar",
        title=_most_recent(_of_everybody(told, following) or told[-1], words),
        subtitle=Told(
            "Andel av dem som tillfället har öppnat för, när utgåvan byggdes",
            "Share of those for whom the wave had opened when the release was built",
        ),
        sentence=Told(
            "Den som inte har fått frågan än räknas varken som svarande eller som bortfall.",
            "Who has not been asked yet counts neither as answering nor as lost.",
        ),
        method=Told(
            "Svarade delat med tillfrågade, räknat på personer. Tillfrågade är de som tillfället är till för, vars "
            "dag har kommit och som, efter utbildningen, är klara med den och, vid uppföljningar, vill ha dem. "
            "Inte aktuellt än är de vars dag inte har kommit. "
            "Svarade är alla som svarade vid just det tillfället; flödet räknar dem som svarade "
            "varje gång. Efter utbildningen visas också varje grupp för sig, där det går.",
            "Answered divided by asked, counted as people. Asked are those whom the wave is for, whose day has "
            "come and who, after the course, have completed it and, at follow-ups, want them. "
            "Not due yet are those whose day has not come. "
            "Answered are all who answered at that very wave; the flow counts those who answered each time. After the "
            "course each arm is shown by itself as well, where it can be.",
        ),
        headers=_RESPONSES,
        rows=table.rows,
        code="\n".join(commands),
        plot={"kind": "rates"},
    )


def _of_everybody(told: Sequence[Sequence[Any]], following: Following) -> Sequence[Any] | None:
    """The last wave that is told of all."""
    whole = {response.label for response in following.responses}
    return next((row for row in reversed(told) if row[0] in whole), None)


def _most_recent(row: Sequence[Any], words: Mapping[str, str]) -> Told:
    label, _, _, share, _ = row
    return Told(
        f"{share} av de tillfrågade svarade vid tillfället ”{label.lower()}”",
        f"{share} of those asked answered at the wave “{words.get(label, label).lower()}”",
    )
