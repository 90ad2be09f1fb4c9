"""The cycle of the citizen promises: period and agreement, picture, promises, what is measured and done, editions

Revision ID: 0022
Revises: 0021

"""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = '0022'
down_revision = '0021'
branch_labels = None
depends_on = None


def upgrade(engine_name):
    if engine_name != 'office':
        return
    op.create_table('promise_cycle',
    sa.Column('id', sa.String(length=20), nullable=False),
    sa.Column('municipality', sa.String(length=4), nullable=False),
    sa.Column('from_year', sa.Integer(), nullable=False),
    sa.Column('to_year', sa.Integer(), nullable=False),
    sa.Column('status', sa.String(length=10), nullable=False),
    sa.Column('is_signed_earlier', sa.Boolean(), nullable=False),
    sa.Column('source', sa.String(length=200), nullable=False),
    sa.Column('purpose', sa.Text(), nullable=False),
    sa.Column('signed_on', sa.Date(), nullable=True),
    sa.Column('signed_in', sa.String(length=80), nullable=False),
    sa.Column('signed_by', sa.String(length=400), nullable=False),
    sa.Column('from_on', sa.Date(), nullable=True),
    sa.Column('to_on', sa.Date(), nullable=True),
    sa.Column('prolonged_until_replaced', sa.Boolean(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_promise_cycle')),
    sa.UniqueConstraint('municipality', 'from_year', name='uq_promise_cycle_period'),
    )
    op.create_table('citizen_promise',
    sa.Column('id', sa.String(length=20), nullable=False),
    sa.Column('cycle_id', sa.String(length=20), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('title', sa.String(length=120), nullable=False),
    sa.Column('problem', sa.Text(), nullable=False),
    sa.Column('causes', sa.Text(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('owner', sa.String(length=120), nullable=False),
    sa.Column('indicator', sa.String(length=200), nullable=False),
    sa.Column('baseline', sa.String(length=200), nullable=False),
    sa.Column('target', sa.String(length=200), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=True),
    sa.Column('course', sa.String(length=40), nullable=False),
    sa.ForeignKeyConstraint(['cycle_id'], ['promise_cycle.id'], name=op.f('fk_citizen_promise_cycle_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_citizen_promise')),
    sa.UniqueConstraint('cycle_id', 'number', name='uq_citizen_promise_number'),
    )
    op.create_table('council_meeting',
    sa.Column('id', sa.String(length=20), nullable=False),
    sa.Column('cycle_id', sa.String(length=20), nullable=False),
    sa.Column('held_on', sa.Date(), nullable=False),
    sa.Column('council', sa.String(length=120), nullable=False),
    sa.Column('agenda', sa.Text(), nullable=False),
    sa.Column('is_over', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['cycle_id'], ['promise_cycle.id'], name=op.f('fk_council_meeting_cycle_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_council_meeting')),
    )
    op.create_index(op.f('ix_council_meeting_cycle_id'), 'council_meeting', ['cycle_id'], unique=False)
    op.create_table('promise_edition',
    sa.Column('id', sa.String(length=20), nullable=False),
    sa.Column('cycle_id', sa.String(length=20), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('document', sa.Text(), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('state', sa.String(length=12), nullable=False),
    sa.Column('publish_on', sa.Date(), nullable=False),
    sa.Column('signatures', sa.JSON(), nullable=False),
    sa.Column('reason', sa.String(length=400), nullable=False),
    sa.Column('asked_by', sa.String(length=20), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['asked_by'], ['staff.id'], name=op.f('fk_promise_edition_asked_by')),
    sa.ForeignKeyConstraint(['cycle_id'], ['promise_cycle.id'], name=op.f('fk_promise_edition_cycle_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_promise_edition')),
    )
    op.create_index(op.f('ix_promise_edition_cycle_id'), 'promise_edition', ['cycle_id'], unique=False)
    op.create_table('situation_source',
    sa.Column('id', sa.String(length=20), nullable=False),
    sa.Column('cycle_id', sa.String(length=20), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=True),
    sa.Column('as_of', sa.Date(), nullable=True),
    sa.Column('summary', sa.Text(), nullable=False),
    sa.Column('link', sa.String(length=300), nullable=False),
    sa.ForeignKeyConstraint(['cycle_id'], ['promise_cycle.id'], name=op.f('fk_situation_source_cycle_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_situation_source')),
    )
    op.create_index(op.f('ix_situation_source_cycle_id'), 'situation_source', ['cycle_id'], unique=False)
    op.create_table('activity',
    sa.Column('id', sa.String(length=20), nullable=False),
    sa.Column('promise_id', sa.String(length=20), nullable=False),
    sa.Column('title', sa.String(length=200), nullable=False),
    sa.Column('owner', sa.String(length=120), nullable=False),
    sa.Column('status', sa.String(length=10), nullable=False),
    sa.Column('starts_on', sa.Date(), nullable=True),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('evidence', sa.Text(), nullable=False),
    sa.Column('link', sa.String(length=300), nullable=False),
    sa.ForeignKeyConstraint(['promise_id'], ['citizen_promise.id'], name=op.f('fk_activity_promise_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_activity')),
    )
    op.create_index(op.f('ix_activity_promise_id'), 'activity', ['promise_id'], unique=False)
    op.create_table('followup',
    sa.Column('promise_id', sa.String(length=20), nullable=False),
    sa.Column('year', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('verdict', sa.String(length=14), nullable=True),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('feedback', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['promise_id'], ['citizen_promise.id'], name=op.f('fk_followup_promise_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('promise_id', 'year', name=op.f('pk_followup')),
    )
    op.create_table('observation',
    sa.Column('id', sa.String(length=20), nullable=False),
    sa.Column('promise_id', sa.String(length=20), nullable=False),
    sa.Column('period', sa.String(length=40), nullable=False),
    sa.Column('value', sa.String(length=120), nullable=False),
    sa.Column('source', sa.String(length=200), nullable=False),
    sa.Column('retrieved_on', sa.Date(), nullable=False),
    sa.ForeignKeyConstraint(['promise_id'], ['citizen_promise.id'], name=op.f('fk_observation_promise_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_observation')),
    )
    op.create_index(op.f('ix_observation_promise_id'), 'observation', ['promise_id'], unique=False)


def downgrade(engine_name):
    if engine_name != 'office':
        return
    op.drop_index(op.f('ix_observation_promise_id'), table_name='observation')
    op.drop_table('observation')
    op.drop_table('followup')
    op.drop_index(op.f('ix_activity_promise_id'), table_name='activity')
    op.drop_table('activity')
    op.drop_index(op.f('ix_situation_source_cycle_id'), table_name='situation_source')
    op.drop_table('situation_source')
    op.drop_index(op.f('ix_promise_edition_cycle_id'), table_name='promise_edition')
    op.drop_table('promise_edition')
    op.drop_index(op.f('ix_council_meeting_cycle_id'), table_name='council_meeting')
    op.drop_table('council_meeting')
    op.drop_table('citizen_promise')
    op.drop_table('promise_cycle')
