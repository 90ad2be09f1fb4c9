"""Messages: what was sent to whom, by which batch, and how far it came. Never why or when anything was finished."""

from datetime import datetime

from sqlalchemy import DateTime, ForeignKey, Integer, String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from kapabla.ids import new_id
from kapabla.vaults import IdentityBase

# What a message asks for: to begin, or to begin now that the course has opened for who has waited (E6). Other steps are
# the course and the waves of the study, by their slugs.
INVITATION_STEP = "start"
COURSE_STEP = "course"
# Why a message that has gone is one to send again: it went to an address that has been changed since.
ADDRESS_CORRECTED = "address_corrected"
# Of the batches that staff see: what they have ordered, and the reminders of those who have not begun.
INVITATION, REMINDER = "invitation", "reminder"


class MessageBatch(IdentityBase):
    __tablename__ = "message_batch"
    __table_args__ = {"info": {"retention": "identity"}}

    id: Mapped[str] = mapped_column(String(20), primary_key=True, default=new_id)
    cohort_id: Mapped[str] = mapped_column(ForeignKey("cohort.id"), index=True)
    kind: Mapped[str] = mapped_column(String(12))
    ordered_by: Mapped[str] = mapped_column(String(80))
    ordered_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    is_stopped: Mapped[bool] = mapped_column(default=False)
    # Nothing leaves until somebody lets it go on.
    is_paused: Mapped[bool] = mapped_column(default=False, server_default=false())


class Message(IdentityBase):
    """`state`: waiting, sending (the text is leaving now), handed_over, failed, unclear (the connection or the runner
    died while it left), stopped; done, of a message of a later step, whatever became of it.

    A message of a later step is made ready for everybody alike and leaves to those alone who have it due. Were it kept
    whether it left, the row would tell who has said yes, and who has answered (D05).
    """

    __tablename__ = "message"
    __table_args__ = (
        UniqueConstraint("person_id", "step", "number", name="uq_message_person_id_step_number"),
        {"info": {"retention": "identity"}},
    )

    id: Mapped[str] = mapped_column(String(20), primary_key=True, default=new_id)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    batch_id: Mapped[str | None] = mapped_column(ForeignKey("message_batch.id"), index=True)
    step: Mapped[str] = mapped_column(String(10))
    # 0 is the invitation, 1 and 2 the reminders.
    number: Mapped[int] = mapped_column(Integer, default=0)
    channel: Mapped[str] = mapped_column(String(8))
    state: Mapped[str] = mapped_column(String(12), default="waiting")
    fault: Mapped[str] = mapped_column(String(40), default="")

    @property
    def is_silent(self) -> bool:
        return self.step not in (INVITATION_STEP, COURSE_STEP)
