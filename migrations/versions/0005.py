"""The text that a person answered is kept with the choices

Revision ID: 0005
Revises: 0004

"""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None


def upgrade(engine_name):
    if engine_name == 'answers':
        op.create_table(
            'agreed_text',
            sa.Column('subject', sa.String(length=64), nullable=False),
            sa.Column('hash', sa.String(length=64), nullable=False),
            sa.Column('text', sa.Text(), nullable=False),
            sa.PrimaryKeyConstraint('subject', 'hash', name=op.f('pk_agreed_text')),
            info={'retention': 'answers'},
        )


def downgrade(engine_name):
    if engine_name == 'answers':
        op.drop_table('agreed_text')
