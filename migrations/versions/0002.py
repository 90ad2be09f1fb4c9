"""A placement remembers that the participant has confirmed trade and municipality

Revision ID: 0002
Revises: 0001

"""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade(engine_name):
    globals()[f"upgrade_{engine_name}"]()


def downgrade(engine_name):
    globals()[f"downgrade_{engine_name}"]()


def upgrade_answers():
    with op.batch_alter_table('placement') as batch:
        batch.add_column(sa.Column('is_confirmed', sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade_answers():
    with op.batch_alter_table('placement') as batch:
        batch.drop_column('is_confirmed')


def upgrade_identity():
    pass


def downgrade_identity():
    pass


def upgrade_office():
    pass


def downgrade_office():
    pass
