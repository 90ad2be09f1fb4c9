"""The files of a release, all of them: tables in every format, what describes them, and what they are checked by."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from importlib.resources import files as files_in
from typing import Any

from kapabla.release import codebook
from kapabla.release.dataset import Dataset, is_per_person, spread_of, to_wide
from kapabla.release.documents import analysis_package, data_package, ddi, readme
from kapabla.release.documents.about import About
from kapabla.release.free_text import FILE as TEXTS
from kapabla.release.free_text import ReleasedText, write_texts
from kapabla.release.writers import WRITERS
from kapabla.release.writers.delimited import write_missing
from kapabla.release.writers.parquet import parquet_of_csv

SUMS = "SHA256SUMS"
# Programs of their own, which know nothing of us: they go with the release as they stand.
PROGRAMS = tuple(files_in("kapabla.release.documents") / name for name in ("recompute.py", "recompute.R"))


def files_of(
    long: Dataset, about: About, texts: Sequence[ReleasedText] = (), plan: Mapping[str, Any] | None = None
) -> dict[str, bytes]:
    """Tables and documents by name. The same table gives the same bytes every time. plan: see `plan_document`."""
    wide, title = to_wide(long), about.title
    files = {**_tables("data_long", long, title), **_tables("data_wide", wide, title)}
    files["missing.csv"] = write_missing(long)
    if texts:
        files[TEXTS] = write_texts(texts)
    files["codebook.json"] = codebook.as_json(long, title)
    files["codebook.html"] = codebook.as_html(long, title)
    files["datapackage.json"] = data_package.as_json(long, wide, about, files)
    files["plan.json"] = as_json({"title": title, **(plan or {})})
    files["ddi.xml"] = ddi.as_xml(long, wide, about)
    files["analysis.zip"] = analysis_package.as_zip(title)
    files["evaluation.csv"] = _evaluation(files, title)
    files |= {program.name: f"# {title}\n".encode() + program.read_bytes() for program in PROGRAMS}
    return files


def _evaluation(files: Mapping[str, bytes], title: str) -> bytes:
    """Which numbers the evaluation asks for, and how each is found; the numbers themselves are not in it."""
    from analysis.evaluation import as_csv, release_of, wanted

    release = release_of(files["data_long.csv"], files["codebook.json"], files["plan.json"])
    return as_csv(wanted(release), title).encode()


def _tables(stem: str, dataset: Dataset, title: str) -> dict[str, bytes]:
    """One table in every format. The Parquet is made of the CSV, which is there already."""
    files = {f"{stem}{ending}": write(dataset, title) for name, (ending, write) in WRITERS.items() if name != "parquet"}
    return files | {f"{stem}.parquet": parquet_of_csv(files[f"{stem}.csv"], dataset.columns, title)}


def sealed(files: Mapping[str, bytes], manifest: Mapping[str, Any], about: About) -> dict[str, bytes]:
    """With the manifest, which holds the hash of every file before it; the README, which cites the manifest by its
    hash; and the list that all of them are checked by."""
    body = as_json(manifest)
    whole = {**files, "manifest.json": body}
    whole["README.txt"] = readme.as_text(about, hashlib.sha256(body).hexdigest(), has_texts=TEXTS in files).encode()
    return {**whole, SUMS: "".join(f"{sha}  {name}\n" for name, sha in sorted(hashes_of(whole).items())).encode()}


def shapes_of(long: Dataset, files: Mapping[str, bytes]) -> dict[str, tuple[int, int]]:
    """Rows and columns of each file that holds a table, by name; a header is no row."""
    fixed = sum(is_per_person(column) for column in long.columns)
    found = {
        "data_long": (len(long), len(long.columns)),
        "data_wide": (len(long.people), fixed + len(spread_of(long))),
        "missing.csv": (files["missing.csv"].count(b"\n") - 1, 4),
    }
    return {name: shape for name in files for stem, shape in found.items() if name.startswith(stem)}


def hashes_of(files: Mapping[str, bytes]) -> dict[str, str]:
    return {name: hashlib.sha256(body).hexdigest() for name, body in files.items()}


def as_json(value: Any) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()
