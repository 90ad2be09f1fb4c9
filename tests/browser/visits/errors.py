"""What goes wrong."""

from flask import abort

from tests.browser.visits.signed_in import somebody


def visit(view, service, clock):
    """Each in both frames. What each is told of is played; the page is that of the application."""
    for frame, client in (("", view.client()), ("/admin", somebody(view, "officer"))):
        for status in (400, 403, 404, 405, 409, 410, 413, 429, 500, 503):
            view.get(client, f"{frame}/prov/{status}", status=status)


def add_failing_pages(app):
    for frame in ("", "/admin"):
        app.add_url_rule(f"{frame}/prov/<int:status>", f"prov{frame}", lambda status: abort(status))
