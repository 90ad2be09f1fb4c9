"""How many have answered which questionnaire, for the loss alarm

Revision ID: 0032
Revises: 0030

"""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = '0032'
down_revision = '0030'
branch_labels = None
depends_on = None


def upgrade(engine_name):
    if engine_name != 'answers':
        return
    op.create_table('answer_count',
    sa.Column('study', sa.String(length=40), nullable=False),
    sa.Column('wave', sa.String(length=8), nullable=False),
    sa.Column('instrument', sa.String(length=40), nullable=False),
    sa.Column('people', sa.Integer(), nullable=False),
    sa.Column('log_seq', sa.Integer(), nullable=False),
    sa.Column('counted_on', sa.Date(), nullable=False),
    sa.Column('missing', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('study', 'wave', 'instrument', name=op.f('pk_answer_count')),
    sqlite_with_rowid=False
    )


def downgrade(engine_name):
    if engine_name == 'answers':
        op.drop_table('answer_count')
