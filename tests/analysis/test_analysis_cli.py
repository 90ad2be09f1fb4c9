"""The envelope, the exit codes and the edges that every command shares."""

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import analysis
from analysis.cli import COMMANDS, main

ROOT = Path(analysis.__file__).parents[1]
ON_DATA = {
    "describe": ["--items", "a,b", "--min", "0", "--max", "1"],
    "reliability": ["--items", "a,b"],
    "score": ["--items", "a,b"],
    "paired": ["--pre", "a", "--post", "b"],
    "independent": ["--y", "a", "--group", "b"],
    "mcnemar": ["--pre", "a", "--post", "b"],
    "ancova": ["--pre", "e", "--post", "a", "--group", "b"],
    "did": ["--outcome", "a", "--time", "b", "--group", "c", "--cluster", "d"],
    "mixed": ["--outcome", "e", "--fixed", "b", "--cluster", "d"],
    "steppedwedge": ["--outcome", "e", "--cluster", "d", "--period", "a", "--treatment", "b"],
    "items": ["--items", "a,b"],
    "attrition": ["--completed", "a", "--covariates", "e,b"],
    "mi": ["--outcome", "e", "--fixed", "b", "--m", "3"],
    "change": ["--pre", "a", "--post", "b", "--reliability", "0.8", "--better", "higher"],
    "responseshift": ["--pre", "a", "--post", "b", "--then", "e"],
    "bootstrap": ["--pre", "b", "--post", "e", "--statistic", "mean_diff", "--resamples", "200"],
    "equate": ["--score", "e", "--form", "b"],
    "ordinal": ["--outcome", "a", "--fixed", "b+e"],
    "icc": ["--raters", "a,b,e"],
    "agreement": ["--rater-a", "a", "--rater-b", "b", "--levels", "0,1"],
}
WITHOUT_DATA = {"proportion", "adjust", "pool", "power"}
WITH_TOTALS = {"raking"}  # reads two files: test_analysis_raking.py
NO_NUMBERS = {"agreement"}  # a rating is a level, and one that is not among the levels is out of range
HEAD = "a,b,c,d,e\n"
# Two measurements of 0 and 1, a group of two cohorts each, a cohort, and a measurement with decimals.
GOOD = HEAD + "".join(
    f"{a},{b},{cd[0]},{cd},{e}\n"
    for (a, b), cd, e in zip(
        [(0, 0), (1, 1), (0, 1), (1, 0), (1, 1), (0, 0), (1, 1), (1, 0)] * 2,
        ["x1", "x1", "x2", "x2", "y1", "y1", "y2", "y2"] * 2,
        [2, 3.5, 1, 4, 2.5, 3, 5, 4.5, 1.5, 2, 3, 2, 4, 1, 2, 3.5],
        strict=True,
    )
)


def on_data(test):
    return pytest.mark.parametrize("command", ON_DATA)(test)


def test_every_command_is_covered_here():
    assert set(ON_DATA) | WITHOUT_DATA | WITH_TOTALS == set(COMMANDS)


@on_data
def test_envelope_has_the_contracts_keys_in_order(run, csv_file, command):
    code, found, err = run(command, "--data", csv_file(GOOD), *ON_DATA[command])
    assert list(found) == ["schema", "command", "status", "reason", "detail", "warnings", "result"]
    assert (code, found["schema"], found["command"], found["status"]) == (0, "kapabla-stats/1", command, "ok")
    assert (found["reason"], found["detail"], err) == (None, None, "")


@on_data
@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("", "column_not_found"),
        ("\n\n", "column_not_found"),
        ("x,y\n1,1\n", "column_not_found"),
        ("x,y\n", "column_not_found"),
        (HEAD, "no_rows"),
        (HEAD + "\n\n", "no_rows"),
        (HEAD + "x,1,1,1,x\n", "non_numeric"),
        (HEAD + ",,,,\n , , , , \n", "all_missing"),
        (HEAD + "1,,x,1,1\n0,NA,y,1,0\n0,NaN,x,2,1\n1,  ,y,2,2\n", "all_missing"),
    ],
)
def test_refusals_that_all_commands_share(run, csv_file, command, content, reason):
    code, found, _ = run(command, "--data", csv_file(content), *ON_DATA[command])
    if command in NO_NUMBERS and reason == "non_numeric":
        reason = "out_of_range"
    assert (code, found["status"], found["reason"], found["result"]) == (3, "refused", reason, {})
    assert found["detail"]


ON_ONE_ROW = {"describe", "score", "mcnemar", "agreement"}


@on_data
def test_one_row(run, csv_file, command):
    code, found, _ = run(command, "--data", csv_file(HEAD + "1,0,x,k,2\n"), *ON_DATA[command])
    assert (code, found["reason"]) == ((0, None) if command in ON_ONE_ROW else (3, "too_few_rows"))


@on_data
def test_number_faults_come_before_range_and_blanks(run, csv_file, command):
    code, found, _ = run(command, "--data", csv_file(HEAD + "99,,x,1,9\nx,,x,1,x\n"), *ON_DATA[command])
    assert (code, found["reason"]) == (3, "out_of_range" if command in NO_NUMBERS else "non_numeric")


