"""The identity vault's own audit chain and outbox."""

from sqlalchemy import Index

from kapabla.audit import AuditColumns, AuditHeadColumns
from kapabla.outbox import Outbox, OutboxColumns
from kapabla.vaults import IdentityBase


class IdentityAudit(AuditColumns, IdentityBase):
    # Found by person, who may read who has looked at their details.
    __table_args__ = (Index("ix_audit_object", "object"), {"info": {"retention": "audit"}})


class IdentityAuditHead(AuditHeadColumns, IdentityBase):
    __table_args__ = {"info": {"retention": "audit"}}


class IdentityOutbox(OutboxColumns, IdentityBase):
    __table_args__ = {"info": {"retention": "transient"}}


outbox = Outbox(IdentityOutbox)
