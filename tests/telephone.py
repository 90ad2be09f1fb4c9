"""A telephone of one's own as the server sees it: the kit from a page, and records sealed by another library."""

import base64
import json
import os
import re
from urllib.parse import urlencode

from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

from kapabla.ids import new_id

_KIT = re.compile(r'<script type="application/json" data-kit>(.*?)</script>')


def kit_on(page):
    """The kit that a page gives to the script, or None."""
    found = _KIT.search(page)
    return json.loads(found[1]) if found else None


def seal(kit, path, form, *, key=None, whole=None):
    """A record as the worker makes it: `(key, body)`."""
    key = key or new_id()
    text = whole if whole is not None else json.dumps({"path": path, "form": urlencode(form, doseq=True)})
    fresh, iv = AESGCM.generate_key(256), os.urandom(12)
    data = AESGCM(fresh).encrypt(iv, text.ljust(512).encode(), key.encode())
    lock = load_der_public_key(base64.b64decode(kit["key"]))
    wrapped = lock.encrypt(fresh, padding.OAEP(padding.MGF1(SHA256()), SHA256(), None))
    parts = {"wrapped": wrapped, "iv": iv, "data": data}
    body = {"keyId": kit["keyId"]} | {name: base64.b64encode(part).decode() for name, part in parts.items()}
    return key, body


def send_all(app, kit, whole):
    """Several in one request. Returns the states of those that were taken."""
    records = [{"id": key} | body for key, body in whole]
    reply = app.test_client().post(
        "/ko", json={"records": records}, headers={"Authorization": f"Bearer {kit['token']}"}
    )
    return reply.json["states"] if reply.status_code == 200 else reply.status_code


def send(app, kit, sealed, *, token=None):
    """From a browser without cookies. Returns `(status, state)`."""
    key, body = sealed
    headers = {"Idempotency-Key": key, "Authorization": f"Bearer {token or kit['token']}"}
    reply = app.test_client().post("/ko", json=body, headers=headers)
    return reply.status_code, (reply.json or {}).get("state")
