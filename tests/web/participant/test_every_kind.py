"""Every type of item, without script: asked, faulted, declined, saved, taken back, hidden again, and released."""

import re
from datetime import date

import pytest
from sqlalchemy import select

from kapabla import bridge
from kapabla.answers.submissions import FreeText, Submission
from kapabla.jobs.population import make_population
from kapabla.material.instruments import FIXED, MissingReason, in_order
from kapabla.release.build import build
from kapabla.release.codebook import as_html, as_rows
from tests import factories as make

RANK_FIRST = re.compile(r'<li class="card"><label for="[^"]*">([^<]+)<')


@pytest.fixture
def client(trial_client):
    return trial_client


@pytest.fixture
def service(client):
    return client.app.extensions["kapabla"]


@pytest.fixture
def made(client, service):
    person = make.make_person(service)
    make.start_course(client, person)
    return person


def saved(service, made, page, wave="t0"):
    return make.saved_rows(service, made.subject, wave)[page]


def texts(service):
    with service.vaults.reading() as work:
        return {row.item: row.text for row in work.answers.scalars(select(FreeText))}


def test_the_page_of_choices(client, service, made):
    """A matrix is a named group whose items stand stacked, each a fieldset of its own."""
    client.get("/fragor/fore/1")
    assert '<div role="group" aria-labelledby="prov_work">' in client.text
    assert "<table" not in client.text
    client.fill(prov_m1="4", prov_m2="-94", prov_single="-95", prov_multi=["3", "1"])
    row = saved(service, made, 1)
    assert row["values"] == {"prov_m1": 4, "prov_multi": [1, 3]}
    assert row["missing"] == {"prov_m2": "declined", "prov_single": "no_opinion"}
    assert client.path == "/fragor/fore/2"


@pytest.mark.parametrize(
    ("field", "posted", "sentence"),
    [
        ("prov_number", "många", "Skriv ett tal med siffror"),
        ("prov_number", "3,5", "Skriv ett helt tal, utan decimaler."),
        ("prov_number", "501", "högst 500"),
        ("prov_number", "-1", "minst 0"),
        ("prov_decimal", "1,25", "färre decimaler"),
        ("prov_slider", "11", "högst 10"),
        ("prov_date-ar", "26", "Skriv år, månad och dag"),
        ("prov_date-manad", "13", "Skriv år, månad och dag"),
        ("prov_date", "20260912", "Skriv år, månad och dag"),
    ],
)
def test_a_number_or_day_that_cannot_be_read_is_told_and_kept(client, service, made, field, posted, sentence):
    client.get("/fragor/fore/2")
    client.fill(status=400, **{"prov_decimal": "2,5", field: posted})
    assert sentence in client.text
    assert f'value="{posted}"' in client.text or field == "prov_date"
    assert make.saved_rows(service, made.subject, "t0") == {}


def test_numbers_and_a_day_are_saved(client, service, made):
    client.get("/fragor/fore/2")
    assert 'type="range"' in client.text
    assert re.search(
        r'<div class="slider" hidden>\s*<label[^>]*>[^<]*</label>\s*<input type="range" id="prov_slider-reglage"[^>]*>',
        client.text,
    )
    assert not re.search(r'type="range"[^>]* (name|value)="', client.text), "the slider itself is never sent"
    day = {"prov_date-ar": "2021", "prov_date-manad": "9", "prov_date-dag": "1"}
    client.fill(prov_number="1 20", prov_decimal="2,5", prov_slider="0", **day)
    assert saved(service, made, 2)["values"] == {
        "prov_number": 120,
        "prov_decimal": 2.5,
        "prov_slider": 0,
        "prov_date": "2021-09-01",
    }


@pytest.mark.parametrize(("page", "item"), [(1, "prov_multi"), (2, "prov_number"), (2, "prov_slider"),
                                            (2, "prov_date"), (3, "prov_rank"), (5, "prov_long")])  # fmt: skip
