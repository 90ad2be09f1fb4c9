"""The evaluation report (R11): each number a figure that may be told, in two languages, as HTML and as a tagged PDF."""

import io
import json
import re
from dataclasses import replace
from datetime import date
from types import SimpleNamespace

import html5lib
import pypdf
import pytest

from analysis.evaluation import evaluate, release_of
from kapabla.cli.sentences import sentence_of
from kapabla.errors import Refused
from kapabla.release.disclosure import Thresholds, Withheld
from kapabla.release.report import Course, Described, Protected, as_html, as_pdf, report_of, sentences
from kapabla.release.report.blocks import Heading, Table
from kapabla.release.report.content import _of_cohorts
from kapabla.release.report.numbers import HIDDEN, number, p_value
from kapabla.release.report.tables import kind_of
from kapabla.release.report.words import KINDS
from kapabla.release.reporting import froze_late, hidden_waves, report_files
from kapabla.store import Store
from tests.analysis.evaluated import PLAN, files, make_rows
from tests.material_once import our_material

ROWS = make_rows()
RELEASE = release_of(*files(ROWS))
FIGURES = {figure.name: figure for figure in evaluate(RELEASE)}
DESCRIBED = Described(
    titles={"sv": "Kapabla, datautgåva r1 (Exempeldata)", "en": "Kapabla, data release r1 (Exempeldata)"},
    release="r1", organisation="Länsstyrelsen", built_on="2026-11-25", made_on="2026-11-28", people=64, min_cell=5,
    randomised=True, arms=({"sv": "Börjar genast", "en": "Starts at once"}, {"sv": "Väntar", "en": "Waits"}),
    plan_state="frozen", frozen_at="2026-01-02", hypotheses=({"sv": "De blir <säkrare>.", "en": "They grow surer."},),
    manifest="ab" * 32,
    course=Course({"sv": "Kapabla", "en": "Kapabla"}, {"sv": "Om våld", "en": "Of violence"}, 1, ("sv", "en"),
                  (({"sv": "Se", "en": "See"}, 8),)),
)  # fmt: skip
PROTECTED = Protected(RELEASE, Thresholds(5))
REPORTS = {lang: report_of(PROTECTED, DESCRIBED, lang) for lang in ("sv", "en")}


def tables(report):
    return {block.caption: block for block in report.blocks if isinstance(block, Table)}


def test_the_planned_outcomes_are_those_of_the_evaluation():
    main, adjusted = FIGURES["comparison.avs_mean.t1.did"], FIGURES["family.secondary.avs_mean.t1"]
    low, high = (number(end, "sv") for end in main.interval)
    row = next(row for row in tables(REPORTS["sv"])["Planerade utfall"].rows if row[0] == "avs_mean, t1")
    assert row == (
        "avs_mean, t1", "Sekundärt utfall", "Mot dem som väntar", str(len(PROTECTED.carrying(main))),
        number(main.estimate, "sv"), f"[{low}; {high}]", p_value(main.p, "sv"), p_value(adjusted.p, "sv"),
    )  # fmt: skip


def test_every_figure_that_is_shown_is_the_figure_and_of_enough_people():
    shown = {name: one for name, one in PROTECTED.estimates.items() if one is not None}
    assert len(shown) > 100
    for name, one in shown.items():
        figure = FIGURES[name]
        people = len(PROTECTED.carrying(figure)) if figure.call.parts and figure.wave else figure.n
        assert (one.n, one.value) == (people, figure.estimate if figure.unit != "people" else one.value)
        assert one.n >= 5
        assert one.interval is None or one.n >= 10
        assert one.p is None or one.n >= 20


def test_every_kind_of_figure_has_its_words_or_is_left_to_the_programs():
    left = {
        (figure.section, kind_of(figure))
        for figure in FIGURES.values()
        if figure.section in KINDS and kind_of(figure) not in KINDS[figure.section]
    }
    assert {section for section, kind in left if not kind.startswith("without_")} <= {
        "flow", "attrition", "reliability", "change", "model", "knowledge", "forms",
    }  # fmt: skip
    assert ("change", "g_av") not in left
    assert ("comparison", "icc.cluster") not in left


