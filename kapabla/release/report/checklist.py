"""CONSORT where the lot decided who waits, else TREND: each point with what data and plan say, or who is to say it."""

from typing import TYPE_CHECKING

from kapabla.release.report.blocks import Table
from kapabla.release.report.protected import Protected

if TYPE_CHECKING:
    from kapabla.release.report.content import Described

Point = tuple[str, dict[str, str], dict[str, str]]


def checklist(protected: Protected, described: "Described", lang: str) -> Table:
    """CONSORT 2010 with its extension to clusters (Campbell et al. 2012), TREND (Des Jarlais et al. 2004)."""
    name = "CONSORT 2010" if described.randomised else "TREND"
    release = protected.release
    told = {
        "arms": ", ".join(arm[lang] for arm in described.arms), "people": described.people,
        "waves": len(release.waves), "outcomes": len(protected.section("family")),
        "frozen": described.frozen_at or {"sv": "inte fryst", "en": "not frozen"}[lang], "release": described.release,
        "lot": _LOT[described.randomised][lang],
        "clusters": _CLUSTERS[release.has("cohort")][lang],
    }  # fmt: skip
    rows = tuple((point, what[lang], said[lang].format(**told)) for point, what, said in _POINTS)
    heads = {
        "sv": ("Punkt", "Vad", "Var och hur"), "en": ("Point", "What", "Where and how"),
    }  # fmt: skip
    return Table(name, heads[lang], rows)


_LOT = {
    True: {
        "sv": "Lotten avgjorde, omgång för omgång inom varje kommun.",
        "en": "The lot decided, cohort by cohort within each municipality.",
    },
    False: {"sv": "Ingen lottning.", "en": "No allocation by lot."},
}
_CLUSTERS = {
    True: {
        "sv": "Omgången är slumpeffekt i modellen, och CR2 visas bredvid.",
        "en": "The cohort is a random effect in the model, and CR2 is shown beside it.",
    },
    False: {
        "sv": "Omgången lämnas inte ut i den här utgåvan, eftersom grupperna är för små. Därför kan modellerna inte ta "
        "hänsyn till den, och felmarginalerna kan vara för små.",
        "en": "The cohort is not released here, since groups are too small. The models can therefore not account for "
        "it, and the intervals may be too short.",
    },
}
_BY_AUTHORS = {"sv": "Skrivs av forskarna.", "en": "To be written by the researchers."}
_POINTS: tuple[Point, ...] = (
    ("1", {"sv": "Titel och sammanfattning", "en": "Title and abstract"},
     {"sv": "Datautgåva {release}; ”Kort sagt”.", "en": "Data release {release}; “In short”."}),
    ("2", {"sv": "Bakgrund och hypoteser", "en": "Background and hypotheses"},
     {"sv": "Hypoteserna i planen står ovan. Bakgrunden skrivs av forskarna.",
      "en": "The hypotheses of the plan stand above. The background is written by the researchers."}),
    ("3", {"sv": "Upplägg", "en": "Design"}, {"sv": "Grupper: {arms}. Mättillfällen: {waves}.",
                                              "en": "Arms: {arms}. Waves: {waves}."}),
    ("4", {"sv": "Deltagare", "en": "Participants"},
     {"sv": "{people} personer som sa ja till forskningen; se Utgångsläge.",
      "en": "{people} people who said yes to the research; see Baseline."}),
    ("5", {"sv": "Insatsen", "en": "Intervention"}, {"sv": "Se TIDieR.", "en": "See TIDieR."}),
    ("6", {"sv": "Utfall", "en": "Outcomes"},
     {"sv": "{outcomes} planerade utfall går att räkna. Plan fryst: {frozen}.",
      "en": "{outcomes} planned outcomes can be computed. Plan frozen: {frozen}."}),
    ("7", {"sv": "Urvalsstorlek", "en": "Sample size"}, _BY_AUTHORS),
    ("8–10", {"sv": "Fördelning", "en": "Allocation"}, {"sv": "{lot}", "en": "{lot}"}),
    ("11", {"sv": "Blindning", "en": "Blinding"},
     {"sv": "Deltagarna vet om de väntar. Svaren ges på webben utan intervjuare.",
      "en": "Participants know whether they wait. Answers are given on the web, with no interviewer."}),
    ("12", {"sv": "Statistiska metoder", "en": "Statistical methods"},
     {"sv": "Metoden står vid varje siffra. {clusters}", "en": "The method stands at each number. {clusters}"}),
    ("13", {"sv": "Flöde", "en": "Flow"}, {"sv": "Se Deltagarflöde och Bortfall.",
                                           "en": "See Flow of participants and Attrition."}),
    ("14", {"sv": "Tider", "en": "Dates"},
     {"sv": "Dagar lämnas inte ut; hela veckor sedan utbildningen står i uppgifterna.",
      "en": "Dates are not released; whole weeks since the training are in the data."}),
    ("15", {"sv": "Utgångsläge", "en": "Baseline"}, {"sv": "Se Utgångsläge.", "en": "See Baseline."}),
    ("16–17", {"sv": "Antal och skattningar", "en": "Numbers and estimates"},
     {"sv": "Antal, värde och 95 % konfidensintervall vid varje utfall, justerat och ojusterat.",
      "en": "People, estimate and 95% interval of each outcome, adjusted and unadjusted."}),
    ("18", {"sv": "Andra analyser", "en": "Ancillary analyses"},
     {"sv": "Märkta som utforskande; se också Känslighet.", "en": "Marked as exploratory; see also Sensitivity."}),
    ("19", {"sv": "Skador", "en": "Harms"}, _BY_AUTHORS),
    ("20–22", {"sv": "Begränsningar och tolkning", "en": "Limitations and interpretation"}, _BY_AUTHORS),
    ("23–24", {"sv": "Registrering och protokoll", "en": "Registration and protocol"},
     {"sv": "Planen ligger i plan.json i utgåvan.", "en": "The plan lies in plan.json of the release."}),
    ("25", {"sv": "Finansiering", "en": "Funding"}, _BY_AUTHORS),
)  # fmt: skip
