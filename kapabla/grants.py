"""What each process may do in the vaults of PostgreSQL, as a role of its own (`privacy.md` C2.1, attack 26).

A process that leads its own vaults has their tables; research, public and review have table by table, and column by
column where a row holds more, what their pages ask for. Nobody but the owner changes or deletes a row of a log.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, text

from kapabla.errors import Refused
from kapabla.office.access import ROLES, can
from kapabla.tables import METADATA

# By table and then by privilege, the columns; none named: all of them.
Rights = Mapping[str, Mapping[str, tuple[str, ...]]]

_VERSION: Rights = {"alembic_version": {"SELECT": ()}}
_LOG: Rights = {"audit": {"INSERT": ()}, "audit_head": {"SELECT": (), "UPDATE": ("seq", "hash")}}
# Passwords, phones, codes and passkeys are checked where staff sign in. Who somebody is and what they may is written
# elsewhere. A job is left where an account is to be told of a new device.
_SIGN_IN: Rights = {
    "staff": {"SELECT": (), "UPDATE": ("password_hash", "totp_sealed", "totp_step", "sign_up_hash")},
    "recovery_code": {"SELECT": (), "INSERT": (), "DELETE": ()},
    "staff_session": {"SELECT": (), "INSERT": (), "DELETE": (), "UPDATE": ("last_seen", "proved")},
    "staff_attempt": {"SELECT": (), "INSERT": (), "DELETE": ()},
    "passkey": {"SELECT": (), "INSERT": (), "DELETE": (), "UPDATE": ("uses", "used_on")},
    "known_device": {"SELECT": (), "INSERT": (), "DELETE": (), "UPDATE": ("seen_on",)},
    "sign_in_challenge": {"SELECT": (), "INSERT": (), "DELETE": ()},
    "outbox": {"SELECT": (), "INSERT": ()},
}
_RESEARCH: Rights = {
    "release": {"SELECT": (), "INSERT": (), "UPDATE": ("state", "reason")},
    "approval": {"SELECT": (), "UPDATE": ("state", "first_by", "second_by", "reason")},
    "data_agreement": {"SELECT": ()},
    "download": {"SELECT": (), "INSERT": (), "UPDATE": ("rows", "sha256")},
    "release_use": {"SELECT": (), "INSERT": (), "UPDATE": ("purpose",)},
    "api_token": {"SELECT": (), "INSERT": (), "UPDATE": ("is_revoked", "used_at", "allowance")},
    "frozen_plan": {"SELECT": ()},
}
# Whose text may be read is decided by five columns of the placement; where they live and what they do is in others.
_REVIEW: Rights = {
    "placement": {"SELECT": ("subject", "study", "is_test", "left", "is_restricted")},
    "consent": {"SELECT": ("subject", "choice", "number", "answer")},
    "wave_state": {"SELECT": ("subject", "wave", "state")},
    "free_texts": {"SELECT": (), "UPDATE": ("state", "hidden", "reviewed_on")},
}
NARROW: Mapping[str, Mapping[str, Rights]] = {
    "research": {"office": {**_VERSION, **_LOG, **_SIGN_IN, **_RESEARCH}},
    "public": {"office": {**_VERSION, "accessibility_report": {"INSERT": ()}}},
    "review": {"answers": {**_VERSION, **_LOG, **_REVIEW}, "office": {**_VERSION, **_LOG, **_SIGN_IN}},
}
# Whose accounts a process that signs staff in has to do with: those whose pages it has (decision 35). The database
# shows it no row of any other, so how the county's own people sign in is not there to be read. By table, what a row is
# of.
_ACCOUNTS = {"research": "see_releases", "review": "review_texts"}
_ROWS = {
    "staff": "role IN ({roles})",
    "recovery_code": "EXISTS (SELECT 1 FROM staff WHERE staff.id = staff_id)",
    "staff_session": "EXISTS (SELECT 1 FROM staff WHERE staff.id = staff_id)",
    "passkey": "EXISTS (SELECT 1 FROM staff WHERE staff.id = staff_id)",
    "known_device": "EXISTS (SELECT 1 FROM staff WHERE staff.id = staff_id)",
}
_ROWS_OF = "ROWS OF"
WHOLE = {
    "participant": ("identity", "answers"),
    "admin": ("identity", "office"),
    "jobs": ("identity", "answers", "office"),
}  # fmt: skip
PROCESSES = (*WHOLE, *NARROW)
_ALL = ("SELECT", "INSERT", "UPDATE", "DELETE")
_PREFIX = re.compile(r"[a-z][a-z0-9_]{0,40}")


@dataclass(frozen=True, order=True)
class Grant:
    """`column` is empty where the privilege holds for the whole table, and `table` where it is one of the database."""

    role: str
    table: str
    privilege: str
    column: str = ""

    def __str__(self) -> str:
        what = f"{self.privilege} ({self.column})" if self.column else self.privilege
        return f"{what} on {self.table or 'the database'} to {self.role}"


def rights_of(process: str, vault: str) -> Rights:
    """Empty where the process is to be refused by the database itself."""
    if process in NARROW:
        return NARROW[process].get(vault, {})
    if vault not in WHOLE[process]:
        return {}
    tables = {name: dict.fromkeys(_ALL, tuple[str, ...]()) for name in sorted(METADATA[vault].tables)}
    return {**tables, **_VERSION, **_LOG, "audit": {"SELECT": (), "INSERT": ()}}


def accounts_of(process: str) -> list[str]:
    """The roles whose accounts a process sees; none where it sees every row."""
    return sorted(role for role in ROLES if process in _ACCOUNTS and can(role, _ACCOUNTS[process]))


def _row_policies(vault: str, prefix: str) -> Iterator[tuple[str, str, str]]:
    """Role, table and condition, for each process that has a table of accounts."""
    for process in PROCESSES:
        roles = ", ".join(f"'{role}'" for role in accounts_of(process))
        for table, condition in _ROWS.items():
            if table in rights_of(process, vault):
                yield f"{prefix}_{process}", table, condition.format(roles=roles) if roles else "true"


def wanted(vault: str, prefix: str) -> set[Grant]:
    found = {
        Grant(role, table, _ROWS_OF, told_of(condition)) for role, table, condition in _row_policies(vault, prefix)
    }
    for process in PROCESSES:
        role, rights = f"{prefix}_{process}", rights_of(process, vault)
        if rights:
            found.add(Grant(role, "", "CONNECT"))
        for table, privileges in rights.items():
            for privilege, columns in privileges.items():
                found |= {Grant(role, table, privilege, column) for column in columns or ("",)}
    return found


def statements(vault: str, database: str, prefix: str) -> Iterator[str]:
    """What the owner of a vault runs. Safe to repeat: whatever else the roles had is taken back first."""
    if not _PREFIX.fullmatch(prefix):
        raise Refused("prefix_wrong", prefix=prefix)
    roles = [f"{prefix}_{process}" for process in PROCESSES]
    for role in roles:
        yield f"DO $$ BEGIN CREATE ROLE {role} LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$"
    everybody = ", ".join(["PUBLIC", *roles])
    yield f'REVOKE ALL ON DATABASE "{database}" FROM {everybody}'
    yield f"REVOKE ALL ON SCHEMA public FROM {everybody}"
    yield f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {everybody}"
    for process, role in zip(PROCESSES, roles, strict=True):
        rights = rights_of(process, vault)
        if rights:
            yield f'GRANT CONNECT ON DATABASE "{database}" TO {role}'
            yield f"GRANT USAGE ON SCHEMA public TO {role}"
        for table, privileges in rights.items():
            yield f'GRANT {_listed(privileges)} ON "{table}" TO {role}'

    for table in _ROWS if vault == "office" else ():
        yield f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY'
    for role, table, condition in _row_policies(vault, prefix):
        yield f'DROP POLICY IF EXISTS {role} ON "{table}"'
        yield f'CREATE POLICY {role} ON "{table}" TO {role} USING ({condition})'


def told_of(condition: str) -> str:
    """What a policy is about, whether we or the database wrote it down: its texts, or that it looks at another table.

    >>> told_of("role IN ('steward', 'admin')"), told_of("true")
    ('admin, steward', 'every row')
    """
    texts = ", ".join(sorted(set(re.findall(r"'(\w+)'", condition))))
    return texts or ("every row" if condition.strip("()") == "true" else "staff that it sees")


def _listed(privileges: Mapping[str, tuple[str, ...]]) -> str:
    """Example: `SELECT, UPDATE ("seq", "hash")`."""
    quoted = {name: ", ".join(f'"{column}"' for column in columns) for name, columns in privileges.items()}
    return ", ".join(f"{name} ({columns})" if columns else name for name, columns in quoted.items())


def found_in(connection: Connection) -> set[Grant]:
    """What anybody but the owner may do in a vault, whoever gave it to them."""
    policies = {Grant(role, table, _ROWS_OF, told_of(told)) for role, table, told in connection.execute(_POLICIES)}
    return policies | {Grant(*row) for row in connection.execute(_FOUND)}


# Where row security is off, no policy holds.
_POLICIES = text(
    """
    SELECT coalesce(rolname, 'PUBLIC'), relname, pg_get_expr(polqual, polrelid)
    FROM pg_policy JOIN pg_class ON pg_class.oid = polrelid CROSS JOIN unnest(polroles) AS given
    LEFT JOIN pg_roles ON pg_roles.oid = given
    WHERE relrowsecurity
    """
)


_FOUND = text(
    """
    WITH given AS (
      SELECT '' AS "table", '' AS "column", acl.grantee, acl.privilege_type, datdba AS owner
      FROM pg_database, aclexplode(coalesce(datacl, acldefault('d', datdba))) AS acl
      WHERE datname = current_database()
      UNION ALL
      SELECT relname, '', acl.grantee, acl.privilege_type, relowner
      FROM pg_class, aclexplode(relacl) AS acl
      WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'v', 'm', 'p', 'S')
      UNION ALL
      SELECT relname, attname, acl.grantee, acl.privilege_type, relowner
      FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid, aclexplode(attacl) AS acl
      WHERE relnamespace = 'public'::regnamespace
    )
    SELECT coalesce(rolname, 'PUBLIC'), "table", privilege_type, "column"
    FROM given LEFT JOIN pg_roles ON pg_roles.oid = grantee
    WHERE grantee <> owner
    """
)
