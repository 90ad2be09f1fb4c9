"""Answers that came in too late are kept apart

Revision ID: 0010
Revises: 0009

"""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None


def upgrade(engine_name):
    if engine_name == 'answers':
        op.create_table(
            'late_answers',
            sa.Column('subject', sa.String(length=64), nullable=False),
            sa.Column('idempotency_key', sa.String(length=40), nullable=False),
            sa.Column('wave', sa.String(length=8), nullable=False),
            sa.Column('page', sa.Integer(), nullable=False),
            sa.Column('instrument', sa.String(length=40), nullable=False),
            sa.Column('instrument_version', sa.Integer(), nullable=False),
            sa.Column('values', sa.JSON(), nullable=False),
            sa.Column('missing', sa.JSON(), nullable=False),
            sa.Column('language', sa.String(length=8), nullable=False),
            sa.Column('reason', sa.String(length=8), nullable=False),
            sa.Column('received_on', sa.Date(), nullable=False),
            sa.PrimaryKeyConstraint('subject', 'idempotency_key', name=op.f('pk_late_answers')),
            info={'retention': 'answers'},
        )


def downgrade(engine_name):
    if engine_name == 'answers':
        op.drop_table('late_answers')
