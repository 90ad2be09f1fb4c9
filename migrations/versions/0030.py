"""The series that a promise is followed by

Revision ID: 0030
Revises: 0028

"""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = '0030'
down_revision = '0028'
branch_labels = None
depends_on = None


def upgrade(engine_name):
    if engine_name != 'office':
        return
    op.create_table('promise_series',
    sa.Column('id', sa.String(length=20), nullable=False),
    sa.Column('promise_id', sa.String(length=20), nullable=False),
    sa.Column('series', sa.String(length=60), nullable=False),
    sa.Column('compared', sa.String(length=7), nullable=False),
    sa.Column('target', sa.Float(), nullable=True),
    sa.ForeignKeyConstraint(['promise_id'], ['citizen_promise.id'], name=op.f('fk_promise_series_promise_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_promise_series')),
    )
    op.create_index(op.f('ix_promise_series_promise_id'), 'promise_series', ['promise_id'], unique=False)


def downgrade(engine_name):
    if engine_name != 'office':
        return
    op.drop_index(op.f('ix_promise_series_promise_id'), table_name='promise_series')
    op.drop_table('promise_series')
