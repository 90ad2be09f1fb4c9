"""Uploaded material waits for two approvals

Revision ID: 0008
Revises: 0007

"""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None


def upgrade(engine_name):
    if engine_name == 'office':
        op.create_table(
            'material_upload',
            sa.Column('id', sa.String(length=20), nullable=False),
            sa.Column('place', sa.String(length=120), nullable=False),
            sa.Column('file', sa.String(length=120), nullable=False),
            sa.Column('files', sa.JSON(), nullable=False),
            sa.Column('losses', sa.JSON(), nullable=False),
            sa.Column('sha256', sa.String(length=64), nullable=False),
            sa.Column('state', sa.String(length=14), nullable=False),
            sa.Column('reason', sa.String(length=200), nullable=False),
            sa.Column('uploaded_by', sa.String(length=20), nullable=False),
            sa.Column('uploaded_at', sa.DateTime(timezone=True), nullable=False),
            sa.ForeignKeyConstraint(
                ['uploaded_by'], ['staff.id'], name=op.f('fk_material_upload_uploaded_by_staff')
            ),
            sa.PrimaryKeyConstraint('id', name=op.f('pk_material_upload')),
        )


def downgrade(engine_name):
    if engine_name == 'office':
        op.drop_table('material_upload')
