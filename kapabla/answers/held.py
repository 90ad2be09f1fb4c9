"""What the vault holds of one subject, for her own page: how many answers, and what she has said of her place."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from kapabla.answers.placement import Placement
from kapabla.answers.submissions import Submission
from kapabla.vaults import table_of

_places, _pages = table_of(Placement), table_of(Submission)


@dataclass(frozen=True)
class Held:
    """`role` and `municipality`: as she has said that they are (BAK 1-2); None where she has not said, or may not."""

    answers: int
    role: str | None = None
    municipality: str | None = None


def held_of(session: Session, subject: str) -> Held:
    """In one statement. Answers are counted, each page at its latest save."""
    rows = session.execute(
        select(
            _places.c.role, _places.c.municipality, _places.c.is_confirmed, _places.c.is_protected,
            _pages.c.wave, _pages.c.page, _pages.c["values"],
        )
        .select_from(_places.outerjoin(_pages, _pages.c.subject == _places.c.subject))
        .where(_places.c.subject == subject)
        .order_by(_pages.c.number)
    ).all()  # fmt: skip
    latest = {(row.wave, row.page): len(row[6]) for row in rows if row.wave is not None}
    has_said = bool(rows) and rows[0].is_confirmed and not rows[0].is_protected
    role, municipality = (rows[0].role, rows[0].municipality) if has_said else (None, None)
    return Held(sum(latest.values()), role, municipality)
