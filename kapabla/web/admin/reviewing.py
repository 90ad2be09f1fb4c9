"""An upload as those who decide look at it: what it is, its faults, and what it says otherwise than the one before."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from kapabla.material import Course, Fault, Instrument, Material
from kapabla.material.differences import Difference, differences
from kapabla.material.pieces import Piece, look_at_piece, sha256_of_files
from kapabla.material.published import read_published
from kapabla.material.texts import Language
from kapabla.office.uploads import MaterialUpload
from kapabla.service import material_root
from kapabla.web import language
from kapabla.web.unit_of_work import service

# What an upload looks like beside all else, by the hashes of both; course_material/ itself changes with a new start.
_LOOKED_AT: dict[tuple[Path, str, str, str], tuple[Material | None, list[Fault]]] = {}
MOST_KEPT = 4


@dataclass(frozen=True)
class Review:
    """`around` is what stands in the store."""

    upload: MaterialUpload
    around: Mapping[str, bytes]

    @property
    def piece(self) -> Piece:
        return Piece(self.upload.place, self.upload.bodies)

    @property
    def faults(self) -> list[Fault]:
        return self._looked_at[1]

    @property
    def material(self) -> Material | None:
        """All that is authored, with the upload in its place; None where its faults are too many to show a page."""
        return self._looked_at[0]

    @cached_property
    def _looked_at(self) -> tuple[Material | None, list[Fault]]:
        """A preview is many pages of one upload: what they stand on is read once, as long as it is the same."""
        root = material_root(service().config)
        key = (root, self.piece.place, sha256_of_files(self.piece.files), sha256_of_files(self.around))
        if key not in _LOOKED_AT:
            while len(_LOOKED_AT) >= MOST_KEPT:
                _LOOKED_AT.pop(next(iter(_LOOKED_AT)), None)
            _LOOKED_AT[key] = look_at_piece(self.piece, root, self.around)
        return _LOOKED_AT[key]

    @cached_property
    def is_taken(self) -> bool:
        """A version that exists is never written over; its own publishing is no other."""
        if self.upload.state == "published":
            return False
        in_folder = (material_root(service().config) / self.upload.place).exists()
        return in_folder or any(self.piece.holds(name) for name in self.around)

    @property
    def is_course(self) -> bool:
        return self.upload.place.startswith("courses/")

    @cached_property
    def key(self) -> tuple[str, int]:
        """`courses/kapabla/v2` and `instruments/til/v2.toml` as id and version."""
        _, name, version = self.upload.place.removesuffix(".toml").split("/")
        return name, int(version.removeprefix("v"))

    @cached_property
    def uploaded(self) -> Course | Instrument | None:
        return self._find(self.material, self.key) if self.material else None

    @cached_property
    def former(self) -> Course | Instrument | None:
        """The newest version before it."""
        versions = service().material.courses if self.is_course else service().material.instruments
        older = [number for name, number in versions if name == self.key[0] and number < self.key[1]]
        return self._find(service().material, (self.key[0], max(older))) if older else None

    @property
    def differences(self) -> list[Difference]:
        return differences(self.former, self.uploaded) if self.former and self.uploaded else []

    @property
    def languages(self) -> tuple[Language, ...]:
        """What it is whole in, of the languages that pages can be shown in."""
        written = self.uploaded.languages if self.uploaded else ()
        return tuple(tongue for tongue in language.offered() if tongue in written)

    def _find(self, material: Material, key: tuple[str, int]) -> Course | Instrument | None:
        return material.courses.get(key) if self.is_course else material.instruments.get(key)


def review_of(upload: MaterialUpload) -> Review:
    config = service().config
    return Review(upload, read_published(config.release_dir, material_root(config)).files)
