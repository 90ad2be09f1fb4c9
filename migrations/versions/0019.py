"""Accounts of the organisation's own sign-in: which of its people an account is, as a hash

Revision ID: 0019
Revises: 0018

"""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = '0019'
down_revision = '0018'
branch_labels = None
depends_on = None


def upgrade(engine_name):
    if engine_name == 'office':
        with op.batch_alter_table('staff') as batch:
            batch.add_column(sa.Column('oidc_hash', sa.LargeBinary(length=32), nullable=True))
            batch.create_unique_constraint(op.f('uq_staff_oidc_hash'), ['oidc_hash'])


def downgrade(engine_name):
    if engine_name == 'office':
        with op.batch_alter_table('staff') as batch:
            batch.drop_constraint(op.f('uq_staff_oidc_hash'), type_='unique')
            batch.drop_column('oidc_hash')
