"""How a call is carried: addresses, forms of refusal, keys, waiting, the log (A1, A2, A4, A7, A8, E5, E6, E7)."""

import hashlib
import io
from dataclasses import replace
from datetime import timedelta
from itertools import product

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from kapabla.office import api_tokens, sign_in
from kapabla.office.records import OfficeAudit
from kapabla.office.releases import ApiToken, Download
from kapabla.release.redcap.calls import CONTENTS
from kapabla.release.redcap.showing import Showing
from kapabla.store import Store
from tests import served

NO_API = "You do not have permissions to use the API"
NO_WRITING = "You do not have API Import/Update privileges"


def rows_of(service, model, *where):
    with service.vaults.reading() as work:
        return list(work.office.scalars(select(model).where(*where)))


def logged(service):
    """(action, object, outcome, reason), the oldest first."""
    rows = sorted(rows_of(service, OfficeAudit), key=lambda row: row.seq)
    return [(row.action, row.object, row.outcome, row.reason) for row in rows]


# --- The process ---


def test_the_process_has_neither_who_nor_what_was_said(service, call):
    """E7.2: two settings and most keys are not there, and it answers."""
    assert set(service.vaults.engines) == {"office"}
    assert {key.purpose for key in service.keys.list()} == {"session", "sealing", "audit"}
    assert call(content="record", format="json").status_code == 200


def test_every_reply_has_its_type_and_is_kept_by_nobody(call):
    """A1.5, A1.6."""
    types = {"csv": "text/csv; charset=utf-8", "json": "application/json", "xml": "text/xml; charset=utf-8"}
    for content, form in product(CONTENTS, types):
        reply = call(content=content, format=form, returnFormat=form)
        wanted = "text/plain; charset=utf-8" if content == "version" else types[form]
        assert reply.headers["Content-Type"] == wanted, content
        assert reply.headers["Cache-Control"] == "no-store"
        assert "Set-Cookie" not in reply.headers
        assert reply.status_code == (400 if content == "repeatingFormsEvents" else 200)
        assert int(reply.headers["Content-Length"]) == len(reply.data)
        assert not reply.data.startswith(b"\xef\xbb\xbf")
        assert b"\r" not in reply.data


def test_the_address_with_and_without_a_slash(app, token):
    """A1.1: no redirect, since clients differ on what they do with one."""
    for address in ("/api/", "/api"):
        reply = app.test_client().post(address, data={"token": token, "content": "version"})
        assert (reply.status_code, reply.text) == (200, "14.5.0")


def test_a_list_in_four_spellings(call, released):
    """A1.8, A1.10: indexes may begin anywhere and have gaps; a name that is not known is passed over."""
    two = released.people[1:3]
    spellings = [
        {"records[0]": two[0], "records[1]": two[1]}, {"records[7]": two[1], "records[1]": two[0], "records[3]": ""},
        {"records[]": two}, {"records": ",".join(two)}, {"records[1]": two[0], "records": two[1], "outputFormat": "x"},
    ]  # fmt: skip
    found = {call(content="record", format="csv", **spelling).text for spelling in spellings}
    assert len(found) == 1
    assert {line.split(",")[0] for line in found.pop().splitlines()[1:]} == set(two)


def test_yes_and_no_as_clients_write_them(call):
    """A1.9: any text that is not empty would be a yes to most."""
    for written in ("True", "true", "TRUE", "1", "FALSE", "false", "0", ""):
        reply = call(content="record", format="json", exportBlankForGrayFormStatus=written)
        is_on = written.lower() in ("true", "1")
        assert {row["tilltro_complete"] for row in reply.json} == ({"2", ""} if is_on else {"2", "0"}), written


