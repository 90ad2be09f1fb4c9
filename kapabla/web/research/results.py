"""The dashboard (R01): the figures of one locked release, as `release.figures` made them. Nothing is computed here."""

from flask import Response, abort, render_template, request
from flask.typing import ResponseReturnValue

from kapabla.office import release_register
from kapabla.office.releases import ReleaseRecord
from kapabla.release import published
from kapabla.web.auth import needs
from kapabla.web.research.blueprint import blueprint
from kapabla.web.research.filtering import FILTER_FIELDS, filtering
from kapabla.web.unit_of_work import service, work


def chosen_release() -> tuple[list[ReleaseRecord], ReleaseRecord | None]:
    """The locked releases, newest first, and the one that the address asks for (the newest where it asks for none)."""
    found = list(release_register.locked(work().office))
    wanted = request.args.get("utgava")
    if wanted is None:
        return found, found[0] if found else None
    chosen = next((record for record in found if record.id == wanted), None)
    if chosen is None:
        abort(404)
    return found, chosen


@blueprint.get("/forskning/resultat")
@needs("see_results")
def results() -> ResponseReturnValue:
    found, chosen = chosen_release()
    if chosen is None:
        return render_template("research/no_release.html")
    dashboard = published.dashboard(service().config.release_dir, chosen.id)
    return render_template(
        "research/results.html", releases=found, release=chosen, dashboard=dashboard,
        filtering=filtering(dashboard, [request.args.get(name, "") for name in FILTER_FIELDS]),
    )  # fmt: skip


@blueprint.get("/forskning/resultat/<release>/<figure>.csv")
@needs("see_results")
def figure_table(release: str, figure: str) -> ResponseReturnValue:
    """The numbers of one figure: just those of its table, hidden ones as blank."""
    if release not in {record.id for record in release_register.locked(work().office)}:
        abort(404)
    table = published.figure_csv(service().config.release_dir, release, figure)
    if table is None:
        abort(404)
    reply = Response(table, mimetype="text/csv")
    reply.headers["Content-Disposition"] = f'attachment; filename="kapabla_{figure}_{release}.csv"'
    return reply
