"""Agreements that researchers fetch data under; agreement, format and rows of each download

Revision ID: 0012
Revises: 0011

"""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None


def upgrade(engine_name):
    if engine_name == 'office':
        op.create_table(
            'data_agreement',
            sa.Column('id', sa.String(length=20), nullable=False),
            sa.Column('staff_id', sa.String(length=20), nullable=False),
            sa.Column('number', sa.String(length=60), nullable=False),
            sa.Column('ends_on', sa.Date(), nullable=False),
            sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_data_agreement_staff_id_staff')),
            sa.PrimaryKeyConstraint('id', name=op.f('pk_data_agreement')),
            sa.UniqueConstraint('staff_id', 'number', name='uq_data_agreement_staff_id_number'),
            info={'retention': 'register'},
        )
        with op.batch_alter_table('download') as batch:
            batch.add_column(sa.Column('agreement', sa.String(length=60), server_default='', nullable=False))
            batch.add_column(sa.Column('format', sa.String(length=12), server_default='', nullable=False))
            batch.add_column(sa.Column('rows', sa.Integer(), nullable=True))


def downgrade(engine_name):
    if engine_name == 'office':
        with op.batch_alter_table('download') as batch:
            for name in ('rows', 'format', 'agreement'):
                batch.drop_column(name)
        op.drop_table('data_agreement')
