"""A sending can be paused

Revision ID: 0036
Revises: 0035

"""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = '0036'
down_revision = '0035'
branch_labels = None
depends_on = None


def upgrade(engine_name):
    if engine_name == 'identity':
        op.add_column(
            'message_batch', sa.Column('is_paused', sa.Boolean(), server_default=sa.text('false'), nullable=False)
        )


def downgrade(engine_name):
    if engine_name == 'identity':
        op.drop_column('message_batch', 'is_paused')
