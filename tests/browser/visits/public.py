"""The pages that are open to all."""

from tests.browser.visits import promises, surveys


def visit(view, service, clock):
    anyone = view.client()
    for path in ("/", "/om", "/stod", "/tips-om-telefonen", "/personuppgifter", "/tillganglighet", "/vader",
                 "/medborgarloften", "/medborgarloften/vindeln", "/medborgarloften/vindeln/2025"):  # fmt: skip
        view.get(anyone, path)
    view.get(anyone, "/tillganglighet/meddela")
    view.fill(anyone, vad="", status=400)
    view.fill(anyone, vad="Knappen syns inte.")
    promises.visit_public(view, service, clock, anyone)
    surveys.visit_public(view, service, clock, anyone)


def visit_components(view, service, clock):
    """Every component in every state, on both frames."""
    for side in ("", "?sida=deltagare"):
        view.get(view.client(), f"/_komponenter{side}")
