"""Gallring: what is due by study and class of data, and what has been destroyed by which decision

Revision ID: 0020
Revises: 0019

"""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = '0020'
down_revision = '0019'
branch_labels = None
depends_on = None


def upgrade(engine_name):
    if engine_name == 'office':
        op.create_table(
            'disposal',
            sa.Column('study', sa.String(length=40), nullable=False),
            sa.Column('data_class', sa.String(length=14), nullable=False),
            sa.Column('due_on', sa.Date(), nullable=False),
            sa.Column('amount', sa.Integer(), nullable=False),
            sa.Column('counted_on', sa.Date(), nullable=False),
            sa.Column('decision', sa.String(length=40), nullable=False),
            sa.Column('disposed_on', sa.Date(), nullable=True),
            sa.Column('disposed_by', sa.String(length=20), nullable=True),
            sa.ForeignKeyConstraint(['disposed_by'], ['staff.id'], name=op.f('fk_disposal_disposed_by')),
            sa.PrimaryKeyConstraint('study', 'data_class', name=op.f('pk_disposal')),
        )


def downgrade(engine_name):
    if engine_name == 'office':
        op.drop_table('disposal')
