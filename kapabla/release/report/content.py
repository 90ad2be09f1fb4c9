"""What the report says, from top to bottom, in one language."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from analysis.evaluation import Figure
from kapabla.release.figures.numerals import range_said
from kapabla.release.report import sentences, tables, words
from kapabla.release.report.blocks import Block, Bullets, Heading, Paragraph, Report, Table
from kapabla.release.report.checklist import checklist
from kapabla.release.report.numbers import cells
from kapabla.release.report.protected import Protected
from kapabla.release.report.words import Words


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
    not frozen, or changed since. manifest: the SHA-256 of the release's manifest, which holds every file's. page: the
    figures of its page of results, which are protected, and held against those of earlier releases; empty for none.
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
    page: Mapping[str, Any] = field(default_factory=dict)


def report_of(protected: Protected, described: Described, lang: str) -> Report:
    title = sentences.TITLE[lang].format(title=described.titles[lang])
    return Report(title, lang, tuple(blocks_of(protected, described, lang)))


def blocks_of(protected: Protected, described: Described, lang: str) -> Iterator[Block]:
    yield from _opening(described, lang)
    yield from _in_short(protected, described, lang)
    yield from _plan(protected, described, lang)
    yield from _flow(described, lang)
    yield from _baseline(protected, described, lang)
    for name in words.SECTIONS:
        yield from tables.section(protected, name, lang)
    yield from _course(protected, described, lang)
    quality = _of_page(described, "kvalitet", lang)
    if quality:
        yield _heading("quality", lang)
        yield Paragraph(sentences.QUALITY[lang])
        yield quality
    yield _heading("checklist", lang)
    yield checklist(protected, described, lang)
    yield _heading("again", lang)
    yield Paragraph(sentences.AGAIN[lang])
    if any(found and figure.call.command == "mi" for figure, found in protected.section("sensitivity")):
        yield Paragraph(sentences.IMPUTED[lang])


def _opening(described: Described, lang: str) -> Iterator[Block]:
    state = sentences.PLAN_STATE.get(described.plan_state, sentences.PLAN_STATE["not frozen"])[lang]
    if described.frozen_at:
        state += f" ({described.frozen_at})"
    yield Bullets(tuple(text[lang].format(**vars(described), state=state) for text in sentences.OPENING))
    yield Paragraph(sentences.AUDIENCE[lang].format(cell=described.min_cell))


def _in_short(protected: Protected, described: Described, lang: str) -> Iterator[Block]:
    """The primary outcome, in words before numbers, whatever it shows, and what it leans on."""
    yield _heading("in_short", lang)
    primary = [figure.group for figure, _ in protected.section("family") if figure.planned == "primary"]
    if not primary:
        yield Paragraph(sentences.NO_PLAN[lang])
    for name in primary:
        yield Paragraph(_found(protected, name, lang))
    controlled = [figure for name in primary if tables.is_controlled(figure := protected.figures[name])]
    if controlled:
        yield from _of_cohorts(controlled[0], lang, has_cohorts=protected.release.has("cohort"))
        if not described.randomised:
            yield Paragraph(sentences.NOT_BY_LOT[lang])
    yield Paragraph(sentences.LIMIT[lang])


def _of_cohorts(figure: Figure, lang: str, *, has_cohorts: bool) -> Iterator[Block]:
    """What the model of the primary comparison does not know of those who learnt together."""
    if not has_cohorts:
        yield Paragraph(sentences.NO_CLUSTERS[lang])
    elif "cluster" not in figure.call.options:
        yield Paragraph(sentences.NOT_CLUSTERED[lang])
    elif figure.call.command == "mixed":
        yield Paragraph(sentences.MOVING[lang])


def _found(protected: Protected, name: str, lang: str) -> str:
    figure, estimate = protected.figures[name], protected.estimates[name]
    label = protected.release.book[figure.column]["labels"][lang]
    if estimate is None:
        return sentences.TOO_FEW[lang].format(label=label)
    n, value, interval, p = cells(estimate, figure.unit, lang)
    kind = "controlled" if tables.is_controlled(figure) else "change"
    p = f"= {p}" if p[0].isdigit() else p
    column = protected.release.book[figure.column]
    told = sentences.FOUND[kind][lang].format(label=label, n=n, value=value, interval=interval, p=p)
    return told + range_said(column["minimum"], column["maximum"])[lang == "en"]


def _plan(protected: Protected, described: Described, lang: str) -> Iterator[Block]:
    yield _heading("plan", lang)
    if described.hypotheses:
        yield Bullets(tuple(text[lang] for text in described.hypotheses))
    table = tables.planned(protected, lang)
    if table:
        yield Paragraph(sentences.FAMILY[lang])
        yield table
        means = tables.directions(protected, lang)
        if means:
            yield Paragraph(sentences.HIGHER[lang])
            yield Bullets(means)


def _flow(described: Described, lang: str) -> Iterator[Block]:
    """From the invitations on, and who answered of those asked, as the page of results tells it: the files do not say
    whose day has come, and counts that were audited apart could be subtracted."""
    told = [_of_page(described, name, lang) for name in ("flode", "svar")]
    earlier = {one for figure in described.page.get("figures", []) for one in figure.get("of", [])}
    if any(told) or earlier - {described.release}:
        yield Heading(sentences.FLOW[lang])
    if earlier - {described.release}:
        yield Paragraph(sentences.OF_EARLIER[lang].format(release=described.release))
    if told[0]:
        yield Paragraph(sentences.INVITED[lang])
    yield from (table for table in told if table)


def _of_page(described: Described, name: str, lang: str) -> Table | None:
    return tables.of_page(described.page, name, described.release, lang)


def _baseline(protected: Protected, described: Described, lang: str) -> Iterator[Block]:
    """Arm by arm, as the page of results tells it; of a release without such a page, in all."""
    told = [_of_page(described, name, lang) for name in ("bakgrund", "utgangslage")]
    found = [table for table in (told if described.page else [tables.background(protected, lang)]) if table is not None]
    if found:
        yield _heading("baseline", lang)
        yield from found


def _course(protected: Protected, described: Described, lang: str) -> Iterator[Block]:
    """TIDieR: what was given, how, by whom, how much; and how it went."""
    course = described.course
    told = {
        **asdict(course), "title": course.title[lang], "summary": course.summary[lang],
        "minutes": sum(length for _, length in course.modules), "modules": len(course.modules),
        "languages": ", ".join(words.LANGUAGES[one][lang] for one in course.languages),
        "dose": sentences.DOSE[protected.release.has("share_of_modules")][lang],
    }  # fmt: skip
    yield _heading("course", lang)
    rows = ((item[lang], text[lang].format(**told)) for item, text in sentences.TIDIER)
    yield Table("TIDieR", _heads(("item", "answer"), lang), tuple(rows))
    modules = tuple((title[lang], str(length)) for title, length in course.modules)
    yield Table(sentences.HEADINGS["modules"][lang], _heads(("module", "minutes"), lang), modules, frozenset({1}))
    delivery = _of_page(described, "genomforande", lang)
    if delivery:
        yield delivery


def _heading(name: str, lang: str) -> Heading:
    return Heading(sentences.HEADINGS[name][lang])


def _heads(names: Sequence[str], lang: str) -> tuple[str, ...]:
    return tuple(words.HEADS[name][lang] for name in names)
