"""What people type, without the characters that no key gives.

NUL and other control characters come from a paste or from a machine that tries. No database, file or page has a use for
them, and PostgreSQL refuses NUL, so they are gone before any view reads a field. Tabs and line breaks are left.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from flask import Flask, abort, request
from flask import Request as FlaskRequest
from werkzeug.datastructures import ImmutableMultiDict, MultiDict

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")


class Typed(ImmutableMultiDict[str, Any]):
    """The fields of a form or of an address; files are left as they are."""

    def __init__(self, fields: Mapping[str, Any] | Iterable[tuple[str, Any]] | None = None) -> None:
        given = MultiDict(fields or ()).items(multi=True)
        super().__init__([(name, _clean(value)) for name, value in given])


class Request(FlaskRequest):
    parameter_storage_class = Typed


def _clean(value: Any) -> Any:
    return _CONTROL.sub("", value) if isinstance(value, str) else value


def init_app(app: Flask) -> None:
    app.request_class = Request

    @app.before_request
    def refuse_control_characters() -> None:
        """No address of ours has one, so there is no such page."""
        if _CONTROL.search(request.path):
            abort(404)
