"""`analysis.zip`: the statistics as they were when the release was made, imported right from the archive."""

import io
import zipfile
from importlib.resources import files
from importlib.resources.abc import Traversable

PACKAGE = "analysis"


def as_zip(title: str) -> bytes:
    """The package's own files in the order of their names, without days, and a note of which release it came with.

    Example: with `analysis.zip` first in `sys.path`, `import analysis` gives the package of that release.
    """
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED) as archive:
        _add(archive, "RELEASE.txt", f"{title}\n".encode())
        for name, source in sorted(_sources(files(PACKAGE), PACKAGE).items()):
            _add(archive, name, source.read_bytes())
    return body.getvalue()


def _sources(folder: Traversable, path: str) -> dict[str, Traversable]:
    found: dict[str, Traversable] = {}
    for entry in folder.iterdir():
        name = f"{path}/{entry.name}"
        if entry.is_dir() and entry.name != "__pycache__":
            found |= _sources(entry, name)
        elif entry.is_file():
            found[name] = entry
    return found


def _add(archive: zipfile.ZipFile, name: str, body: bytes) -> None:
    entry = zipfile.ZipInfo(name)
    entry.compress_type = zipfile.ZIP_DEFLATED
    archive.writestr(entry, body)