NOT_KNOWN = (
        {"format": "odm"}, {"type": "wide"}, {"rawOrLabel": "both"}, {"rawOrLabelHeaders": "x"}, {"csvDelimiter": "a"},
        {"decimalCharacter": "x"}, {"exportSurveyFields": "maybe"}, {"exportDataAccessGroups": "x"},
        {"fields": "redcap_event_name"}, {"fields": "se_1,nej"}, {"forms": "nej"}, {"events": "nej_arm_1"},
        {"dateRangeBegin": "i går"}, {"dateRangeEnd": "2026-13-01"}, {"filterLogic": "1"}, {"filterLogic": " "},
)  # fmt: skip


def test_a_value_that_is_not_known_is_refused(call):
    """A1.10, A6.10: never everything instead."""
    for given in NOT_KNOWN:
        reply = call(**{"content": "record", "format": "json", "returnFormat": "json", **given})
        assert reply.status_code == 400, given
        assert "is not valid" in reply.json["error"] or "are not valid" in reply.json["error"]


def test_the_words_that_clients_compare(call):
    """A2.4."""
    assert call(content="nej", format="csv").text == 'ERROR: The value of the parameter "content" is not valid'
    assert call(format="csv").status_code == 400
    wanted = "ERROR: The following values in the parameter \"fields\" are not valid: 'x', 'y'"
    assert call(content="record", format="csv", fields="x,se_1,y").text == wanted


@pytest.mark.parametrize(
    ("given", "body"),
    [
        ({}, f'<?xml version="1.0" encoding="UTF-8" ?><hash><error>{NO_API}</error></hash>'),
        ({"format": "csv"}, f"ERROR: {NO_API}"),
        ({"format": "csv", "returnFormat": "json"}, f'{{"error": "{NO_API}"}}'),
        ({"format": "odm"}, f'<?xml version="1.0" encoding="UTF-8" ?><hash><error>{NO_API}</error></hash>'),
    ],
)
def test_a_refusal_in_the_form_that_was_asked_for(app, released, given, body):
    """A2.1, A2.2."""
    reply = app.test_client().post("/api/", data={"token": "0" * 32, "content": "version", **given})
    assert (reply.status_code, reply.text) == (403, body)


def test_what_would_tell_who_somebody_is_and_what_is_not_offered(call):
    """A4."""
    for content in ("file", "pdf", "participantList", "generateNextRecordName", "userRole", "log"):
        assert call(content=content, format="csv").status_code == 403, content
    for content in ("project_xml", "project_settings"):
        assert call(content=content).status_code == 501, content


# --- No page, ever ---


WRONG = (
    ("get", "/api/", 405), ("put", "/api", 405), ("delete", "/api/", 405), ("get", "/api/v1", 404),
     ("post", "/api/x/y", 404), ("post", "/api/%01", 404),
)  # fmt: skip


def test_wrong_addresses_and_methods(app):
    """A1.7: redcapAPI opens a browser when it sees a page."""
    for method, path, status in WRONG:
        reply = getattr(app.test_client(), method)(path)
        assert (reply.status_code, reply.text[:19]) == (status, '<?xml version="1.0"'), path


def test_what_is_too_large_what_breaks_and_what_is_away(app, token, service, monkeypatch):
    big = {"token": token, "content": "version", "data": "x" * (13 * 1024 * 1024)}
    assert_no_page(app.test_client().post("/api/", data=big), 413)
    with monkeypatch.context() as patch:
        patch.setattr(app, "testing", False)
        patch.setattr("kapabla.release.redcap.structure.export_instruments", lambda *_: 1 / 0)
        reply = app.test_client().post("/api/", data={"token": token, "content": "instrument", "format": "json"})
        assert_no_page(reply, 500)
        assert reply.json == {"error": "Something went wrong here: the fault is ours"}
    with monkeypatch.context() as patch:
        patch.setattr("kapabla.office.api_tokens.find", away)
        assert_no_page(app.test_client().post("/api/", data={"token": token, "content": "version"}), 503)


def away(*_):
    raise OperationalError("", {}, Exception())


def assert_no_page(reply, status):
    assert reply.status_code == status
    assert "html" not in reply.text.lower()
    assert "html" not in reply.headers["Content-Type"]