def test_every_kind_of_question_can_be_declined(client, service, made, page, item):
    client.get(f"/fragor/fore/{page}")
    assert f'type="checkbox" name="{item}" id="{item}-nej" value="-94"' in client.text
    client.fill(**{item: "-94", "anda": "1"})
    row = saved(service, made, page)
    assert row["missing"][item] == "declined"
    assert item not in row["values"]


def test_an_answer_and_a_refusal_together_are_told_and_both_kept_on_the_page(client, made):
    client.get("/fragor/fore/2")
    client.fill(status=400, prov_number=["12", "-94"])
    assert "Välj antingen svar eller ”Vill inte svara”." in client.text
    assert 'id="prov_number" value="12"' in client.text or 'value="12"' in client.text
    assert 'id="prov_number-nej" value="-94" checked' in client.text


def test_the_time_of_a_page_goes_on_through_faults_and_moved_rows(client, service, made, clock):
    """What counts is how long the page was open until it was saved, from the first time that it was shown."""
    client.get("/fragor/fore/3")
    clock.tick(seconds=20)
    client.fill(flytta="prov_rank:3:upp")
    clock.tick(seconds=15)
    client.fill(status=400, prov_rank=["1:1", "2:1"])
    clock.tick(seconds=7)
    client.fill(prov_rank=["1:1", "2:2"], anda="1")
    with service.vaults.reading() as work:
        assert work.answers.scalars(select(Submission.duration_seconds)).one() == 42


def test_ranking_by_buttons_moves_a_row_and_saves_nothing(client, service, made):
    """C1: never by dragging. Each press is a POST that shows the page again with the row moved."""
    client.get("/fragor/fore/3")
    assert RANK_FIRST.findall(client.text) == ["Tid", "Ro", "Råd", "Rum"]
    assert "selected" not in client.text
    client.fill(flytta="prov_rank:3:upp")
    client.fill(prov_rank=["3:1"], flytta="prov_rank:1:upp", prov_know="2")
    client.fill(prov_rank=["3:1", "1:2"], flytta="prov_rank:1:upp", prov_know="2")
    assert RANK_FIRST.findall(client.text) == ["Tid", "Råd", "Ro", "Rum"]
    assert re.search(r'<option value="1:1" selected>', client.text)
    assert 'value="2" checked' in client.text, "what else was chosen on the page is still there"
    assert make.saved_rows(service, made.subject, "t0") == {}
    client.fill(prov_rank=["1:1", "3:2", "", ""], prov_know="2")
    assert saved(service, made, 3)["values"] == {"prov_rank": [1, 3], "prov_know": 2}


def test_enter_in_a_field_does_not_move_a_row(client, made):
    """The first button of a form is the one that Enter presses: it has no name, and so it saves."""
    client.get("/fragor/fore/3")
    form = client.text[client.text.index('<form method="post" action="/fragor/fore/3"') :]
    first = re.search(r"<button[^>]*>", form)
    assert first is not None
    assert "name=" not in first[0]


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (["1:1", "2:1"], "Två rader har samma plats."),
        (["1:1", "2:3"], "En plats är överhoppad."),
        (["1:4"], "Välj ett av svaren i listan."),
        (["9:1"], "Välj ett av svaren i listan."),
        (["1:1", "1:2"], "Två rader har samma plats."),
    ],
)
def test_places_that_do_not_fit_are_told(client, service, made, given, sentence):
    client.get("/fragor/fore/3")
    client.fill(status=400, prov_rank=given)
    assert sentence in client.text
    assert make.saved_rows(service, made.subject, "t0") == {}


@pytest.mark.parametrize("press", ["", "prov_rank", "prov_rank:9:upp", "prov_know:1:upp", "x:1:ner", "prov_rank:1:åt"])
def test_a_forged_press_changes_nothing(client, service, made, press):
    client.get("/fragor/fore/3")
    client.fill(prov_rank=["2:1"], flytta=press)
    assert '<option value="2:1" selected>' in client.text
    assert make.saved_rows(service, made.subject, "t0") == {}


