"""An upload: a questionnaire as TOML or as a data dictionary, a course as a zip of its folder. Bytes in, a piece out.

Nothing is ever written to disk under a name that an archive gives, and nothing is unpacked beyond what a course can be.
"""

import io
import re
import zipfile
import zlib
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from kapabla.errors import Refused
from kapabla.material.faults import Fault, MaterialFaults
from kapabla.material.instruments.loader import to_toml
from kapabla.material.instruments.redcap_dictionary import About, read_dictionary
from kapabla.material.pieces import COURSE, Piece, piece_of_course, piece_of_file
from kapabla.material.reading import Shelf, matches
from kapabla.material.unread import UNREAD

MAX_BYTES = 5 * 1024 * 1024
MAX_FILES = 600
MAX_FILE_BYTES = 300 * 1024
MAX_UNPACKED = 10 * 1024 * 1024
# However TOML lets it be written.
_STATUS = re.compile(rb"""^[ \t]*(?:status|"status"|'status')[ \t]*=[ \t]*(?:"draft"|'draft')""", re.MULTILINE)
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*(?:/[A-Za-z0-9][A-Za-z0-9._-]*)*")
_ENDINGS = (".toml", ".md", ".svg")
# What a file system of somebody's own leaves in an archive.
_LEFT_BY_SYSTEMS = ("__MACOSX", ".DS_Store", "Thumbs.db", "desktop.ini")


class UploadRefused(Refused):
    """It is no upload of ours; `odd_version` where what is typed beside a dictionary is none.

    `code`: empty, too_large, wrong_kind, not_a_zip, locked_zip, odd_path, odd_file, too_many_files, file_too_large,
    unpacks_too_large, file_twice.
    """


@dataclass(frozen=True)
class Upload:
    """The piece, with the status that it will have when it is published; and what of a dictionary was left out."""

    piece: Piece
    losses: tuple[Fault, ...] = ()


def read_upload(name: str, body: bytes, about: About | None = None) -> Upload:
    """`about` is for a data dictionary, which says nothing of itself. Raises `UploadRefused` or `MaterialFaults`."""
    if not body:
        raise UploadRefused("empty")
    if len(body) > MAX_BYTES:
        raise UploadRefused("too_large", maximum_mb=MAX_BYTES // 1024 // 1024)
    try:
        return _read_kind(name, body, about)
    except RecursionError as error:  # lists within lists, thousands deep: nothing that anybody has written
        raise UploadRefused("wrong_kind") from error


def _read_kind(name: str, body: bytes, about: About | None) -> Upload:
    ending = PurePosixPath(name.lower()).suffix
    if ending == ".zip":
        return Upload(_published(piece_of_course(_unpacked(body))))
    if ending == ".csv" and about is not None:
        return _of_dictionary(body, about)
    if ending == ".toml":
        _check_it_can_be_placed(name, body)
        piece = piece_of_file(name, body)
        if matches(piece.place, "instruments/*/v*.toml"):
            return Upload(_published(piece))
    raise UploadRefused("wrong_kind")


def _check_it_can_be_placed(name: str, body: bytes) -> None:
    """What is wrong beside its name and number is told when all else is looked at."""
    shelf = Shelf(Path(), {name: body})
    raw = shelf.toml(name) or {}
    if raw.get("id") is UNREAD or raw.get("version") is UNREAD:
        raise MaterialFaults(shelf.faults)


def _of_dictionary(body: bytes, about: About) -> Upload:
    found = read_dictionary(body, about)
    if found.instrument is None:
        raise MaterialFaults(found.faults)
    written = to_toml(found.instrument, whole=True).encode()
    return Upload(_published(piece_of_file("datakatalog.toml", written)), tuple(found.losses))


def _published(piece: Piece) -> Piece:
    """What two people approve is what is published, byte for byte: so the status is set before they look."""
    carrier = f"{piece.place}/{COURSE}" if not piece.place.endswith(".toml") else piece.place
    files = {**piece.files, carrier: _STATUS.sub(b'status = "published"', piece.files[carrier], count=1)}
    return replace(piece, files=files)


def _unpacked(body: bytes) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            return _without_common_folder(_read(archive))
    except (zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, NotImplementedError, EOFError, OSError) as error:
        raise UploadRefused("not_a_zip") from error


def _read(archive: zipfile.ZipFile) -> dict[str, bytes]:
    entries = [entry for entry in archive.infolist() if not entry.is_dir() and not _is_left_by_a_system(entry.filename)]
    if len(entries) > MAX_FILES:
        raise UploadRefused("too_many_files", maximum=MAX_FILES)
    files: dict[str, bytes] = {}
    left = MAX_UNPACKED
    for entry in entries:
        _check_entry(entry)
        if entry.filename in files:
            raise UploadRefused("file_twice", file=entry.filename)
        # The size that an archive states may be a lie: no more is unpacked than may be there.
        with archive.open(entry) as packed:
            text = packed.read(MAX_FILE_BYTES + 1)
        if len(text) > MAX_FILE_BYTES:
            raise UploadRefused("file_too_large", file=entry.filename, maximum_kb=MAX_FILE_BYTES // 1024)
        left -= len(text)
        if left < 0:
            raise UploadRefused("unpacks_too_large", maximum_mb=MAX_UNPACKED // 1024 // 1024)
        files[entry.filename] = text
    return files


def _check_entry(entry: zipfile.ZipInfo) -> None:
    if entry.flag_bits & 1:
        raise UploadRefused("locked_zip")
    is_link = (entry.external_attr >> 16) & 0o170000 == 0o120000
    if is_link or not _NAME.fullmatch(entry.filename) or ".." in entry.filename:
        raise UploadRefused("odd_path", file=entry.filename[:80])
    if not entry.filename.endswith(_ENDINGS):
        raise UploadRefused("odd_file", file=entry.filename[:80])


def _is_left_by_a_system(name: str) -> bool:
    return any(part in _LEFT_BY_SYSTEMS for part in name.split("/"))


def _without_common_folder(files: dict[str, bytes]) -> dict[str, bytes]:
    """A folder that was packed is the first part of every name."""
    if COURSE in files:
        return files
    folder = next((name.removesuffix(COURSE) for name in sorted(files, key=len) if name.endswith(f"/{COURSE}")), "")
    for name in files:
        if not name.startswith(folder):
            raise UploadRefused("odd_path", file=name[:80])
    return {name.removeprefix(folder): body for name, body in files.items()}
