"""Attack 24: what the files tell beside their cells: who wrote them, where, and when."""

import getpass
import io
import re
import socket
import zipfile
from pathlib import Path

import duckdb
import pytest

from kapabla.release import package
from kapabla.release.writers import WRITERS
from tests.unit.release.samples import ABOUT, make_dataset

TITLE = "Utgåva 1 (Exempeldata)"
DATA = make_dataset()
BODIES = {name: write(DATA, TITLE) for name, (_, write) in WRITERS.items()}


def unzipped(body):
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        return {entry.filename: (entry.date_time, archive.read(entry)) for entry in archive.infolist()}


def everything(name):
    body = BODIES[name]
    return b"".join([body, *(part for _, part in unzipped(body).values())]) if name == "xlsx" else body


@pytest.mark.parametrize("name", WRITERS)
def test_no_file_names_the_machine_the_user_a_folder_or_the_present_year(name, tmp_path):
    """C7.24."""
    text = everything(name)
    for marker in (socket.gethostname(), "/tmp/", str(Path(__file__).parents[2]), "pandas", "__index"):
        assert marker.encode() not in text
    if len(getpass.getuser()) > 4:
        assert getpass.getuser().encode() not in text
    assert not re.search(rb"20(2[4-9]|3\d)-\d\d-\d\d|\d\d [A-Z][a-z]{2} (20)?2[4-9]", text)


def test_a_workbook_has_a_title_and_no_author():
    """C7.24."""
    parts = unzipped(BODIES["xlsx"])
    assert {moment for moment, _ in parts.values()} == {(1980, 1, 1, 0, 0, 0)}
    core = parts["docProps/core.xml"][1].decode()
    assert re.findall(r"<dc:creator>(.*?)</dc:creator>|<cp:lastModifiedBy>(.*?)</cp", core) in (
        [],
        [("", ""), ("", "")],
    )
    assert TITLE in core
    assert core.count("2000-01-01T00:00:00Z") == 2


def test_a_stata_file_has_a_fixed_time():
    """C7.24."""
    assert b"<timestamp>\x1101 Jan 2000 00:00</timestamp>" in BODIES["dta"]


def test_an_spss_file_has_a_fixed_time_and_no_note():
    """C7.24: the date stands at byte 92, after the bias of compression, which is 100."""
    header = BODIES["sav"][:176]
    assert header[84:92] == b"\x00\x00\x00\x00\x00\x00Y@"
    assert header[92:109] == b"01 Jan 0000:00:00"


def test_a_parquet_file_has_its_title_and_no_other_key(tmp_path):
    """C7.24: pandas would have written an index."""
    path = tmp_path / "x.parquet"
    path.write_bytes(BODIES["parquet"])
    with duckdb.connect() as database:
        keys = database.execute("SELECT key, value FROM parquet_kv_metadata(?)", [str(path)]).fetchall()
    assert [(bytes(key), bytes(value).decode()) for key, value in keys] == [(b"title", TITLE)]


@pytest.mark.parametrize("name", ["xlsx", "sav", "dta", "parquet"])
def test_a_file_of_test_people_says_so(name):
    """C4.9: every file that has room for it; a CSV has its README, manifest and codebook beside it."""
    assert b"Exempeldata" in everything(name)


@pytest.mark.parametrize("name", ["datapackage.json", "ddi.xml", "codebook.json", "codebook.html", "analysis.zip"])
def test_no_document_names_the_machine_the_user_or_a_folder(name):
    """C7.24: of days only the one that the release is called by."""
    body, is_zip = package.files_of(DATA, ABOUT)[name], name.endswith(".zip")
    text = (
        b"\n".join(b"%s\n%s" % (file.encode(), part) for file, (_, part) in unzipped(body).items()) if is_zip else body
    )
    # As a word: a machine may have a name of two letters.
    assert not re.search(rf"\b{re.escape(socket.gethostname())}\b".encode(), text)
    for marker in ("/tmp/", str(Path(__file__).parents[2]), "site-packages", "__pycache__"):
        assert marker.encode() not in text
    if not is_zip:
        days = re.findall(rb"20\d\d-\d\d-\d\d[-\dT:.Z]*", text)
        assert set(days) <= {ABOUT.release.encode()}


def test_the_archive_of_the_statistics_has_no_times():
    """C7.24: nor the rights of whoever packed it."""
    with zipfile.ZipFile(io.BytesIO(package.files_of(DATA, ABOUT)["analysis.zip"])) as archive:
        assert {(entry.date_time, entry.external_attr) for entry in archive.infolist()} == {
            ((1980, 1, 1, 0, 0, 0), 0o600 << 16)
        }
        assert archive.comment == b""


def test_a_parquet_file_with_a_key_of_its_own_would_be_found(tmp_path):
    """The mutant: the same library, and a key beside the title, as pandas writes its index."""
    path = tmp_path / "x.parquet"
    with duckdb.connect() as database:
        database.execute(
            f"COPY (SELECT 1 AS a) TO '{path}' (FORMAT parquet, KV_METADATA {{title: 'x', pandas: '{{}}'}})"
        )
        keys = database.execute("SELECT key FROM parquet_kv_metadata(?)", [str(path)]).fetchall()
    assert [bytes(key) for (key,) in keys] != [b"title"]
    assert b"pandas" in path.read_bytes()


@pytest.mark.parametrize("name", ["xlsx", "dta"])
def test_a_file_of_this_moment_would_be_found(name, tmp_path):
    """The mutants: the writers' own libraries as they come write the present time."""
    import pandas

    path = tmp_path / f"x.{name}"
    frame = pandas.DataFrame([{"a": 1}])
    if name == "xlsx":
        frame.to_excel(path, engine="xlsxwriter")
        body = b"".join(part for _, part in unzipped(path.read_bytes()).values())
    else:
        frame.to_stata(path)
        body = path.read_bytes()
    assert re.search(rb"20(2[4-9]|3\d)-\d\d-\d\d|\d\d [A-Z][a-z]{2} (20)?2[4-9]", body)
