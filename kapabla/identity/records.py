"""The identity vault's own audit chain and outbox."""

from kapabla.audit import AuditColumns, AuditHeadColumns
from kapabla.outbox import Outbox, OutboxColumns
from kapabla.vaults import IdentityBase


class IdentityAudit(AuditColumns, IdentityBase):
    __table_args__ = {"info": {"retention": "audit"}}


class IdentityAuditHead(AuditHeadColumns, IdentityBase):
    __table_args__ = {"info": {"retention": "audit"}}


class IdentityOutbox(OutboxColumns, IdentityBase):
    __table_args__ = {"info": {"retention": "transient"}}


outbox = Outbox(IdentityOutbox)