def test_a_content_note_comes_before_the_page_it_warns_of(client, service, made):
    client.get("/fragor/fore/4")
    assert "<h1>Innan du svarar</h1>" in client.text
    assert "prov_v1" not in client.text
    client.get("/fragor/fore/4?visa=1")
    assert '<h2 id="prov_anna">Anna i kassan</h2>' in client.text
    assert client.text.index("Anna i kassan") < client.text.index("prov_v1") < client.text.index("Bo på macken")
    client.fill(prov_v1="1", prov_v2="2", prov_w1="3")
    assert saved(service, made, 4)["values"] == {"prov_v1": 1, "prov_v2": 2, "prov_w1": 3}


def test_a_page_with_a_content_note_can_be_skipped_unseen(client, service, made):
    client.get("/fragor/fore/4")
    client.fill(anda="1")
    assert saved(service, made, 4)["missing"] == dict.fromkeys(["prov_v1", "prov_v2", "prov_w1"], "skipped")
    assert client.path == "/fragor/fore/5"


def test_words_stand_apart_from_the_document_and_go_when_they_are_taken_back(client, service, made):
    client.get("/fragor/fore/5")
    client.fill(status=400, prov_short="x" * 41)
    assert "högst 40 tecken" in client.text
    client.fill(prov_short="Skogen", prov_long="Rad ett")
    assert texts(service) == {"prov_short": "Skogen", "prov_long": "Rad ett"}
    with service.vaults.reading() as work:
        documents = str([(row.values, row.missing) for row in work.answers.scalars(select(Submission))])
    assert "Skogen" not in documents
    client.get("/fragor/fore/5?om=1")
    assert "Skogen" not in client.text
    client.fill(prov_long="-94", anda="1")
    assert texts(service) == {}
    assert saved(service, made, 5)["missing"] == {"prov_short": "skipped", "prov_long": "declined"}


def test_a_gate_that_closes_hides_what_was_said_and_one_that_opens_asks_again(client, service, made):
    """C5: answers hidden by a later change are kept apart; what has been opened is asked."""
    client.get("/fragor/fore/6")
    client.fill(prov_gate="1", anda="1")
    client.fill(prov_gate="1", prov_behind="En annan", anda="1")
    assert texts(service) == {"prov_behind": "En annan"}
    assert client.path == "/fragor/fore/7"
    client.fill(prov_more="1")
    # Its own answer has opened one more question of the page, which is asked before the way leads on.
    client.fill(prov_more="1", anda="1")
    assert saved(service, made, 7)["missing"] == {"prov_how": "skipped", "prov_never": "not_shown"}
    client.get("/fragor/fore/6?om=1")
    client.fill(prov_gate="2", anda="1")
    assert texts(service) == {}, "words behind a closed gate are gone"
    assert client.path == "/fragor/fore/7"
    assert "prov_never" in client.text, "a saved page that has got more to ask is shown, not passed"
    assert "prov_more" not in client.text
    client.fill(prov_never="2")
    assert saved(service, made, 7)["values"] == {"prov_never": 2}


def test_one_question_that_takes_the_place_of_another_is_asked(client, service, made):
    """As many as before, and yet another: the page is shown again."""
    client.get("/fragor/fore/9")
    client.fill(prov_a="1")
    client.fill(prov_a="1", prov_b="2")
    client.get("/fragor/fore/9?om=1")
    client.fill(prov_a="2", prov_b="2")
    assert client.path == "/fragor/fore/9"
    assert 'name="prov_c"' in client.text
    assert 'name="prov_b"' not in client.text
    client.fill(prov_a="2", prov_c="1")
    assert saved(service, made, 9) == {"values": {"prov_a": 2, "prov_c": 1}, "missing": {"prov_b": "not_shown"}}


