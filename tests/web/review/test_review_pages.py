"""The pages where free text is read (B9): what is shown and what never is, decisions kept once, nothing typed lost."""

import re
from datetime import date

import pytest
from sqlalchemy import select

from kapabla.answers.submissions import FreeText
from kapabla.jobs.runner import run_once
from tests import factories as make

ON = date(2026, 11, 25)
COMMENT = "Prata med Malin Zakrisson på Storgatan 5.\nEller ring 070-174 06 05, <b>nu</b>."


@pytest.fixture
def client(texts_client):
    return texts_client


@pytest.fixture
def service(client):
    return client.app.extensions["kapabla"]


def write(service, *texts, **how):
    for number, words in enumerate(texts):
        made = make.make_person(
            service, name=f"Tuva Granlöv{'abcdefghijklmnop'[number]}", email=f"p{number}@example.com", **how
        )
        make.take_part(service, made, on=ON)
        make.write_comment(service, made, words)
    run_once(service)


def reading(client):
    client.get("/granskning")
    client.fill(action="/granskning/texter")


def ids(client):
    return re.findall(r'name="text" value="([^"]+)"', client.text)


def marks(client):
    return dict(re.findall(r'name="(sedd-[^"]+)" value="([^"]+)"', client.text))


def post(client, **fields):
    """As a browser sends the form: everything that is ticked, for every text."""
    ticked = {}
    for name, value in re.findall(r'name="(dolj-[^"]+)" id="[^"]*" value="([^"]*)" checked', client.text):
        ticked.setdefault(name, []).append(value)
    status = fields.pop("status", 200)
    hidden = client.hidden(action="/granskning/beslut")
    return client.post(
        "/granskning/beslut", hidden | marks(client) | ticked | {"text": ids(client)} | fields, status=status
    )


def states(service):
    with service.vaults.reading() as work:
        return {row.id: (row.state, row.hidden) for row in work.answers.scalars(select(FreeText))}


def log(service):
    with service.vaults.reading() as work:
        office = service.office_chain.latest(work.office, 50, actions=("texts_read",))
        return office, service.answers_chain.latest(work.answers, 50, actions=("text_review",))


def test_a_text_is_shown_marked_and_without_its_writer(client, service):
    write(service, COMMENT)
    make.sign_in_as(client, "steward")
    reading(client)
    assert re.findall(r"<mark>([^<]+)<span class=\"visually-hidden\"> \(([^)]+)\)", client.text) == [
        ("Malin Zakrisson", "namn"), ("Storgatan 5", "adress"), ("070-174 06 05", "telefonnummer"),
    ]  # fmt: skip
    assert "&lt;b&gt;nu&lt;/b&gt;" in client.text
    assert "Är det något vi kan göra bättre?" in client.text
    with service.vaults.reading() as work:
        subject = work.answers.scalars(select(FreeText.subject)).one()
    for hint in (subject, "Granlöv", "2404", "hairdresser", "Frisör", "Omgång", "t1", "Slutfrågor", "2026"):
        assert hint not in client.text.split("<main")[1].split("</main>")[0], hint


def test_what_the_guard_is_sure_of_cannot_be_let_through(client, service):
    write(service, COMMENT)
    make.sign_in_as(client, "steward")
    reading(client)
    assert "Döljs alltid: ”070-174 06 05” (telefonnummer)." in client.text
    (text_id,) = ids(client)
    post(client, **{f"beslut-{text_id}": "vidare", f"dolj-{text_id}": []})
    ((state, hidden),) = states(service).values()
    assert (state, [kind for _, _, kind in hidden]) == ("cleared", ["phone"])


def test_everything_found_is_hidden_unless_the_reader_says_otherwise(client, service):
    write(service, COMMENT)
    make.sign_in_as(client, "steward")
    reading(client)
    (text_id,) = ids(client)
    post(client, **{f"beslut-{text_id}": "vidare", f"ord-{text_id}": "prata med\n\nnu"})
    ((state, hidden),) = states(service).values()
    assert (state, [kind for _, _, kind in hidden]) == ("cleared", ["other", "name", "address", "phone", "other"])
    assert "Ett beslut är sparat." in client.text
    client.fill(action="/granskning/slappta")
    assert "[dolt] [namn] på [adress].\nEller ring [telefonnummer], &lt;b&gt;[dolt]&lt;/b&gt;." in client.text


def test_words_that_are_not_there_keep_everything_as_it_was_typed(client, service):
    write(service, COMMENT, "Allt var bra, sa Ofelia.")
    make.sign_in_as(client, "steward")
    reading(client)
    first, second = ids(client)
    post(
        client, status=400,
        **{f"beslut-{first}": "vidare", f"beslut-{second}": "hall", f"ord-{first}": "Ängeln\nmed", f"dolj-{first}": []},
    )  # fmt: skip
    assert "Orden ”Ängeln” finns inte i texten." in client.text
    assert re.search(rf'id="ord-{first}"[^>]*>Ängeln\nmed</textarea>', client.text)
    assert re.search(rf'name="beslut-{second}" id="beslut-{second}-2" value="hall" checked', client.text)
    assert not re.search(rf'name="dolj-{first}"[^>]* checked', client.text)
    assert re.search(rf'name="dolj-{second}"[^>]* checked', client.text)
    assert {state for state, _ in states(service).values()} == {"held"}
    assert log(service)[1] == []


