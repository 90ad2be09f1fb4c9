"""A document that people have approved goes to the store: the bytes that they saw, once, and nothing else."""

from collections.abc import Callable
from hashlib import sha256
from typing import Protocol


class Approved(Protocol):
    """A row of the register. `sha256`: of the document as it was approved."""

    state: str
    document: str
    sha256: str


def publish_approved(
    record: Approved, *, waiting: str, publish: Callable[[bytes], None], finish: Callable[[str], None]
) -> bool:  # fmt: skip
    """The store first and the register last: done twice, it is done once. What was taken back meanwhile stays here, and
    what is not what was approved is told as failed."""
    if record.state != waiting:
        return False
    body = record.document.encode()
    is_as_approved = sha256(body).hexdigest() == record.sha256
    if is_as_approved:
        publish(body)
    finish("published" if is_as_approved else "failed")
    return is_as_approved
