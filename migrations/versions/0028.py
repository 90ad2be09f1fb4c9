"""Open surveys of the municipalities: as they are opened, and their results on the way out

Revision ID: 0028
Revises: 0027

"""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = '0028'
down_revision = '0027'
branch_labels = None
depends_on = None


def upgrade(engine_name):
    if engine_name != 'office':
        return
    op.create_table('survey',
    sa.Column('slug', sa.String(length=40), nullable=False),
    sa.Column('municipality', sa.String(length=4), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('document', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('slug', name=op.f('pk_survey')),
    )
    op.create_table('survey_result',
    sa.Column('id', sa.String(length=20), nullable=False),
    sa.Column('survey', sa.String(length=40), nullable=False),
    sa.Column('state', sa.String(length=14), nullable=False),
    sa.Column('document', sa.Text(), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('reason', sa.String(length=200), nullable=False),
    sa.Column('asked_by', sa.String(length=20), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['asked_by'], ['staff.id'], name=op.f('fk_survey_result_asked_by')),
    sa.ForeignKeyConstraint(['survey'], ['survey.slug'], name=op.f('fk_survey_result_survey')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_survey_result')),
    )
    op.create_index(op.f('ix_survey_result_survey'), 'survey_result', ['survey'], unique=False)


def downgrade(engine_name):
    if engine_name != 'office':
        return
    op.drop_index(op.f('ix_survey_result_survey'), table_name='survey_result')
    op.drop_table('survey_result')
    op.drop_table('survey')
