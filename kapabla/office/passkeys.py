"""Passkeys (WebAuthn): registered, and then signed in with. The device asks for a finger, a face or a code each time
(user verification), so that one answer stands for both factors. What is not exactly right is refused as one."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session
from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import base64url_to_bytes, parse_client_data_json
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialCreationOptions,
    PublicKeyCredentialDescriptor,
    PublicKeyCredentialRequestOptions,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from kapabla.clock import local_date
from kapabla.ids import new_id
from kapabla.office import challenges
from kapabla.office.sign_in import SignInRefused
from kapabla.office.staff import Passkey, Staff
from kapabla.office.staff_sessions import has_ended

# The options of the browser's own call, with bytes as base64url.
Question = dict[str, Any]
MOST = 10
REGISTER, SIGN_IN, PROVE = "passkey", "passkey_sign_in", "passkey_prove"
MAX_ANSWER = 20_000
# What the library says of an answer that is not right, and what an answer that is no answer makes it stumble on.
_WRONG = (WebAuthnException, ValueError, TypeError, KeyError, IndexError, AttributeError)


@dataclass(frozen=True)
class Site:
    """Whom a key is made for. A key of another site, or an answer given on another page, opens nothing here."""

    id: str
    origins: list[str]
    name: str


def site_of(base_url: str, name: str) -> Site:
    """Browsers know no keys for an address of numbers: what runs on this very computer is called localhost."""
    address = urlsplit(base_url)
    host = address.hostname or ""
    if host != "127.0.0.1":
        return Site(host, [base_url], name)
    port = f":{address.port}" if address.port else ""
    return Site("localhost", [f"{address.scheme}://localhost{port}"], name)


def passkeys_of(session: Session, staff: Staff) -> Sequence[Passkey]:
    return session.scalars(select(Passkey).where(Passkey.staff_id == staff.id).order_by(Passkey.name, Passkey.id)).all()


def ask_to_register(session: Session, staff: Staff, site: Site, *, browser: str, at: datetime) -> Question:
    """What the browser is asked. A device that has a key of the account already is not asked again."""
    challenge = challenges.make_challenge(session, purpose=REGISTER, browser=browser, at=at)
    known = [PublicKeyCredentialDescriptor(id=key.credential_id) for key in passkeys_of(session, staff)]
    options = generate_registration_options(
        rp_id=site.id, rp_name=site.name, user_name=staff.email, user_id=staff.id.encode(),
        user_display_name=staff.name, challenge=challenge.encode(), exclude_credentials=known,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
        ),
    )  # fmt: skip
    return _as_json(options)


def _as_json(options: PublicKeyCredentialCreationOptions | PublicKeyCredentialRequestOptions) -> dict[str, object]:
    found: dict[str, object] = json.loads(options_to_json(options))
    return found


def register(
    session: Session, staff: Staff, site: Site, answer: str, *, name: str, browser: str, at: datetime
) -> Passkey:
    """A new key of the account, when the answer is to what this very browser was asked, on a page of ours."""
    given, challenge = _spent(session, answer, purpose=REGISTER, browser=browser, at=at)
    try:
        found = verify_registration_response(
            credential=given, expected_challenge=challenge, expected_rp_id=site.id, expected_origin=site.origins,
            require_user_verification=True,
        )  # fmt: skip
    except _WRONG:
        raise SignInRefused() from None
    taken = session.scalar(select(Passkey.id).where(Passkey.credential_id == found.credential_id))
    if taken or len(passkeys_of(session, staff)) >= MOST:
        raise SignInRefused()
    key = Passkey(
        id=new_id(), staff_id=staff.id, credential_id=found.credential_id, public_key=found.credential_public_key,
        uses=found.sign_count, name=name, added_on=local_date(at),
    )  # fmt: skip
    session.add(key)
    session.flush()
    return key


def rename(session: Session, staff: Staff, key_id: str, name: str) -> bool:
    """One of the account's own; of somebody else's it is as if there were none."""
    mine = update(Passkey).where(Passkey.id == key_id, Passkey.staff_id == staff.id).values(name=name)
    return session.execute(mine.returning(Passkey.id)).first() is not None


def ask(
    session: Session, site: Site, *, purpose: str, browser: str, at: datetime, staff: Staff | None = None
) -> Question:
    """At sign-in any key of ours; to prove who it is one of that account's."""
    challenge = challenges.make_challenge(session, purpose=purpose, browser=browser, at=at)
    keys = passkeys_of(session, staff) if staff else ()
    options = generate_authentication_options(
        rp_id=site.id, challenge=challenge.encode(), user_verification=UserVerificationRequirement.REQUIRED,
        allow_credentials=[PublicKeyCredentialDescriptor(id=key.credential_id) for key in keys],
    )  # fmt: skip
    return _as_json(options)


def check(session: Session, site: Site, answer: str, *, purpose: str, browser: str, at: datetime) -> Staff:
    """Whose key has answered. One refusal for all that may be wrong, as with a password."""
    given, challenge = _spent(session, answer, purpose=purpose, browser=browser, at=at)
    key, staff = _holder(session, given)
    try:
        found = verify_authentication_response(
            credential=given, expected_challenge=challenge, expected_rp_id=site.id, expected_origin=site.origins,
            credential_public_key=key.public_key, credential_current_sign_count=key.uses,
            require_user_verification=True,
        )  # fmt: skip
    except _WRONG:
        raise SignInRefused() from None
    if staff.sign_up_hash is not None or has_ended(staff, at=at):
        raise SignInRefused()
    key.uses, key.used_on = found.new_sign_count, local_date(at)
    session.flush()
    return staff


def remove(session: Session, staff: Staff, key_id: str) -> bool:
    """One of the account's own; of somebody else's it is as if there were none."""
    mine = delete(Passkey).where(Passkey.id == key_id, Passkey.staff_id == staff.id)
    return session.execute(mine.returning(Passkey.id)).first() is not None


def _spent(session: Session, answer: str, *, purpose: str, browser: str, at: datetime) -> tuple[dict[str, Any], bytes]:
    """The answer and the challenge it is to, which is gone from now on whatever becomes of it."""
    try:
        given = json.loads(answer[:MAX_ANSWER])
        challenge = parse_client_data_json(base64url_to_bytes(given["response"]["clientDataJSON"])).challenge
        challenges.spend_challenge(session, challenge.decode(), purpose=purpose, browser=browser, at=at)
    except (*_WRONG, challenges.ChallengeGone):
        raise SignInRefused() from None
    return given, challenge


def _holder(session: Session, given: dict[str, Any]) -> tuple[Passkey, Staff]:
    try:
        credential_id = base64url_to_bytes(given["rawId"])
        handle = base64url_to_bytes(given["response"].get("userHandle") or "")
    except _WRONG:
        raise SignInRefused() from None
    row = session.execute(
        select(Passkey, Staff).join(Staff, Staff.id == Passkey.staff_id).where(Passkey.credential_id == credential_id)
    ).one_or_none()
    if row is None or (handle and handle != row.Staff.id.encode()):
        raise SignInRefused()
    return row.Passkey, row.Staff
