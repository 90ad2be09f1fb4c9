"""A lease of a job has a token of its own

Revision ID: 0004
Revises: 0003

"""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None


def upgrade(engine_name):
    with op.batch_alter_table('outbox') as batch:
        batch.add_column(sa.Column('holder', sa.String(length=20), server_default='', nullable=False))


def downgrade(engine_name):
    with op.batch_alter_table('outbox') as batch:
        batch.drop_column('holder')
