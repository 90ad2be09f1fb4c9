"""Files of `course_material/instruments/` to checked instruments, and back again (feature C3)."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import tomli_w
from pydantic import ValidationError

from kapabla.material.faults import say
from kapabla.material.instruments.checks import check_instrument
from kapabla.material.instruments.definition import Instrument, Item, ResponseScales
from kapabla.material.reading import Shelf
from kapabla.material.unread import UNREAD, as_far_as_read, read_or

RESPONSE_SCALES = "instruments/response_scales.toml"
_PATH = re.compile(r"^instruments/(?P<id>[^/]+)/v(?P<version>\d+)\.toml$")

_PLAIN_ITEM: Mapping[str, Any] = {"code": "plain", "kind": "single", "text": {"sv": "x"}}

Options = Mapping[str, tuple[Mapping[str, Any], ...]]


def load_instruments(shelf: Shelf) -> dict[tuple[str, int], Instrument]:
    scales = _response_scales(shelf)
    # What is added comes last: it has to give way to the codes that are there.
    files = sorted(shelf.files("instruments/*/v*.toml"), key=lambda file: file in shelf.added)
    found = [_load(shelf, file, scales) for file in files]
    instruments = dict(pair for pair in found if pair is not None)
    _check_unique_codes(shelf, instruments)
    return instruments


def parse_instrument(shelf: Shelf, file: str, text: str) -> Instrument | None:
    """An instrument from text that has not been put into the folder yet: an upload."""
    raw = shelf.parse(file, text)
    return None if raw is None else _build(shelf, file, raw, _response_scales(shelf))


def to_toml(instrument: Instrument, *, whole: bool = False) -> str:
    """The instrument as one file; reading it gives an equal instrument.

    `whole` writes the options of a response scale too, so that the file means the same wherever it is read.
    """
    dumped = instrument.model_dump(mode="json", exclude_defaults=True)
    for item in dumped["items"]:
        if "response_scale" in item and not whole:
            item.pop("options", None)
    return tomli_w.dumps(dumped)


def _load(shelf: Shelf, file: str, scales: Options) -> tuple[tuple[str, int], Instrument] | None:
    """With its key; that of the path where the file's own cannot be read."""
    raw, match = shelf.toml(file), _PATH.match(file)
    instrument = None if raw is None else _build(shelf, file, raw, scales)
    if instrument is None or match is None:
        return None
    in_path = (match["id"], int(match["version"]))
    key = (read_or(instrument.id, in_path[0]), read_or(instrument.version, in_path[1]))
    if key != in_path:
        told = "the path says {id} version {version}; write the same in the file."
        shelf.fault(file, "id", say(told, id=in_path[0], version=match["version"]))
    return key, instrument


def _build(shelf: Shelf, file: str, raw: Mapping[str, Any], scales: Options) -> Instrument | None:
    instrument = shelf.build(Instrument, file, _resolved(shelf, file, raw, scales))
    if instrument is not None:
        shelf.tell(file, check_instrument(instrument))
    return instrument


def _resolved(shelf: Shelf, file: str, raw: Mapping[str, Any], scales: Options) -> dict[str, Any]:
    """The table with `[item_defaults]` put into each item, and response scales replaced by their options."""
    rest = {key: value for key, value in raw.items() if key != "item_defaults"}
    defaults = raw.get("item_defaults", {})
    if isinstance(defaults, Mapping):
        defaults = _sound_defaults(shelf, file, defaults)
    items = raw.get("items")
    if isinstance(items, tuple) and isinstance(defaults, Mapping):
        rest["items"] = tuple(
            _item(shelf, file, defaults, item, scales) if isinstance(item, Mapping) else item for item in items
        )
    return rest


def _sound_defaults(shelf: Shelf, file: str, defaults: Mapping[str, Any]) -> dict[str, Any]:
    """Without what no item can have, which is told here, once, and not at each item that gets it."""
    try:
        Item.model_validate({**_PLAIN_ITEM, **defaults})
    except ValidationError as error:
        shelf.build(Item, file, {**_PLAIN_ITEM, **defaults}, "item_defaults")
        wrong = {detail["loc"][0] for detail in error.errors()}
        kept = {key: value for key, value in defaults.items() if key not in wrong}
        return {key: value for key, value in _PLAIN_ITEM.items() if key in wrong} | kept
    return dict(defaults)


def _item(
    shelf: Shelf, file: str, defaults: Mapping[str, Any], own: Mapping[str, Any], scales: Options
) -> dict[str, Any]:
    item = {**defaults, **own}
    name = item.get("response_scale")
    if name is not None and not isinstance(name, str):
        item["options"] = UNREAD
    elif "options" in item:
        # An item with options of its own has left the scale of the others; one that names both says which they are.
        if "response_scale" not in own:
            item.pop("response_scale", None)
    elif name is not None:
        if scales and name not in scales:
            known = ", ".join(sorted(scales))
            shelf.fault(
                file,
                f"item {item.get('code')}, response_scale",
                say("{name!r} is not defined; write one of {known}.", name=name, known=known),
            )
        item["options"] = scales.get(name, ())
    return item


def _response_scales(shelf: Shelf) -> Options:
    raw = shelf.toml(RESPONSE_SCALES)
    read = None if raw is None else shelf.build(ResponseScales, RESPONSE_SCALES, raw)
    # Whole or not at all: an item whose scale is not known is told nothing of it.
    if raw is None or read is None or any(fault.file == RESPONSE_SCALES for fault in shelf.faults):
        return {}
    return {scale["code"]: scale["options"] for scale in raw["scales"]}


def _check_unique_codes(shelf: Shelf, instruments: Mapping[tuple[str, int], Instrument]) -> None:
    """An item code means one thing in the whole study data: two instruments may not share it (two versions may)."""
    owner: dict[str, str] = {}
    for (own_id, version), instrument in instruments.items():
        for code in _codes(instrument):
            other = owner.setdefault(code, own_id)
            if other != own_id:
                told = say("instrument {other} has this code already; write another.", other=other)
                shelf.fault(f"instruments/{own_id}/v{version}.toml", f"item {code}", told)


@as_far_as_read
def _codes(instrument: Instrument) -> Iterator[str]:
    yield from (item.code for item in instrument.items if item.code is not UNREAD)
    yield from (scale.code for scale in instrument.scales if scale.code is not UNREAD)