def test_a_release_whose_file_has_been_changed_is_not_handed_out(app, token, service, released):
    """The bytes are those that two people approved, or none."""
    with service.vaults.reading() as work:
        digest = served.release_of(work).manifest["files"]["data_long.csv"]
    path = service.config.release_dir / "files" / digest[:2] / digest
    path.write_bytes(path.read_bytes().replace(b"direct", b"waitli"))
    app.testing = False
    reply = app.test_client().post("/api/", data={"token": token, "content": "record", "format": "csv"})
    assert_no_page(reply, 500)


def test_a_release_that_is_not_here_yet_is_asked_for_again(app, token, service):
    """The store is mirrored one way to the university's machine: a client tries again after a 503."""
    with service.vaults.reading() as work:
        digest = served.release_of(work).manifest["files"]["data_long.csv"]
    (service.config.release_dir / "files" / digest[:2] / digest).unlink()
    reply = app.test_client().post("/api/", data={"token": token, "content": "record", "format": "csv"})
    assert_no_page(reply, 503)


def test_a_form_of_some_megabytes_is_read(call, released):
    """A1.3: beyond what the other pages of the service take."""
    many = ",".join([*released.people, *(f"KP{n:014d}" for n in range(200_000))])
    assert len(many) > 3_000_000
    assert call(content="record", format="csv", records=many).text == call(content="record", format="csv").text


# --- Keys ---


def test_a_key_is_kept_as_its_hash(service, token):
    """A1.4."""
    stored = rows_of(service, ApiToken)[0]
    assert stored.token_hash == hashlib.sha256(token.encode()).digest()
    assert len(token) == 32
    assert int(token, 16) >= 0


@pytest.mark.parametrize("days", [0, 366])
def test_a_key_lasts_at_most_a_year(service, released, days):
    with pytest.raises(Exception, match="token_days"):
        served.make_token(service, days=days)


def test_a_key_in_capitals_is_the_same(app, token):
    """REDCapR takes both."""
    assert app.test_client().post("/api/", data={"token": token.upper(), "content": "version"}).status_code == 200


def test_a_key_ends_with_its_day_its_account_its_release_and_when_it_is_taken_back(service, app, released, clock):
    """C3.5, E6: a release that is taken back takes its keys with it, and an account that ends its own."""

    def status(token):
        return app.test_client().post("/api/", data={"token": token.token, "content": "version"}).status_code

    tokens = [served.make_token(service) for _ in range(2)]
    assert [status(token) for token in tokens] == [200, 200]
    with service.vaults.unit() as work:
        served.revoke(service, work, tokens[0].id)
    assert [status(token) for token in tokens] == [403, 200]
    with service.vaults.unit() as work:
        served.release_of(work).state = "retired"
    assert status(tokens[1]) == 403
    with service.vaults.unit() as work:
        served.release_of(work).state = "locked"
    assert status(tokens[1]) == 200
    clock.tick(days=30)
    assert status(tokens[1]) == 200
    clock.tick(days=1)
    assert status(tokens[1]) == 403
    clock.tick(days=-31)
    with service.vaults.unit() as work:
        sign_in.end_account(work.office, sign_in.get_staff(work.office, served.HOLDER), on=clock().date())
    assert status(tokens[1]) == 403


def test_a_key_may_be_bound_to_a_network(service, app, released):
    """A1.4."""
    inside = served.make_token(service, network="127.0.0.0/8")
    outside = served.make_token(service, network="130.239.0.0/16")
    for token, status in ((inside, 200), (outside, 403)):
        reply = app.test_client().post("/api/", data={"token": token.token, "content": "version"})
        assert reply.status_code == status
    with pytest.raises(Exception, match="network_wrong"):
        served.make_token(service, network="umu.se")


def test_only_a_researcher_gets_one_and_only_to_a_locked_release(service, released):
    with pytest.raises(Exception, match="not_allowed"):
        served.make_token(service, email="admin@example.com")
    with service.vaults.unit() as work:
        served.release_of(work).state = "retired"
    with pytest.raises(Exception, match="wrong_state"):
        served.make_token(service)


