"""What people ask for by law, with the day it came in: the clock of `privacy.md` E3.5; breaches (E9)

Revision ID: 0021
Revises: 0020

"""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = '0021'
down_revision = '0020'
branch_labels = None
depends_on = None


def upgrade(engine_name):
    if engine_name == 'identity':
        op.create_table(
            'rights_request',
            sa.Column('id', sa.String(length=20), nullable=False),
            sa.Column('person_id', sa.String(length=20), nullable=True),
            sa.Column('kind', sa.String(length=14), nullable=False),
            sa.Column('way', sa.String(length=8), nullable=False),
            sa.Column('came_on', sa.Date(), nullable=False),
            sa.Column('outcome', sa.String(length=12), nullable=False),
            sa.Column('done_on', sa.Date(), nullable=True),
            sa.ForeignKeyConstraint(
                ['person_id'], ['person.id'], name=op.f('fk_rights_request_person_id'), ondelete='SET NULL'
            ),
            sa.PrimaryKeyConstraint('id', name=op.f('pk_rights_request')),
        )
        op.create_index(op.f('ix_rights_request_person_id'), 'rights_request', ['person_id'])
    if engine_name == 'office':
        op.create_table(
            'incident',
            sa.Column('id', sa.String(length=20), nullable=False),
            sa.Column('name', sa.String(length=120), nullable=False),
            sa.Column('noticed_at', sa.DateTime(timezone=True), nullable=False),
            sa.Column('studies', sa.JSON(), nullable=False),
            sa.Column('reported_at', sa.DateTime(timezone=True), nullable=True),
            sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
            sa.PrimaryKeyConstraint('id', name=op.f('pk_incident')),
        )
        op.create_table(
            'incident_entry',
            sa.Column('id', sa.String(length=20), nullable=False),
            sa.Column('incident_id', sa.String(length=20), nullable=False),
            sa.Column('staff_id', sa.String(length=20), nullable=False),
            sa.Column('at', sa.DateTime(timezone=True), nullable=False),
            sa.Column('text', sa.String(length=2000), nullable=False),
            sa.ForeignKeyConstraint(['incident_id'], ['incident.id'], name=op.f('fk_incident_entry_incident_id')),
            sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_incident_entry_staff_id')),
            sa.PrimaryKeyConstraint('id', name=op.f('pk_incident_entry')),
        )
        op.create_index(op.f('ix_incident_entry_incident_id'), 'incident_entry', ['incident_id'])


def downgrade(engine_name):
    if engine_name == 'identity':
        op.drop_table('rights_request')
    if engine_name == 'office':
        op.drop_table('incident_entry')
        op.drop_table('incident')
