"""The sign-in of staff: two factors, each tried a limited number of times, a session that ends by itself."""

import re
import threading
from datetime import date, timedelta

import pyotp
import pytest
from sqlalchemy import func, select

from kapabla.office import sign_in, staff_sessions
from kapabla.office.records import OfficeAudit
from kapabla.office.staff import RecoveryCode, Staff, StaffAttempt, StaffSession
from tests import factories as make
from tests.page_client import SAME_ORIGIN, PageClient

EMAIL = "officer@example.com"
HOME = "/admin/omgangar"
REFUSED = "E-postadressen eller lösenordet stämmer inte."
TOO_MANY = "Du har provat många gånger. Vänta en kvart och försök igen."
CODE_REFUSED = "Koden stämmer inte."


@pytest.fixture
def service(app):
    return app.extensions["kapabla"]


@pytest.fixture
def phone(service):
    """The secret in the phone of an officer who has an account."""
    return pyotp.TOTP(make.make_staff(service, "officer"))


def give_password(client, password=make.PASSWORD, *, email=EMAIL, status=200):
    client.get("/logga-in")
    client.fill(email=email, losenord=password, status=status)


def give_code(client, code, *, status=200):
    client.fill(action="/logga-in/kod", kod=code, status=status)


def is_in(client):
    return client.browser.get(HOME).status_code == 200


def count(service, model, *where):
    with service.vaults.reading() as work:
        return work.office.scalar(select(func.count()).select_from(model).where(*where))


def staff(service, email=EMAIL):
    with service.vaults.reading() as work:
        return sign_in.get_staff(work.office, email)


# --- Two factors ---


def test_a10_a_password_manager_and_the_telephone_fill_in_the_sign_in(client, phone):
    """WCAG 3.3.8: nothing has to be remembered or copied by hand, and there is no puzzle and no time limit."""
    client.get("/logga-in")
    fields = dict(re.findall(r'<input[^>]* name="(email|losenord)"[^>]* autocomplete="([^"]+)"', client.text))
    assert fields == {"email": "username", "losenord": "current-password"}
    client.fill(email=EMAIL, losenord=make.PASSWORD)
    assert re.search(r'<input[^>]* name="kod"[^>]* autocomplete="one-time-code"', client.text)


@pytest.mark.parametrize("role", ["officer", "coordinator", "researcher", "admin"])
def test_password_and_code_let_each_role_in_to_its_work(client, role):
    make.sign_in_as(client, role)
    assert client.path != "/logga-in"
    assert "Logga ut" in client.text


def test_both_halves_are_needed(client, phone, clock):
    """H5."""
    give_password(client)
    assert not is_in(client)
    give_code(client, phone.at(clock()))
    assert is_in(client)


def test_wrong_address_wrong_password_and_ended_account_are_told_the_same(client, service, phone, clock):
    replies = set()
    for email, password in ((EMAIL, "fel losenord"), ("ingen@example.com", make.PASSWORD)):
        give_password(client, password, email=email, status=400)
        assert REFUSED in client.text
        replies.add(client.text.replace(email, "").replace(REFUSED, ""))
    with service.vaults.unit() as work:
        sign_in.end_account(work.office, sign_in.get_staff(work.office, EMAIL), on=date(2026, 11, 25))
    give_password(client, status=400)
    replies.add(client.text.replace(EMAIL, "").replace(REFUSED, ""))
    assert len(replies) == 1


def test_address_is_kept_and_password_never_comes_back(client, phone):
    give_password(client, "hemligt-som-inte-syns", status=400)
    assert f'value="{EMAIL}"' in client.text
    assert "hemligt-som-inte-syns" not in client.text
    assert "<title>Rätta: Logga in – Kapabla</title>" in client.text


def test_one_step_of_drift_is_allowed_and_no_more(app, phone, clock):
    for seconds, status in ((-60, 400), (60, 400), (-30, 200)):
        client = PageClient(app)
        give_password(client)
        give_code(client, phone.at(clock() + timedelta(seconds=seconds)), status=status)
        assert is_in(client) == (status == 200)


def test_code_works_once(app, phone, clock):
    first, second = PageClient(app), PageClient(app)
    for client in (first, second):
        give_password(client)
    give_code(first, phone.at(clock()))
    give_code(second, phone.at(clock()), status=400)
    assert CODE_REFUSED in second.text
    clock.tick(30)
    give_code(second, phone.at(clock()))
    assert is_in(second)


