"""material check, checksums: every fault of every authored file, at once; and the lock of what is published."""

from pathlib import Path

import click

from kapabla.cli.material import run_check
from kapabla.cli.opening import Opening
from kapabla.material.checksums import write_checksums
from kapabla.service import material_root, published_files


@click.group()
def material() -> None:
    """Course, questionnaires, study, consent: the files of course_material/."""


@material.command("check")
@click.argument("path", required=False, type=click.Path(path_type=Path, exists=True))
@click.option("--json", "as_json", is_flag=True)
@click.option("--language", type=click.Choice(("en", "sv")), default="en", show_default=True)
@click.pass_obj
def check(opening: Opening, path: Path | None, as_json: bool, language: str) -> int:
    """Name every fault with file, table and key; exit 1 if there is any.

    PATH may be an instrument, the folder of a course, a file of one, or a whole folder of material.
    """
    root, added = material_root(opening.config), published_files(opening.config)
    return run_check(path, as_json, root=root, language=language, added=added)


@material.command("checksums")
@click.pass_obj
def checksums(opening: Opening) -> None:
    """Lock what has the status published: its checksum is kept, and an edit is a fault from then on."""
    write_checksums(material_root(opening.config))
