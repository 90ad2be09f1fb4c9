"""No order of arrival: tables of the answers vault, and the steps of the identity vault, lie in the order of their keys

SQLite numbers the rows of a table in the order in which they came. Rows of both vaults come at the same moments, and the
answers vault has days, so the two could be joined by rank (attack 5). Keys are random. PostgreSQL has no such number.

Revision ID: 0014
Revises: 0013

"""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = '0014'
down_revision = '0013'
branch_labels = None
depends_on = None

# The log keeps its own order, and the outbox is emptied within a day. Identity's other rows come when staff do something.
KEPT = ('audit', 'audit_head', 'outbox', 'alembic_version')
STEPS = 'step_over'


def upgrade(engine_name):
    _rebuild(engine_name, lambda sql: sql if 'WITHOUT ROWID' in sql.upper() else f'{sql} WITHOUT ROWID')


def downgrade(engine_name):
    _rebuild(engine_name, lambda sql: sql.replace(' WITHOUT ROWID', ''))


def _rebuild(engine_name, changed):
    connection = op.get_bind()
    if engine_name == 'office' or connection.dialect.name != 'sqlite':
        return
    tables = connection.execute(sa.text("SELECT name, sql FROM sqlite_master WHERE type = 'table'")).all()
    for name, sql in tables:
        is_ours = name == STEPS if engine_name == 'identity' else name not in KEPT and not name.startswith('sqlite_')
        if not is_ours or changed(sql) == sql:
            continue
        indexes = connection.execute(
            sa.text("SELECT sql FROM sqlite_master WHERE type = 'index' AND tbl_name = :name AND sql IS NOT NULL"),
            {'name': name},
        ).scalars().all()
        op.execute(f'ALTER TABLE {name} RENAME TO former_{name}')
        # The renaming has not touched the text that was read before it.
        op.execute(sa.text(changed(sql).replace(':', r'\:')))
        op.execute(f'INSERT INTO {name} SELECT * FROM former_{name}')
        op.execute(f'DROP TABLE former_{name}')
        for index in indexes:
            op.execute(sa.text(index.replace(':', r'\:')))