def test_of_two_that_send_the_same_code_at_once_one_is_let_in(any_service):
    """Somebody reads the code over a shoulder, and is as quick."""
    phone = pyotp.TOTP(make.make_staff(any_service, "officer"))
    code, sealing, told = phone.at(any_service.clock()), any_service.keys.get("sealing"), []
    ready = threading.Barrier(2, timeout=10)

    def run():
        with any_service.vaults.unit() as work:
            if any_service.vaults.engines["office"].dialect.name == "postgresql":
                member = sign_in.get_staff(work.office, EMAIL)
                ready.wait()
            else:
                ready.wait()
                member = sign_in.get_staff(work.office, EMAIL)
            try:
                sign_in.check_code(work.office, member, code, sealing_key=sealing, at=any_service.clock())
                told.append("in")
            except sign_in.SignInRefused:
                told.append("refused")

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(told) == ["in", "refused"]


def test_recovery_code_lets_in_once(app, service, clock):
    with service.vaults.unit() as work:
        member, _ = sign_in.add_staff(
            work.office, email=EMAIL, name="Namn", role="officer", ends_on=date(2027, 1, 1), at=clock()
        )
        secret = pyotp.random_base32()
        codes = sign_in.complete_sign_up(
            work.office, member, password=make.PASSWORD, totp_secret=secret, code=pyotp.TOTP(secret).at(clock()),
            sealing_key=service.keys.get("sealing"), at=clock(),
        )  # fmt: skip
    assert len(set(codes)) == 10
    # As it is typed on a number pad: without what stands between the groups.
    assert codes[0].replace("-", "").isdigit()
    for status, left in ((200, 9), (400, 9)):
        client = PageClient(app)
        give_password(client)
        give_code(client, codes[0].replace("-", " "), status=status)
        assert is_in(client) == (status == 200)
        assert count(service, RecoveryCode) == left


# --- Attempts ---


def test_ninth_attempt_on_an_account_is_not_even_looked_at(app, service, phone, clock):
    """Counted in the database: a restart, another browser or another node does not help."""
    for _ in range(sign_in.ATTEMPTS_ALLOWED):
        give_password(PageClient(app), "fel", status=400)
    client = PageClient(app)
    give_password(client, status=429)
    assert TOO_MANY in client.text
    assert count(service, StaffAttempt) == 2 * sign_in.ATTEMPTS_ALLOWED
    clock.tick(minutes=15, seconds=1)
    give_password(client)
    assert "Skriv din engångskod" in client.text


def test_other_accounts_are_open_while_one_is_closed(app, service, phone):
    make.make_staff(service, "researcher")
    for _ in range(sign_in.ATTEMPTS_ALLOWED):
        give_password(PageClient(app), "fel", status=400)
    client = PageClient(app)
    give_password(client, email="researcher@example.com")
    assert "Skriv din engångskod" in client.text


def test_address_that_tries_many_accounts_is_closed(app, service, phone):
    client = PageClient(app)
    with service.vaults.unit() as work:
        for _ in range(sign_in.ATTEMPTS_ALLOWED * 5):
            sign_in.count_attempt(work.office, service.keys.get("session"), ["address:127.0.0.1"], at=service.clock())
    give_password(client, status=429)


def test_codes_are_counted_with_the_account(app, phone, clock):
    client = PageClient(app)
    give_password(client)
    for _ in range(sign_in.ATTEMPTS_ALLOWED):
        give_code(client, "000000", status=400)
    give_code(client, phone.at(clock()), status=429)
    assert TOO_MANY in client.text
    assert not is_in(client)


def test_attempts_are_kept_a_day_and_without_an_address(service, phone, client, clock):
    give_password(client, "fel", status=400)
    with service.vaults.reading() as work:
        rows = list(work.office.scalars(select(StaffAttempt)))
    assert all(len(row.who_hash) == 32 for row in rows)
    clock.tick(days=1, seconds=1)
    give_password(client, "fel", status=400)
    assert count(service, StaffAttempt) == 2


def test_sign_in_and_refusals_are_in_the_log_without_what_was_typed(service, client, phone, clock):
    give_password(client, "hemligt-fel", status=400)
    give_password(client)
    give_code(client, phone.at(clock()))
    with service.vaults.reading() as work:
        rows = [(row.action, row.outcome) for row in work.office.scalars(select(OfficeAudit).order_by(OfficeAudit.seq))]
        text = str([list(row) for row in work.office.execute(select(OfficeAudit.__table__))])
        assert service.office_chain.verify(work.office) is None
    assert rows == [("sign_in", "refused"), ("sign_in", "done")]
    assert EMAIL not in text
    assert "hemligt" not in text


# --- The session ---


@pytest.mark.parametrize(("wait", "status"), [({"hours": 2}, 200), ({"hours": 2, "seconds": 1}, 303)])
def test_session_ends_when_nothing_is_asked_for(client, clock, wait, status):
    make.sign_in_as(client, "officer")
    clock.tick(**wait)
    assert client.browser.get(HOME).status_code == status