@on_data
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("separator", [",", ";"])
def test_the_form_of_the_file_is_no_matter(run, csv_file, command, ending, mark, separator):
    _, expected, _ = run(command, "--data", csv_file(GOOD, "plain.csv"), *ON_DATA[command])
    cells = [line.split(",") for line in GOOD.splitlines()]
    lines = [separator.join(cells_of_line) for cells_of_line in cells]
    text = "".join(line + ending for line in lines)
    other = mark + (text.replace(".", ",") if separator == ";" else text).encode()
    assert run(command, "--data", csv_file(other), *ON_DATA[command])[1] == expected


@on_data
def test_without_json_the_same_is_printed_for_people(run, csv_file, command, capsys):
    path = str(csv_file(GOOD))
    _, expected, _ = run(command, "--data", path, *ON_DATA[command])
    main([command, "--data", path, *ON_DATA[command]])
    out = capsys.readouterr().out
    assert json.loads(out) == expected
    assert out.startswith('{\n  "schema"')


@pytest.mark.parametrize(
    "argv",
    [
        [],
        ["nonsense"],
        ["describe"],
        ["paired", "--data", "x.csv", "--pre", "a"],
        ["paired", "--data", "x.csv", "--pre", "a", "--post", "b", "--unknown", "1"],
        ["paired", "--data", "x.csv", "--pre", "a", "--pos", "b"],
        ["paired", "--data", "x.csv", "--pre", "a", "--post", "b", "--conf", "1"],
        ["paired", "--data", "x.csv", "--pre", "a", "--post", "b", "--conf", "95"],
        ["paired", "--data", "x.csv", "--pre", "a", "--post", "b", "--conf", "nan"],
        ["reliability", "--data", "x.csv", "--items", "a,b", "--reverse", "a"],
        ["reliability", "--data", "x.csv", "--items", "a,b", "--reverse", "a", "--min", "1"],
        ["reliability", "--data", "x.csv", "--items", "a,b", "--reverse", "c", "--min", "1", "--max", "6"],
        ["reliability", "--data", "x.csv", "--items", "a,b", "--missing", "impute"],
        ["score", "--data", "x.csv", "--items", "a,b", "--reverse", "a", "--max", "6"],
        ["score", "--data", "x.csv", "--items", "a,b", "--min", "6", "--max", "1"],
        ["score", "--data", "x.csv", "--items", "a,b", "--min-answered", "3"],
        ["score", "--data", "x.csv", "--items", "a,b", "--min-answered", "0"],
        ["score", "--data", "x.csv", "--items", "a,a"],
        ["score", "--data", "x.csv", "--items", ","],
        ["describe", "--data", "x.csv", "--items", "a", "--min", "1.5", "--max", "6"],
        ["describe", "--data", "x.csv", "--items", "a", "--min", "1"],
        ["describe", "--data", "absent.csv", "--items", "a", "--min", "1", "--max", "6"],
        ["describe", "--data", __file__, "--items", "a", "--min", "1", "--max", "6", "--suppress-below", "-1"],
        ["proportion", "--x", "3", "--n", "2"],
        ["proportion", "--x", "-1", "--n", "2"],
        ["proportion", "--x", "0", "--n", "0"],
        ["proportion", "--x", "0.5", "--n", "2"],
        ["proportion", "--x", "inf", "--n", "2"],
        ["adjust", "--p", "0.1,x"],
        ["adjust", "--p", ""],
        ["adjust", "--p", "0.1,1.01"],
        ["adjust", "--p=-0.1,0.2"],
        ["adjust", "--p", "nan"],
        ["ancova", "--data", "x.csv", "--pre", "a", "--post", "b"],
        ["ancova", "--data", "x.csv", "--pre", "a", "--post", "b", "--group", "c", "--reference", "c"],
        ["ancova", "--data", "x.csv", "--pre", "a", "--post", "b", "--group", "c", "--reference", "c=1,c=2"],
        ["mixed", "--data", "x.csv", "--outcome", "a", "--fixed", "a+", "--id", "b"],
        ["mixed", "--data", "x.csv", "--outcome", "a", "--fixed", "b", "--id", "c", "--df", "kenward"],
        ["mi", "--data", "x.csv", "--outcome", "a", "--fixed", "b", "--m", "1"],
        ["mi", "--data", "x.csv", "--outcome", "a", "--fixed", "b", "--seed", "-1"],
        ["items", "--data", "x.csv", "--items", "a,b", "--key", "c=1"],
        ["items", "--data", "x.csv", "--items", "a,b", "--key", "a"],
        ["agreement", "--data", "x.csv", "--rater-a", "a", "--rater-b", "b", "--levels", "1"],
        ["change", "--data", "x.csv", "--pre", "a", "--post", "b", "--reliability", "0", "--better", "higher"],
        ["change", "--data", "x.csv", "--pre", "a", "--post", "b", "--reliability", "1.1", "--better", "higher"],
        ["change", "--data", "x.csv", "--pre", "a", "--post", "b", "--reliability", "0.8", "--better", "up"],
        ["pool", "--estimates", "1", "--se", "1", "--dfcom", "10"],
        ["pool", "--estimates", "1,2", "--se", "1", "--dfcom", "10"],
        ["pool", "--estimates", "1,2", "--se", "1,-1", "--dfcom", "10"],
        ["pool", "--estimates", "1,2", "--se", "1,1", "--dfcom", "0"],
        ["pool", "--estimates", "1,inf", "--se", "1,1", "--dfcom", "9"],
        ["power", "--design", "paired", "--effect", "0.5"],
        ["power", "--design", "paired", "--effect", "0.5", "--n", "20", "--power", "0.8"],
        ["power", "--design", "paired", "--effect", "0.5", "--n", "1"],
        ["power", "--design", "paired", "--effect", "0", "--power", "0.8"],
        ["power", "--design", "paired", "--effect", "1e-9", "--power", "0.8"],
        ["power", "--design", "paired", "--effect", "nan", "--n", "20"],
        ["power", "--design", "paired", "--effect", "0.5", "--power", "0.04"],
        ["power", "--design", "paired", "--effect", "0.5", "--n", "20", "--alpha", "0"],
        ["power", "--design", "other", "--effect", "0.5", "--n", "20"],
        ["power", "--design", "cluster", "--effect", "0.5", "--clusters", "5", "--icc", "0.1"],
        ["power", "--design", "cluster", "--effect", "0.5", "--clusters", "1", "--cluster-size", "5", "--icc", "0.1"],
        ["power", "--design", "cluster", "--effect", "0.5", "--clusters", "5", "--cluster-size", "5", "--icc", "1.1"],
        [
            "power",
            "--design",
            "stepped-wedge",
            "--effect",
            "1",
            "--clusters",
            "5",
            "--periods",
            "4",
            "--cluster-size",
            "5",
            "--var-residual",
            "1",
            "--var-cluster",
            "0",
        ],
        [
            "power",
            "--design",
            "stepped-wedge",
            "--effect",
            "1",
            "--clusters",
            "6",
            "--periods",
            "4",
            "--cluster-size",
            "5",
            "--var-residual",
            "1",
        ],
    ],
)
def test_misuse_is_exit_2_with_a_message_and_nothing_on_stdout(capsys, argv):
    assert main(argv) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("analysis: ")
    assert "Traceback" not in err


