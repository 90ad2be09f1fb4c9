"""The answers vault's own audit chain and outbox (the two tables, with open surveys, that have no subject)."""

from kapabla.audit import AuditColumns, AuditHeadColumns
from kapabla.outbox import Outbox, OutboxColumns
from kapabla.vaults import AnswersBase


class AnswersAudit(AuditColumns, AnswersBase):
    __table_args__ = {"info": {"retention": "audit"}}


class AnswersAuditHead(AuditHeadColumns, AnswersBase):
    __table_args__ = {"info": {"retention": "audit"}}


class AnswersOutbox(OutboxColumns, AnswersBase):
    __table_args__ = {"info": {"retention": "transient"}}


outbox = Outbox(AnswersOutbox)
