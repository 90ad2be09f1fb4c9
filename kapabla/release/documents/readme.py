"""`README.txt`: what is in the package, what it may be used for, how to cite it and how to check that it is whole."""

from collections.abc import Iterable

from kapabla.release.documents.about import About, Words
from kapabla.release.test_people import TEST_MARK

_FILES: tuple[tuple[str, Words], ...] = (
    ("data_long", {"sv": "en rad per person och mättillfälle", "en": "a row per person and wave"}),
    ("data_wide", {"sv": "en rad per person", "en": "a row per person"}),
    (
        ".csv",
        {
            "sv": "UTF-8, kommatecken mellan, decimalpunkt: för program",
            "en": "UTF-8, commas between, decimal point: for programs",
        },
    ),
    (
        "_excel.csv",
        {
            "sv": "semikolon mellan och decimalkomma: öppnas rätt i svenska Excel",
            "en": "semicolons between and decimal comma: for Excel in Swedish",
        },
    ),
    (".xlsx", {"sv": "Excel", "en": "Excel"}),
    (
        ".sav",
        {
            "sv": "SPSS, med orsakerna till att ett svar saknas som koder",
            "en": "SPSS, with the reasons for a missing answer as codes",
        },
    ),
    (".dta", {"sv": "Stata, med orsakerna som .a till .f", "en": "Stata, with the reasons as .a to .f"}),
    (".parquet", {"sv": "för DuckDB, R och Python", "en": "for DuckDB, R and Python"}),
    (
        "missing.csv",
        {"sv": "varför en cell i data_long är tom", "en": "why a cell of data_long is blank"},
    ),
    (
        "codebook.html, codebook.json",
        {"sv": "varje kolumn beskriven", "en": "every column described"},
    ),
    (
        "datapackage.json",
        {
            "sv": "Data Package v2; frictionless validate datapackage.json prövar varje cell i .csv",
            "en": "Data Package v2; frictionless validate datapackage.json checks every cell of the .csv",
        },
    ),
    (
        "plan.json",
        {
            "sv": "analysplanen så som den frystes, och studiens upplägg",
            "en": "the analysis plan as it was frozen, and the design of the study",
        },
    ),
    ("ddi.xml", {"sv": "DDI Codebook 2.5, för dataarkiv", "en": "DDI Codebook 2.5, for data archives"}),
    (
        "manifest.json",
        {
            "sv": "hur utgåvan har gjorts och hur personerna är skyddade",
            "en": "how the release was made and how its people are protected",
        },
    ),
    (
        "analysis.zip",
        {
            "sv": "statistiken som program, läses direkt ur arkivet; kräver numpy, scipy och pandas",
            "en": "the statistics as a program, read right from the archive; needs numpy, scipy and pandas",
        },
    ),
    (
        "evaluation.csv",
        {
            "sv": "hur varje siffra i utvärderingen räknas: ur vilka kolumner, med vilket kommando, och var i "
            "kommandots svar den står. Siffrorna själva ger recompute.py",
            "en": "how every number of the evaluation is computed: of which columns, by which command, and where in "
            "what the command answers it stands. The numbers themselves come of recompute.py",
        },
    ),
    (
        "recompute.py, recompute.R",
        {
            "sv": "räknar om siffrorna ur filerna: python3 recompute.py eller Rscript recompute.R. Den första behöver "
            "data_long.csv, codebook.json, plan.json och analysis.zip bredvid sig, den andra data_long.csv och "
            "evaluation.csv. Multipel imputering räknas inte om i R; de siffrorna står som null, med orsak",
            "en": "recompute the numbers from the files: python3 recompute.py or Rscript recompute.R. The first needs "
            "data_long.csv, codebook.json, plan.json and analysis.zip beside it, the second data_long.csv and "
            "evaluation.csv. Multiple imputation is not recomputed in R; those numbers are null, with the reason",
        },
    ),
)  # fmt: skip
_HEADS: dict[str, dict[str, str]] = {
    "sv": {
        "mark": f"{TEST_MARK}: personerna är påhittade. Kolumnen test_people säger det på varje rad.",
        "files": "FILERNA",
        "blank": "Tomma celler har en orsak i missing.csv. I .sav och .dta står orsaken i cellen.",
        "texts": "FRITEXTEN",
        "conditions": "VILLKOR",
        "cite": "SÅ HÄNVISAR DU TILL UTGÅVAN",
        "check": "SÅ KONTROLLERAR DU FILERNA",
        "how": "Alla filer, eller de som du har hämtat:",
        "analysis": "SÅ ANVÄNDER DU STATISTIKEN",
    },
    "en": {
        "mark": f"{TEST_MARK}: the people are made up. The column test_people says so in every row.",
        "files": "FILES",
        "blank": "Blank cells have their reason in missing.csv. In .sav and .dta it stands in the cell.",
        "texts": "FREE TEXT",
        "conditions": "CONDITIONS",
        "cite": "HOW TO CITE THE RELEASE",
        "check": "HOW TO CHECK THE FILES",
        "how": "All files, or those that you have fetched:",
        "analysis": "HOW TO USE THE STATISTICS",
    },
}
_TEXTS: dict[str, tuple[str, ...]] = {
    "sv": (
        "texts.csv: det som deltagare har skrivit med egna ord, läst av en person innan det lämnades ut.",
        "Texterna hör inte ihop med någon rad. Sättet att skriva och det som berättas kan ändå visa vem någon är.",
        "De som har 1 i may_be_quoted får citeras, utan namn. De andra får inte citeras.",
        "En text som börjar med ett tecken för formel har ett enkelt citattecken före.",
    ),
    "en": (
        "texts.csv: what participants have written in their own words, read by a person before it was handed out.",
        "No text belongs to any row. The way of writing and what is told can show who somebody is all the same.",
        "Those with 1 in may_be_quoted may be quoted, without a name. The others may not.",
        "A text that begins with a sign for a formula has a single quote before it.",
    ),
}
_CHECK = "sha256sum -c SHA256SUMS --ignore-missing"
_ANALYSIS = "PYTHONPATH=analysis.zip python3 -m analysis --help"


def as_text(about: About, manifest_hash: str, *, has_texts: bool = False) -> str:
    """Swedish first and then English, in one file; `manifest_hash` makes the citation one of these very bytes."""
    return "\n\n\n".join(_in(language, about, manifest_hash, has_texts) for language in _HEADS) + "\n"


def _in(language: str, about: About, manifest_hash: str, has_texts: bool) -> str:
    heads = _HEADS[language]
    parts = [about.titles[language], about.who[language], *([heads["mark"]] if about.is_test else [])]
    parts.append(_section(heads["files"], [f"{name}: {words[language]}" for name, words in _FILES], heads["blank"]))
    if has_texts:
        parts.append(_section(heads["texts"], _TEXTS[language]))
    parts.append(_section(heads["conditions"], [f"- {condition[language]}" for condition in about.conditions]))
    parts.append(_section(heads["cite"], [about.citation, f"SHA-256, manifest.json: {manifest_hash}"]))
    parts.append(_section(heads["check"], [heads["how"], f"  {_CHECK}"]))
    parts.append(_section(heads["analysis"], [f"  {_ANALYSIS}"]))
    return "\n\n".join(parts)


def _section(head: str, lines: Iterable[str], last: str = "") -> str:
    return "\n".join([head, *lines, *([last] if last else [])])