def test_help_names_every_command(capsys):
    with pytest.raises(SystemExit) as stop:
        main(["--help"])
    assert stop.value.code == 0
    text = capsys.readouterr().out
    assert all(name in text for name in COMMANDS)


def python(*argv, **kwargs):
    return subprocess.run([sys.executable, *argv], capture_output=True, text=True, timeout=60, **kwargs)


def test_as_a_program_ok_refused_and_misuse(csv_file):
    path = str(csv_file("å,b\n1,2\n2,2\n3,5\n"))
    ok = python(
        "-W", "error", "-m", "analysis", "paired", "--data", path, "--pre", "å", "--post", "b", "--json", cwd=ROOT
    )
    assert (ok.returncode, ok.stderr, len(ok.stdout.splitlines())) == (0, "", 1)
    assert json.loads(ok.stdout)["result"]["n_pairs"] == 3
    refused = python("-m", "analysis", "paired", "--data", path, "--pre", "ö", "--post", "b", "--json", cwd=ROOT)
    assert (refused.returncode, json.loads(refused.stdout)["reason"]) == (3, "column_not_found")
    misuse = python("-m", "analysis", "paired", "--nonsense", cwd=ROOT)
    assert (misuse.returncode, misuse.stdout) == (2, "")
    assert "Traceback" not in misuse.stderr


def test_misuse_loads_no_numerical_library():
    code = (
        "import sys; from analysis.cli import main; main(['nonsense']);"
        "sys.exit(bool({'numpy', 'scipy', 'pandas', 'flask', 'sqlalchemy', 'kapabla'} & set(sys.modules)))"
    )
    assert python("-c", code, cwd=ROOT).returncode == 0


def test_works_from_a_zip(tmp_path):
    archive = tmp_path / "analysis.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        for source in (ROOT / "analysis").rglob("*.py"):
            packed.write(source, source.relative_to(ROOT))
    code = (
        f"import sys; sys.path.insert(0, {str(archive)!r}); import analysis; assert '.zip' in analysis.__file__;"
        "import importlib, pkgutil; from analysis.paired import paired;"
        "[importlib.import_module('analysis.' + found.name) for found in pkgutil.iter_modules(analysis.__path__)"
        " if found.name != '__main__'];"
        "print(paired([1, 2, 3], [2, 2, 5]).result['n_pairs']);"
        "sys.exit('kapabla' in sys.modules)"
    )
    done = python("-P", "-c", code, cwd=tmp_path)
    assert (done.returncode, done.stdout.strip(), done.stderr) == (0, "3", "")
