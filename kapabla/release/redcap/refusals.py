"""Refusals in the protocol's own English. Clients compare some of these texts, so they are written once, here."""

import json
from collections.abc import Iterable
from xml.sax.saxutils import escape

from kapabla.errors import KapablaError

NO_API = "You do not have permissions to use the API"
NO_WRITING = "You do not have API Import/Update privileges"
CONTENT = 'The value of the parameter "content" is not valid'
NOT_REPEATING = (
    "You cannot export repeating instruments and events because the project does not contain any repeating "
    "instruments and events"
)
NOT_OFFERED = "This method is not offered here"

# Content types with a charset: without one a client reads ISO-8859-1.
CONTENT_TYPES = {
    "csv": "text/csv; charset=utf-8", "json": "application/json", "xml": "text/xml; charset=utf-8",
}  # fmt: skip
_NOT_IN_XML = {code: None for code in range(32) if code not in (9, 10, 13)} | {0xFFFE: None, 0xFFFF: None}


class Refusal(KapablaError):
    """The call is not answered. `status` and `text` are the client's; 400 is a parameter that is not valid."""

    code = "api_refusal"

    def __init__(self, text: str, status: int = 400) -> None:
        super().__init__(status=status)
        self.text = text
        self.status = status


def not_valid(parameter: str, values: Iterable[str] = ()) -> Refusal:
    """Of a list the values that are not known are named, so that a misspelt one is found."""
    found = ", ".join(f"'{value}'" for value in values)
    if not found:
        return Refusal(f'The value of the parameter "{parameter}" is not valid')
    return Refusal(f'The following values in the parameter "{parameter}" are not valid: {found}')


def classic(what: str) -> Refusal:
    return Refusal(f"You cannot export {what} for classic projects")


def refusal_body(text: str, form: str) -> str:
    """PyCap tells a refusal by its body alone: a csv that began otherwise would be data to it."""
    if form == "json":
        return json.dumps({"error": text}, ensure_ascii=False)
    if form == "csv":
        return f"ERROR: {text}"
    return f'<?xml version="1.0" encoding="UTF-8" ?><hash><error>{xml_text(text)}</error></hash>'


def xml_text(text: str) -> str:
    return escape(text.translate(_NOT_IN_XML))
