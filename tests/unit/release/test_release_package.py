"""A release as a whole: what stands in its files, that they hold together, and what other programs find in them."""

import csv
import hashlib
import io
import json
import subprocess
import sys
import zipfile
from dataclasses import replace

import frictionless
import pytest

from kapabla.release import package
from kapabla.release.dataset import to_wide
from kapabla.release.test_people import COLUMN, TEST_MARK, marked
from tests.unit.release.samples import ABOUT, make_dataset

REAL = replace(ABOUT, is_test=False, registry_number="2026-01234-01")
LONG = make_dataset(30, seed=4)
MANIFEST = {"title": ABOUT.title, "release": ABOUT.release}
# What holds nothing of its own: the list of the others' hashes, and a table whose four columns are fixed.
NO_ROOM = {"SHA256SUMS", "missing.csv"}


def files(dataset, about):
    return package.sealed(package.files_of(dataset, about), MANIFEST | {"title": about.title}, about)


TEST, OF_REAL = files(marked(LONG), ABOUT), files(LONG, REAL)


@pytest.fixture
def folder(tmp_path):
    for name, body in TEST.items():
        (tmp_path / name).write_bytes(body)
    return tmp_path


def validate(folder):
    report = frictionless.validate(str(folder / "datapackage.json"))
    return [(task.name, error.type) for task in report.tasks for error in task.errors] + [e.type for e in report.errors]


def rewrite(path, change):
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    change(rows)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def test_a_release_has_every_file_that_is_promised():
    """F1–F5: docs and interfaces name them."""
    tables = {f"data_{shape}{ending}" for shape in ("long", "wide") for ending in (
        ".csv", "_excel.csv", ".xlsx", ".sav", ".dta", ".parquet")}  # fmt: skip
    documents = {"missing.csv", "codebook.html", "codebook.json", "datapackage.json", "ddi.xml", "analysis.zip",
                 "manifest.json", "README.txt", "SHA256SUMS", "recompute.py", "recompute.R",
                 "evaluation.csv", "plan.json"}  # fmt: skip
    assert set(TEST) == tables | documents


def test_the_data_package_is_valid_to_another_program(folder):
    """F3: Data Package v2 through frictionless, with hashes, keys and every cell."""
    assert validate(folder) == []
    package_json = json.loads(TEST["datapackage.json"])
    assert package_json["$schema"] == "https://datapackage.org/profiles/2.0/datapackage.json"
    assert [r["name"] for r in package_json["resources"]] == ["data_long", "data_wide", "missing"]


def test_every_column_of_the_tables_has_a_field_with_its_values():
    """F3."""
    described = {r["name"]: r["schema"]["fields"] for r in json.loads(TEST["datapackage.json"])["resources"]}
    for name, table in (("data_long", marked(LONG)), ("data_wide", to_wide(marked(LONG)))):
        assert [field["name"] for field in described[name]] == [column.name for column in table.columns]
        for field, column in zip(described[name], table.columns, strict=True):
            assert (field["title"], field["description"]) == (column.labels["sv"], column.labels["en"])
            values = {category["value"]: category["label"] for category in field.get("categories", [])}
            assert values == dict(column.categories)


@pytest.mark.parametrize(
    ("file", "change", "fault"),
    [
        ("data_long", lambda rows: rows[0].update(se_1="6"), "constraint-error"),
        ("data_long", lambda rows: rows[0].update(se_1="tre"), "type-error"),
        ("data_long", lambda rows: rows[0].update(arm=""), "constraint-error"),
        ("data_wide", lambda rows: rows[1].update(record_id=rows[0]["record_id"]), "primary-key"),
        ("missing", lambda rows: rows[0].update(record_id="KP9999"), "foreign-key"),
        ("missing", lambda rows: rows[0].update(reason="bortrest"), "constraint-error"),
    ],
)
def test_a_changed_cell_is_found_by_another_program(folder, file, change, fault):
    """The description can fail: hashes are taken away, so that the schema alone has to find it."""
    described = json.loads(TEST["datapackage.json"])
    for resource in described["resources"]:
        del resource["hash"], resource["bytes"]
    (folder / "datapackage.json").write_text(json.dumps(described), encoding="utf-8")
    assert validate(folder) == []
    rewrite(folder / f"{file}.csv", change)
    assert (file, fault) in validate(folder)