def test_only_shown_answers_are_counted_before_sending_in(client, made):
    client.get("/fragor/fore/6")
    client.fill(prov_gate="1", anda="1")
    client.fill(prov_gate="1", prov_behind="En annan", anda="1")
    client.fill(prov_more="1")
    client.fill(prov_more="1", anda="1")
    client.get("/fragor/fore/skicka")
    three = re.search(r"svarat på (\d+) av (\d+)", client.text)
    client.get("/fragor/fore/6?om=1")
    client.fill(prov_gate="2", anda="1")
    client.get("/fragor/fore/skicka")
    one = re.search(r"svarat på (\d+) av (\d+)", client.text)
    assert three is not None
    assert one is not None
    assert (three[1], one[1]) == ("3", "1")


def test_random_order_follows_the_saved_seed(client, service, made):
    """C7: the seed on the page is enough to show the page again as it was."""
    client.get("/fragor/fore/8")
    shown = list(dict.fromkeys(re.findall(r'type="radio" name="(\w+)"', client.text)))
    options = re.findall(r'type="radio" name="prov_r2" id="[^"]*" value="([^"]*)"', client.text)
    client.fill(prov_r1="1", anda="1")
    client.get("/fragor/fore/3")
    client.fill(prov_know="1", anda="1")
    with service.vaults.reading() as work:
        seeds = {row.page: row.seed for row in work.answers.scalars(select(Submission))}
    assert seeds[8] == seeds[3] != FIXED
    asked = service.material.studies[make.STUDY].questionnaire(service.material, "t0", "ABA")
    page = in_order(asked, seeds[8]).page(8)
    assert page is not None
    assert shown == [item.code for item in page.items]
    assert options == [str(option.value) for option in page.items[shown.index("prov_r2")].options] + ["-94"]
    assert options[-2] == "4", "what stays last does"


def test_later_questions_follow_what_was_said_before_the_course(client, service, made):
    """C5 across waves, and pages in random order walked by their own links."""
    client.get("/fragor/fore/1")
    client.fill(prov_multi=["3"], anda="1")
    make.answer_wave_from(client, "fore", skip=True)
    make.finish_course(service, made)
    seed = bridge.order_seed(service.keys.get("study", make.STUDY), made.subject)
    asked = in_order(service.material.studies[make.STUDY].questionnaire(service.material, "t1", "ABA"), seed)
    walked = make.answer_wave_from(client, "efter")
    assert walked == [page.number for page in asked.pages if page.number != 2]
    rows = make.saved_rows(service, made.subject, "t1")
    assert rows[1]["values"] == {"sen_1": 2, "sen_2": 2}
    assert 2 not in rows, "sen_3 looks at an answer that was never given"


def saved_page(subject, page):
    """The save that holds: a page whose own answers opened more of it was saved twice."""
    mine = select(Submission).where(Submission.subject == subject, Submission.wave == "t0", Submission.page == page)
    return mine.order_by(Submission.number.desc()).limit(1)


@pytest.fixture
def population(service):
    make_population(service, people=60, seed=5, study=make.STUDY, today=date(2027, 6, 1), effect=0.4, attrition=0.1)
    return service


def test_a_release_has_every_kind_and_keeps_the_reasons_apart(population):
    """The whole way of 60 simulated people: columns, codes, codebook."""
    study = population.material.studies[make.STUDY]
    with population.vaults.reading() as work:
        built = build(
            work.answers, population.material, study, purpose="evaluation", is_test=True, release_key=bytes(range(32)),
            on=date(2027, 6, 1),
        )  # fmt: skip
    rows = [row for row in built.dataset.rows if row["wave"] == "t0"]
    columns = {column.name: column for column in built.dataset.columns}
    assert not {"prov_short", "prov_long", "prov_behind", "prov_date", "prov_info"} & set(columns)
    behind = {gate: [row["prov_more"] for row in rows if row["prov_gate"] == gate] for gate in (1, 2)}
    assert set(behind[2]) == {MissingReason.NOT_SHOWN}
    assert behind[1]
    assert MissingReason.NOT_SHOWN not in behind[1]
    assert {row["prov_more_count"] for row in rows if row["prov_gate"] == 2} == {MissingReason.NOT_SHOWN}
    for row in rows:
        places = [row[f"prov_rank___{option}"] for option in (1, 2, 3, 4)]
        if any(isinstance(place, int) for place in places):
            assert sorted(places) == [0, 1, 2, 3], "three places are given, and one option got none"
        else:
            assert len(set(places)) == 1, "without an answer all columns of the item have one reason"
        assert row["order_prov"] in range(25)
    assert columns["prov_v1"].labels["sv"] != columns["prov_w1"].labels["sv"]
    assert columns["prov_v1"].labels["en"].startswith("Anna at the till")
    book = {entry["name"]: entry for entry in as_rows(built.dataset)}
    assert book["prov_m1"]["group"] == "prov_work"
    assert book["order_prov"]["orders"]["0"].endswith(
        "prov_r1, prov_r2 (1 2 3 4), prov_r3, prov_r4 / prov_a, prov_b, prov_c"
    )
    assert len(set(book["order_prov"]["orders"].values())) > 12
    assert "in group prov_anna" in as_html(built.dataset, "Prov").decode()


