"""Which release a page of results is about, and in which language it is shown."""

from flask import abort, request

from kapabla.clock import local_date
from kapabla.office import release_register
from kapabla.office.agreements import AgreementEnded, NoAgreement, check_agreement
from kapabla.office.releases import ReleaseRecord
from kapabla.release.figures.telling import Told
from kapabla.web import language
from kapabla.web.auth import staff
from kapabla.web.unit_of_work import now, work


def chosen_release() -> tuple[list[ReleaseRecord], ReleaseRecord | None]:
    """The locked releases, newest first, and the one that the address asks for. Where it asks for none, the newest for
    the evaluation: a release for sharing holds those alone who said yes to other research too, and is no evaluation."""
    found = list(release_register.locked(work().office))
    wanted = request.args.get("utgava")
    if wanted is None:
        evaluations = [record for record in found if record.purpose == "evaluation"]
        return found, next(iter(evaluations or found), None)
    chosen = next((record for record in found if record.id == wanted), None)
    if chosen is None:
        abort(404)
    return found, chosen


def ended_agreement() -> AgreementEnded | None:
    """Of a researcher whose agreement has ended: figures are closed as files are. Who never had one may read them."""
    try:
        check_agreement(work().office, staff(), on=local_date(now()))
    except AgreementEnded as ended:
        return ended
    except NoAgreement:
        pass
    return None


def missing_agreement() -> NoAgreement | None:
    """Why whoever asks may fetch nothing, although the role may."""
    try:
        check_agreement(work().office, staff(), on=local_date(now()))
    except NoAgreement as refused:
        return refused
    return None


def in_the_language_asked_for() -> None:
    """Research is read abroad too: `sprak=en` shows the whole page in English. Staff's other pages are Swedish."""
    if request.args.get("sprak") == "en":
        language.preview("en")


def tongue() -> str:
    return "en" if language.current() == "en" else "sv"


def told_in(tongue: str, told: Told) -> str:
    return told.en if tongue == "en" else told.sv


def in_the_same_language(address: str) -> str:
    """Of another page of research, to one who reads this one in English."""
    return f"{address}?sprak=en" if tongue() == "en" else address
