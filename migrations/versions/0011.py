"""Free text is read by a person before it may leave

Revision ID: 0011
Revises: 0010

"""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None


def upgrade(engine_name):
    if engine_name == 'answers':
        with op.batch_alter_table('free_texts') as batch:
            batch.add_column(sa.Column('findings', sa.JSON(), nullable=True))
            batch.add_column(sa.Column('hidden', sa.JSON(), nullable=True))
            batch.add_column(sa.Column('screened_on', sa.Date(), nullable=True))
            batch.add_column(sa.Column('reviewed_on', sa.Date(), nullable=True))


def downgrade(engine_name):
    if engine_name == 'answers':
        with op.batch_alter_table('free_texts') as batch:
            for name in ('reviewed_on', 'screened_on', 'hidden', 'findings'):
                batch.drop_column(name)
