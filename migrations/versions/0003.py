"""One valid certificate a subject and course version

Revision ID: 0003
Revises: 0002

"""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None

VALID = sa.text('revoked_on IS NULL')


def upgrade(engine_name):
    globals()[f"upgrade_{engine_name}"]()


def downgrade(engine_name):
    globals()[f"downgrade_{engine_name}"]()


def upgrade_answers():
    # Every certificate so far is of the first version of its course.
    with op.batch_alter_table('certificate') as batch:
        batch.add_column(sa.Column('course_version', sa.Integer(), server_default='1', nullable=False))
    # Requests at the same moment could leave several: the first of them stays, the others are revoked the same day.
    op.execute(
        "UPDATE certificate SET revoked_on = completed_on WHERE revoked_on IS NULL AND EXISTS ("
        "SELECT 1 FROM certificate AS other WHERE other.subject = certificate.subject"
        " AND other.course = certificate.course AND other.revoked_on IS NULL AND other.serial < certificate.serial)"
    )
    op.create_index(
        'uq_certificate_valid', 'certificate', ['subject', 'course', 'course_version'], unique=True,
        sqlite_where=VALID, postgresql_where=VALID,
    )


def downgrade_answers():
    op.drop_index('uq_certificate_valid', table_name='certificate')
    with op.batch_alter_table('certificate') as batch:
        batch.drop_column('course_version')


def upgrade_identity():
    pass


def downgrade_identity():
    pass


def upgrade_office():
    pass


def downgrade_office():
    pass
