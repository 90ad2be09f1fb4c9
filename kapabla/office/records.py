"""The office vault's own audit chain and outbox."""

from kapabla.audit import AuditColumns, AuditHeadColumns
from kapabla.outbox import Outbox, OutboxColumns
from kapabla.vaults import OfficeBase


class OfficeAudit(AuditColumns, OfficeBase):
    __table_args__ = {"info": {"retention": "audit"}}


class OfficeAuditHead(AuditHeadColumns, OfficeBase):
    __table_args__ = {"info": {"retention": "audit"}}


class OfficeOutbox(OutboxColumns, OfficeBase):
    __table_args__ = {"info": {"retention": "transient"}}


outbox = Outbox(OfficeOutbox)
# The invitation, to the very member of staff who wants to see it.
SEND_TRIAL = "send_trial"
# To an account: somebody has signed in with a browser that it has not been used with.
TELL_NEW_DEVICE = "tell_new_device"
# The one-time link of an account, to its holder.
SEND_SIGN_UP = "send_sign_up"
# To those who give accounts and approve: a colleague has let somebody in who will be able to let something out.
TELL_LET_IN = "tell_let_in"
