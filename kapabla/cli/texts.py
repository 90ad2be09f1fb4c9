"""texts export: every sentence that somebody can meet, in one list, for whoever approves the words."""

import sys
from pathlib import Path

import click

from kapabla.cli.opening import Opening
from kapabla.service import material_root, published_files


@click.group()
def texts() -> None:
    """The words: course, questionnaires, consent, safety, contacts, promises and the interface."""


@texts.command("export")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="A file; otherwise standard output.")
@click.pass_obj
def export(opening: Opening, out: Path | None) -> None:
    """One CSV for review: where a text stands, its language, the text, and how hard it is to read (LIX)."""
    from kapabla.cli.text_list import as_csv, text_rows
    from kapabla.material import load_material

    body = as_csv(text_rows(load_material(material_root(opening.config), published_files(opening.config))))
    if out:
        out.write_bytes(body)
        click.echo(str(out))
    else:
        sys.stdout.buffer.write(body)