def test_two_groups_that_differ_by_a_few_are_not_both_told_of():
    """C5.2: their two means give the mean of those few. The planned one stays."""
    few = [{**row, "fast_page": int(row["record_id"] == "P005" and row["wave"] == "t0")} for row in ROWS]
    protected = Protected(release_of(*files(few)), Thresholds(5))
    whole, less = (protected.figures[f"sensitivity.se_mean.t1.{kind}"] for kind in ("complete", "without_fast_page"))
    assert whole.n - less.n == 1
    assert protected.estimates["comparison.se_mean.t1.ancova"] is not None
    assert protected.estimates[less.name] is None
    text = as_html(report_of(protected, DESCRIBED, "sv")).decode()
    assert text.count(HIDDEN["sv"]) > 4
    many = Protected(RELEASE, Thresholds(5))
    assert many.estimates["sensitivity.se_mean.t1.without_fast_page"] is not None


def test_of_too_few_people_nothing_is_told():
    """G8: not a number of theirs in either language, and the sentence says why."""
    report = report_of(Protected(RELEASE, Thresholds(65)), DESCRIBED, "en")
    cells = {cell for table in tables(report).values() for row in table.rows for cell in row[2:]}
    planned = tables(report)["Planned outcomes"].rows
    assert all(set(row[3:]) == {HIDDEN["en"]} for row in planned)
    assert not any(re.fullmatch(r"−?\d+\.\d+", cell) for cell in cells)
    assert any("cannot be shown yet" in getattr(block, "text", "") for block in report.blocks)


@pytest.mark.parametrize("lang", ["sv", "en"])
def test_the_page_stands_alone_and_reads_in_order(lang):
    body = as_html(REPORTS[lang])
    page = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(body.decode())
    assert page.get("lang") == lang
    assert next(mark.tag for mark in page.iter() if mark.tag in ("h1", "h2", "h3")) == "h1"
    assert len(list(page.iter("h1"))) == 1
    assert not [mark for mark in page.iter() if mark.tag in ("script", "link", "img")]
    assert "http" not in body.decode()
    assert all(cell.get("scope") for cell in page.iter("th"))
    assert all(table.find("caption") is not None for table in page.iter("table"))
    assert "prefers-color-scheme: dark" in body.decode()
    assert "@media print" in body.decode()
    assert "Exempeldata" in body.decode()
    assert ("De blir &lt;säkrare&gt;." if lang == "sv" else "They grow surer.") in body.decode()


@pytest.mark.parametrize("lang", ["sv", "en"])
def test_the_pdf_is_tagged_and_tells_its_title_and_language(lang):
    body = as_pdf(REPORTS[lang])
    read = pypdf.PdfReader(io.BytesIO(body))
    root = read.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == lang
    assert read.metadata.title == REPORTS[lang].title
    assert "/StructTreeRoot" in root
    text = " ".join("".join(page.extract_text() for page in read.pages).split())
    assert number(FIGURES["comparison.se_mean.t1.ancova"].estimate, lang) in text
    assert as_pdf(REPORTS[lang]) == body


def test_the_same_release_gives_the_same_bytes_but_for_the_day():
    again = report_of(Protected(release_of(*files(ROWS[::-1])), Thresholds(5)), DESCRIBED, "sv")
    assert as_html(again) == as_html(REPORTS["sv"])
    later = as_html(report_of(PROTECTED, replace(DESCRIBED, made_on="2026-12-24"), "sv"))
    assert later.replace(b"2026-12-24", b"2026-11-28") == as_html(REPORTS["sv"])


def test_the_checklist_is_consort_where_the_lot_decided_and_trend_where_it_did_not():
    assert "CONSORT 2010" in tables(REPORTS["en"])
    found = tables(report_of(PROTECTED, replace(DESCRIBED, randomised=False), "en"))
    assert "TREND" in found
    assert "CONSORT 2010" not in found


