"""site: the public pages as files, which any web server can serve for decades."""

from pathlib import Path

import click

from kapabla.cli.opening import Opening
from kapabla.errors import Refused


@click.group()
def site() -> None:
    """The public site as files."""


@site.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))
@click.pass_obj
def export(opening: Opening, folder: Path) -> None:
    """Write the public pages, their open data and what they are drawn with into DIR, a folder that is empty or new.

    It belongs at the root of a web server. What asks for a running service leads to the address of this one.
    """
    from kapabla.cli.site_files import site_files

    if folder.exists() and any(folder.iterdir()):
        raise Refused("folder_not_empty", folder=folder)
    files = site_files(opening.config)
    for name, body in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body)
    click.echo(f"{len(files)} files in {folder}")
