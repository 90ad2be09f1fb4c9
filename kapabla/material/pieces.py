"""A piece of material that an author hands over, checked as if it lay in its place with all else around it."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from kapabla.material.faults import Fault, MaterialFaults
from kapabla.material.layout import place_of_file
from kapabla.material.material import Material, check_material, look_at
from kapabla.material.reading import Shelf

Files = Mapping[str, bytes]
COURSE = "course.toml"


@dataclass(frozen=True)
class Piece:
    """Its files by their place in the folder. `place` is that of the whole: a file, or the folder of a course."""

    place: str
    files: Files

    def holds(self, file: str) -> bool:
        return file == self.place or file.startswith(f"{self.place}/")


def piece_of_file(name: str, body: bytes) -> Piece:
    """One file by what stands in it, and not by what it is called. Raises `MaterialFaults` where nobody can tell."""
    raw, faults = _read(name, body)
    place = place_of_file(raw, name)
    if place is None:
        # What tells it may be what could not be read.
        raise (
            MaterialFaults(faults)
            if faults
            else _refused(name, "nothing in it tells what it is; check the folder of the course that it lies in.")
        )
    if place.endswith(f"/{COURSE}"):
        raise _refused(name, "a course is a folder; check the folder that the file lies in.")
    return Piece(place, {place: body})


def piece_of_course(files: Files) -> Piece:
    """The files of a course by their names within its folder."""
    if COURSE not in files:
        raise _refused(COURSE, "the file is missing; write it, with the course's id, version and modules.")
    raw, _ = _read(COURSE, files[COURSE])
    place = place_of_file({"modules": (), **raw}, COURSE) or ""
    folder = place.removesuffix(f"/{COURSE}")
    return Piece(folder, {f"{folder}/{name}": body for name, body in files.items()})


def check_piece(piece: Piece, root: Path, added: Files | None = None) -> list[Fault]:
    """The faults of the piece, and those that it makes elsewhere: a code that another instrument has already."""
    return look_at_piece(piece, root, added)[1]


def look_at_piece(piece: Piece, root: Path, added: Files | None = None) -> tuple[Material | None, list[Fault]]:
    """All material with the piece in its place, where that can be loaded; and the faults that the piece makes."""
    around = {name: body for name, body in (added or {}).items() if not piece.holds(name)}
    material, after = look_at(root, {**around, **piece.files}, replaced=piece.place)
    elsewhere = [fault for fault in after if not piece.holds(fault.file)]
    # What is wrong anyway is nobody's fault here. To know that takes another reading, which is seldom needed.
    before = set(check_material(root, added)) if elsewhere else set()
    return material, [fault for fault in after if piece.holds(fault.file) or fault not in before]


def check_path(path: Path, root: Path, added: Files | None = None) -> list[Fault]:
    """The faults of a file or folder, with the material around it that it lies in, or else with that of `root`."""
    path = path.resolve()
    home = next((folder for folder in (path, *path.parents) if (folder / "organisation.toml").is_file()), None)
    if home is not None or (path.is_dir() and not _course_of(path)):
        home = home or path
        found = check_material(home, added if home == root.resolve() else None)
        return [fault for fault in found if _is_within(fault.file, path.relative_to(home).as_posix())]
    course = _course_of(path)
    if course is not None:
        return _check_in_course(path, course, root, added)
    try:
        piece = piece_of_file(path.name, path.read_bytes())
    except MaterialFaults as refused:
        return refused.faults
    return [_called(fault, piece.place, path.name) for fault in check_piece(piece, root, added)]


def sha256_of_files(files: Files) -> str:
    """One hash of all: over the names and the hashes of the files, in the order of their names."""
    lines = (f"{hashlib.sha256(body).hexdigest()}  {name}\n" for name, body in sorted(files.items()))
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def _course_of(path: Path) -> Path | None:
    return next((folder for folder in (path, *path.parents) if (folder / COURSE).is_file()), None)


def _check_in_course(path: Path, course: Path, root: Path, added: Files | None) -> list[Fault]:
    files = {file.relative_to(course).as_posix(): file.read_bytes() for file in course.rglob("*") if file.is_file()}
    try:
        piece = piece_of_course(files)
    except MaterialFaults as refused:
        return refused.faults
    asked = "/".join(part for part in (piece.place, path.relative_to(course).as_posix()) if part != ".")
    found = check_piece(piece, root, added)
    wanted = [fault for fault in found if _is_within(fault.file, asked) or not piece.holds(fault.file)]
    return [_called(fault, piece.place, course.name) for fault in wanted]


def _called(fault: Fault, place: str, name: str) -> Fault:
    """The fault with the file as its author calls it."""
    inside = fault.file == place or fault.file.startswith(f"{place}/")
    return replace(fault, file=name + fault.file.removeprefix(place)) if inside else fault


def _is_within(file: str, asked: str) -> bool:
    # A text that is too hard is told with the stem of its module, not with a file.
    return asked == "." or file == asked or file.startswith(f"{asked}/")


def _read(name: str, body: bytes) -> tuple[Mapping[str, object], list[Fault]]:
    """What could be read of it, and its mistakes."""
    shelf = Shelf(Path(), {name: body})
    raw = shelf.toml(name)
    if raw is None:
        raise MaterialFaults(shelf.faults)
    return raw, shelf.faults


def _refused(name: str, message: str) -> MaterialFaults:
    return MaterialFaults([Fault(name, "", message)])
