"""What the report says, from top to bottom, in one language."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from kapabla.release.report import tables, words
from kapabla.release.report.blocks import Block, Bullets, Heading, Paragraph, Report, Table
from kapabla.release.report.checklist import checklist
from kapabla.release.report.numbers import cells
from kapabla.release.report.protected import Protected

Words = Mapping[str, str]


@dataclass(frozen=True)
class Course:
    """The course as it was given. `modules`: title by language, and minutes."""

    title: Words
    summary: Words
    version: int
    languages: tuple[str, ...]
    modules: tuple[tuple[Words, int], ...]


@dataclass(frozen=True)
class Described:
    """What a report says beside its figures. `made_on`: the one thing that differs between two reports of a release.

    is_test: of made-up people, which stands in the title. randomised: the lot decided who waits. plan_state: frozen,
    not frozen, or changed since. manifest: the SHA-256 of the release's manifest, which holds every file's.
    """

    titles: Words
    release: str
    organisation: str
    built_on: str
    made_on: str
    people: int
    min_cell: int
    randomised: bool
    arms: tuple[Words, ...]
    plan_state: str
    frozen_at: str | None
    hypotheses: tuple[Words, ...]
    manifest: str
    course: Course


def report_of(protected: Protected, described: Described, lang: str) -> Report:
    prefix = {"sv": "Utvärdering: ", "en": "Evaluation: "}[lang]
    return Report(prefix + described.titles[lang], lang, tuple(blocks_of(protected, described, lang)))


def blocks_of(protected: Protected, described: Described, lang: str) -> Iterator[Block]:
    yield from _opening(described, lang)
    yield from _in_short(protected, lang)
    yield from _plan(protected, described, lang)
    yield from tables.section(protected, "flow", lang)
    who = tables.background(protected, lang)
    if who:
        yield Heading(who.caption)
        yield who
    for name in words.SECTIONS:
        if name != "flow":
            yield from tables.section(protected, name, lang)
    yield from _course(described.course, lang)
    yield Heading({"sv": "Checklista", "en": "Checklist"}[lang])
    yield checklist(protected, described, lang)
    yield from _again(described, lang)


def _opening(described: Described, lang: str) -> Iterator[Block]:
    state = _PLAN_STATE.get(described.plan_state, _PLAN_STATE["not frozen"])[lang]
    frozen = f" ({described.frozen_at})" if described.frozen_at else ""
    yield Bullets(
        tuple(
            text.format(**described.__dict__, state=state + frozen) for text in _OPENING[lang]
        )
    )  # fmt: skip
    yield Paragraph(_AUDIENCE[lang].format(cell=described.min_cell))


def _in_short(protected: Protected, lang: str) -> Iterator[Block]:
    """The primary outcome, in words before numbers, whatever it shows."""
    yield Heading({"sv": "Kort sagt", "en": "In short"}[lang])
    primary = [figure for figure, _ in protected.section("family") if figure.planned == "primary"]
    if not primary:
        yield Paragraph(_NO_PLAN[lang])
    for figure in primary:
        main = protected.figures[figure.group]
        found = protected.estimates[main.name]
        label = str(protected.release.book[main.column]["labels"][lang])
        if found is None:
            yield Paragraph(_TOO_FEW[lang].format(label=label))
        else:
            n, value, interval, p = cells(found, main.unit, lang)
            p = p if found.p is None or p.startswith("<") else f"= {p}"
            kind = "controlled" if main.section in ("comparison", "wedge") else "change"
            yield Paragraph(_FOUND[kind][lang].format(label=label, n=n, value=value, interval=interval, p=p))
    yield Paragraph(_LIMIT[lang])


def _plan(protected: Protected, described: Described, lang: str) -> Iterator[Block]:
    yield Heading({"sv": "Plan och planerade utfall", "en": "The plan and its outcomes"}[lang])
    if described.hypotheses:
        yield Bullets(tuple(text[lang] for text in described.hypotheses))
    table = tables.planned(protected, lang)
    if table:
        yield Paragraph(_FAMILY[lang])
        yield table


def _course(course: Course, lang: str) -> Iterator[Block]:
    """TIDieR (Hoffmann et al. 2014, BMJ 348): what was given, how, by whom, how much."""
    minutes = sum(length for _, length in course.modules)
    yield Heading({"sv": "Utbildningen, enligt TIDieR", "en": "The course, by TIDieR"}[lang])
    rows = tuple(
        (item[lang], text[lang].format(
            title=course.title[lang], summary=course.summary[lang], version=course.version, minutes=minutes,
            modules=len(course.modules), languages=", ".join(course.languages),
        ))
        for item, text in _TIDIER
    )  # fmt: skip
    yield Table("TIDieR", ({"sv": "Punkt", "en": "Item"}[lang], {"sv": "Svar", "en": "Answer"}[lang]), rows)
    heads = ({"sv": "Del", "en": "Module"}[lang], {"sv": "Minuter", "en": "Minutes"}[lang])
    listed = tuple((title[lang], str(length)) for title, length in course.modules)
    yield Table({"sv": "Utbildningens delar", "en": "Modules of the course"}[lang], heads, listed, frozenset({1}))


def _again(described: Described, lang: str) -> Iterator[Block]:
    yield Heading({"sv": "Räkna om siffrorna", "en": "Compute the numbers again"}[lang])
    yield Paragraph(_AGAIN[lang].format(**described.__dict__))


_PLAN_STATE: Mapping[str, Words] = {
    "frozen": {"sv": "frystes innan någon hade svarat", "en": "was frozen before anybody had answered"},
    "changed since it was frozen": {
        "sv": "har ändrats sedan den frystes, så allt är utforskande",
        "en": "has been changed since it was frozen, so that everything is exploratory",
    },
    "not frozen": {
        "sv": "är inte fryst, så allt är utforskande", "en": "is not frozen, so that everything is exploratory",
    },
}  # fmt: skip
_OPENING = {
    "sv": (
        "Datautgåva {release}, byggd {built_on}. Rapporten är gjord {made_on}.", "Personer i utgåvan: {people}.",
        "Ansvarig: {organisation}.", "Analysplanen {state}.", "SHA-256 för manifest.json: {manifest}",
    ),
    "en": (
        "Data release {release}, built {built_on}. The report was made {made_on}.", "People in the release: {people}.",
        "Responsible: {organisation}.", "The analysis plan {state}.", "SHA-256 of manifest.json: {manifest}",
    ),
}  # fmt: skip
_AUDIENCE = {
    "sv": "Rapporten hör till utgåvan och är för dem som har den. Där färre än {cell} personer skulle kunna räknas ut "
    "står det [visas inte], och så står det också där något inte går att räkna. Med 5–9 personer visas antal och "
    "medel, från 10 också felmarginal, från 20 också p.",
    "en": "The report belongs to the release and is for those who hold it. Where fewer than {cell} people could be "
    "told of it says [not shown], and so it says where something cannot be computed. Of 5–9 people number and mean are "
    "shown, from 10 the interval too, from 20 p too.",
}
_NO_PLAN = {
    "sv": "Inget utfall var valt när uppgifterna samlades in. Allt här är utforskande.",
    "en": "No outcome had been chosen when the data were gathered. Everything here is exploratory.",
}
_TOO_FEW = {
    "sv": "{label}: det primära utfallet kan inte visas än. För få har svarat, eller så går det inte att räkna.",
    "en": "{label}: the primary outcome cannot be shown yet. Too few have answered, or it cannot be computed.",
}
_FOUND = {
    "controlled": {
        "sv": "{label}: skillnaden mellan dem som har gått utbildningen och dem som väntar är {value} skalpoäng, givet "
        "var de började (95 % KI {interval}, p {p}, n = {n}). Under noll betyder lägre än hos dem som väntar.",
        "en": "{label}: the difference between those who have had the course and those who wait is {value} scale "
        "points, given where they began (95% CI {interval}, p {p}, n = {n}). Below zero is lower than those who wait.",
    },
    "change": {
        "sv": "{label}: medelskillnaden är {value} skalpoäng (95 % KI {interval}, p {p}, n = {n}). Det finns ingen "
        "jämförelsegrupp, så den är en förändring och inte en effekt.",
        "en": "{label}: the mean difference is {value} scale points (95% CI {interval}, p {p}, n = {n}). There is no "
        "comparison group, so that it is a change and not an effect.",
    },
}
_LIMIT = {
    "sv": "Den viktigaste begränsningen: alla som började har inte svarat. Bortfall och känslighet visas nedan.",
    "en": "The limitation that matters most: not everybody who began has answered. Attrition and sensitivity are shown "
    "below.",
}
_FAMILY = {
    "sv": "Varje utfall räknas med den modell som planen anger. p är justerat med Holms metod inom familjen; ett "
    "utfall som inte går att räkna än räknas med som p = 1.",
    "en": "Each outcome is computed by the model that the plan names. p is adjusted by Holm's method within its "
    "family; an outcome that cannot be computed yet counts as p = 1.",
}
_AGAIN = {
    "sv": "Varje siffra kan räknas om ur utgåvans filer: python3 recompute.py, eller Rscript recompute.R. "
    "evaluation.csv säger för varje siffra vilka kolumner den kommer ur. Statistiken ligger i analysis.zip, så som den "
    "var när utgåvan byggdes. Multipel imputering har frö 1 och 20 datamängder.",
    "en": "Every number can be computed again from the files of the release: python3 recompute.py, or Rscript "
    "recompute.R. evaluation.csv says of each number which columns it comes from. The statistics lie in analysis.zip, "
    "as they were when the release was built. Multiple imputation has seed 1 and 20 data sets.",
}
_TIDIER: tuple[tuple[Words, Words], ...] = (
    ({"sv": "1 Namn", "en": "1 Name"}, {"sv": "{title}, version {version}", "en": "{title}, version {version}"}),
    ({"sv": "2 Varför", "en": "2 Why"}, {"sv": "{summary}", "en": "{summary}"}),
    (
        {"sv": "3 Vad, material", "en": "3 What, materials"},
        {
            "sv": "{modules} delar på webben, med texter, övningar och berättelser. Språk: {languages}.",
            "en": "{modules} modules on the web, of texts, exercises and stories. Languages: {languages}.",
        },
    ),
    (
        {"sv": "4 Vad, gång", "en": "4 What, procedures"},
        {
            "sv": "Delarna tas i ordning, efter frågor före och följda av frågor efter.",
            "en": "The modules are taken in order, after questions before and followed by questions after.",
        },
    ),
    (
        {"sv": "5 Av vem", "en": "5 Who provided"},
        {
            "sv": "På egen hand, eller på en träff med en kursledare.",
            "en": "By oneself, or at a meeting with a course leader.",
        },
    ),
    (
        {"sv": "6–7 Hur och var", "en": "6–7 How and where"},
        {
            "sv": "På egen telefon eller dator, eller tillsammans på plats.",
            "en": "On one's own telephone or computer, or together in a room.",
        },
    ),
    (
        {"sv": "8 När och hur mycket", "en": "8 When and how much"},
        {"sv": "Ungefär {minutes} minuter i egen takt.", "en": "About {minutes} minutes at one's own pace."},
    ),
    (
        {"sv": "9 Anpassning", "en": "9 Tailoring"},
        {"sv": "Några sidor är skrivna för yrket.", "en": "Some pages are written for the occupation."},
    ),
    (
        {"sv": "10 Ändringar", "en": "10 Modifications"},
        {
            "sv": "Utgivna versioner ändras aldrig. Varje svar minns vilken version det gällde.",
            "en": "Published versions never change. Every answer remembers which version it was of.",
        },
    ),
    (
        {"sv": "11–12 Hur väl", "en": "11–12 How well"},
        {
            "sv": "Andelen delar som togs står i kolumnen share_of_modules; förändring efter den visas ovan.",
            "en": "The share of modules taken stands in share_of_modules; change by it is shown above.",
        },
    ),
)
