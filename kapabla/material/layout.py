"""What a file of `course_material/` is called, and where one belongs that lies elsewhere."""

import re
from collections.abc import Mapping
from typing import Any

from kapabla.material.faults import Fault, say
from kapabla.material.reading import Shelf, matches
from kapabla.material.unread import if_read

_NAMES = (
    "checksums.toml", "messages.toml", "municipalities.toml", "organisation.toml", "roles.toml", "safety.toml",
    "support_contacts.toml",
    "instruments/response_scales.toml", "instruments/*/v*.toml", "consents/*/v*.toml", "studies/*.toml",
    "promises/*.toml", "courses/*/v*/course.toml", "courses/*/v*/modules/*/*.toml", "courses/*/v*/modules/*/*.md",
    "courses/*/v*/pictures/*.svg",
)  # fmt: skip
# The key that tells what a file is, and its name there.
_PLACES = {
    "items": "instruments/{id}/v{version}.toml",
    "pages": "instruments/{id}/v{version}.toml",
    "choices": "consents/{id}/v{version}.toml",
    "waves": "studies/{id}.toml",
    "modules": "courses/{id}/v{version}/course.toml",
    "promises": "promises/{name}",
    "municipalities": "municipalities.toml",
    "roles": "roles.toml",
    "contacts": "support_contacts.toml",
    "boxes": "safety.toml",
    "invitation": "messages.toml",
    "switchboard": "organisation.toml",
    "scales": "instruments/response_scales.toml",
}
_VERSIONED = ("instruments/*/v*.toml", "consents/*/v*.toml", "courses/*/v*/course.toml")
_VERSION = re.compile(r"/v(\d+)(?=[./])")
_SAFE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")


def check_names(shelf: Shelf) -> None:
    """A file that nobody reads is one that its author believes in."""
    for file in shelf.within(""):
        last = file.rsplit("/", 1)[-1]
        is_ours = any(matches(file, pattern) for pattern in _NAMES)
        if not is_ours and not last.startswith(".") and last != "README.md":
            shelf.fault(file, "", "no file of this name is read; mend the name or the folder, or remove it.")


def skipped_versions(shelf: Shelf) -> list[Fault]:
    """A version comes after the one before it, so that nobody looks for what has never been."""
    found: list[Fault] = []
    files = {file for pattern in _VERSIONED for file in shelf.files(pattern)}
    for file in sorted(files):
        match = _VERSION.search(file)
        number = int(match[1]) if match else 1
        before = file if match is None else f"{file[: match.start()]}/v{number - 1}{file[match.end(1) :]}"
        if number > 1 and before not in files:
            told = "there is no version {before}; write the number that comes after the newest."
            found.append(Fault(file, "version", say(told, before=number - 1)))
    return found


def place_of_file(raw: Mapping[str, Any], name: str) -> str | None:
    """The place of what says this of itself; None where it says nothing that we know."""
    pattern = next((place for key, place in _PLACES.items() if key in raw), None)
    # What is no name gets one that stands nowhere: the check then says what is wrong with it.
    own_id = if_read(lambda: str(raw.get("id", "")), "")
    return pattern and pattern.format(
        id=own_id if _SAFE.fullmatch(own_id) else "unnamed",
        version=raw["version"] if type(raw.get("version")) is int else 1,  # true is no version
        name=name,
    )