def test_labels_in_the_language_of_the_key(service, app, released):
    """A5."""
    token = served.make_token(service, language="en").token
    rows = app.test_client().post("/api/", data={"token": token, "content": "instrument", "format": "json"}).json
    assert rows[0]["instrument_label"] == "Bakgrund (en)"
    project = app.test_client().post("/api/", data={"token": token, "content": "project", "format": "json"}).json
    assert project["project_language"] == "English"


# --- Nothing is written ---


WRITES = (
        {"content": "record", "data": "[]"}, {"content": "record", "data": ""}, {"content": "metadata", "data": "x"},
        {"content": "record", "data": (io.BytesIO(b"x"), "data.csv")},
        {"content": "file", "file": (io.BytesIO(b"x"), "x")},
        *({"content": "record", "action": action} for action in ("import", "DELETE", "Rename", "switch", "randomize")),
        {"content": "fileRepository", "action": "createFolder"},
)  # fmt: skip


def test_a_write_is_refused_before_anything_else_and_logged(call, service):
    """A7."""
    for number, given in enumerate(WRITES, start=1):
        reply = call(format="json", **given)
        assert (reply.status_code, reply.json) == (403, {"error": NO_WRITING}), given
        assert [outcome for _, _, outcome, _ in logged(service)].count("refused") == number
    assert rows_of(service, Download) == []


# --- Waiting ---


def test_a_key_that_asks_too_often_waits_and_then_goes_on(call, service, clock, app):
    """A8: a rested key may make its whole burst; afterwards some a minute. The mapping of events never waits."""
    app.extensions["kapabla"] = _limited(service, api_per_minute=60, api_burst=5)
    assert [call(content="version").status_code for _ in range(6)] == [200] * 5 + [429]
    assert call(content="version").text.startswith("<?xml")
    for _ in range(9):
        assert call(content="formEventMapping", format="json").status_code == 200
    assert call(content="version").status_code == 429
    clock.tick(seconds=2)
    assert [call(content="version").status_code for _ in range(3)] == [200, 200, 429]
    clock.tick(seconds=3600)
    assert [call(content="version").status_code for _ in range(6)] == [200] * 5 + [429]


def test_wrong_keys_are_asked_to_wait_and_a_right_one_from_the_same_place_is_not(call, service, app, clock):
    """A8: a whole university may share one address."""
    app.extensions["kapabla"] = _limited(service, api_wrong_per_minute=4)

    def wrong():
        return app.test_client().post("/api/", data={"token": "f" * 32, "content": "version"}).status_code

    assert [wrong() for _ in range(6)] == [403] * 4 + [429, 429]
    assert call(content="version").status_code == 200
    clock.tick(seconds=61)
    assert wrong() == 403


def test_a_wrong_key_that_is_tried_again_and_again_is_a_count_in_the_log(service, app, call):
    """Anybody can send one, and the log is never shortened: the 1st, the 10th and the 100th of a day are rows."""
    assert call(content="version").status_code == 200
    for number in range(25):
        assert app.test_client().post("/api/", data={"token": f"{number:032x}"}).status_code == 403
    with service.vaults.reading() as work:
        told = work.office.execute(select(OfficeAudit.reason).where(OfficeAudit.action == "api_key")).scalars().all()
    assert told == ["times=1", "times=10"]


@pytest.mark.parametrize(("form", "starts"), [("csv", "ERROR: "), ("json", '{"error": "'), ("xml", "<?xml")])
def test_an_unknown_form_of_refusals_is_refused_in_the_form_of_the_call(call, form, starts):
    """A1.10, A2.1: in XML it would be data to a client that asked for csv."""
    reply = call(content="metadata", format=form, returnFormat="zzz")
    assert (reply.status_code, reply.text.startswith(starts)) == (400, True)
    assert "returnFormat" in reply.text
    assert reply.mimetype.endswith(form)
    assert call(content="metadata", format=form, returnFormat="csv").status_code == 200