def test_an_answer_that_was_hidden_later_is_not_released(population):
    study = population.material.studies[make.STUDY]

    def released():
        with population.vaults.reading() as work:
            built = build(
                work.answers, population.material, study, purpose="evaluation", is_test=True,
                release_key=bytes(range(32)), on=date(2027, 6, 1),
            )  # fmt: skip
        by_id = {row["record_id"]: row for row in built.dataset.rows if row["wave"] == "t0"}
        return {subject: by_id[record_id] for subject, record_id in built.ids.items() if record_id in by_id}

    subject = next(s for s, row in released().items() if row["prov_gate"] == 1 and isinstance(row["prov_more"], int))
    with population.vaults.unit() as work:
        page = work.answers.scalars(saved_page(subject, 6)).one()
        page.values = {**page.values, "prov_gate": 2}
        page.missing = {key: reason for key, reason in page.missing.items() if key != "prov_gate"}
    assert released()[subject]["prov_more"] is MissingReason.NOT_SHOWN
    with population.vaults.reading() as work:
        kept = work.answers.scalars(saved_page(subject, 7)).one()
        assert "prov_more" in kept.values, "it is kept where it was saved"


def test_what_tells_who_somebody_is_is_said_once_before_going_on(client, service, made):
    """B9: patterns and the person's own name; the page is saved all the same, and what is then taken away is gone."""
    client.get("/fragor/fore/5")
    client.fill(prov_short="Ring 070-174 06 05, mvh Testa Påhittsson", prov_long="Ofelia i Malå")
    assert client.path == "/fragor/fore/5"
    assert "Det du har skrivit kan visa vem någon är: 070-174 06 05, Testa Påhittsson." in client.text
    assert "Ring 070-174 06 05, mvh Testa Påhittsson" in client.text
    client.fill(prov_short="Ring mig", prov_long="Ofelia i Malå", anda="1")
    assert client.path == "/fragor/fore/6"
    assert texts(service) == {"prov_short": "Ring mig", "prov_long": "Ofelia i Malå"}


def test_what_tells_nobody_goes_on_at_once(client, service, made):
    client.get("/fragor/fore/5")
    client.fill(prov_short="Bra kurs", prov_long="Ofelia i Malå var snäll")
    assert client.path == "/fragor/fore/6"


def test_who_goes_on_with_a_number_has_it_kept_and_held_back(client, service, made):
    client.get("/fragor/fore/5")
    client.fill(prov_short="070-174 06 05", prov_long="-")
    client.fill(prov_short="070-174 06 05", prov_long="-", anda="1")
    assert client.path == "/fragor/fore/6"
    with service.vaults.reading() as work:
        assert {row.state for row in work.answers.scalars(select(FreeText))} == {"held"}


def test_beside_every_box_for_words_stand_the_warning_and_that_this_is_no_report(client, made):
    """B9."""
    client.get("/fragor/fore/5")
    assert client.text.count("Skriv inte namn eller annat som visar vem någon är.") == 2
    assert client.text.count("<textarea") + client.text.count('id="prov_short"') == 2
    for words in ("Det här är ingen anmälan", "tel:112", "tel:11414"):
        assert words in client.text
