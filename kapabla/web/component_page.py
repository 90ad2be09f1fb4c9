"""`/_komponenter`: every component in its states, for whoever draws pages. Never where real people are served."""

from flask import Flask, g, render_template, request
from flask.typing import ResponseReturnValue

from kapabla.config import Config
from kapabla.web.drawing.forest import forest

_NAVIGATION = (("/_komponenter", "Komponenter"), ("/om", "Om"))
_CHANGES = (
    {"label": "Säkerhet att agera", "n": 214, "value": 0.62, "low": 0.48, "high": 0.76},
    {"label": "Kunskap om hjälp", "n": 214, "value": 0.81, "low": 0.66, "high": 0.96},
    {"label": "Veterinärer", "n": None, "value": None, "low": None, "high": None},
)
_TOLD = ("0,62 [0,48; 0,76]", "0,81 [0,66; 0,96]", "")


def drawn() -> dict[str, object]:
    """A forest plot with a row that is hidden."""
    ends = ("← minskar", "ökar →")
    drawing = forest(_CHANGES, _TOLD, name="hatch", ends=ends, hidden="visas inte", sign=",")
    return {"changes": _CHANGES, "told": _TOLD, "drawing": drawing}


def init_app(app: Flask, config: Config) -> None:
    if not (config.demo or config.testing):
        return

    @app.get("/_komponenter")
    def component_page() -> ResponseReturnValue:
        """On the frame of staff, or with `?sida=deltagare` on that of participants."""
        # Its forms lead nowhere, but look like those of a session.
        g.csrf_session_id = "component_page"
        side = "participant" if request.args.get("sida") == "deltagare" else "staff"
        return render_template("_komponenter.html", side=side, nav_items=_NAVIGATION, **drawn())