def test_the_usual_limits(service):
    config = service.config
    assert (config.api_per_minute, config.api_burst, config.api_wrong_per_minute) == (300, 2_000, 100)


def _limited(service, **limits):
    return replace(service, config=replace(service.config, **limits))


# --- The log and the register ---


def test_every_reading_is_logged_without_a_value(call, service, released, token):
    """E5.2: key, content, parameters, rows, bytes; nothing that was typed."""
    secret = released.people[0]
    reply = call(content="record", format="csv", filterLogic=f"[record_id] = '{secret}'", **{"kopa_hus": "1"})
    rows = reply.text.count("\n") - 1
    # The part that left is in the register, which is the row after it.
    (action, object_, outcome, reason), (registered, *_) = logged(service)[-2:]
    assert (action, object_, outcome) == ("api_record", f"token:{rows_of(service, ApiToken)[0].id}", "done")
    assert registered == "release_download"
    assert reason == f"rows={rows} bytes={len(reply.data)} content,format,filterLogic"
    everything = " ".join(" ".join(row) for row in logged(service))
    assert secret not in everything
    assert token not in everything
    assert "kopa_hus" not in everything
    call(content="x" * 50, format="csv")
    assert logged(service)[-1][:3] == ("api_other", object_, "refused")
    with service.vaults.reading() as work:
        assert service.office_chain.verify(work.office) is None


def test_a_whole_release_that_leaves_is_one_row_in_the_register(call, service, released):
    """E6: the bytes that left, and by which key."""
    everybody = {"records": ",".join(released.people), "events": ",".join(served.EVENTS.values())}
    ways = ({}, {"type": "eav"}, {"rawOrLabel": "label"}, {"csvDelimiter": "tab"}, everybody | {"csvDelimiter": ";"})
    left = {hashlib.sha256(call(content="record", format="csv", **given).data).hexdigest() for given in ways}
    rows, (key,) = rows_of(service, Download), rows_of(service, ApiToken)
    assert len(left) == len(rows) == len(ways)
    assert {row.sha256 for row in rows} == left
    assert {(row.file, row.release, row.token_id) for row in rows} == {("api.csv", "2026-11-25-1", key.id)}


def test_pycaps_list_of_every_field_is_whole_too(call, service):
    fields = [row["field_name"] for row in call(content="metadata", format="json").json]
    call(content="record", format="json", **{f"fields[{n}]": name for n, name in enumerate(fields)})
    assert len(rows_of(service, Download)) == 1


PARTS = (
    {"fields": "record_id"}, {"events": "fore_arm_1"}, {"filterLogic": "[se_1]=1"}, {"records": "KPX"},
              {"dateRangeBegin": "2026-01-01"},
)  # fmt: skip


def test_all_parts_of_a_day_are_one_row_in_the_register(call, service, released, clock):
    """E6: a client that reads in batches takes what one takes that reads the whole. Nothing that left is no part."""
    taken, digest = 0, ""
    for given in PARTS:
        reply = call(content="record", format="csv", **given)
        assert reply.status_code == 200
        assert "api_record" in [row[0] for row in logged(service)[-2:]]
        rows = reply.text.count("\n") - 1
        if rows:
            part = hashlib.sha256(reply.data).hexdigest()
            digest = hashlib.sha256(f"{digest}{part}".encode()).hexdigest() if digest else part
        taken += rows
    (row,), (key,) = rows_of(service, Download), rows_of(service, ApiToken)
    assert (row.file, row.format, row.rows, row.sha256) == ("api-parts", "api", taken, digest)
    assert (row.token_id, row.agreement) == (key.id, "Avtal 1")
    assert [row[0] for row in logged(service)].count("release_download") == 1
    call(content="metadata", format="csv")
    call(content="record", format="csv")
    assert sorted(row.file for row in rows_of(service, Download)) == ["api-parts", "api.csv"]
    clock.tick(days=1)
    call(content="record", format="csv", fields="record_id")
    assert sorted(row.file for row in rows_of(service, Download)) == ["api-parts", "api-parts", "api.csv"]


