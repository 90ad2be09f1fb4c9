"""Who does something, when, and the chain that is told of it: a required argument of whatever must leave a trace."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from kapabla.audit import Chain, Event
from kapabla.clock import local_date


@dataclass(frozen=True)
class Trace:
    """`actor` is the id of a staff account, or "cli" or "jobs". Ids and codes only reach the chain, never a name."""

    chain: Chain
    actor: str
    role: str
    at: datetime

    @property
    def on(self) -> date:
        return local_date(self.at)

    def leave(self, session: Session, action: str, object_: str, *, reason: str = "") -> None:
        event = Event(self.actor, self.role, action, object_, reason=reason[:200])
        self.chain.append(session, event, at=self.at)
