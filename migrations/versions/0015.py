"""The register of downloads: what each is for, and files that a command fetched in nobody's name

Revision ID: 0015
Revises: 0014

"""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = '0015'
down_revision = '0014'
branch_labels = None
depends_on = None


def upgrade(engine_name):
    if engine_name == 'office':
        with op.batch_alter_table('download') as batch:
            batch.add_column(sa.Column('purpose', sa.String(length=200), server_default='', nullable=False))
            batch.alter_column('staff_id', existing_type=sa.String(length=20), nullable=True)


def downgrade(engine_name):
    if engine_name == 'office':
        op.execute('DELETE FROM download WHERE staff_id IS NULL')
        with op.batch_alter_table('download') as batch:
            batch.alter_column('staff_id', existing_type=sa.String(length=20), nullable=False)
            batch.drop_column('purpose')
