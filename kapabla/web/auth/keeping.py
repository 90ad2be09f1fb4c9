"""What somebody sends when their session has ended is kept: sealed, in the reply itself, for that account alone.

The page asks them to sign in in another tab and to send it again. Nothing is kept on the server, and whoever sits down
at the screen next reads nothing of it: the key is here, and the form is taken from that account alone.
"""

import base64
import json

from cryptography.exceptions import InvalidTag
from flask import abort, render_template, request
from flask.typing import ResponseReturnValue

from kapabla.keys import keyed_hash, seal, unseal
from kapabla.web import csrf
from kapabla.web.auth import proving
from kapabla.web.typed import Typed
from kapabla.web.unit_of_work import service

FIELD = "sparat"
# The field of who changes a password, who types it anew: it is kept nowhere, sealed or not.
_TYPED_ANEW = "nuvarande"


def take_up() -> None:
    """Where the form is one that was kept: from here on it is as if it had been sent as it was."""
    kept = request.form.get(FIELD)
    if kept is None:
        return
    try:
        sealed = base64.b64decode(kept, validate=True)
        request.form = Typed(json.loads(unseal(_key(), sealed, _context())))
    except (ValueError, InvalidTag):
        abort(400)


def is_worth_keeping() -> bool:
    """Made for an account, as every form behind the sign-in is, and not one of secrets."""
    return csrf.is_marked() and _TYPED_ANEW not in request.form


def page(*, is_anothers: bool = False) -> ResponseReturnValue:
    return render_template(
        "auth/kept.html", action=request.full_path.removesuffix("?"), field=FIELD, kept=_sealed(),
        is_anothers=is_anothers, has_file=any(file.filename for file in request.files.values()),
    ), 403  # fmt: skip


def _sealed() -> str:
    proofs = {proving.CODE, proving.KEY}
    fields = [(name, value) for name, value in request.form.items(multi=True) if name not in proofs]
    return base64.b64encode(seal(_key(), json.dumps(fields), _context())).decode()


def _context() -> str:
    """What was written for one page is not sent to another."""
    return f"staff.form.{request.path}"


def _key() -> bytes:
    return keyed_hash(service().keys.get("session"), b"kept form")