PAGE = {
    "words": {"Inbjudna": "Invited", "Kön: Kvinna": "Gender: Woman"},
    "figures": [
        {
            "id": "flode", "subtitle": "Deltagarflöde, antal personer",
            "en": {"headers": ["Step", "People"], "subtitle": "Flow, number of people"},
            "table": {"headers": ["Steg", "Personer"], "rows": [["Inbjudna", 200], ["Öppnade inbjudan", 180]]},
        },
        {
            "id": "bakgrund", "subtitle": "De som svarade före",
            "en": {"headers": ["Background", "Waits, people", "Waits, share"], "subtitle": "Those who answered before"},
            "table": {
                "headers": ["Bakgrund", "Väntar, antal", "Väntar, andel"],
                "rows": [["Kön: Kvinna", 30, "62,5\xa0%"], ["Kön: Man", None, None]],
            },
        },
    ],
}  # fmt: skip


def test_who_was_invited_and_where_the_arms_began_is_what_the_page_tells():
    """R04, C5.5: of what is in no row of the release the report has the numbers of the page, which are held against
    those of earlier releases; what is hidden there is hidden here."""
    for lang, flow, who, heading in (
        ("sv", ("Inbjudna", "200"), ("Kön: Man", "[visas inte]", "[visas inte]"), "Utgångsläge"),
        ("en", ("Invited", "200"), ("Gender: Woman", "30", "62.5%"), "Baseline"),
    ):
        report = report_of(PROTECTED, replace(DESCRIBED, page=PAGE), lang)
        rows = [row for table in tables(report).values() for row in table.rows]
        assert flow in rows
        assert who in rows
        assert heading in [getattr(block, "text", "") for block in report.blocks]
        assert (
            sum(getattr(block, "text", "").startswith(("Inbjudna och", "Invited people")) for block in report.blocks)
            == 1
        )
        # The counts of the files alone would give by subtraction what the page hides.
        assert "Vilka som deltog" not in tables(report)
    assert "Vilka som deltog" in tables(REPORTS["sv"])


@pytest.mark.parametrize(
    ("command", "options", "has_cohorts", "told"),
    [
        ("ancova", {}, False, sentences.NO_CLUSTERS), ("ancova", {}, True, sentences.NOT_CLUSTERED),
        ("mixed", {"cluster": "cohort"}, True, sentences.MOVING), ("did", {"cluster": "cohort"}, True, None),
    ],
)  # fmt: skip
def test_in_short_says_what_the_model_does_not_know_of_cohorts(command, options, has_cohorts, told):
    """Of cohorts that a release tells, a model may know nothing all the same."""
    figure = SimpleNamespace(call=SimpleNamespace(command=command, options=options))
    found = [block.text for block in _of_cohorts(figure, "sv", has_cohorts=has_cohorts)]
    assert found == ([told["sv"]] if told else [])


def test_no_heading_stands_alone_at_the_foot_of_a_page():
    """Looked at as a reader does: the last line of a page is never a heading."""
    read = pypdf.PdfReader(io.BytesIO(as_pdf(report_of(PROTECTED, replace(DESCRIBED, page=PAGE), "sv"))))
    headings = {block.text for block in REPORTS["sv"].blocks if isinstance(block, Heading)}
    assert len(read.pages) > 4
    for page in read.pages:
        lines = [line.strip() for line in page.extract_text().splitlines() if line.strip()]
        assert len(lines) > 10 or page is read.pages[-1]
        assert lines[-2] not in headings  # the last is the number of the page


def test_a_change_without_a_comparison_is_never_called_an_effect():
    paired = {"column": "se_mean", "wave": "t3", "before": "t0", "waiting": None, "model": "paired"}
    plan = PLAN | {"plan": {"families": [{"code": "p", "kind": "primary", "correction": "none", "outcomes": [paired]}]}}
    report = report_of(Protected(release_of(*files(ROWS, plan)), Thresholds(5)), DESCRIBED, "sv")
    told = next(block.text for block in report.blocks if "medelskillnaden" in getattr(block, "text", ""))
    assert "ingen jämförelsegrupp" in told


def told_of(*figures, words=None):
    return {
        "words": words or {},
        "figures": [{"subtitle": "x", "en": {"headers": [], "subtitle": "x"}, **f} for f in figures],
    }