def test_later_is_no_decision(client, service):
    write(service, COMMENT)
    make.sign_in_as(client, "steward")
    reading(client)
    post(client)
    assert "Inget nytt beslut är sparat." in client.text
    assert {state for state, _ in states(service).values()} == {"held"}


def test_a_form_that_is_sent_twice_is_kept_and_logged_once(client, service):
    write(service, COMMENT)
    make.sign_in_as(client, "steward")
    reading(client)
    page, (text_id,) = client.page, ids(client)
    for _ in range(2):
        client.page = page
        post(client, **{f"beslut-{text_id}": "vidare"})
        assert "Ett beslut är sparat." in client.text
        assert "hade ändrats" not in client.text
    assert len(log(service)[1]) == 1


def test_who_comes_second_is_told_and_the_first_holds(client, service):
    write(service, COMMENT, "Allt var bra, sa Ofelia.")
    make.sign_in_as(client, "steward")
    reading(client)
    page, (first, second) = client.page, ids(client)
    post(client, **{f"beslut-{first}": "hall"})
    client.page = page
    post(client, **{f"beslut-{first}": "vidare", f"beslut-{second}": "vidare"})
    assert "En text hade ändrats medan du läste" in client.text
    assert "Ett beslut är sparat." in client.text
    assert {text_id: state for text_id, (state, _) in states(service).items()} == {first: "refused", second: "cleared"}


def test_a_cleared_text_can_be_kept_back_after_all(client, service):
    write(service, COMMENT)
    make.sign_in_as(client, "steward")
    reading(client)
    (text_id,) = ids(client)
    post(client, **{f"beslut-{text_id}": "vidare"})
    client.fill(action="/granskning/slappta")
    post(client, **{f"beslut-{text_id}": "hall"})
    assert [state for state, _ in states(service).values()] == ["refused"]
    assert [row["outcome"] for row in log(service)[1]] == ["refused", "cleared"]


def test_each_look_is_logged_by_who_and_how_many(client, service):
    """B8: never what was read."""
    write(service, COMMENT, "Allt var bra, sa Ofelia.")
    make.sign_in_as(client, "steward")
    client.get("/granskning")
    assert log(service)[0] == []
    client.fill(action="/granskning/texter")
    rows = log(service)[0]
    assert [(row["role"], row["object"], row["reason"]) for row in rows] == [("steward", "free_texts", "texts:2")]


def test_ten_at_a_time_and_the_rest_after_them(client, service):
    write(service, *(f"Allt var bra, sa nummer {number}." for number in range(12)))
    make.sign_in_as(client, "steward")
    reading(client)
    assert len(ids(client)) == 10
    post(client, **{f"beslut-{text_id}": "hall" for text_id in ids(client)})
    assert "10 beslut är sparade." in client.text
    client.fill(action="/granskning/texter")
    assert len(ids(client)) == 2


def test_texts_come_in_an_order_that_tells_nothing_of_who_wrote_first(client, service):
    texts = [f"Allt var bra, sa nummer {number}." for number in range(9)]
    write(service, *texts)
    make.sign_in_as(client, "steward")
    reading(client)
    shown = re.findall(r"sa nummer \d", client.text)
    with service.vaults.reading() as work:
        by_id = [row.text for row in work.answers.scalars(select(FreeText).order_by(FreeText.id))]
    assert [f"Allt var bra, {words}." for words in shown] == by_id


def test_where_no_study_releases_texts_nobody_is_shown_any(client, service, app, config):
    """The default: none (C4.7)."""
    from tests.page_client import PageClient

    write(service, COMMENT)
    ours = PageClient(app)
    make.sign_in_as(ours, "steward")
    ours.get("/granskning")
    assert "Ingen studie lämnar ut fritext i dag." in ours.text
    assert 'action="/granskning/texter"' not in ours.text
    token = ours.hidden(action="/logga-ut")
    ours.post("/granskning/texter", token)
    assert "Inga texter väntar just nu." in ours.text
    assert "Zakrisson" not in ours.text


def test_test_people_are_marked(client, service):
    """C12."""
    write(service, COMMENT, is_test=True)
    make.sign_in_as(client, "steward")
    reading(client)
    assert "Exempeldata" in client.text


def test_the_page_says_what_can_be_done_when_somebody_is_in_danger(client, service):
    make.sign_in_as(client, "steward")
    client.get("/granskning")
    for words in ("Ring 112", "socialtjänsten i kommunen där barnet bor", "114 14", "Ingen kan se vem som har skrivit"):
        assert words in client.text


def test_a_stranger_is_led_to_the_sign_in_and_back(client):
    client.get("/granskning")
    assert client.path == "/logga-in"
    assert 'name="till" value="/granskning"' in client.text
