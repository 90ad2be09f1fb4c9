"""When a colleague last let an account in

Revision ID: 0041
Revises: 0040

"""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = '0041'
down_revision = '0040'
branch_labels = None
depends_on = None


def upgrade(engine_name):
    if engine_name != 'office':
        return
    op.add_column('staff', sa.Column('let_in_on', sa.Date(), nullable=True))


def downgrade(engine_name):
    if engine_name != 'office':
        return
    op.drop_column('staff', 'let_in_on')
