"""The link that says no to more messages (P18). Its address is sealed: it holds nobody, and nobody can make one.

It does not follow the code: an old message must be able to say no long after "Skapa ny kod" (RFC 8058).
"""

import base64
import binascii

from kapabla.keys import Keyring, seal, unseal

_CONTEXT = "opting_out"


def no_link(keys: Keyring, base_url: str, person_id: str) -> str:
    sealed = seal(keys.get("sealing"), person_id, _CONTEXT)
    return f"{base_url}/avanmal/{base64.urlsafe_b64encode(sealed).decode().rstrip('=')}"


def person_of(keys: Keyring, token: str) -> str | None:
    """Whose address it is, who may be erased since; None for what we have not made."""
    from cryptography.exceptions import InvalidTag

    try:
        sealed = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
        return unseal(keys.get("sealing"), sealed, _CONTEXT)
    except (binascii.Error, InvalidTag, ValueError):
        return None
