"""Every number of the evaluation again, from the files of a release alone: in Python from analysis.zip, in R with no
code of ours (G10)."""

import json
import subprocess
import sys

import pytest

from analysis.evaluation import as_csv, evaluate, read_release, wanted
from kapabla.release.documents import analysis_package
from kapabla.release.package import PROGRAMS
from tests import r
from tests.analysis.evaluated import files, make_rows

CLOSED, SEARCHED = 1e-9, 1e-4


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Nothing but the files."""
    found = tmp_path_factory.mktemp("release")
    for name, body in zip(("data_long.csv", "codebook.json", "plan.json"), files(make_rows(104)), strict=True):
        (found / name).write_bytes(body)
    (found / "evaluation.csv").write_text(as_csv(wanted(read_release(found)), "Example"), "utf-8")
    (found / "analysis.zip").write_bytes(analysis_package.as_zip("Example"))
    for program in PROGRAMS:
        (found / program.name).write_bytes(program.read_bytes())
    return found


PERMIT = "the rows do not permit it: see recompute.py"


@pytest.fixture(scope="module")
def figures(folder):
    return {figure.name: figure for figure in evaluate(read_release(folder))}


def in_python(folder, *names):
    run = subprocess.run(
        [sys.executable, "-P", str(folder / "recompute.py"), *names], cwd="/", env={"PYTHONSAFEPATH": "1"},
        capture_output=True, text=True,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)


def check(figure, again):
    """To what the contract asks of each: an optimum that is searched for is found to fewer digits than a sum."""
    searched = figure.call.command in ("mixed", "steppedwedge") or figure.name.endswith(".omega")
    allowed = SEARCHED if searched else CLOSED
    told = [figure.estimate, *(figure.interval or (None, None)), figure.p]
    found = [again["estimate"], *(again["interval"] or (None, None)), again["p"]]
    assert again["n"] == figure.n, figure.name
    for mine, theirs in zip(told, found, strict=True):
        if mine is not None:
            assert theirs == pytest.approx(mine, rel=allowed, abs=allowed * 1e-3), figure.name


def test_python_gives_every_number_again(folder, figures):
    again = {one["name"]: one for one in in_python(folder, *figures)}
    assert list(again) == list(figures)
    for name, figure in figures.items():
        check(figure, again[name])
        assert again[name]["status"] == figure.status


def test_a_number_that_is_named_comes_alone_also_one_that_takes_the_p_of_others(folder, figures):
    names = ("family.secondary.avs_mean.t1", "change.se_mean.t0.t1")
    again = in_python(folder, *names)
    assert {one["name"] for one in again} == set(names)
    for one in again:
        check(figures[one["name"]], one)


def test_a_misspelt_name_is_an_error_and_not_an_empty_answer(folder):
    said = subprocess.run(
        [sys.executable, "-P", str(folder / "recompute.py"), "nej", "change.se_mean.t0.t1"], capture_output=True,
        check=False, text=True,
    )  # fmt: skip
    assert (said.returncode, said.stdout) == (1, "")
    assert said.stderr == "No such number: nej. The names stand in evaluation.csv.\n"


@pytest.mark.r("jsonlite")
def test_r_says_so_too(folder):
    command = ["Rscript", "--vanilla", str(folder / "recompute.R"), "nej"]
    said = subprocess.run(command, capture_output=True, check=False, text=True)
    assert (said.returncode, said.stdout) == (1, "")
    assert said.stderr == "No such number: nej. The names stand in evaluation.csv.\n"


@pytest.mark.r("lme4", "lmerTest", "pbkrtest")
def test_r_gives_every_number_again_but_what_is_drawn_at_random(folder, figures):
    again = {one["name"]: one for one in r.run(folder / "recompute.R")}
    assert list(again) == list(figures)
    for name, figure in figures.items():
        if figure.call.command in ("mi", "bootstrap"):
            assert "draws at random" in again[name]["away"]
        elif figure.estimate is not None:
            check(figure, again[name])
        else:
            # Never what R says where it stumbles.
            assert again[name]["away"] in (None, "nobody has all that it needs", PERMIT)


def test_a_missing_file_is_named_in_one_sentence(tmp_path):
    program = next(program for program in PROGRAMS if program.name == "recompute.py")
    (tmp_path / "recompute.py").write_bytes(program.read_bytes())
    (tmp_path / "data_long.csv").write_text("record_id\n", encoding="utf-8")
    said = subprocess.run(
        [sys.executable, "-P", str(tmp_path / "recompute.py")], capture_output=True, check=False, text=True
    )
    assert said.returncode == 1
    assert said.stderr == (
        "Missing beside recompute.py: codebook.json, plan.json, analysis.zip. Fetch it from the same release and try "
        "again.\n"
    )
