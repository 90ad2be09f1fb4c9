"""Copies of somebody's own details: sealed with the answers, and who has looked found by person

Revision ID: 0006
Revises: 0005

"""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None


def upgrade(engine_name):
    if engine_name == 'answers':
        op.create_table(
            'sealed_copy',
            sa.Column('subject', sa.String(length=64), nullable=False),
            sa.Column('body', sa.LargeBinary(), nullable=False),
            sa.Column('made_on', sa.Date(), nullable=False),
            sa.PrimaryKeyConstraint('subject', name=op.f('pk_sealed_copy')),
            info={'retention': 'transient'},
        )
    if engine_name == 'identity':
        op.create_index('ix_audit_object', 'audit', ['object'])


def downgrade(engine_name):
    if engine_name == 'answers':
        op.drop_table('sealed_copy')
    if engine_name == 'identity':
        op.drop_index('ix_audit_object', table_name='audit')