def test_the_package_knows_the_bytes_of_its_tables(folder):
    (folder / "data_long.csv").write_bytes(TEST["data_long.csv"] + b"\n")
    assert ("data_long", "hash-count") in validate(folder) or ("data_long", "byte-count") in validate(folder)


def readable(name, body):
    """All that a file holds, unpacked where it is packed."""
    if name.endswith((".xlsx", ".zip")):
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            return b"".join(archive.read(entry) for entry in archive.namelist())
    return body


@pytest.mark.parametrize("name", sorted(set(TEST) - NO_ROOM))
def test_every_file_of_test_people_says_so_and_none_of_real_people_does(name):
    """C12."""
    assert TEST_MARK.encode() in readable(name, TEST[name])
    assert TEST_MARK.encode() not in readable(name, OF_REAL[name])


def test_the_mark_changes_no_other_cell():
    """C12, interfaces: a column is added last, and nothing else differs."""
    plain = [line.split(",") for line in OF_REAL["data_long.csv"].decode().splitlines()]
    with_mark = [line.split(",") for line in TEST["data_long.csv"].decode().splitlines()]
    assert [row[:-1] for row in with_mark] == plain
    assert {row[-1] for row in with_mark[1:]} == {TEST_MARK}
    assert with_mark[0][-1] == COLUMN.name
    assert TEST["missing.csv"] == OF_REAL["missing.csv"]


def test_the_sums_hold_for_all_files_and_for_a_part(folder):
    """F5: with the very command that the README gives."""
    command = next(line for line in TEST["README.txt"].decode().splitlines() if "sha256sum" in line).split()
    assert subprocess.run(command, cwd=folder, capture_output=True).returncode == 0
    for name in set(TEST) - {"data_long.csv", "SHA256SUMS"}:
        (folder / name).unlink()
    assert subprocess.run(command, cwd=folder, capture_output=True).returncode == 0
    (folder / "data_long.csv").write_bytes(b"changed")
    assert subprocess.run(command, cwd=folder, capture_output=True).returncode == 1


def test_the_sums_list_every_file_and_the_readme_cites_the_manifest():
    listed = dict(line.split("  ")[::-1] for line in TEST["SHA256SUMS"].decode().splitlines())
    assert listed == {n: hashlib.sha256(b).hexdigest() for n, b in TEST.items() if n != "SHA256SUMS"}
    assert listed["manifest.json"] in TEST["README.txt"].decode()


def test_the_readme_says_conditions_and_citation_in_both_languages():
    text = TEST["README.txt"].decode()
    for words in (
        "VILLKOR",
        "CONDITIONS",
        "färre än 5 personer",
        "fewer than 5 people",
        ABOUT.citation,
        *ABOUT.who.values(),
    ):
        assert words in text
    for name in set(TEST) - {"README.txt", "SHA256SUMS"}:
        ending = name.removeprefix("data_long").removeprefix("data_wide")
        assert ending in text


def test_the_statistics_are_imported_from_the_archive(folder):
    """The package as it was, without the one that is installed."""
    script = "import analysis, analysis.paired; print(analysis.paired.__file__)"
    run = subprocess.run(
        [sys.executable, "-c", script], cwd=folder, env={"PYTHONPATH": "analysis.zip"}, capture_output=True, text=True
    )
    assert run.stdout.strip() == str(folder / "analysis.zip" / "analysis" / "paired.py"), run.stderr
    with zipfile.ZipFile(folder / "analysis.zip") as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert not [name for name in archive.namelist() if "__pycache__" in name]


def test_the_same_release_has_the_same_bytes():
    """F5."""
    assert files(marked(LONG), ABOUT) == TEST
