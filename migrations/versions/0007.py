"""The study: answers after the course had begun, people let past the start questions, arms given by lot, frozen plans

Revision ID: 0007
Revises: 0006

"""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None


def upgrade(engine_name):
    globals()[f"upgrade_{engine_name}"]()


def downgrade(engine_name):
    globals()[f"downgrade_{engine_name}"]()


def upgrade_answers():
    with op.batch_alter_table('placement') as batch:
        batch.add_column(sa.Column('gate_overridden', sa.Boolean(), server_default=sa.false(), nullable=False))
        batch.add_column(sa.Column('arm_by_lot', sa.Boolean(), server_default=sa.false(), nullable=False))
    with op.batch_alter_table('submission') as batch:
        batch.add_column(sa.Column('course_had_begun', sa.Boolean(), server_default=sa.false(), nullable=False))
    # Of what was saved so far the days tell; on the day itself the gate made the questions come first.
    op.execute(
        "UPDATE submission SET course_had_begun = true WHERE EXISTS (SELECT 1 FROM learning_event"
        " WHERE learning_event.subject = submission.subject AND learning_event.happened_on < submission.saved_on)"
    )


def downgrade_answers():
    with op.batch_alter_table('submission') as batch:
        batch.drop_column('course_had_begun')
    with op.batch_alter_table('placement') as batch:
        batch.drop_column('arm_by_lot')
        batch.drop_column('gate_overridden')


def upgrade_identity():
    with op.batch_alter_table('person') as batch:
        batch.add_column(sa.Column('gate_overridden', sa.Boolean(), server_default=sa.false(), nullable=False))
        batch.add_column(sa.Column('arm', sa.String(length=20), nullable=True))
        batch.add_column(sa.Column('allocation_id', sa.String(length=20), nullable=True))
    with op.batch_alter_table('cohort') as batch:
        batch.add_column(sa.Column('allocation_id', sa.String(length=20), nullable=True))
    op.create_table(
        'allocation_list',
        sa.Column('id', sa.String(length=20), nullable=False),
        sa.Column('study', sa.String(length=40), nullable=False),
        sa.Column('unit', sa.String(length=8), nullable=False),
        sa.Column('algorithm', sa.String(length=40), nullable=False),
        sa.Column('seed', sa.LargeBinary(length=32), nullable=False),
        sa.Column('ratio', sa.JSON(), nullable=False),
        sa.Column('block_sizes', sa.JSON(), nullable=False),
        sa.Column('places', sa.JSON(), nullable=False),
        sa.Column('hash', sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_allocation_list')),
    )


def downgrade_identity():
    op.drop_table('allocation_list')
    with op.batch_alter_table('cohort') as batch:
        batch.drop_column('allocation_id')
    with op.batch_alter_table('person') as batch:
        batch.drop_column('allocation_id')
        batch.drop_column('arm')
        batch.drop_column('gate_overridden')


def upgrade_office():
    op.create_table(
        'frozen_plan',
        sa.Column('id', sa.String(length=20), nullable=False),
        sa.Column('study', sa.String(length=40), nullable=False),
        sa.Column('hash', sa.String(length=64), nullable=False),
        sa.Column('frozen_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('approval_id', sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(['approval_id'], ['approval.id'], name=op.f('fk_frozen_plan_approval_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_frozen_plan')),
    )


def downgrade_office():
    op.drop_table('frozen_plan')
