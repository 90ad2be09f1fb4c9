"""Meetings of a cohort, and who was taught at one

Revision ID: 0009
Revises: 0008

"""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None


def upgrade(engine_name):
    if engine_name == 'answers':
        op.create_table(
            'attendance',
            sa.Column('subject', sa.String(length=64), nullable=False),
            sa.Column('attended_on', sa.Date(), nullable=False),
            sa.Column('mode', sa.String(length=8), nullable=False),
            sa.PrimaryKeyConstraint('subject', 'attended_on', 'mode', name=op.f('pk_attendance')),
            info={'retention': 'answers'},
        )
    if engine_name == 'identity':
        op.create_table(
            'meeting',
            sa.Column('id', sa.String(length=20), nullable=False),
            sa.Column('cohort_id', sa.String(length=20), nullable=False),
            sa.Column('held_on', sa.Date(), nullable=False),
            sa.Column('mode', sa.String(length=8), nullable=False),
            sa.Column('code_hash', sa.LargeBinary(length=32), nullable=False),
            sa.Column('takes_walk_ins', sa.Boolean(), nullable=False),
            sa.Column('is_closed', sa.Boolean(), nullable=False),
            sa.Column('came', sa.Integer(), nullable=False),
            sa.ForeignKeyConstraint(['cohort_id'], ['cohort.id'], name=op.f('fk_meeting_cohort_id_cohort')),
            sa.PrimaryKeyConstraint('id', name=op.f('pk_meeting')),
            sa.UniqueConstraint('held_on', 'code_hash', name='uq_meeting_held_on_code_hash'),
            info={'retention': 'identity'},
        )
        op.create_index(op.f('ix_meeting_cohort_id'), 'meeting', ['cohort_id'])
        with op.batch_alter_table('participant_session') as batch:
            batch.add_column(sa.Column('meeting_id', sa.String(length=20), nullable=True))


def downgrade(engine_name):
    if engine_name == 'answers':
        op.drop_table('attendance')
    if engine_name == 'identity':
        with op.batch_alter_table('participant_session') as batch:
            batch.drop_column('meeting_id')
        op.drop_table('meeting')
