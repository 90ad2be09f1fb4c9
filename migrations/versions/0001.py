"""The first shapes of the three vaults

Revision ID: 0001
Revises: 

"""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = '0001'
down_revision = None
branch_labels = None
depends_on = None


def upgrade(engine_name):
    globals()[f"upgrade_{engine_name}"]()


def downgrade(engine_name):
    globals()[f"downgrade_{engine_name}"]()



def _start_audit_chain():
    """An append-only table: the head stands ready, and the database itself refuses to change or remove a row."""
    op.bulk_insert(
        sa.table("audit_head", sa.column("id"), sa.column("seq"), sa.column("hash", sa.LargeBinary)),
        [{"id": 1, "seq": 0, "hash": bytes(32)}],
    )
    if op.get_bind().dialect.name == "sqlite":
        for doing in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER audit_no_{doing.lower()} BEFORE {doing} ON audit "
                "BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END"
            )
    else:
        op.execute(
            "CREATE FUNCTION audit_append_only() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'audit is append-only'; END $$"
        )
        op.execute(
            "CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE ON audit "
            "FOR EACH ROW EXECUTE FUNCTION audit_append_only()"
        )


def upgrade_answers():
    op.create_table('audit',
    sa.Column('seq', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('at', sa.String(length=25), nullable=False),
    sa.Column('actor', sa.String(length=40), nullable=False),
    sa.Column('role', sa.String(length=30), nullable=False),
    sa.Column('action', sa.String(length=40), nullable=False),
    sa.Column('object', sa.String(length=80), nullable=False),
    sa.Column('outcome', sa.String(length=20), nullable=False),
    sa.Column('reason', sa.String(length=200), nullable=False),
    sa.Column('previous', sa.LargeBinary(length=32), nullable=False),
    sa.Column('hash', sa.LargeBinary(length=32), nullable=False),
    sa.PrimaryKeyConstraint('seq', name=op.f('pk_audit')),
    info={'retention': 'audit'}
    )
    op.create_table('audit_head',
    sa.Column('id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('seq', sa.Integer(), nullable=False),
    sa.Column('hash', sa.LargeBinary(length=32), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_audit_head')),
    info={'retention': 'audit'}
    )
    op.create_table('certificate',
    sa.Column('subject', sa.String(length=64), nullable=False),
    sa.Column('serial', sa.String(length=20), nullable=False),
    sa.Column('course', sa.String(length=40), nullable=False),
    sa.Column('completed_on', sa.Date(), nullable=False),
    sa.Column('revoked_on', sa.Date(), nullable=True),
    sa.PrimaryKeyConstraint('subject', 'serial', name=op.f('pk_certificate')),
    info={'retention': 'answers'}
    )
    op.create_table('consent',
    sa.Column('subject', sa.String(length=64), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('choice', sa.Integer(), nullable=False),
    sa.Column('answer', sa.Boolean(), nullable=False),
    sa.Column('text_id', sa.String(length=60), nullable=False),
    sa.Column('text_version', sa.Integer(), nullable=False),
    sa.Column('text_hash', sa.String(length=64), nullable=False),
    sa.Column('language', sa.String(length=8), nullable=False),
    sa.Column('channel', sa.String(length=8), nullable=False),
    sa.Column('wave', sa.String(length=8), nullable=False),
    sa.Column('given_on', sa.Date(), nullable=False),
    sa.PrimaryKeyConstraint('subject', 'number', 'choice', name=op.f('pk_consent')),
    info={'retention': 'answers'}
    )
    op.create_table('free_texts',
    sa.Column('subject', sa.String(length=64), nullable=False),
    sa.Column('id', sa.String(length=20), nullable=False),
    sa.Column('wave', sa.String(length=8), nullable=False),
    sa.Column('item', sa.String(length=26), nullable=False),
    sa.Column('text', sa.String(length=4000), nullable=False),
    sa.Column('state', sa.String(length=8), nullable=False),
    sa.PrimaryKeyConstraint('subject', 'id', name=op.f('pk_free_texts')),
    info={'retention': 'answers'}
    )
    op.create_table('learning_event',
    sa.Column('subject', sa.String(length=64), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('idempotency_key', sa.String(length=40), nullable=False),
    sa.Column('kind', sa.String(length=8), nullable=False),
    sa.Column('course', sa.String(length=40), nullable=False),
    sa.Column('course_version', sa.Integer(), nullable=False),
    sa.Column('module', sa.Integer(), nullable=False),
    sa.Column('step', sa.Integer(), nullable=False),
    sa.Column('node', sa.String(length=40), nullable=False),
    sa.Column('choice', sa.String(length=40), nullable=False),
    sa.Column('happened_on', sa.Date(), nullable=False),
    sa.PrimaryKeyConstraint('subject', 'number', name=op.f('pk_learning_event')),
    sa.UniqueConstraint('subject', 'idempotency_key', name='uq_learning_event_subject_idempotency_key'),
    info={'retention': 'answers'}
    )
    op.create_table('open_survey_submission',
    sa.Column('id', sa.String(length=20), nullable=False),
    sa.Column('survey', sa.String(length=40), nullable=False),
    sa.Column('survey_version', sa.Integer(), nullable=False),
    sa.Column('values', sa.JSON(), nullable=False),
    sa.Column('missing', sa.JSON(), nullable=False),
    sa.Column('language', sa.String(length=8), nullable=False),
    sa.Column('mode', sa.String(length=8), nullable=False),
    sa.Column('saved_on', sa.Date(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_open_survey_submission')),
    info={'retention': 'answers'}
    )
    op.create_table('outbox',
    sa.Column('id', sa.String(length=20), nullable=False),
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('payload', sa.JSON(), nullable=False),
    sa.Column('idempotency_key', sa.String(length=120), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('due', sa.Integer(), nullable=False),
    sa.Column('locked_until', sa.Integer(), nullable=False),
    sa.Column('fault', sa.String(length=60), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_outbox')),
    sa.UniqueConstraint('idempotency_key', name=op.f('uq_outbox_idempotency_key')),
    info={'retention': 'transient'}
    )
    with op.batch_alter_table('outbox', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_outbox_state'), ['state'], unique=False)

    op.create_table('placement',
    sa.Column('subject', sa.String(length=64), nullable=False),
    sa.Column('study', sa.String(length=40), nullable=False),
    sa.Column('municipality', sa.String(length=8), nullable=False),
    sa.Column('role', sa.String(length=20), nullable=False),
    sa.Column('cohort_label', sa.String(length=64), nullable=False),
    sa.Column('arm', sa.String(length=20), nullable=False),
    sa.Column('form_order', sa.String(length=3), nullable=False),
    sa.Column('mode', sa.String(length=8), nullable=False),
    sa.Column('is_test', sa.Boolean(), nullable=False),
    sa.Column('is_protected', sa.Boolean(), nullable=False),
    sa.Column('is_restricted', sa.Boolean(), nullable=False),
    sa.Column('left', sa.String(length=8), nullable=False),
    sa.PrimaryKeyConstraint('subject', name=op.f('pk_placement')),
    info={'retention': 'answers'}
    )
    op.create_table('release_inclusion',
    sa.Column('subject', sa.String(length=64), nullable=False),
    sa.Column('release', sa.String(length=40), nullable=False),
    sa.PrimaryKeyConstraint('subject', 'release', name=op.f('pk_release_inclusion')),
    info={'retention': 'answers'}
    )
    op.create_table('submission',
    sa.Column('subject', sa.String(length=64), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('idempotency_key', sa.String(length=40), nullable=False),
    sa.Column('wave', sa.String(length=8), nullable=False),
    sa.Column('page', sa.Integer(), nullable=False),
    sa.Column('instrument', sa.String(length=40), nullable=False),
    sa.Column('instrument_version', sa.Integer(), nullable=False),
    sa.Column('values', sa.JSON(), nullable=False),
    sa.Column('missing', sa.JSON(), nullable=False),
    sa.Column('seed', sa.Integer(), nullable=False),
    sa.Column('language', sa.String(length=8), nullable=False),
    sa.Column('mode', sa.String(length=8), nullable=False),
    sa.Column('duration_seconds', sa.Integer(), nullable=True),
    sa.Column('device', sa.String(length=8), nullable=False),
    sa.Column('was_online', sa.Boolean(), nullable=False),
    sa.Column('saved_on', sa.Date(), nullable=False),
    sa.PrimaryKeyConstraint('subject', 'number', name=op.f('pk_submission')),
    sa.UniqueConstraint('subject', 'idempotency_key', name='uq_submission_subject_idempotency_key'),
    info={'retention': 'answers'}
    )
    op.create_table('wave_state',
    sa.Column('subject', sa.String(length=64), nullable=False),
    sa.Column('wave', sa.String(length=8), nullable=False),
    sa.Column('state', sa.String(length=8), nullable=False),
    sa.Column('reached_on', sa.Date(), nullable=False),
    sa.PrimaryKeyConstraint('subject', 'wave', name=op.f('pk_wave_state')),
    info={'retention': 'answers'}
    )
    _start_audit_chain()


def downgrade_answers():
    op.drop_table('wave_state')
    op.drop_table('submission')
    op.drop_table('release_inclusion')
    op.drop_table('placement')
    with op.batch_alter_table('outbox', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_outbox_state'))

    op.drop_table('outbox')
    op.drop_table('open_survey_submission')
    op.drop_table('learning_event')
    op.drop_table('free_texts')
    op.drop_table('consent')
    op.drop_table('certificate')
    op.drop_table('audit_head')
    op.drop_table('audit')


def upgrade_identity():
    op.create_table('audit',
    sa.Column('seq', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('at', sa.String(length=25), nullable=False),
    sa.Column('actor', sa.String(length=40), nullable=False),
    sa.Column('role', sa.String(length=30), nullable=False),
    sa.Column('action', sa.String(length=40), nullable=False),
    sa.Column('object', sa.String(length=80), nullable=False),
    sa.Column('outcome', sa.String(length=20), nullable=False),
    sa.Column('reason', sa.String(length=200), nullable=False),
    sa.Column('previous', sa.LargeBinary(length=32), nullable=False),
    sa.Column('hash', sa.LargeBinary(length=32), nullable=False),
    sa.PrimaryKeyConstraint('seq', name=op.f('pk_audit')),
    info={'retention': 'audit'}
    )
    op.create_table('audit_head',
    sa.Column('id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('seq', sa.Integer(), nullable=False),
    sa.Column('hash', sa.LargeBinary(length=32), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_audit_head')),
    info={'retention': 'audit'}
    )
    op.create_table('code_attempt',
    sa.Column('id', sa.String(length=20), nullable=False),
    sa.Column('address_hash', sa.LargeBinary(length=32), nullable=False),
    sa.Column('at', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_code_attempt')),
    info={'retention': 'transient'}
    )
    with op.batch_alter_table('code_attempt', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_code_attempt_address_hash'), ['address_hash'], unique=False)

    op.create_table('cohort',
    sa.Column('id', sa.String(length=20), nullable=False),
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('study', sa.String(length=40), nullable=False),
    sa.Column('course', sa.String(length=40), nullable=False),
    sa.Column('arm', sa.String(length=20), nullable=False),
    sa.Column('starts_on', sa.Date(), nullable=False),
    sa.Column('ends_on', sa.Date(), nullable=False),
    sa.Column('responsible', sa.String(length=80), nullable=False),
    sa.Column('is_archived', sa.Boolean(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_cohort')),
    sa.UniqueConstraint('name', name=op.f('uq_cohort_name')),
    info={'retention': 'identity'}
    )
    op.create_table('outbox',
    sa.Column('id', sa.String(length=20), nullable=False),
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('payload', sa.JSON(), nullable=False),
    sa.Column('idempotency_key', sa.String(length=120), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('due', sa.Integer(), nullable=False),
    sa.Column('locked_until', sa.Integer(), nullable=False),
    sa.Column('fault', sa.String(length=60), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_outbox')),
    sa.UniqueConstraint('idempotency_key', name=op.f('uq_outbox_idempotency_key')),
    info={'retention': 'transient'}
    )
    with op.batch_alter_table('outbox', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_outbox_state'), ['state'], unique=False)

    op.create_table('person',
    sa.Column('id', sa.String(length=20), nullable=False),
    sa.Column('number', sa.String(length=12), nullable=False),
    sa.Column('secret', sa.LargeBinary(length=32), nullable=False),
    sa.Column('name_sealed', sa.LargeBinary(), nullable=True),
    sa.Column('email_sealed', sa.LargeBinary(), nullable=True),
    sa.Column('phone_sealed', sa.LargeBinary(), nullable=True),
    sa.Column('address_sealed', sa.LargeBinary(), nullable=True),
    sa.Column('email_index', sa.LargeBinary(length=32), nullable=True),
    sa.Column('phone_index', sa.LargeBinary(length=32), nullable=True),
    sa.Column('name_index', sa.LargeBinary(length=32), nullable=True),
    sa.Column('municipality', sa.String(length=4), nullable=True),
    sa.Column('role', sa.String(length=20), nullable=True),
    sa.Column('language', sa.String(length=8), nullable=False),
    sa.Column('channel', sa.String(length=8), nullable=False),
    sa.Column('no_more_messages', sa.Boolean(), nullable=False),
    sa.Column('interview', sa.Boolean(), nullable=False),
    sa.Column('address_broken', sa.Boolean(), nullable=False),
    sa.Column('left', sa.String(length=8), nullable=False),
    sa.Column('is_protected', sa.Boolean(), nullable=False),
    sa.Column('is_restricted', sa.Boolean(), nullable=False),
    sa.Column('is_test', sa.Boolean(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_person')),
    sa.UniqueConstraint('number', name=op.f('uq_person_number')),
    info={'retention': 'identity'}
    )
    with op.batch_alter_table('person', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_person_email_index'), ['email_index'], unique=False)
        batch_op.create_index(batch_op.f('ix_person_name_index'), ['name_index'], unique=False)
        batch_op.create_index(batch_op.f('ix_person_phone_index'), ['phone_index'], unique=False)

    op.create_table('step_over',
    sa.Column('person_id', sa.String(length=20), nullable=False),
    sa.Column('step', sa.String(length=10), nullable=False),
    sa.PrimaryKeyConstraint('person_id', 'step', name=op.f('pk_step_over')),
    info={'retention': 'identity'}
    )
    op.create_table('tombstone',
    sa.Column('hash', sa.LargeBinary(length=32), nullable=False),
    sa.Column('erased_on', sa.Date(), nullable=False),
    sa.PrimaryKeyConstraint('hash', name=op.f('pk_tombstone')),
    info={'retention': 'tombstone'}
    )
    op.create_table('enrolment',
    sa.Column('id', sa.String(length=20), nullable=False),
    sa.Column('person_id', sa.String(length=20), nullable=False),
    sa.Column('cohort_id', sa.String(length=20), nullable=False),
    sa.Column('enrolled_on', sa.Date(), nullable=False),
    sa.Column('is_current', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['cohort_id'], ['cohort.id'], name=op.f('fk_enrolment_cohort_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_enrolment_person_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_enrolment')),
    info={'retention': 'identity'}
    )
    with op.batch_alter_table('enrolment', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_enrolment_cohort_id'), ['cohort_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_enrolment_person_id'), ['person_id'], unique=False)

    op.create_table('import_draft',
    sa.Column('id', sa.String(length=20), nullable=False),
    sa.Column('cohort_id', sa.String(length=20), nullable=False),
    sa.Column('staff_id', sa.String(length=20), nullable=False),
    sa.Column('filename', sa.String(length=120), nullable=False),
    sa.Column('sealed', sa.LargeBinary(), nullable=False),
    sa.Column('until', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['cohort_id'], ['cohort.id'], name=op.f('fk_import_draft_cohort_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_import_draft')),
    info={'retention': 'transient'}
    )
    op.create_table('invitation',
    sa.Column('person_id', sa.String(length=20), nullable=False),
    sa.Column('generation', sa.Integer(), nullable=False),
    sa.Column('token_hash', sa.LargeBinary(length=32), nullable=False),
    sa.Column('code_hash', sa.LargeBinary(length=32), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_invitation_person_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('person_id', name=op.f('pk_invitation')),
    sa.UniqueConstraint('code_hash', name=op.f('uq_invitation_code_hash')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_invitation_token_hash')),
    info={'retention': 'identity'}
    )
    op.create_table('message_batch',
    sa.Column('id', sa.String(length=20), nullable=False),
    sa.Column('cohort_id', sa.String(length=20), nullable=False),
    sa.Column('kind', sa.String(length=12), nullable=False),
    sa.Column('ordered_by', sa.String(length=80), nullable=False),
    sa.Column('ordered_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('is_stopped', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['cohort_id'], ['cohort.id'], name=op.f('fk_message_batch_cohort_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_message_batch')),
    info={'retention': 'identity'}
    )
    with op.batch_alter_table('message_batch', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_message_batch_cohort_id'), ['cohort_id'], unique=False)

    op.create_table('participant_session',
    sa.Column('id_hash', sa.LargeBinary(length=32), nullable=False),
    sa.Column('person_id', sa.String(length=20), nullable=False),
    sa.Column('companion_hash', sa.LargeBinary(length=32), nullable=False),
    sa.Column('device', sa.String(length=8), nullable=False),
    sa.Column('offline_key_id', sa.String(length=20), nullable=True),
    sa.Column('language', sa.String(length=8), nullable=False),
    sa.Column('has_seen_safety', sa.Boolean(), nullable=False),
    sa.Column('last_seen', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_participant_session_person_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id_hash', name=op.f('pk_participant_session')),
    info={'retention': 'transient'}
    )
    with op.batch_alter_table('participant_session', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_participant_session_person_id'), ['person_id'], unique=False)

    op.create_table('message',
    sa.Column('id', sa.String(length=20), nullable=False),
    sa.Column('person_id', sa.String(length=20), nullable=False),
    sa.Column('batch_id', sa.String(length=20), nullable=True),
    sa.Column('step', sa.String(length=10), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('channel', sa.String(length=8), nullable=False),
    sa.Column('state', sa.String(length=12), nullable=False),
    sa.Column('fault', sa.String(length=40), nullable=False),
    sa.ForeignKeyConstraint(['batch_id'], ['message_batch.id'], name=op.f('fk_message_batch_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_message_person_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_message')),
    sa.UniqueConstraint('person_id', 'step', 'number', name='uq_message_person_id_step_number'),
    info={'retention': 'identity'}
    )
    with op.batch_alter_table('message', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_message_batch_id'), ['batch_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_message_person_id'), ['person_id'], unique=False)
    _start_audit_chain()


def downgrade_identity():
    with op.batch_alter_table('message', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_message_person_id'))
        batch_op.drop_index(batch_op.f('ix_message_batch_id'))

    op.drop_table('message')
    with op.batch_alter_table('participant_session', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_participant_session_person_id'))

    op.drop_table('participant_session')
    with op.batch_alter_table('message_batch', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_message_batch_cohort_id'))

    op.drop_table('message_batch')
    op.drop_table('invitation')
    op.drop_table('import_draft')
    with op.batch_alter_table('enrolment', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_enrolment_person_id'))
        batch_op.drop_index(batch_op.f('ix_enrolment_cohort_id'))

    op.drop_table('enrolment')
    op.drop_table('tombstone')
    op.drop_table('step_over')
    with op.batch_alter_table('person', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_person_phone_index'))
        batch_op.drop_index(batch_op.f('ix_person_name_index'))
        batch_op.drop_index(batch_op.f('ix_person_email_index'))

    op.drop_table('person')
    with op.batch_alter_table('outbox', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_outbox_state'))

    op.drop_table('outbox')
    op.drop_table('cohort')
    with op.batch_alter_table('code_attempt', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_code_attempt_address_hash'))

    op.drop_table('code_attempt')
    op.drop_table('audit_head')
    op.drop_table('audit')


def upgrade_office():
    op.create_table('accessibility_report',
    sa.Column('id', sa.String(length=20), nullable=False),
    sa.Column('what', sa.String(length=2000), nullable=False),
    sa.Column('page', sa.String(length=200), nullable=False),
    sa.Column('aid', sa.String(length=200), nullable=False),
    sa.Column('answer_to', sa.LargeBinary(), nullable=True),
    sa.Column('received_on', sa.Date(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_accessibility_report')),
    info={'retention': 'office'}
    )
    op.create_table('audit',
    sa.Column('seq', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('at', sa.String(length=25), nullable=False),
    sa.Column('actor', sa.String(length=40), nullable=False),
    sa.Column('role', sa.String(length=30), nullable=False),
    sa.Column('action', sa.String(length=40), nullable=False),
    sa.Column('object', sa.String(length=80), nullable=False),
    sa.Column('outcome', sa.String(length=20), nullable=False),
    sa.Column('reason', sa.String(length=200), nullable=False),
    sa.Column('previous', sa.LargeBinary(length=32), nullable=False),
    sa.Column('hash', sa.LargeBinary(length=32), nullable=False),
    sa.PrimaryKeyConstraint('seq', name=op.f('pk_audit')),
    info={'retention': 'audit'}
    )
    op.create_table('audit_head',
    sa.Column('id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('seq', sa.Integer(), nullable=False),
    sa.Column('hash', sa.LargeBinary(length=32), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_audit_head')),
    info={'retention': 'audit'}
    )
    op.create_table('outbox',
    sa.Column('id', sa.String(length=20), nullable=False),
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('payload', sa.JSON(), nullable=False),
    sa.Column('idempotency_key', sa.String(length=120), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('due', sa.Integer(), nullable=False),
    sa.Column('locked_until', sa.Integer(), nullable=False),
    sa.Column('fault', sa.String(length=60), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_outbox')),
    sa.UniqueConstraint('idempotency_key', name=op.f('uq_outbox_idempotency_key')),
    info={'retention': 'transient'}
    )
    with op.batch_alter_table('outbox', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_outbox_state'), ['state'], unique=False)

    op.create_table('staff',
    sa.Column('id', sa.String(length=20), nullable=False),
    sa.Column('email', sa.String(length=254), nullable=False),
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('role', sa.String(length=30), nullable=False),
    sa.Column('municipality', sa.String(length=4), nullable=True),
    sa.Column('password_hash', sa.String(length=200), nullable=True),
    sa.Column('totp_sealed', sa.LargeBinary(), nullable=True),
    sa.Column('totp_step', sa.Integer(), nullable=False),
    sa.Column('sign_up_hash', sa.LargeBinary(length=32), nullable=True),
    sa.Column('sign_up_until', sa.Integer(), nullable=False),
    sa.Column('ends_on', sa.Date(), nullable=False),
    sa.Column('is_demo', sa.Boolean(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_staff')),
    sa.UniqueConstraint('email', name=op.f('uq_staff_email')),
    sa.UniqueConstraint('sign_up_hash', name=op.f('uq_staff_sign_up_hash')),
    info={'retention': 'staff'}
    )
    op.create_table('staff_attempt',
    sa.Column('id', sa.String(length=20), nullable=False),
    sa.Column('who_hash', sa.LargeBinary(length=32), nullable=False),
    sa.Column('at', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_staff_attempt')),
    info={'retention': 'transient'}
    )
    with op.batch_alter_table('staff_attempt', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_staff_attempt_who_hash'), ['who_hash'], unique=False)

    op.create_table('approval',
    sa.Column('id', sa.String(length=20), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('object', sa.String(length=80), nullable=False),
    sa.Column('state', sa.String(length=14), nullable=False),
    sa.Column('asked_by', sa.String(length=20), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('first_by', sa.String(length=20), nullable=True),
    sa.Column('second_by', sa.String(length=20), nullable=True),
    sa.Column('reason', sa.String(length=200), nullable=False),
    sa.CheckConstraint("state <> 'approved' OR (first_by IS NOT NULL AND second_by IS NOT NULL)", name=op.f('ck_approval_both')),
    sa.CheckConstraint('first_by IS NULL OR second_by IS NULL OR first_by <> second_by', name=op.f('ck_approval_two_accounts')),
    sa.ForeignKeyConstraint(['asked_by'], ['staff.id'], name=op.f('fk_approval_asked_by')),
    sa.ForeignKeyConstraint(['first_by'], ['staff.id'], name=op.f('fk_approval_first_by')),
    sa.ForeignKeyConstraint(['second_by'], ['staff.id'], name=op.f('fk_approval_second_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_approval')),
    sa.UniqueConstraint('kind', 'object', name='uq_approval_kind_object'),
    info={'retention': 'register'}
    )
    op.create_table('recovery_code',
    sa.Column('staff_id', sa.String(length=20), nullable=False),
    sa.Column('code_hash', sa.LargeBinary(length=32), nullable=False),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_recovery_code_staff_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('staff_id', 'code_hash', name=op.f('pk_recovery_code')),
    info={'retention': 'staff'}
    )
    op.create_table('release',
    sa.Column('id', sa.String(length=40), nullable=False),
    sa.Column('study', sa.String(length=40), nullable=False),
    sa.Column('purpose', sa.String(length=12), nullable=False),
    sa.Column('is_test', sa.Boolean(), nullable=False),
    sa.Column('state', sa.String(length=14), nullable=False),
    sa.Column('reason', sa.String(length=200), nullable=False),
    sa.Column('built_on', sa.Date(), nullable=True),
    sa.Column('people', sa.Integer(), nullable=True),
    sa.Column('manifest', sa.JSON(), nullable=True),
    sa.Column('manifest_hash', sa.String(length=64), nullable=True),
    sa.Column('ordered_by', sa.String(length=20), nullable=False),
    sa.ForeignKeyConstraint(['ordered_by'], ['staff.id'], name=op.f('fk_release_ordered_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_release')),
    info={'retention': 'register'}
    )
    op.create_table('staff_session',
    sa.Column('id_hash', sa.LargeBinary(length=32), nullable=False),
    sa.Column('staff_id', sa.String(length=20), nullable=False),
    sa.Column('stage', sa.String(length=8), nullable=False),
    sa.Column('last_seen', sa.Integer(), nullable=False),
    sa.Column('started', sa.Integer(), nullable=False),
    sa.Column('may_see_person', sa.String(length=20), nullable=True),
    sa.Column('may_see_until', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_staff_session_staff_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id_hash', name=op.f('pk_staff_session')),
    info={'retention': 'transient'}
    )
    with op.batch_alter_table('staff_session', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_staff_session_staff_id'), ['staff_id'], unique=False)

    op.create_table('api_token',
    sa.Column('id', sa.String(length=20), nullable=False),
    sa.Column('staff_id', sa.String(length=20), nullable=False),
    sa.Column('release', sa.String(length=40), nullable=False),
    sa.Column('token_hash', sa.LargeBinary(length=32), nullable=False),
    sa.Column('expires_on', sa.Date(), nullable=False),
    sa.Column('is_revoked', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['release'], ['release.id'], name=op.f('fk_api_token_release')),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_api_token_staff_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_api_token')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_api_token_token_hash')),
    info={'retention': 'register'}
    )
    op.create_table('download',
    sa.Column('id', sa.String(length=20), nullable=False),
    sa.Column('staff_id', sa.String(length=20), nullable=False),
    sa.Column('release', sa.String(length=40), nullable=False),
    sa.Column('file', sa.String(length=80), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['release'], ['release.id'], name=op.f('fk_download_release')),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_download_staff_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_download')),
    info={'retention': 'register'}
    )
    _start_audit_chain()


def downgrade_office():
    op.drop_table('download')
    op.drop_table('api_token')
    with op.batch_alter_table('staff_session', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_staff_session_staff_id'))

    op.drop_table('staff_session')
    op.drop_table('release')
    op.drop_table('recovery_code')
    op.drop_table('approval')
    with op.batch_alter_table('staff_attempt', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_staff_attempt_who_hash'))

    op.drop_table('staff_attempt')
    op.drop_table('staff')
    with op.batch_alter_table('outbox', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_outbox_state'))

    op.drop_table('outbox')
    op.drop_table('audit_head')
    op.drop_table('audit')
    op.drop_table('accessibility_report')

