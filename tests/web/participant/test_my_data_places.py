"""Mina uppgifter tells the trade of the list and the one that was answered, each with where it is held."""

from sqlalchemy import event

from kapabla import bridge
from kapabla.answers.placement import correct_place
from tests.factories import entrant_of, make_person, start_course
from tests.web.participant.test_budgets import _NOT_COUNTED, STATEMENTS

WHERE = "Det är ditt svar som styr vilka exempel du får."


def test_the_trade_that_was_answered_stands_beside_that_of_the_list(app, client, service):
    made = make_person(service, role="hairdresser")
    start_course(client, made)
    client.get("/mina-uppgifter")
    assert "<dd>Frisör</dd>" in client.text
    assert WHERE not in client.text
    subject = bridge.subject_for(service.keys, entrant_of(service, made))
    with service.vaults.unit() as work:
        correct_place(work.answers, subject, municipality="2404", role="shopkeeper")
    seen = []
    for engine in app.extensions["kapabla"].vaults.engines.values():
        event.listen(engine, "before_cursor_execute", lambda _c, _u, statement, *_rest: seen.append(statement))
    client.get("/mina-uppgifter")
    assert "<dd>Frisör. Du har svarat: Handlare eller ombud</dd>" in client.text
    assert WHERE in client.text
    assert len([one for one in seen if not one.startswith(_NOT_COUNTED)]) <= STATEMENTS["GET"]
