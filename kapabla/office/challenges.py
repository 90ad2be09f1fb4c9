"""What a key or another service is to answer: kept by its hash, answered once, by the browser that it was made for."""

import secrets
from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from kapabla.clock import epoch
from kapabla.errors import KapablaError
from kapabla.office.staff import SignInChallenge
from kapabla.office.staff_sessions import hash_of

ANSWER_SECONDS = 600


class ChallengeGone(KapablaError):
    """Answered already, too old, made for something else or for another browser."""

    code = "challenge_gone"


def make_challenge(session: Session, *, purpose: str, browser: str, at: datetime) -> str:
    """`browser` is a secret of that browser alone: its session, or the cookie of its sign-in page."""
    challenge = secrets.token_urlsafe(32)
    session.execute(delete(SignInChallenge).where(SignInChallenge.until < epoch(at)))
    session.add(
        SignInChallenge(
            challenge_hash=hash_of(challenge), purpose=purpose, browser_hash=hash_of(browser),
            until=epoch(at) + ANSWER_SECONDS,
        )
    )  # fmt: skip
    session.flush()
    return challenge


def spend_challenge(session: Session, challenge: str, *, purpose: str, browser: str, at: datetime) -> None:
    """In one statement, so that of two answers one counts."""
    mine = delete(SignInChallenge).where(
        SignInChallenge.challenge_hash == hash_of(challenge),
        SignInChallenge.purpose == purpose,
        SignInChallenge.browser_hash == hash_of(browser),
        SignInChallenge.until >= epoch(at),
    )
    if session.execute(mine.returning(SignInChallenge.purpose)).first() is None:
        raise ChallengeGone()
