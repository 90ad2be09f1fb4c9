"""instruments export, import: one questionnaire as one file, in our own form or as REDCap's data dictionary."""

import sys
from collections.abc import Mapping
from pathlib import Path

import click

from kapabla.cli.opening import Opening
from kapabla.errors import NotFound
from kapabla.material import Fault, Instrument, Material, MaterialFaults, load_material
from kapabla.material.checksums import write_instrument
from kapabla.material.instruments.loader import parse_instrument, to_toml
from kapabla.material.instruments.redcap_dictionary import About, losses, read_dictionary, write_dictionary
from kapabla.material.pieces import check_piece, piece_of_file
from kapabla.material.reading import Shelf, matches
from kapabla.material.texts import Text
from kapabla.service import material_root, published_files
from kapabla.web.author_words import told

FORMATS = ("toml", "redcap")


@click.group()
def instruments() -> None:
    """Questionnaires as files."""


@instruments.command("export")
@click.argument("instrument_id", metavar="ID")
@click.option("--version", type=int, help="Otherwise the newest.")
@click.option("--format", "form", type=click.Choice(FORMATS), default="toml", show_default=True)
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="A file; otherwise standard output.")
@click.pass_obj
def export(opening: Opening, instrument_id: str, version: int | None, form: str, out: Path | None) -> None:
    """Write one version as a file. What REDCap has no column for is told on standard error."""
    material = load_material(material_root(opening.config), published_files(opening.config))
    found = _get(material, instrument_id, version)
    body = (to_toml(found, whole=True) if form == "toml" else write_dictionary(found)).encode()
    if out:
        out.write_bytes(body)
    else:
        sys.stdout.buffer.write(body)
    if form == "redcap":
        _tell("Det här är inte med i filen:", losses(found))


@instruments.command("import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--id", "instrument_id", help="Of a data dictionary: the id it gets; otherwise the name of its form.")
@click.option("--version", type=int, default=1, show_default=True, help="Of a data dictionary.")
@click.option("--title", help="Of a data dictionary; otherwise the name of its form.")
@click.option("--measures", default="", help="Of a data dictionary: what it measures, in a word or two.")
@click.option("--form", help="Of a data dictionary with several forms: which one.")
@click.option(
    "--replace", is_flag=True, help="Write over a draft of the same version. Nothing published is written over."
)
@click.pass_obj
def import_(
    opening: Opening, file: Path, instrument_id: str | None, version: int, title: str | None, measures: str,
    form: str | None, replace: bool,
) -> int:  # fmt: skip
    """Check a file and put it into its place in the folder of material: TOML, or a data dictionary (CSV)."""
    root, body = material_root(opening.config), file.read_bytes()
    if file.suffix.lower() == ".csv":
        name = instrument_id or form or file.stem.lower()
        about = About(name, version, Text(sv=title or form or name), measures or name)
        read = read_dictionary(body, about, form=form)
        if read.instrument is None:
            return _refuse(file, read.faults)
        _tell("Det här i filen är inte med i formuläret:", read.losses)
        body = to_toml(read.instrument, whole=True).encode()
    return _put(root, file, body, published_files(opening.config), replace)


def _put(root: Path, file: Path, body: bytes, published: Mapping[str, bytes], replace: bool) -> int:
    try:
        piece = piece_of_file(file.name, body)
    except MaterialFaults as refused:
        return _refuse(file, refused.faults)
    if not matches(piece.place, "instruments/*/v*.toml"):
        return _refuse(file, [Fault("", "", "Filen är inget frågeformulär. Välj en annan.")])
    faults = check_piece(piece, root, published)
    instrument = parse_instrument(Shelf(root), piece.place, body.decode())
    if faults or instrument is None:
        return _refuse(file, faults)
    if piece.place in published or ((root / piece.place).exists() and not replace):
        click.echo(f"{piece.place} finns redan. Skriv en ny version, eller --replace om det är ett utkast.", err=True)
        return 1
    click.echo(write_instrument(root, instrument))
    return 0


def _get(material: Material, instrument_id: str, version: int | None) -> Instrument:
    versions = {number: found for (name, number), found in material.instruments.items() if name == instrument_id}
    if not versions or (version or max(versions)) not in versions:
        raise NotFound("no_such_instrument", id=instrument_id, version=version or "any")
    return versions[version or max(versions)]


def _refuse(file: Path, faults: list[Fault]) -> int:
    _tell(f"{file.name} läses inte in. Rätta det här:", faults)
    return 1


def _tell(heading: str, found: list[Fault]) -> None:
    if found:
        click.echo(heading, err=True)
    for fault in found:
        click.echo("- " + ": ".join(part for part in told(fault) if part), err=True)
