"""The dashboard (R01): the figures of one locked release, as `release.figures` made them. Nothing is computed here."""

from flask import Response, abort, render_template, request
from flask.typing import ResponseReturnValue

from kapabla.office import release_register
from kapabla.release import published
from kapabla.web.auth import needs
from kapabla.web.research.blueprint import blueprint
from kapabla.web.research.choosing import chosen_release, ended_agreement, tongue
from kapabla.web.research.filtering import FILTER_FIELDS, filtering
from kapabla.web.research.numerals import of_the_language
from kapabla.web.research.shown_figures import ShownFigure, shown_figure, shown_figures
from kapabla.web.unit_of_work import service, work


@blueprint.get("/forskning/resultat")
@needs("see_results")
def results() -> ResponseReturnValue:
    found, chosen = chosen_release()
    if ended := ended_agreement():
        return render_template("research/closed.html", agreement=ended.context["number"]), 403
    if chosen is None:
        return render_template("research/no_release.html")
    folder = service().config.release_dir
    dashboard = published.dashboard(folder, chosen.id)
    figures = shown_figures(
        folder, chosen.id, published.figures_hash(folder, chosen.id), tongue(), stacked=_is_stacked()
    )
    asked = filtering(dashboard, _filters())
    words = dashboard.get("words", {}) if tongue() == "en" else {}
    in_short = dashboard.get("in_short_en") if tongue() == "en" else None
    return render_template(
        "research/results.html", releases=found, release=chosen, filtering=asked,
        options=[(value, words.get(name, name)) for value, name in asked.options] if asked else [],
        group=shown_figure(asked.figure, dashboard, chosen.id) if asked and asked.figure else None,
        figures=figures, is_stacked=_is_stacked(), compared_with=sorted(dashboard.get("compared_with", ())),
        cut_off=dashboard.get("cut_off", ()), former=release_register.former(work().office, chosen),
        has_plan=dashboard.get("has_plan"), in_short=of_the_language(in_short or dashboard["in_short"] or ""),
    )  # fmt: skip


@blueprint.get("/forskning/resultat/<release>/<figure>.csv")
@needs("see_results")
def figure_table(release: str, figure: str) -> ResponseReturnValue:
    """The numbers of one figure: just those of its table, hidden ones as blank. `?form=excel` for Swedish Excel."""
    body = _found(release, figure).csv(for_excel=request.args.get("form") == "excel")
    return _file(body, "text/csv", f"kapabla_{figure}_{release}.csv")


@blueprint.get("/forskning/resultat/<release>/<figure>.svg")
@needs("see_results")
def figure_drawing(release: str, figure: str) -> ResponseReturnValue:
    """The drawing of one figure as a file of its own, in light colours."""
    drawing = _found(release, figure).svg()
    if drawing is None:
        abort(404)
    return _file(drawing, "image/svg+xml", f"kapabla_{figure}_{release}.svg")


def _found(release: str, figure: str) -> ShownFigure:
    """A figure of a locked release, or of the group that the filters of the address leave."""
    if ended_agreement():
        abort(403)
    if release not in {record.id for record in release_register.locked(work().office)}:
        abort(404)
    dashboard = published.dashboard(service().config.release_dir, release)
    asked = filtering(dashboard, _filters())
    figures = [*dashboard["figures"], *([asked.figure] if asked and asked.figure else [])]
    found = next((one for one in figures if one["id"] == figure), None)
    if found is None:
        abort(404)
    return shown_figure(found, dashboard, release, stacked=_is_stacked())


def _filters() -> list[str]:
    return [request.args.get(name, "") for name in FILTER_FIELDS]


def _is_stacked() -> bool:
    return request.args.get("visa") == "staplad"


def _file(body: bytes, mimetype: str, name: str) -> Response:
    reply = Response(body, mimetype=mimetype)
    reply.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return reply
