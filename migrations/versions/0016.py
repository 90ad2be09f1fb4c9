"""Staff may pause what leaves by itself of a cohort

Revision ID: 0016
Revises: 0015

"""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = '0016'
down_revision = '0015'
branch_labels = None
depends_on = None


def upgrade(engine_name):
    if engine_name == 'identity':
        with op.batch_alter_table('cohort') as batch:
            batch.add_column(sa.Column('reminders_paused', sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade(engine_name):
    if engine_name == 'identity':
        with op.batch_alter_table('cohort') as batch:
            batch.drop_column('reminders_paused')
