"""What readers see of a release: its files, its figures, its codebook. Reads the published store and nothing else."""

import csv
import io
import json
import zipfile
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from kapabla.errors import NotFound, Refused
from kapabla.release.writers import WRITERS
from kapabla.store import Store

_CONTENT_TYPES = {
    ".csv": "text/csv; charset=utf-8", ".json": "application/json", ".html": "text/html; charset=utf-8",
    ".txt": "text/plain; charset=utf-8", ".sav": "application/x-spss-sav",
    ".dta": "application/x-stata-dta", ".parquet": "application/vnd.apache.parquet",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}  # fmt: skip
# Written into every export, whatever formats are asked for.
_ALWAYS = ("missing.csv", "codebook.html", "codebook.json", "manifest.json", "README.txt", "SHA256SUMS")


@dataclass(frozen=True)
class PublishedFile:
    name: str
    sha256: str
    size: int

    @property
    def content_type(self) -> str:
        return _CONTENT_TYPES.get(Path(self.name).suffix, "application/octet-stream")


def files(folder: Path, release: str) -> tuple[PublishedFile, ...]:
    index = Store(folder).index(release)
    if index is None:
        return ()
    return tuple(PublishedFile(entry["name"], entry["sha256"], entry["size"]) for entry in index["files"])


def read(folder: Path, file: PublishedFile) -> bytes:
    """The bytes, verified against their hash before they leave."""
    return Store(folder).get(file.sha256)


def part(folder: Path, release: str, name: str) -> bytes:
    """One file of a release by its name."""
    file = next((found for found in files(folder, release) if found.name == name), None)
    if file is None:
        raise NotFound("file_unknown", file=name)
    return read(folder, file)


def dashboard(folder: Path, release: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(_part(folder, release, "figures"))
    return found


def codebook(folder: Path, release: str) -> list[dict[str, Any]]:
    file = next(f for f in files(folder, release) if f.name == "codebook.json")
    columns: list[dict[str, Any]] = json.loads(read(folder, file))["columns"]
    return columns


def figure_csv(folder: Path, release: str, figure: str) -> str | None:
    found = next((f for f in dashboard(folder, release)["figures"] if f["id"] == figure), None)
    if found is None:
        return None
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(found["table"]["headers"])
    writer.writerows(["" if cell is None else cell for cell in row] for row in found["table"]["rows"])
    return out.getvalue()


def folder_name(study: str, release: str, built_on: date | None) -> str:
    return f"kapabla_{study}_{release}_{built_on}"


def as_zip(folder: Path, study: str, release: str, built_on: date | None) -> bytes:
    """Every file of the release in its folder. The same bytes every time: no entry tells when it was packed."""
    out, inside = io.BytesIO(), folder_name(study, release, built_on)
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in files(folder, release):
            entry = zipfile.ZipInfo(f"{inside}/{file.name}")
            archive.writestr(entry, read(folder, file), zipfile.ZIP_DEFLATED)
    return out.getvalue()


def export(folder: Path, study: str, release: str, built_on: date | None, formats: list[str], out: Path) -> Path:
    """Write the files to `kapabla_<study>_<release>_<date>/`. The same bytes every time."""
    unknown = sorted(set(formats) - set(WRITERS))
    if unknown:
        raise Refused("format_unknown", format=unknown[0], known=", ".join(WRITERS))
    endings = tuple(WRITERS[name][0] for name in formats)
    target = out / folder_name(study, release, built_on)
    target.mkdir(parents=True, exist_ok=True)
    for file in files(folder, release):
        stem = file.name.removeprefix("data_long").removeprefix("data_wide")
        if file.name in _ALWAYS or (file.name.startswith("data_") and stem in endings):
            (target / file.name).write_bytes(read(folder, file))
    return target


def _part(folder: Path, release: str, part: str) -> bytes:
    store = Store(folder)
    index = store.index(release)
    if index is None:
        raise NotFound("release_unknown", release=release)
    return store.get(index[part])
