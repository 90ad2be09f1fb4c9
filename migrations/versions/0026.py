"""The look-up of a person's link in text messages

Revision ID: 0026
Revises: 0022

"""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = '0026'
down_revision = '0022'
branch_labels = None
depends_on = None


def upgrade(engine_name):
    if engine_name != 'identity':
        return
    with op.batch_alter_table('invitation') as batch_op:
        batch_op.add_column(sa.Column('short_hash', sa.LargeBinary(length=32), nullable=True))
        batch_op.create_unique_constraint(op.f('uq_invitation_short_hash'), ['short_hash'])


def downgrade(engine_name):
    if engine_name != 'identity':
        return
    with op.batch_alter_table('invitation') as batch_op:
        batch_op.drop_constraint(op.f('uq_invitation_short_hash'), type_='unique')
        batch_op.drop_column('short_hash')
