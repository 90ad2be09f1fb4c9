"""Which reports of the provider of text messages have been taken in

Revision ID: 0027
Revises: 0026

"""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = '0027'
down_revision = '0026'
branch_labels = None
depends_on = None


def upgrade(engine_name):
    if engine_name != 'identity':
        return
    op.create_table('sms_report',
    sa.Column('hash', sa.LargeBinary(length=32), nullable=False),
    sa.PrimaryKeyConstraint('hash', name=op.f('pk_sms_report')),
    sqlite_with_rowid=False
    )


def downgrade(engine_name):
    if engine_name != 'identity':
        return
    op.drop_table('sms_report')