def test_session_in_use_lives_until_the_day_is_over(client, clock):
    make.sign_in_as(client, "officer")
    for _ in range(12):
        assert is_in(client)
        clock.tick(hours=1)
    assert is_in(client)
    clock.tick(1)
    assert not is_in(client)


def test_half_a_sign_in_ends_sooner(client, phone, clock):
    give_password(client)
    clock.tick(staff_sessions.STAGE_SECONDS + 1)
    give_code(client, phone.at(clock()))
    assert client.path == "/logga-in"
    assert not is_in(client)


def test_reading_a_page_writes_at_most_every_five_minutes(client, service, clock):
    make.sign_in_as(client, "officer")
    for wait, seen in ((299, 0), (1, 300)):
        began = epoch_of(service)
        clock.tick(wait)
        client.get(HOME)
        assert epoch_of(service) - began == seen


def epoch_of(service):
    with service.vaults.reading() as work:
        return work.office.scalar(select(StaffSession.last_seen))


def test_form_that_was_filled_in_slowly_is_saved(any_client, clock):
    """The request holds the write lock: noting "last seen" must not wait for it."""
    make.sign_in_as(any_client, "officer")
    any_client.get("/admin/omgangar/ny")
    clock.tick(minutes=20)
    form = any_client.fill(action="/admin/omgangar/ny", status=400)
    assert form.status_code == 400
    any_client.get("/logga-in")
    any_client.fill(action="/logga-ut")
    assert any_client.path == "/logga-in"


def test_ended_account_is_out_at_the_next_request(client, service):
    """A11."""
    make.sign_in_as(client, "officer")
    assert is_in(client)
    with service.vaults.unit() as work:
        sign_in.end_account(work.office, sign_in.get_staff(work.office, EMAIL), on=date(2026, 11, 25))
    assert not is_in(client)
    assert count(service, StaffSession) == 0


def test_account_ends_by_itself_on_its_last_day(client, service, clock):
    make.sign_in_as(client, "officer")
    with service.vaults.unit() as work:
        sign_in.get_staff(work.office, EMAIL).ends_on = date(2026, 11, 25)
    clock.tick(hours=1)
    assert is_in(client)
    for _ in range(9):
        clock.tick(hours=1.5)
        inside = is_in(client)
    assert not inside


def test_dead_sessions_are_removed_when_somebody_signs_in(client, service, clock):
    make.sign_in_as(client, "officer")
    clock.tick(days=1)
    make.sign_in_as(PageClient(client.app), "researcher")
    assert count(service, StaffSession) == 1


def test_sign_out_ends_the_session_on_the_server(client, service):
    make.sign_in_as(client, "officer")
    stolen = client.browser.get_cookie("s").value
    client.fill(action="/logga-ut")
    thief = client.app.test_client()
    thief.set_cookie("s", stolen)
    assert thief.get(HOME).status_code == 303
    assert count(service, StaffSession) == 0


def test_cookie_changes_with_each_step_and_cannot_be_read_by_script(client, service, phone, clock):
    give_password(client)
    half = client.browser.get_cookie("s")
    give_code(client, phone.at(clock()))
    whole = client.browser.get_cookie("s")
    assert half.value != whole.value
    assert whole.http_only
    assert whole.same_site == "Lax"
    with service.vaults.reading() as work:
        assert work.office.scalar(select(StaffSession.id_hash)) == staff_sessions.hash_of(whole.value)


@pytest.mark.parametrize(
    ("wanted", "reached"),
    [
        ("/admin/omgangar/ny", "/admin/omgangar/ny"),
        ("https://example.org/admin", HOME),
        ("//example.org", HOME),
        ("/admin//example.org", HOME),
        ("/admin\\example.org", HOME),
        ("/logga-ut", HOME),
    ],
)
def test_sign_in_leads_to_the_page_asked_for_and_only_to_ours(client, phone, clock, wanted, reached):
    client.get("/logga-in", query_string={"till": wanted})
    client.fill(email=EMAIL, losenord=make.PASSWORD)
    give_code(client, phone.at(clock()))
    assert client.path == reached


@pytest.mark.parametrize("end", ["\r\nX: y", "\n", "\t", "/../..\r", " "])
def test_a_target_with_line_breaks_is_none_and_does_not_fail(client, phone, clock, end):
    client.get("/logga-in", query_string={"till": f"/admin/omgangar{end}"})
    client.fill(email=EMAIL, losenord=make.PASSWORD)
    give_code(client, phone.at(clock()))
    assert client.path == HOME
    assert is_in(client)


def test_asking_for_a_staff_page_comes_back_to_it(client, phone, clock):
    client.get("/admin/omgangar/ny")
    assert client.path == "/logga-in"
    client.fill(email=EMAIL, losenord=make.PASSWORD)
    give_code(client, phone.at(clock()))
    assert client.path == "/admin/omgangar/ny"


