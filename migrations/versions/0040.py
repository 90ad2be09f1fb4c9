"""What somebody uses a release for, said before the first file

Revision ID: 0040
Revises: 0037

"""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = '0040'
down_revision = '0037'
branch_labels = None
depends_on = None


def upgrade(engine_name):
    if engine_name != 'office':
        return
    op.create_table('release_use',
    sa.Column('staff_id', sa.String(length=20), nullable=False),
    sa.Column('release', sa.String(length=40), nullable=False),
    sa.Column('purpose', sa.String(length=200), nullable=False),
    sa.ForeignKeyConstraint(['release'], ['release.id'], name=op.f('fk_release_use_release')),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_release_use_staff_id')),
    sa.PrimaryKeyConstraint('staff_id', 'release', name=op.f('pk_release_use')),
    )


def downgrade(engine_name):
    if engine_name != 'office':
        return
    op.drop_table('release_use')
