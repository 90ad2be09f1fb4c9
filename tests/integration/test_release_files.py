"""A release of simulated people, from the vault to its files: every format says what the CSV says, and every column is
described (F1–F5, C11). Its columns are those of our own study: every kind of question."""

import csv
import io
import json
import subprocess
import sys
from collections import Counter
from datetime import date
from pathlib import Path
from xml.etree import ElementTree

import duckdb
import frictionless
import pyreadstat
import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import select, update

from analysis.evaluation import evaluate, read_release
from kapabla.answers.submissions import Submission
from kapabla.config import load_config
from kapabla.installing import make_installation
from kapabla.jobs.population import make_population
from kapabla.jobs.releases import build_release
from kapabla.material.instruments import MissingReason
from kapabla.office import release_register, sign_in
from kapabla.release import published
from kapabla.release.disclosure import Thresholds
from kapabla.release.report import Protected
from kapabla.service import open_service
from tests import factories as make
from tests import r
from tests.conftest import FixedClock
from tests.unit.release.test_release_ddi import faults

NAME = "2026-11-25-1"
# Who somebody is, and how they like to appear: no outcome of a training.
WITHOUT_LEVEL = {"background", "social_desirability"}
SHAPES = pytest.mark.parametrize("shape", ["long", "wide"])


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The files of a release of ninety people by a frozen plan, as `release export` writes them; six of them answered
    before when the course had begun, whom the plan leaves out."""
    base = tmp_path_factory.mktemp("files")
    config = load_config({"KAPABLA_DATA_DIR": str(base / "data")})
    make_installation(config)
    service = open_service(config, clock=FixedClock())
    for role in ("researcher", "steward"):
        make.make_staff(service, role)
    make.freeze_plan(service)
    make_population(service, people=90, seed=4, study=make.STUDY, today=date(2026, 11, 25), effect=0.7, attrition=0.2)
    contaminate(service, count=6)
    with service.vaults.unit() as work:
        by = sign_in.get_staff(work.office, "researcher@example.com")
        release_register.order(
            work.office, service.office_chain, release=NAME, study=make.STUDY, purpose="evaluation", is_test=True,
            by=by, at=service.clock(),
        )  # fmt: skip
    with service.vaults.unit() as work:
        record = build_release(service, work, NAME)
        assert record.state == "built", record.reason
        return published.export(
            config.release_dir, record.study, NAME, record.built_on, list(published.WRITERS), base / "out"
        )


def contaminate(service, count):
    """Of those who have answered after as well."""
    with service.vaults.unit() as work:
        after = sorted(set(work.answers.scalars(select(Submission.subject).where(Submission.wave == "t1"))))[:count]
        work.answers.execute(
            update(Submission)
            .where(Submission.subject.in_(after), Submission.wave == "t0")
            .values(course_had_begun=True)
        )


@pytest.fixture(scope="module")
def board(folder):
    """The figures of the page, by their ids."""
    found = published.dashboard(folder.parents[1] / "data" / "releases", NAME)
    return {figure["id"]: figure for figure in found["figures"]}


@pytest.fixture(scope="module")
def evaluation(folder):
    return {figure.name: figure for figure in evaluate(read_release(folder))}


@pytest.fixture(scope="module")
def book(folder):
    return json.loads((folder / "codebook.json").read_text(encoding="utf-8"))


def of_csv(folder, shape):
    """Rows by column: text, or None where the cell is blank."""
    with (folder / f"data_{shape}.csv").open(encoding="utf-8", newline="") as file:
        return [{name: cell or None for name, cell in row.items()} for row in csv.DictReader(file)]


def kinds(book, shape):
    """By column of a table: `text`, `whole` or `decimal`, from the codebook alone."""
    of = {entry["name"]: kind_of(entry) for entry in book["columns"]}
    if shape == "long":
        return of
    return of | {entry["name"]: of[entry["column"]] for entry in book["wide"]}


def kind_of(entry):
    if entry["kind"] in ("id", "wave", "place", "date_step"):
        return "text"
    return "decimal" if entry["kind"] == "score" or entry["decimals"] else "whole"


def spoken(value, kind):
    """A cell of any reader as the CSV writes it."""
    if value is None or value == "" or value != value:
        return None
    return str(value) if kind == "text" else str(int(value)) if kind == "whole" else repr(float(value))


def check(rows, folder, book, shape):
    of = kinds(book, shape)
    assert [{name: spoken(cell, of[name]) for name, cell in row.items()} for row in rows] == of_csv(folder, shape)


def reasons_of(folder):
    with (folder / "missing.csv").open(encoding="utf-8", newline="") as file:
        return {(r["record_id"], r["wave"], r["column"]): r["reason"] for r in csv.DictReader(file)}


@SHAPES
def test_the_csv_for_excel_says_the_same(folder, book, shape):
    """F1: decimal comma and semicolon, and the same values."""
    text = (folder / f"data_{shape}_excel.csv").read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text), delimiter=";"))
    of = kinds(book, shape)
    assert any("," in row[name] for row in rows for name, kind in of.items() if kind == "decimal" and name in row)
    plain = [
        {n: c.replace(",", ".") if of[n] == "decimal" else c.removeprefix("'") for n, c in r.items()} for r in rows
    ]
    check(
        [{n: float(c) if c and of[n] == "decimal" else c for n, c in row.items()} for row in plain], folder, book, shape
    )


@SHAPES
def test_the_workbook_says_the_same(folder, book, shape):
    """F2: through calamine."""
    sheet = CalamineWorkbook.from_path(folder / f"data_{shape}.xlsx").get_sheet_by_name("data").to_python()
    check([dict(zip(sheet[0], row, strict=True)) for row in sheet[1:]], folder, book, shape)


@SHAPES
def test_the_parquet_says_the_same(folder, book, shape):
    """F2: through DuckDB."""
    with duckdb.connect() as database:
        found = database.execute("FROM read_parquet(?)", [str(folder / f"data_{shape}.parquet")])
        names = [column[0] for column in found.description]
        check([dict(zip(names, row, strict=True)) for row in found.fetchall()], folder, book, shape)


@pytest.mark.parametrize(("ending", "read"), [("sav", pyreadstat.read_sav), ("dta", pyreadstat.read_dta)])
@SHAPES
def test_the_labelled_files_say_the_same_and_why_a_cell_is_blank(folder, book, shape, ending, read):
    """F2, C11: a code that stands for a reason is that of missing.csv, and each reason is another code."""
    frame, meta = read(str(folder / f"data_{shape}.{ending}"), user_missing=True)
    codes = {(float(r.value) if ending == "sav" else r.stata): r.slug for r in MissingReason}
    of, rows, told = kinds(book, shape), frame.to_dict("records"), {}
    for row in rows:
        for name, cell in row.items():
            if of[name] != "text" and cell in codes:
                told[row["record_id"], name if shape == "wide" else (row["wave"], name)] = codes[cell]
                row[name] = None
    check(rows, folder, book, shape)
    if shape == "long":
        wanted = {(i, (w, c)): reason for (i, w, c), reason in reasons_of(folder).items() if of[c] != "text"}
        assert told == wanted
        assert len(set(wanted.values())) >= 4
    for entry in book["columns"]:
        if shape == "long":
            assert meta.column_names_to_labels[entry["name"]][:60] == entry["labels"]["sv"][:60]


BY_R = Path(__file__).with_name("read_release.R")
R = pytest.mark.r("haven", "readr", "data.table", "readxl", "readstata13", "jsonlite")


@pytest.fixture(scope="module")
def by_r(folder):
    """What R reads of every table, by shape and reader: each column as texts."""
    return r.run(BY_R, str(folder))


@R
@SHAPES
def test_r_reads_what_the_csv_says(folder, book, by_r, shape):
    """F1, F2: both profiles of the CSV, the workbook and the labelled files, through seven readers of R."""
    of = kinds(book, shape)
    for reader in ("readr", "base", "data.table", "readr_excel", "base_excel", "readxl", "sav_blank", "readstata13"):
        check(rows_of(of, by_r[shape][reader]), folder, book, shape)


@R
@SHAPES
def test_r_reads_why_a_cell_is_blank(folder, book, by_r, shape):
    """F2, C11: with user-missing values of SPSS and the letters of Stata, each as missing.csv has it."""
    of, reasons = kinds(book, shape), reasons_of(folder)
    for reader, codes in (
        ("sav", {str(reason.value): reason.slug for reason in MissingReason}),
        ("dta", {reason.stata.strip("."): reason.slug for reason in MissingReason}),
    ):
        rows, told = [], {}
        for row in rows_of({}, by_r[shape][reader]):
            for name, cell in row.items():
                if of[name] != "text" and cell in codes:
                    told[row["record_id"], row.get("wave"), name] = codes[cell]
            plain = {n: None if of[n] != "text" and c in codes else c for n, c in row.items()}
            rows.append({name: typed(cell, of[name]) for name, cell in plain.items()})
        check(rows, folder, book, shape)
        if shape == "long":
            assert told == {key: reason for key, reason in reasons.items() if of[key[2]] != "text"}
            assert len(set(told.values())) >= 4


@R
def test_r_reads_the_labels(book, by_r):
    """F2: of columns, of answers, and of the reasons: all of them in .sav, those that occur in .dta."""
    reasons = {reason.value: reason for reason in MissingReason}
    for entry in book["columns"]:
        sav, dta = (by_r["long"][reader][entry["name"]] for reader in ("sav_said", "dta_said"))
        label = entry["labels"]["sv"]
        assert sav["label"] == [label.encode()[:255].decode(errors="ignore")]
        assert dta["label"] == [label[:80].rstrip()]
        if kind_of(entry) == "text":
            continue
        assert sav["missing"] == [-99, -91]
        blanks = reasons if entry["values"] or entry["missing"] else {}
        assert labels(sav) == entry["values"] | {str(code): reason.label_sv for code, reason in blanks.items()}
        letters = {reason.stata.strip("."): reason.label_sv for reason in MissingReason}
        used = {letter: letters[letter] for letter in by_r["long"]["dta"][entry["name"]] if letter in letters}
        assert labels(dta) == entry["values"] | used


def labels(said):
    return dict(zip(said["values"], said["words"], strict=True))


def rows_of(of, columns):
    """A table of R by rows, with numbers where `of` says so."""
    typed_ = {n: [typed(cell, of[n]) for cell in cells] if n in of else cells for n, cells in columns.items()}
    return [dict(zip(typed_, row, strict=True)) for row in zip(*typed_.values(), strict=True)]


def typed(cell, kind):
    return cell if kind == "text" or cell is None else float(cell)


def test_the_measure_levels_are_those_of_the_codebook(folder, book):
    """F2."""
    _, meta = pyreadstat.read_sav(str(folder / "data_long.sav"))
    assert meta.variable_measure == {entry["name"]: entry["measure"] for entry in book["columns"]}
    assert set(meta.variable_measure.values()) == {"nominal", "ordinal", "scale"}


def test_another_program_finds_no_fault_in_the_package(folder):
    """F3: frictionless reads every cell of the CSV by the schema."""
    report = frictionless.validate(str(folder / "datapackage.json"))
    assert report.flatten(["type", "message"]) == []
    assert report.stats["tasks"] == 3


def test_the_ddi_of_a_real_study_keeps_to_its_schema(folder):
    assert faults(ElementTree.parse(folder / "ddi.xml").getroot()) == []  # noqa: S314  (our own document)


def test_every_column_is_described_whole(folder, book):
    """F3: 100 % of the columns, and every reason that stands in one is named for it."""
    described = {entry["name"]: entry for entry in book["columns"]}
    for shape in ("long", "wide"):
        names = set(of_csv(folder, shape)[0])
        assert names <= set(kinds(book, shape))
    for entry in book["columns"]:
        assert all(entry["labels"][language] for language in ("sv", "en")), entry["name"]
        assert entry["disclosure"] in ("kept", "at_least_once", "recoded", "withheld"), entry["name"]
        assert entry["measure"] in ("nominal", "ordinal", "scale"), entry["name"]
        assert list(entry["values"]) == list(entry["values_en"]), entry["name"]
        if entry["form"]:
            assert entry["instrument_version"], entry["name"]
            assert entry["construct"], entry["name"]
            assert entry["kirkpatrick_level"] or entry["construct"] in WITHOUT_LEVEL, entry["name"]
        for score in entry["scales"]:
            assert entry["name"].partition("___")[0] in described[score]["scoring"]["items"]
        if entry["kind"] == "score":
            assert set(entry["scoring"]["items"]) <= {name.partition("___")[0] for name in described}
            assert all(entry["scoring"]["high_means"][language] for language in ("sv", "en"))
    reasons = reasons_of(folder)
    for (_, wave, column), reason in reasons.items():
        asked = described[column]["waves"]
        assert reason in described[column]["missing"] or (asked and wave not in asked and reason == "not_shown"), column


def test_the_cells_are_those_that_can_stand_in_their_columns(folder, book):
    """F3: nothing in the table that the codebook does not know."""
    for row in of_csv(folder, "long"):
        for entry in book["columns"]:
            cell = row[entry["name"]]
            if cell is not None and entry["values"]:
                assert cell in entry["values"], entry["name"]


def names_of(figure):
    """The figures of the evaluation that the command beside a figure asks for, in the order of its rows."""
    return figure["code"].splitlines()[0].split()[2:]


def shared(board, book):
    """Every number that page and evaluation have: its name in the evaluation, people, value, interval and p as the page
    holds them; what it does not tell is None."""
    name_of = {entry["labels"]["sv"]: entry["name"] for entry in book["columns"] if entry["kind"] == "score"}
    for label, told in board["forandring"]["values"].items():
        name = f"change.{name_of[label]}.t0.t1"
        yield name, told["n"], told["value"], told["interval"], told["p"]
        yield f"{name}.g_av", told["n"], told["effect"], told["effect_interval"], None
    for label, told in board["jamforelse"]["values"].items():
        yield f"comparison.{name_of[label]}.t1.ancova", told["n"], told["value"], told["interval"], None
    # So few people leave no share of the course that can be told (decision 52).
    for dose in [board["dos"]] if "dos" in board else []:
        for name, label in zip(names_of(dose), (row[0] for row in dose["table"]["rows"]), strict=True):
            if told := dose["values"].get(label):
                yield name, told["n"], told["value"], told["interval"], None
    for name, row in zip(names_of(board["uppfoljning"]), board["uppfoljning"]["table"]["rows"], strict=True):
        if told := board["uppfoljning"]["values"].get(row[0]):
            yield name, told["n"], told["value"], told["interval"], told["p"]
    for told in board["bakgrund"]["values"].values():
        yield told["name"], None, told["n"], None, None
    arms = {"Börjar genast": "direct.mean", "Väntar först": "waitlist.mean", "Standardiserad skillnad": "smd"}
    for key, told in board["utgangslage"]["values"].items():
        label, _, group = key.rpartition(", ")
        yield f"baseline.{name_of[label]}.{arms[group]}", told["n"], told["value"], None, None
    for key, told in board["da-och-nu"]["values"].items():
        kind = dict(
            zip((row[0] for row in board["da-och-nu"]["table"]["rows"]), names_of(board["da-och-nu"]), strict=True)
        )
        yield kind[key], told["n"], told["value"], told["interval"], None
    rows = [row[0] for row in board["tillforlitlighet"]["table"]["rows"]]
    alphas = dict(zip(rows, names_of(board["tillforlitlighet"])[::2], strict=True))
    for label, told in board["tillforlitlighet"]["values"].items():
        yield alphas[label], told["n"], told["value"], told["interval"], None
        yield alphas[label].replace(".alpha", ".omega"), told["n"], told["effect"], None, None
    rows = [", ".join(row[:2]) for row in board["kunskap"]["table"]["rows"]]
    shares = dict(zip(rows, names_of(board["kunskap"]), strict=True))
    for key, told in board["kunskap"]["values"].items():
        yield shares[key], told["n"], told["value"], None, None


def test_page_report_and_evaluation_tell_the_same_number(folder, book, board, evaluation):
    """G10, C5: whatever two of them tell is one number, of the same people, to 1e-9. With the plan's rules forgotten
    the page would count those of the six who have both values, too."""
    report = Protected(read_release(folder), Thresholds(5))
    found, told_twice = list(shared(board, book)), 0
    for name, people, value, interval, p in found:
        figure = evaluation[name]
        assert people in (None, figure.n), name
        assert value in (None, pytest.approx(figure.estimate, abs=1e-9)), name
        assert interval is None or interval == pytest.approx(figure.interval, abs=1e-9), name
        assert p in (None, pytest.approx(figure.p, abs=1e-9)), name
        again = report.estimates.get(name)
        if again is not None and value is not None and figure.unit != "people":
            told_twice += 1
            assert (again.n, again.value) == (figure.n, pytest.approx(value, abs=1e-9)), name
    sections = {name.partition(".")[0] for name, *_ in found}
    assert sections - {"dose"} == {"change", "comparison", "baseline", "then", "reliability", "knowledge"}
    assert told_twice > 20
    pairs = paired_without_a_plan(folder, "se_mean")
    left_out = sum(row["contaminated_t0"] == "1" for row in pairs)
    assert len(pairs) - evaluation["change.se_mean.t0.t1"].n == left_out > 0
    before = next(row[1] for row in board["flode"]["table"]["rows"] if row[0] == "Samtyckte och svarade före")
    assert before == evaluation["flow.t0.answered"].estimate


def paired_without_a_plan(folder, name):
    return [row for row in of_csv(folder, "wide") if row[f"{name}_t0"] and row[f"{name}_t1"]]


def test_the_figures_of_the_page_are_recomputed_from_the_files_alone(folder, book, board, evaluation):
    """R09, C5: in a place where nothing of ours is installed; what the page holds back is not compared."""
    run = subprocess.run(
        [sys.executable, "-P", str(folder / "recompute.py")], cwd="/", env={"PYTHONSAFEPATH": "1"},
        capture_output=True, text=True,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    found = json.loads(run.stdout)
    again = {one["name"]: one for one in found["evaluation"]}
    for name, _, value, _, _ in shared(board, book):
        assert value in (None, pytest.approx(again[name]["estimate"], abs=1e-9)), name
    for label, change in board["forandring"]["values"].items():
        one = found["forandring"][label]
        assert (one["n"], one["estimate"]) == (change["n"], pytest.approx(change["value"], abs=1e-9))
        assert one["effect"] in (None, pytest.approx(change["effect"], abs=1e-9))
    for label, difference in board["jamforelse"]["values"].items():
        one = found["jamforelse"][label]
        assert (one["n"], one["estimate"]) == (difference["n"], pytest.approx(difference["value"], abs=1e-9))
        assert difference["p"] in (None, pytest.approx(one["p"], abs=1e-9))
    for label, people, mean, _ in board["da-och-nu"]["table"]["rows"]:
        one = found["da-och-nu"][label]
        assert people is None or (one["n"], swedish(one["estimate"])) == (people, mean)
    assert set(board["tillforlitlighet"]["values"]) <= {
        label.replace(", t0", ", före").replace(", t1", ", efter") for label in found["tillforlitlighet"]
    }
    for page in ("bakgrund", "utgangslage", "kunskap", "uppfoljning", *({"dos", "genomforande"} & board.keys())):
        assert set(names_of(board[page])) <= found[page].keys()
    assert list(evaluation) == [one["name"] for one in found["evaluation"]]
    assert sum(one["estimate"] is not None for one in found["evaluation"]) > 500
    for one in found["evaluation"]:
        ours = evaluation[one["name"]]
        # Of hardly more people than items one factor has no one best solution, and the contract asks for four digits.
        modelled = ours.call.command in ("mixed", "steppedwedge") or one["name"].endswith(".omega")
        allowed = 1e-4 if modelled else 1e-9
        close = None if ours.estimate is None else pytest.approx(ours.estimate, rel=allowed, abs=allowed * 1e-3)
        assert one["estimate"] == close, one["name"]
    # Answers that the page has merged still come to as many people.
    ours = (entry for entry in book["columns"] if entry["instrument_version"].startswith("se v"))
    names = {entry["labels"]["sv"]: entry["name"] for entry in ours}
    people = {}
    for text, wave, _, count in board["fordelning"]["table"]["rows"]:
        name = next(name for label, name in names.items() if label.endswith(text))
        people.setdefault((name, {"Före": "t0", "Efter": "t1"}[wave]), []).append(count)
    shown = {key: counts for key, counts in people.items() if None not in counts}
    assert shown
    for (name, wave), counts in shown.items():
        assert sum(counts) == sum(found["fordelning"][f"{name}, {wave}"].values())


def test_the_command_beside_a_figure_counts_all_its_rows(folder, board):
    """R09: answers and bands with as many people as the page tells, the checks, and each group."""
    for figure in ("fordelning", "spridning"):
        lines = [line.split() for line in board[figure]["code"].splitlines()]
        asked = [name for _, program, *names in lines for name in names if program == "recompute.py"]
        again = {one["name"]: one["n"] for one in recomputed(folder, *asked)}
        told = {}
        for *key, _, people in board[figure]["table"]["rows"]:
            told.setdefault(tuple(key), []).append(people)
        assert len(again) == len(told)
        shown = sorted(sum(counts) for counts in told.values() if None not in counts)
        assert shown
        assert Counter(shown) <= Counter(again.values())
    checks = recomputed(folder, *board["kvalitet"]["code"].split()[2:])
    rows = board["kvalitet"]["table"]["rows"]
    assert len(checks) == len(rows)
    told = [(row[1], row[2], one) for row, one in zip(rows, checks, strict=True) if row[1] is not None]
    assert len(told) > 3
    for people, share, one in told:
        assert (people, share) == (one["people"], f"{round(100 * one['people'] / one['of'])}\u00a0%"), one["name"]


def test_the_change_of_a_group_is_that_of_its_people_alone(folder):
    (found,) = recomputed(folder, "--among", "arm=direct", "change.se_mean.t0.t1")
    (everybody,) = recomputed(folder, "change.se_mean.t0.t1")
    assert 0 < found["n"] < everybody["n"]


def recomputed(folder, *arguments):
    run = subprocess.run(
        [sys.executable, str(folder / "recompute.py"), *arguments], capture_output=True, text=True, check=True
    )
    return json.loads(run.stdout)


def swedish(value):
    return f"{value:.2f}".replace(".", ",").replace("-", "\u2212")
