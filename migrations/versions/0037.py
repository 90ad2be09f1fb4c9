"""What goes with the next version of a year of promises

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


def downgrade(engine_name):
    if engine_name != 'office':
        return
    op.drop_table('edition_draft')
