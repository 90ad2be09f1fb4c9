"""Static files with names that carry their hash, compressed once at start, and the one stylesheet that is inlined."""

import base64
import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from pathlib import Path

import brotli

FOLDER = Path(__file__).parent / "static"
_COMPRESSED = {".css", ".js", ".svg"}
# What stands beside a file from elsewhere for those who read the repository: its licence and checksums.
_NOT_SERVED = {".txt", ""}


@dataclass(frozen=True)
class StaticFile:
    """A body as it is sent, in one encoding ("" is none)."""

    body: bytes
    mimetype: str
    encoding: str


@dataclass(frozen=True)
class Assets:
    css_text: str
    css_csp_hash: str
    addresses: dict[str, str]
    _files: dict[str, Path | bytes]
    _variants: dict[str, dict[str, StaticFile]]

    def url(self, name: str) -> str:
        """The address of a file by its plain name. An unknown name is a mistake of ours and raises KeyError."""
        return self.addresses[name]

    def find(self, hashed_name: str, accepted: str = "") -> StaticFile | None:
        variants = self._variants.get(hashed_name) or self._prepare(hashed_name)
        if variants is None:
            return None
        offered = {part.split(";")[0].strip() for part in accepted.split(",")}
        return next((variants[name] for name in ("br", "gzip") if name in offered and name in variants), variants[""])

    def _prepare(self, hashed_name: str) -> dict[str, StaticFile] | None:
        """Compressed at the first request: the chart library must not slow the start of a process without charts."""
        source = self._files.get(hashed_name)
        if source is None:
            return None
        body = source if isinstance(source, bytes) else source.read_bytes()
        return self._variants.setdefault(hashed_name, _variants(hashed_name, body))


def load_assets(folder: Path = FOLDER) -> Assets:
    css = _minified((folder / "app.css").read_text(encoding="utf-8"))
    addresses: dict[str, str] = {}
    files: dict[str, Path | bytes] = {}
    for path in sorted(path for path in folder.rglob("*") if path.is_file() and path.suffix not in _NOT_SERVED):
        name = path.relative_to(folder).as_posix()
        body = css.encode() if name == "app.css" else path.read_bytes()
        hashed = _hashed_name(name, body)
        addresses[name] = f"/static/{hashed}"
        files[hashed] = body if name == "app.css" else path
    digest = base64.b64encode(hashlib.sha256(css.encode()).digest()).decode()
    return Assets(css, f"sha256-{digest}", addresses, files, {})


def _minified(css: str) -> str:
    """Without comments, indentation and line ends: it travels with every first page over one bar of coverage."""
    without_comments: list[str] = []
    for part in css.split("/*"):
        without_comments.append(part.split("*/", 1)[-1] if without_comments else part)
    lines = (line.strip() for line in "".join(without_comments).splitlines())
    return "".join(line for line in lines if line)


def _hashed_name(name: str, body: bytes) -> str:
    stem, _, ending = name.rpartition(".")
    return f"{stem}.{hashlib.sha256(body).hexdigest()[:8]}.{ending}"


def _variants(name: str, body: bytes) -> dict[str, StaticFile]:
    mimetype = mimetypes.guess_type(name)[0] or "application/octet-stream"
    variants = {"": StaticFile(body, mimetype, "")}
    if Path(name).suffix in _COMPRESSED:
        # The highest brotli level takes seconds on the chart library and wins little over a middle one.
        quality = 11 if len(body) < 100_000 else 6
        variants["br"] = StaticFile(brotli.compress(body, quality=quality), mimetype, "br")
        variants["gzip"] = StaticFile(gzip.compress(body, 6, mtime=0), mimetype, "gzip")
    return variants
