"""What readers see of a release: its files, its figures, its codebook. Reads the published store and nothing else."""

import io
import json
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from kapabla.errors import NotFound, Refused
from kapabla.release.writers import WRITERS
from kapabla.store import Store

_CONTENT_TYPES = {
    ".csv": "text/csv; charset=utf-8", ".json": "application/json", ".html": "text/html; charset=utf-8",
    ".txt": "text/plain; charset=utf-8", ".xml": "application/xml", ".zip": "application/zip",
    ".py": "text/x-python; charset=utf-8", ".R": "text/x-r; charset=utf-8", ".sav": "application/x-spss-sav",
    ".dta": "application/x-stata-dta", ".parquet": "application/vnd.apache.parquet",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}  # fmt: skip
DOWNLOAD_NOTE = "download.json"
# Written into every export, whatever formats are asked for.
_ALWAYS = (
    "missing.csv", "texts.csv", "codebook.html", "codebook.json", "datapackage.json", "plan.json", "ddi.xml",
    "analysis.zip", "evaluation.csv", "recompute.py", "recompute.R", "manifest.json", "README.txt", "SHA256SUMS",
)  # fmt: skip


@dataclass(frozen=True)
class PublishedFile:
    """`shape`: rows and columns of the table in it, if there is one; older releases do not tell."""

    name: str
    sha256: str
    size: int
    shape: tuple[int, int] | None = None

    @property
    def rows(self) -> int | None:
        return self.shape[0] if self.shape else None

    @property
    def format(self) -> str:
        """As `release export` calls it, else by the ending: `csv-excel` for data_long_excel.csv, `html` for a page."""
        stem = self.name.removeprefix("data_long").removeprefix("data_wide")
        return next((name for name, (ending, _) in WRITERS.items() if ending == stem), self.name.rpartition(".")[2])

    @property
    def content_type(self) -> str:
        return _CONTENT_TYPES.get(Path(self.name).suffix, "application/octet-stream")


@dataclass(frozen=True)
class Terms:
    """How a release is cited, and what it may be used for: as its README says. Empty in releases from before that."""

    citation: str = ""
    conditions: tuple[str, ...] = ()


def files(folder: Path, release: str) -> tuple[PublishedFile, ...]:
    index = Store(folder).index(release)
    if index is None:
        return ()
    return tuple(_file(entry) for entry in index["files"])


def _file(entry: dict[str, Any]) -> PublishedFile:
    shape = entry.get("shape")
    return PublishedFile(entry["name"], entry["sha256"], entry["size"], tuple(shape) if shape else None)


def terms(folder: Path, release: str, tongue: str) -> Terms:
    """In Swedish where the release is from before it told them in English too."""
    index = Store(folder).index(release) or {}
    found = Terms(index.get("citation", ""), tuple(index.get("conditions", ())))
    if tongue == "en":
        return Terms(index.get("citation_en", found.citation), tuple(index.get("conditions_en", found.conditions)))
    return found


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


def few_from(folder: Path, release: str) -> str | None:
    """The earlier release from which this one differs by so few that nothing new can be told; of one that keeps its
    figures."""
    index = Store(folder).index(release) or {}
    found: str | None = dashboard(folder, release).get("few_from") if "figures" in index else None
    return found


def cut_off(folder: Path, release: str) -> tuple[str, ...]:
    """The earlier releases that this one could not be held against: then no figure of it is shown, and no report."""
    index = Store(folder).index(release) or {}
    return tuple(dashboard(folder, release).get("cut_off", ())) if "figures" in index else ()


def figures_hash(folder: Path, release: str) -> str:
    """Under which hash the figures of a release are kept: the same hash, the same figures."""
    index = Store(folder).index(release)
    if index is None:
        raise NotFound("release_unknown", release=release)
    return str(index["figures"])


def codebook(folder: Path, release: str) -> list[dict[str, Any]]:
    file = next(f for f in files(folder, release) if f.name == "codebook.json")
    columns: list[dict[str, Any]] = json.loads(read(folder, file))["columns"]
    return columns


def folder_name(study: str, release: str, built_on: date | None) -> str:
    return f"kapabla_{study}_{release}_{built_on}"


def as_zip(folder: Path, study: str, release: str, built_on: date | None, download_id: str) -> bytes:
    """Every file of the release in its folder, and `download.json`, which says which download it was (E6). No entry
    tells when it was packed, and the files are the same every time."""
    out, inside = io.BytesIO(), folder_name(study, release, built_on)
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in files(folder, release):
            archive.writestr(_entry(inside, file.name), read(folder, file))
        archive.writestr(_entry(inside, DOWNLOAD_NOTE), download_note(release, download_id))
    return out.getvalue()


def download_note(release: str, download_id: str) -> bytes:
    """Which download it was, inside what is fetched."""
    return (json.dumps({"download": download_id, "release": release}, indent=1) + "\n").encode()


def zip_of(made: Mapping[str, bytes]) -> bytes:
    """Files that are no part of the release, in one, without days."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in made.items():
            entry = zipfile.ZipInfo(name)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, body)
    return out.getvalue()


def _entry(inside: str, name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(f"{inside}/{name}")
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry


def check_formats(formats: Iterable[str]) -> list[str]:
    """Those asked for, each once and in our order."""
    unknown = sorted(set(formats) - set(WRITERS))
    if unknown:
        raise Refused("format_unknown", format=unknown[0], known=", ".join(WRITERS))
    return [name for name in WRITERS if name in set(formats)]


def export(folder: Path, study: str, release: str, built_on: date | None, formats: list[str], out: Path) -> Path:
    """Write the files to `kapabla_<study>_<release>_<date>/`, for its owner alone. The same bytes every time."""
    endings = tuple(WRITERS[name][0] for name in formats)
    target = out / folder_name(study, release, built_on)
    target.mkdir(parents=True, exist_ok=True)
    target.chmod(0o700)
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
