"""CONSORT where the lot decided who waits, else TREND: each point with what data and plan say, or who is to say it."""

from typing import TYPE_CHECKING

from kapabla.release.report.blocks import Table
from kapabla.release.report.protected import Protected
from kapabla.release.report.words import Words, of

if TYPE_CHECKING:
    from kapabla.release.report.content import Described

Point = tuple[str, Words, Words]


def checklist(protected: Protected, described: "Described", lang: str) -> Table:
    """CONSORT 2010 with its extension to clusters (Campbell et al. 2012), TREND (Des Jarlais et al. 2004)."""
    name = "CONSORT 2010" if described.randomised else "TREND"
    release = protected.release
    told = {
        "arms": ", ".join(arm[lang] for arm in described.arms), "people": described.people,
        "waves": len(release.waves), "outcomes": len(protected.section("family")),
        "frozen": described.frozen_at or of("inte fryst", "not frozen")[lang], "release": described.release,
        "lot": _LOT[described.randomised][lang],
        "time": _TIME[release.has("weeks_since_training")][lang],
        "clusters": _CLUSTERS[release.has("cohort")][lang],
    }  # fmt: skip
    rows = tuple((point, what[lang], said[lang].format(**told)) for point, what, said in _POINTS)
    heads = {
        "sv": ("Punkt", "Vad", "Var och hur"), "en": ("Point", "What", "Where and how"),
    }  # fmt: skip
    return Table(name, heads[lang], rows)


_LOT = {
    True: of(
        "Lotten avgjorde, omgång för omgång inom varje kommun.",
        "The lot decided, cohort by cohort within each municipality.",
    ),
    False: of(
        "Grupperna är inte lottade: för alla eller några valdes gruppen för hand.",
        "The groups are not drawn by lot: for all or some the group was chosen by hand.",
    ),
}
_CLUSTERS = {
    True: of(
        "Omgången är slumpeffekt i modellen, och CR2 visas bredvid.",
        "The cohort is a random effect in the model, and CR2 is shown beside it.",
    ),
    False: of(
        "Omgången lämnas inte ut i den här utgåvan, eftersom grupperna är för små. Därför kan modellerna inte ta "
        "hänsyn till den, och felmarginalerna kan vara för små.",
        "The cohort is not released here, since groups are too small. The models can therefore not account for "
        "it, and the intervals may be too short.",
    ),
}
_TIME = {
    True: of(
        "Dagar lämnas inte ut. Tiden sedan utbildningen står i veckor, så grovt som kodboken säger.",
        "Dates are not released. The time since the training is in weeks, as coarse as the codebook says.",
    ),
    False: of(
        "Varken dagar eller tiden sedan utbildningen lämnas ut.",
        "Neither dates nor the time since the training are released.",
    ),
}
_BY_AUTHORS = of("Skrivs av forskarna.", "To be written by the researchers.")
_POINTS: tuple[Point, ...] = (
    (
        "1",
        of("Titel och sammanfattning", "Title and abstract"),
        of("Datautgåva {release}; ”Kort sagt”.", "Data release {release}; “In short”."),
    ),
    (
        "2",
        of("Bakgrund och hypoteser", "Background and hypotheses"),
        of(
            "Hypoteserna i planen står ovan. Bakgrunden skrivs av forskarna.",
            "The hypotheses of the plan stand above. The background is written by the researchers.",
        ),
    ),
    ("3", of("Upplägg", "Design"), of("Grupper: {arms}. Mättillfällen: {waves}.", "Arms: {arms}. Waves: {waves}.")),
    (
        "4",
        of("Deltagare", "Participants"),
        of(
            "{people} personer som sa ja till forskningen; se Utgångsläge.",
            "{people} people who said yes to the research; see Baseline.",
        ),
    ),
    ("5", of("Insatsen", "Intervention"), of("Se TIDieR.", "See TIDieR.")),
    (
        "6",
        of("Utfall", "Outcomes"),
        of(
            "{outcomes} planerade utfall går att räkna. Plan fryst: {frozen}.",
            "{outcomes} planned outcomes can be computed. Plan frozen: {frozen}.",
        ),
    ),
    ("7", of("Urvalsstorlek", "Sample size"), _BY_AUTHORS),
    ("8–10", of("Fördelning", "Allocation"), of("{lot}", "{lot}")),
    (
        "11",
        of("Blindning", "Blinding"),
        of(
            "Deltagarna vet om de väntar. Svaren ges på webben utan intervjuare.",
            "Participants know whether they wait. Answers are given on the web, with no interviewer.",
        ),
    ),
    (
        "12",
        of("Statistiska metoder", "Statistical methods"),
        of("Metoden står vid varje siffra. {clusters}", "The method stands at each number. {clusters}"),
    ),
    ("13", of("Flöde", "Flow"), of("Se Deltagarflöde och Bortfall.", "See Flow of participants and Attrition.")),
    (
        "14",
        of("Tider", "Dates"),
        of("{time}", "{time}"),
    ),
    ("15", of("Utgångsläge", "Baseline"), of("Se Utgångsläge.", "See Baseline.")),
    (
        "16–17",
        of("Antal och skattningar", "Numbers and estimates"),
        of(
            "Antal, värde och 95 % konfidensintervall vid varje utfall, justerat och ojusterat.",
            "People, estimate and 95% interval of each outcome, adjusted and unadjusted.",
        ),
    ),
    (
        "18",
        of("Andra analyser", "Ancillary analyses"),
        of(
            "Allt som inte står bland Planerade utfall är utforskande; se också Känslighet.",
            "All that does not stand among the Planned outcomes is exploratory; see also Sensitivity.",
        ),
    ),
    ("19", of("Skador", "Harms"), _BY_AUTHORS),
    ("20–22", of("Begränsningar och tolkning", "Limitations and interpretation"), _BY_AUTHORS),
    (
        "23–24",
        of("Registrering och protokoll", "Registration and protocol"),
        of("Planen ligger i plan.json i utgåvan.", "The plan lies in plan.json of the release."),
    ),
    ("25", of("Finansiering", "Funding"), _BY_AUTHORS),
)