FLOW = {"id": "flode", "table": {"headers": ["Steg", "Personer"], "rows": [["Svarade före", 66]]}}
RATES = {
    "id": "svar",
    "table": {"headers": ["Tillfälle", "Andel"], "rows": [["Efter", 51, "64\xa0%"], ["t3", None, None]]},
}
SCORES = {
    "id": "utgangslage", "of": ["r0", "r1"],
    "table": {
        "headers": ["Skala", "Grupp", "Antal", "Värde"],
        "rows": [["Tilltro", "Direkt", 33, "2,92"], ["Tilltro", "Väntar", 31, "2,95"]],
    },
}  # fmt: skip


def test_who_answered_is_told_by_the_page_alone_and_hidden_where_it_hides_it():
    """One number for one thing: of those whose day has come, and none of those who were never asked."""
    report = report_of(PROTECTED, replace(DESCRIBED, page=told_of(FLOW, RATES)), "sv")
    rows = [row for table in tables(report).values() for row in table.rows]
    assert ("Efter", "51", "64\xa0%") in rows
    assert ("t3", HIDDEN["sv"], HIDDEN["sv"]) in rows
    assert not any("Wilson" in " ".join(row) and "svarade" in " ".join(row) for row in rows)
    assert not [name for name in PROTECTED.estimates if name.startswith("flow.")]


def test_what_stands_from_an_earlier_release_is_not_beside_numbers_of_this_one():
    """C5.5: 66 of the former release less 64 of this one are the two who left."""
    earlier = told_of({**FLOW, "of": ["r0"]}, SCORES)
    report = report_of(PROTECTED, replace(DESCRIBED, page=earlier), "sv")
    found = tables(report)["x"].rows
    assert found == (("Tilltro", "Direkt", HIDDEN["sv"], HIDDEN["sv"]), ("Tilltro", "Väntar", "31", "2,95"))
    text = as_html(report).decode()
    assert "66" not in text.split("Bortfall")[0]
    assert "kvar från en tidigare utgåva" in text
    assert "kvar från en tidigare utgåva" not in as_html(REPORTS["sv"]).decode()


def test_no_figure_tells_of_a_wave_what_the_page_hides():
    """The flow tells who answered each time; a few more who answered this one are those the page hides the row for."""
    each_time = sorted({r["record_id"] for r in ROWS if r["wave"] == "t3"})
    people = {one for one in each_time if any(r["record_id"] == one and r["wave"] == "t1" for r in ROWS)}
    skipped = sorted(people)[:3]
    few = [row for row in ROWS if not (row["record_id"] in skipped and row["wave"] == "t1")]
    release = release_of(*files(few))
    open_, silent = (Protected(release, Thresholds(5), hidden) for hidden in ((), ("t3",)))
    assert open_.figures["behaviour.bet_0.t3"].n == len(each_time)
    assert open_.estimates["behaviour.bet_0.t3"] is not None
    assert silent.estimates["behaviour.bet_0.t3"] is None
    assert silent.estimates["comparison.se_mean.t1.ancova"] is not None


def test_of_fewer_than_ten_neither_reliability_nor_effect_size_is_told():
    """C5.2: of 5 to 9 people the number and the mean."""
    waits = sorted({row["record_id"] for row in ROWS})[:8]
    few = Protected(release_of(*files([row for row in ROWS if row["record_id"] in waits])), Thresholds(5))
    told = {name: one for name, one in few.estimates.items() if one is not None}
    assert any(one.n < 10 for one in told.values())
    assert {few.figures[name].unit for name, one in told.items() if one.n < 10} <= {"scale", "correct answers", "p"}


def test_a_coefficient_is_no_share_of_people():
    rows = [row for table in tables(REPORTS["sv"]).values() for row in table.rows]
    coefficients = [
        row for row in rows if row[1] in ("KR-20", "Cronbachs alfa, Feldts intervall") and row[3] != HIDDEN["sv"]
    ]
    assert coefficients
    assert not any("%" in cell for row in coefficients for cell in row)
    assert any("%" in row[3] for row in rows if row[1:2] == ("andel, Wilsons intervall",))


