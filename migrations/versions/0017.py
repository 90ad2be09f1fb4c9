"""The day on which a person's letter was printed

Revision ID: 0017
Revises: 0016

"""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = '0017'
down_revision = '0016'
branch_labels = None
depends_on = None


def upgrade(engine_name):
    if engine_name == 'identity':
        with op.batch_alter_table('person') as batch:
            batch.add_column(sa.Column('printed_on', sa.Date(), nullable=True))


def downgrade(engine_name):
    if engine_name == 'identity':
        with op.batch_alter_table('person') as batch:
            batch.drop_column('printed_on')
