"""When it was decided that an incident need not be reported

Revision ID: 0035
Revises: 0032

"""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = '0035'
down_revision = '0032'
branch_labels = None
depends_on = None


def upgrade(engine_name):
    if engine_name == 'office':
        op.add_column('incident', sa.Column('exempt_at', sa.DateTime(timezone=True), nullable=True))


def downgrade(engine_name):
    if engine_name == 'office':
        op.drop_column('incident', 'exempt_at')