def test_how_far_the_planned_answers_stand_is_told_before_a_model_of_a_few_more():
    """The point of the section: imputation of the planned outcomes, with those lost lower and higher."""
    blank = sorted({row["record_id"] for row in ROWS})[3:5]
    rows = [
        {**row, "se_mean": "" if row["record_id"] in blank and row["wave"] == "t0" else row["se_mean"]} for row in ROWS
    ]
    protected = Protected(release_of(*files(rows)), Thresholds(5))
    imputed, mixed = (protected.figures[f"sensitivity.se_mean.t1.{kind}"] for kind in ("imputed", "mixed"))
    assert 0 < mixed.n - imputed.n < 5
    for kind in ("imputed", "lost_did_worse", "lost_did_better"):
        assert protected.estimates[f"sensitivity.se_mean.t1.{kind}"] is not None
    assert protected.estimates[mixed.name] is None
    assert protected.estimates["comparison.se_mean.t1.ancova"] is not None


def test_no_share_tells_that_everybody_did_alike_nor_by_another_question_who_left_it():
    """C5.1, C5.3: those who met a situation are the whole of those who are asked what they did."""
    met = [row for row in ROWS if row["wave"] == "t0" and row["bet_0"] == 1]
    alike = [{**row, "bet_1": 1} if row in met else row for row in ROWS]
    assert Protected(release_of(*files(alike)), Thresholds(5)).estimates["behaviour.bet_1.t0"] is None
    left = [{**row, "bet_1": ""} if row in met[:2] else row for row in ROWS]
    protected = Protected(release_of(*files(left)), Thresholds(5))
    assert protected.figures["behaviour.bet_1.t0"].n == len(met) - 2
    assert protected.estimates["behaviour.bet_0.t0"] is not None
    assert protected.estimates["behaviour.bet_1.t0"] is None


def test_paired_answers_are_told_of_where_no_cell_of_their_table_is_of_few():
    """C5.1: a difference of 21 points and a ratio of 3 of 19 people are 1, 2, 6 and 10 of them."""
    names = ("behaviour.bet_0.t0.t3", "behaviour.bet_0.t0.t3.odds")
    assert [PROTECTED.estimates[name] for name in names] == [None, None]
    answers = {wave: {r["record_id"]: r["bet_0"] for r in ROWS if r["wave"] == wave} for wave in ("t0", "t3")}
    lost = [one for one, later in answers["t3"].items() if (answers["t0"].get(one), later) == (1, 2)][:2]
    more = [row | {"bet_0": 2} if row["record_id"] in lost else row for row in ROWS]
    with pytest.raises(Withheld):
        PROTECTED.check_cells(FIGURES[names[0]])  # three had not met it at either time
    protected = Protected(release_of(*files(more)), Thresholds(5))
    protected.check_cells(protected.figures[names[0]])  # five, and at least as many in each other cell


@pytest.mark.parametrize(("left", "is_told", "has_interval"), [(4, False, False), (8, True, False), (12, True, True)])
def test_a_model_is_told_of_as_those_who_carry_the_contrast(left, is_told, has_interval):
    """G8: sixty in the model, four of them at the follow-up."""
    answered = [row["record_id"] for row in ROWS if row["wave"] == "t3" and row["avs_mean"] != ""]
    rows = [
        row | {"avs_mean": ""} if row["wave"] == "t3" and row["record_id"] not in answered[:left] else row
        for row in ROWS
    ]
    protected = Protected(release_of(*files(rows)), Thresholds(5))
    name = "model.avs_mean.t3.mixed"
    found = protected.estimates[name]
    assert protected.figures[name].n > 40
    assert (found is not None, bool(found and found.interval)) == (is_told, has_interval)
    assert found is None or found.n == len(protected.carrying(protected.figures[name])) <= left
    assert found is None or "; modellen har " in as_html(report_of(protected, DESCRIBED, "sv")).decode()


def test_no_report_is_made_of_a_release_that_differs_by_a_few_people(tmp_path):
    """C5.5: 85 people with a mean of 5.12, and 84 with 5.13, are what the one who left had."""
    store = Store(tmp_path)
    store.put_index("r2", {"figures": store.put(json.dumps({"figures": [], "few_from": "r1"}).encode())})
    with pytest.raises(Refused) as refused:
        report_files(tmp_path, "r2", None, manifest_hash="", thresholds=Thresholds(5), on=date(2026, 11, 28))
    assert refused.value.context == {"release": "r2", "former": "r1"}
    assert "Use the report of r1" in sentence_of(refused.value)


