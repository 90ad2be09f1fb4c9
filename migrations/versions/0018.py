"""Sign-in of staff: passkeys, known browsers, challenges that are answered once, and what a session was begun with

Revision ID: 0018
Revises: 0017

"""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = '0018'
down_revision = '0017'
branch_labels = None
depends_on = None


def upgrade(engine_name):
    if engine_name != 'office':
        return
    op.create_table(
        'passkey',
        sa.Column('id', sa.String(length=20), nullable=False),
        sa.Column('staff_id', sa.String(length=20), nullable=False),
        sa.Column('credential_id', sa.LargeBinary(length=1023), nullable=False),
        sa.Column('public_key', sa.LargeBinary(length=2048), nullable=False),
        sa.Column('uses', sa.Integer(), nullable=False),
        sa.Column('name', sa.String(length=40), nullable=False),
        sa.Column('added_on', sa.Date(), nullable=False),
        sa.Column('used_on', sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_passkey_staff_id_staff'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_passkey')),
        sa.UniqueConstraint('credential_id', name=op.f('uq_passkey_credential_id')),
    )
    op.create_index(op.f('ix_passkey_staff_id'), 'passkey', ['staff_id'], unique=False)
    op.create_table(
        'known_device',
        sa.Column('staff_id', sa.String(length=20), nullable=False),
        sa.Column('device_hash', sa.LargeBinary(length=32), nullable=False),
        sa.Column('seen_on', sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ['staff_id'], ['staff.id'], name=op.f('fk_known_device_staff_id_staff'), ondelete='CASCADE'
        ),
        sa.PrimaryKeyConstraint('staff_id', 'device_hash', name=op.f('pk_known_device')),
    )
    op.create_table(
        'sign_in_challenge',
        sa.Column('challenge_hash', sa.LargeBinary(length=32), nullable=False),
        sa.Column('purpose', sa.String(length=20), nullable=False),
        sa.Column('browser_hash', sa.LargeBinary(length=32), nullable=False),
        sa.Column('until', sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint('challenge_hash', name=op.f('pk_sign_in_challenge')),
    )
    with op.batch_alter_table('staff_session') as batch:
        batch.add_column(sa.Column('method', sa.String(length=12), server_default='password', nullable=False))
        batch.add_column(sa.Column('device', sa.String(length=30), server_default='', nullable=False))
        batch.add_column(sa.Column('proved', sa.Integer(), server_default='0', nullable=False))


def downgrade(engine_name):
    if engine_name != 'office':
        return
    with op.batch_alter_table('staff_session') as batch:
        for name in ('proved', 'device', 'method'):
            batch.drop_column(name)
    op.drop_table('sign_in_challenge')
    op.drop_table('known_device')
    op.drop_index(op.f('ix_passkey_staff_id'), 'passkey')
    op.drop_table('passkey')
