"""`/_komponenter`: every component in its states, for whoever draws pages. Never where real people are served."""

from flask import Flask, g, render_template, request
from flask.typing import ResponseReturnValue

from kapabla.config import Config

_NAVIGATION = (("/_komponenter", "Komponenter"), ("/om", "Om"))


def init_app(app: Flask, config: Config) -> None:
    if not (config.demo or config.testing):
        return

    @app.get("/_komponenter")
    def component_page() -> ResponseReturnValue:
        """On the frame of staff, or with `?sida=deltagare` on that of participants."""
        # Its forms lead nowhere, but look like those of a session.
        g.csrf_session_id = "component_page"
        side = "participant" if request.args.get("sida") == "deltagare" else "staff"
        return render_template("_komponenter.html", side=side, nav_items=_NAVIGATION)