def test_what_the_release_withholds_is_not_said_to_be_there():
    """TIDieR, the checklist and the limitation of the comparison follow the release."""
    bare = [{**row, "share_of_modules": "", "cohort": ""} for row in ROWS]
    without = Protected(release_of(*files(bare)), Thresholds(5))
    for protected, here, gone in (
        (PROTECTED, "share_of_modules", "omgångarna lämnas inte ut"),
        (without, "omgångarna lämnas inte ut", "share_of_modules"),
    ):  # fmt: skip
        text = as_html(report_of(protected, DESCRIBED, "sv")).decode()
        assert here in text
        assert gone not in text
    assert (
        "Grupperna är inte lottade, så skillnaden"
        in as_html(report_of(PROTECTED, replace(DESCRIBED, randomised=False), "sv")).decode()
    )


def test_the_rule_that_leaves_somebody_out_is_told_in_a_sentence():
    text = as_html(REPORTS["sv"]).decode()
    assert "utan dem som svarade fortare än sidan kan läsas" in text
    assert "utan dem med" not in text


def test_groups_by_dose_show_as_much_as_is_left_of_all_when_they_are_taken_away():
    """C5.3: six in neither group are told of by n and mean, so no interval of the groups stands beside that of all."""
    neither = sorted({row["record_id"] for row in ROWS if row["wave"] == "t1"})[:6]
    rows = [row | {"share_of_modules": ""} if row["record_id"] in neither else row for row in ROWS]
    for left, protected in ((0, PROTECTED), (6, Protected(release_of(*files(rows)), Thresholds(5)))):
        whole, share = (protected.estimates[name] for name in ("change.avs_mean.t0.t1", "dose.avs_mean.t1.all_modules"))
        assert 0 <= whole.n - share.n - left < 5
        assert whole.interval is not None
        assert (share.interval is None) == bool(left)
    # Some and all of the modules are one division: three in neither are told by both together.
    took = [row["record_id"] for row in ROWS if row["wave"] == "t1"]
    taken = dict.fromkeys(took[:3], "") | dict.fromkeys(took[3:15], "0.4")
    rows = [row | {"share_of_modules": taken.get(row["record_id"], "1.0")} for row in ROWS]
    three = Protected(release_of(*files(rows)), Thresholds(5))
    assert three.figures["dose.avs_mean.t1.some_modules"].n >= 5
    assert three.estimates["dose.avs_mean.t1.all_modules"] is None


def test_the_waves_that_the_page_is_silent_about_are_those_of_its_hidden_rows():
    asked = (("t0", "start", "Före"), ("t1", "completion", "Efter"), ("t3", "completion", "t3"))
    study = SimpleNamespace(waves=[
        SimpleNamespace(code=code, anchor=anchor, short_label=SimpleNamespace(sv=label))
        for code, anchor, label in asked
    ])  # fmt: skip
    assert hidden_waves(told_of(RATES), "r1", study) == ["t3"]
    assert hidden_waves(told_of({**RATES, "of": ["r0"]}), "r1", study) == ["t1", "t3"]
    assert hidden_waves({}, "r1", study) == ["t1", "t3"]


def test_a_plan_that_was_frozen_after_the_first_answers_is_not_said_to_come_before_them():
    """Answers six months after the course, and a plan of the same week."""
    study = our_material().studies["kapabla-2026"]
    assert froze_late("2026-11-24", "2026-11-28", study, ["t0", "t1", "t6"])
    assert not froze_late("2026-01-02", "2026-11-28", study, ["t0", "t1", "t6"])
    assert not froze_late(None, "2026-11-28", study, ["t0", "t6"])
    text = as_html(report_of(PROTECTED, replace(DESCRIBED, plan_state="frozen late"), "sv")).decode()
    assert "innan någon hade svarat" not in text
    assert "några hade svarat innan den frystes" in text
