"""Drawings of the course: line SVG that takes the colour of the text, checked so that it can stand in the page."""

import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from html import escape

from kapabla.material.faults import say
from kapabla.material.reading import Shelf

MAX_BYTES = 6_000
_SVG = "{http://www.w3.org/2000/svg}"
_SHAPE = {
    "stroke",
    "fill",
    "stroke-width",
    "stroke-linecap",
    "stroke-linejoin",
    "stroke-dasharray",
    "transform",
    "opacity",
}
_ATTRIBUTES = {
    "svg": {"viewBox", "width", "height"},
    "g": set(),
    "path": {"d"},
    "line": {"x1", "y1", "x2", "y2"},
    "circle": {"cx", "cy", "r"},
    "ellipse": {"cx", "cy", "rx", "ry"},
    "rect": {"x", "y", "width", "height", "rx", "ry"},
    "polyline": {"points"},
    "polygon": {"points"},
}
_COLOURS = {"none", "currentColor"}


def load_picture(shelf: Shelf, file: str, alt: str) -> str | None:
    """The drawing as markup for the page, with `alt` as its name to a screen reader (empty: it only decorates)."""
    written = shelf.text(file)
    if written is None:
        return None
    if len(written.encode()) > MAX_BYTES:
        shelf.fault(
            file,
            "",
            say(
                "the drawing is {count} bytes; make it simpler, at most {highest}.",
                count=len(written.encode()),
                highest=MAX_BYTES,
            ),
        )
    try:
        root = ElementTree.fromstring(written)  # noqa: S314  (our own file; no entity survives the rewriting below)
    except ElementTree.ParseError as error:
        shelf.fault(file, "", say("not SVG: {error}; export it again as plain SVG.", error=error))
        return None
    faults = list(_check(root))
    for message in faults:
        shelf.fault(file, "", message)
    if faults:
        return None
    named = f'role="img" aria-label="{escape(alt)}"' if alt else 'aria-hidden="true"'
    return _markup(root, named)


def _check(root: ElementTree.Element) -> Iterator[str]:
    if root.tag != f"{_SVG}svg" or "viewBox" not in root.attrib:
        yield 'it does not begin with <svg xmlns="http://www.w3.org/2000/svg" viewBox="…">; write that.'
    for element in root.iter():
        tag = str(element.tag).removeprefix(_SVG)
        if tag not in _ATTRIBUTES:
            yield say("<{tag}> is not allowed; draw with {known}.", tag=tag, known=", ".join(sorted(_ATTRIBUTES)))
            continue
        for name, value in element.attrib.items():
            if name not in _ATTRIBUTES[tag] | _SHAPE:
                yield say("the attribute {name} of <{tag}> is not allowed; remove it.", name=name, tag=tag)
            elif name in ("stroke", "fill") and value not in _COLOURS:
                yield say(
                    '{name}="{value}" would vanish in the dark; write currentColor or none.', name=name, value=value
                )


def _markup(element: ElementTree.Element, extra: str = "") -> str:
    tag = str(element.tag).removeprefix(_SVG)
    attributes = "".join(f' {name}="{escape(value)}"' for name, value in element.attrib.items())
    inner = "".join(_markup(child) for child in element)
    return f"<{tag}{' ' + extra if extra else ''}{attributes}>{inner}</{tag}>"