def test_sign_in_form_of_another_browser_is_refused(app, phone):
    """Nobody is signed in as somebody else by a form that they did not open."""
    mine, other = PageClient(app), PageClient(app)
    mine.get("/logga-in")
    form = {"email": EMAIL, "losenord": make.PASSWORD, **mine.hidden()}
    other.get("/logga-in")
    assert other.browser.post("/logga-in", data=form, headers=SAME_ORIGIN).status_code == 400
    assert app.test_client().post("/logga-in", data=form, headers=SAME_ORIGIN).status_code == 400
    assert mine.browser.post("/logga-in", data=form, headers=SAME_ORIGIN).status_code == 303


def test_sign_in_token_is_replaced_at_sign_in(client, phone):
    client.get("/logga-in")
    assert client.browser.get_cookie("li", path="/logga-in")
    client.fill(email=EMAIL, losenord=make.PASSWORD)
    assert client.browser.get_cookie("li", path="/logga-in") is None


# --- A new account ---


@pytest.fixture
def link(service):
    with service.vaults.unit() as work:
        _, token = sign_in.add_staff(
            work.office, email=EMAIL, name="Namn", role="officer", ends_on=date(2027, 1, 1), at=service.clock()
        )
    return f"/logga-in/konto/{token}"


def secret_on(client):
    import re

    return re.search(r'class="copy">([A-Z2-7]{32})<', client.text).group(1)


def sign_up(client, link, clock, *, status=200, **changed):
    client.get(link)
    fields = {"losenord": make.PASSWORD, "losenord2": make.PASSWORD, "kod": pyotp.TOTP(secret_on(client)).at(clock())}
    client.fill(**(fields | changed), status=status)


def test_link_password_and_phone_make_an_account_that_lets_in(client, service, link, clock):
    sign_up(client, link, clock)
    assert "Spara dina reservkoder" in client.text
    phone = pyotp.TOTP(secret_of(service))
    clock.tick(30)
    give_password(client)
    give_code(client, phone.at(clock()))
    assert is_in(client)
    assert client.browser.get(link).status_code == 410


def secret_of(service):
    from kapabla.keys import unseal

    member = staff(service)
    return unseal(service.keys.get("sealing"), member.totp_sealed, f"staff.totp.{member.id}")


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"losenord": "kort", "losenord2": "kort"}, "Välj ett lösenord med minst 12 tecken"),
        ({"losenord2": "ett annat langt losenord"}, "De två lösenorden är olika."),
        ({"kod": "000000"}, CODE_REFUSED),
    ],
)
def test_sign_up_says_what_to_mend_and_stores_nothing(client, service, link, clock, changed, sentence):
    sign_up(client, link, clock, status=400, **changed)
    assert sentence in client.text
    assert staff(service).password_hash is None
    assert staff(service).totp_sealed is None
    sign_up(client, link, clock)


@pytest.mark.parametrize(("wait", "status"), [({"days": 7}, 200), ({"days": 7, "seconds": 1}, 410)])
def test_sign_up_link_is_open_for_seven_days(client, link, clock, wait, status):
    clock.tick(**wait)
    client.get(link, status=status)


def test_sign_up_link_of_an_account_that_has_ended_is_closed(client, service, link):
    with service.vaults.unit() as work:
        sign_in.end_account(work.office, sign_in.get_staff(work.office, EMAIL), on=date(2026, 11, 25))
    client.get(link, status=410)


def test_invented_sign_up_link_is_closed(client):
    client.get("/logga-in/konto/hittepa", status=410)
    assert "Länken har slutat gälla" in client.text


def test_who_has_lost_the_phone_is_out_everywhere_until_a_new_sign_up(app, service, clock):
    thief = PageClient(app)
    make.sign_in_as(thief, "officer")
    with service.vaults.unit() as work:
        token = sign_in.open_sign_up(work.office, sign_in.get_staff(work.office, EMAIL), at=clock())
    assert not is_in(thief)
    give_password(PageClient(app), status=400)
    sign_up(PageClient(app), f"/logga-in/konto/{token}", clock)
    assert not is_in(thief)


def test_same_account_is_not_made_twice_and_an_unknown_role_not_at_all(service, phone):
    def add(email, role):
        with service.vaults.unit() as work:
            sign_in.add_staff(
                work.office, email=email, name="x", role=role, ends_on=date(2027, 1, 1), at=service.clock()
            )

    with pytest.raises(sign_in.StaffExists):
        add(EMAIL.upper(), "trainer")
    with pytest.raises(sign_in.UnknownRole):
        add("ny@example.com", "boss")
    assert count(service, Staff) == 1
