"""API tokens: name, purpose, language, network and use; downloads through the API; how many have left since a release

Revision ID: 0013
Revises: 0012

"""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = '0013'
down_revision = '0012'
branch_labels = None
depends_on = None


def upgrade(engine_name):
    if engine_name == 'office':
        with op.batch_alter_table('api_token') as batch:
            batch.add_column(sa.Column('name', sa.String(length=80), server_default='', nullable=False))
            batch.add_column(sa.Column('purpose', sa.String(length=200), server_default='', nullable=False))
            batch.add_column(sa.Column('language', sa.String(length=2), server_default='sv', nullable=False))
            batch.add_column(sa.Column('network', sa.String(length=43), server_default='', nullable=False))
            batch.add_column(sa.Column('used_at', sa.DateTime(timezone=True), nullable=True))
            batch.add_column(sa.Column('allowance', sa.Float(), server_default='0', nullable=False))
        with op.batch_alter_table('release') as batch:
            batch.add_column(sa.Column('withdrawn', sa.Integer(), server_default='0', nullable=False))
            batch.add_column(sa.Column('withdrawn_on', sa.Date(), nullable=True))
        with op.batch_alter_table('download') as batch:
            batch.add_column(sa.Column('token_id', sa.String(length=20), nullable=True))
            batch.create_foreign_key(op.f('fk_download_token_id_api_token'), 'api_token', ['token_id'], ['id'])


def downgrade(engine_name):
    if engine_name == 'office':
        with op.batch_alter_table('download') as batch:
            batch.drop_constraint(op.f('fk_download_token_id_api_token'), type_='foreignkey')
            batch.drop_column('token_id')
        with op.batch_alter_table('release') as batch:
            batch.drop_column('withdrawn_on')
            batch.drop_column('withdrawn')
        with op.batch_alter_table('api_token') as batch:
            for name in ('allowance', 'used_at', 'network', 'language', 'purpose', 'name'):
                batch.drop_column(name)