def test_many_whole_releases_in_an_hour_are_seen_and_never_stopped(call, service, clock):
    """A8."""
    for _ in range(api_tokens.MANY_WHOLE + 1):
        assert call(content="record", format="csv").status_code == 200
    token = rows_of(service, ApiToken)[0].id
    with service.vaults.reading() as work:
        assert api_tokens.many_whole(work.office, at=clock()) == {token: 21}
    for _ in range(2):
        call(content="record", format="csv", fields="record_id")
    with service.vaults.reading() as work:
        assert api_tokens.many_whole(work.office, at=clock()) == {token: 21}, "parts are no whole releases"
        assert api_tokens.many_whole(work.office, at=clock() + timedelta(hours=1)) == {}


def test_a_reply_that_breaks_on_the_way_is_no_half_file(app, call, service, token, monkeypatch):
    """HTTP 200 stands for a whole answer; what never left is not in the register."""
    monkeypatch.setattr(app, "testing", False)
    real = Showing.flat

    def breaking(*given):
        yield from list(real(*given))[:3]
        raise RuntimeError

    monkeypatch.setattr(Showing, "flat", breaking)
    reply = call(content="record", format="csv", returnFormat="csv")
    assert (reply.status_code, reply.text) == (500, "ERROR: Something went wrong here: the fault is ours")
    assert rows_of(service, Download) == []


def test_two_calls_at_once_are_both_counted(service, token, clock):
    """Of a key that is used by several at the same moment no call is free."""
    with service.vaults.reading() as work:
        id_ = work.office.scalar(select(ApiToken.id))
    limits = api_tokens.Limits(60, 10)
    for _ in range(4):
        with service.vaults.unit() as work:
            api_tokens.note_use(work.office, id_, limits, at=clock(), is_counted=True)
    with service.vaults.reading() as work:
        assert api_tokens.allowance(work.office.get_one(ApiToken, id_), limits, at=clock()) == 6
        assert work.office.scalar(select(func.count()).select_from(ApiToken)) == 1


def test_a_demo_account_reads_made_up_people_alone(service, released):
    """Whoever tries the demo knows its password."""
    served.lock_release(service, released, name="2026-11-25-2", is_test=False)
    with service.vaults.unit() as work:
        sign_in.get_staff(work.office, served.HOLDER).is_demo = True
    served.make_token(service)
    with pytest.raises(Exception, match="only_test_people"):
        served.make_token(service, release="2026-11-25-2")


def test_a_key_for_test_people_cannot_be_led_to_real_ones(service, app, released):
    """The manifest says of whom it is: one of real people under the register's row of test people is not opened."""
    served.lock_release(service, released, name="2026-11-25-2", is_test=False)
    token = served.make_token(service).token
    with service.vaults.unit() as work:
        served.release_of(work).manifest_hash = served.release_of(work, "2026-11-25-2").manifest_hash
    app.testing = False
    reply = app.test_client().post("/api/", data={"token": token, "content": "record", "format": "csv"})
    assert_no_page(reply, 500)
    assert Store(service.config.release_dir).index("2026-11-25-1") is None  # no index is read on the way


def test_a_researcher_without_a_key_has_nothing(app, released):
    for data in ({}, {"content": "version"}, {"token": "", "content": "version"}, {"token": "x" * 32}):
        assert app.test_client().post("/api/", data=data).status_code == 403
    reply = app.test_client().post("/api/", json={"token": "0" * 32, "content": "version"})
    assert reply.status_code == 403


def test_whoever_reads_is_told_that_people_have_left(call, service):
    """E2.3: the bytes stay, and the notes of the project say it."""
    before = call(content="record", format="csv").data
    assert "left the research" not in call(content="project", format="json").json["project_notes"]
    with service.vaults.unit() as work:
        served.release_of(work).withdrawn = 6
    notes = call(content="project", format="json").json["project_notes"]
    assert notes.endswith(" People who have left the research since: 6. Their answers are in no later release.")
    assert call(content="record", format="csv").data == before
