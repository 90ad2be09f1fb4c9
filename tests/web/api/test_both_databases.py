"""What a call writes, on SQLite and on PostgreSQL: the use of a key, the log, the register, a key that is wrong."""

from dataclasses import replace

from sqlalchemy import select

from kapabla.office.releases import ApiToken, Download
from tests import served


def test_a_call_leaves_the_same_on_both(any_config, make_app):
    app = make_app(replace(any_config, audiences=("research",), identity_url=None, answers_url=None))
    service = app.extensions["kapabla"]
    served.make_approvers(service)
    served.lock_release(service, served.make_dataset(6))
    token = served.make_token(service, network="127.0.0.1").token

    def status(token, content):
        reply = app.test_client().post("/api/", data={"token": token, "content": content, "format": "csv"})
        return reply.status_code

    def part():
        given = {"token": token, "content": "record", "format": "csv", "fields": "record_id"}
        return app.test_client().post("/api/", data=given).status_code

    assert [part(), part()] == [200, 200]
    calls = [(token, "record"), (token, "formEventMapping"), ("0" * 32, "record"), (token, "nej"), (token, "record")]
    assert [status(*call) for call in calls] == [200, 200, 403, 400, 200]
    with service.vaults.reading() as work:
        kept = work.office.scalars(select(ApiToken)).one()
        assert kept.allowance == 2_000 - 5
        assert kept.used_at is not None
        downloads = list(work.office.scalars(select(Download)))
        whole = {row.sha256 for row in downloads if row.file == "api.csv"}
        assert (len(downloads), len(whole)) == (3, 1)
        (parts,) = (row for row in downloads if row.file == "api-parts")
        assert parts.rows == 2 * next(row.rows for row in downloads if row.file == "api.csv")
        assert service.office_chain.verify(work.office) is None
