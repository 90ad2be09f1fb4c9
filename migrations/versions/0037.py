"""What goes with the next version of a year of promises; promised ways of telling; how many answered a survey

Revision ID: 0037
Revises: 0036

"""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = '0037'
down_revision = '0036'
branch_labels = None
depends_on = None


def upgrade(engine_name):
    if engine_name != 'office':
        return
    op.create_table('edition_draft',
    sa.Column('cycle_id', sa.String(length=20), nullable=False),
    sa.Column('year', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('publish_on', sa.Date(), nullable=True),
    sa.Column('note', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['cycle_id'], ['promise_cycle.id'], name=op.f('fk_edition_draft_cycle_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('cycle_id', 'year', name=op.f('pk_edition_draft')),
    )
    op.create_table('feedback_item',
    sa.Column('id', sa.String(length=20), nullable=False),
    sa.Column('cycle_id', sa.String(length=20), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('channel', sa.String(length=10), nullable=False),
    sa.Column('told_on', sa.Date(), nullable=False),
    sa.Column('link', sa.String(length=300), nullable=False),
    sa.ForeignKeyConstraint(['cycle_id'], ['promise_cycle.id'], name=op.f('fk_feedback_item_cycle_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_feedback_item')),
    )
    op.create_index(op.f('ix_feedback_item_cycle_id'), 'feedback_item', ['cycle_id'], unique=False)
    op.add_column('promise_cycle', sa.Column('feedback', sa.Text(), nullable=False, server_default=''))
    op.add_column('survey', sa.Column('answered', sa.Integer(), nullable=True))
    op.add_column('survey', sa.Column('counted_on', sa.Date(), nullable=True))


def downgrade(engine_name):
    if engine_name != 'office':
        return
    op.drop_column('survey', 'counted_on')
    op.drop_column('survey', 'answered')
    op.drop_column('promise_cycle', 'feedback')
    op.drop_index(op.f('ix_feedback_item_cycle_id'), table_name='feedback_item')
    op.drop_table('feedback_item')
    op.drop_table('edition_draft')
