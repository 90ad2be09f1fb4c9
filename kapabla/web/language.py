"""The language of the page: chosen with a button at the foot of every page, kept in a cookie until the browser closes.

A page is shown in one language from beginning to end. Where something on it is not written in the chosen one, the whole
page is shown in Swedish and says so: `narrow` tells what the page can be shown in.
"""

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import cast

from flask import Blueprint, Flask, after_this_request, g, redirect, request
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from kapabla.material.texts import LANGUAGES, Language, Text
from kapabla.web import csrf
from kapabla.web.unit_of_work import service

COOKIE = FIELD = "sprak"
NAMES: dict[Language, str] = {
    "sv": "Svenska", "sv_easy": "Lätt svenska", "en": "English", "se": "Davvisámegiella", "sma": "Åarjelsaemiengïele",
    "sju": "Ubmejesámiengiälla", "fi": "Suomi", "fit": "Meänkieli",
}  # fmt: skip
# Easy Swedish is Swedish to a browser and to a screen reader; its buttons and headings are those of the Swedish page.
TAGS: dict[Language, str] = {**{language: language for language in LANGUAGES}, "sv_easy": "sv"}
_CATALOGUES = Path(__file__).parent / "translations"
_STAFF = ("admin", "research", "review", "auth")
_STAFF_PATHS = ("/admin", "/forskning", "/granskning", "/logga-in", "/konto")
# A page of ours: one slash first, since two are another host, and no character that a browser takes for one.
_PATH = re.compile(r"(?:/[A-Za-z0-9._-]+)+|/")

blueprint = Blueprint("language", __name__)


def is_for_staff() -> bool:
    """Their pages are in Swedish alone and have a frame of their own, also those that are not there."""
    return request.blueprint in _STAFF or request.path.startswith(_STAFF_PATHS)


def chosen() -> Language:
    """The language that the reader has chosen, if anything is offered in it. Looked up once a request."""
    if "chosen_language" not in g:
        wanted = "sv" if is_for_staff() else request.cookies.get(COOKIE, "sv")
        g.chosen_language = wanted if wanted in offered() else "sv"
    return cast(Language, g.chosen_language)


def current() -> Language:
    """The language of this page."""
    if "language" not in g:
        g.language = chosen()
    return cast(Language, g.language)


def narrow(languages: Iterable[Language]) -> None:
    """Say what the main thing on the page is written in. Call before anything is read in `current()`."""
    g.page_languages = tuple(languages)
    g.language = chosen() if chosen() in g.page_languages else "sv"


def preview(language: Language) -> None:
    """Staff look at a page of participants: it is shown in this language, whatever their own pages are in."""
    g.chosen_language = g.language = language
    g.page_languages = (language,)


def offered() -> tuple[Language, ...]:
    """What some course promises, and the page around it is translated to."""
    promised = {language for course in service().material.courses.values() for language in course.languages}
    return tuple(language for language in LANGUAGES if language in promised and _has_catalogue(language))


def written(text: Text) -> str:
    return text.get(current())


def translated(message: str, into: Language | None = None) -> str:
    return catalogue(into or current()).get(message, message)


def not_in_the_chosen() -> str | None:
    """On a page that is shown in Swedish to a reader who chose otherwise: that it is so, in the language she chose."""
    wanted = chosen()
    if wanted == current():
        return None
    if wanted == "sv_easy":
        return translated("Den här sidan finns inte på lätt svenska.", wanted)
    return translated("Den här sidan finns bara på svenska.", wanted)


def remember(reply: Response, language: Language) -> None:
    """Until the browser closes: a cookie that stays would tell who has been here."""
    secure = service().config.secure_cookies
    reply.set_cookie(COOKIE, language, httponly=True, samesite="Lax", secure=secure, path="/")


def forget(reply: Response) -> None:
    reply.delete_cookie(COOKIE, path="/", samesite="Lax", httponly=True)


def lead_to(path: str) -> None:
    """The page that is made now has no address: its language buttons lead to one that says the same."""
    g.language_form = {"language_fields": [("till", path)]}


def send_again() -> None:
    """The page that is made now answers a form, which changes nothing by coming again, and can be had in no other way:
    its language buttons send the form once more."""
    fields = [(name, value) for name, value in request.form.items(multi=True) if name != FIELD]
    g.language_form = {"language_action": request.path, "language_fields": fields}
    found = next((language for language in offered() if language == request.form.get(FIELD)), None)
    if found:
        # For this page alone: whoever has left keeps nothing (`forget`).
        g.chosen_language = found
        g.pop("language", None)


def choose_without_a_cookie(wanted: str) -> None:
    """For a form that carries the language itself, since nothing may be left in the browser."""
    found = next((language for language in offered() if language == wanted), None)
    if found:
        g.chosen_language = found
        g.pop("language", None)


def buttons_send(action: str | None) -> None:
    """The language buttons of this page post to `action`, and to nowhere that sets a cookie; None: there are none."""
    g.language_form = {"language_action": action, "language_fields": []} if action else {"language_choices": []}


def choose_for_this_page(wanted: str) -> None:
    """For a form that comes back filled in: in the language whose button sent it, like every page after it."""
    found = next((language for language in offered() if language == wanted), None)
    if found is None:
        return
    g.chosen_language = found

    @after_this_request
    def keep(reply: Response) -> Response:
        remember(reply, found)
        return reply


@blueprint.post("/sprak")
def choose() -> ResponseReturnValue:
    """Back to the page that the reader was on, in the language that she chose."""
    csrf.check_same_origin()
    wanted, back = request.form.get(FIELD, ""), request.form.get("till", "/")
    reply = redirect(_ours(back), 303)
    if wanted in offered():
        remember(reply, wanted)
    return reply


def _ours(path: str) -> str:
    return path if _PATH.fullmatch(path) else "/"


@cache
def _has_catalogue(language: Language) -> bool:
    return language in ("sv", "sv_easy") or (_CATALOGUES / f"{language}.po").is_file()


@cache
def catalogue(language: Language) -> dict[str, str]:
    """Message to message. Read when the first reader asks for the language: most processes never need Babel.

    The interface of easy Swedish is the Swedish one, but for the few messages that are a text to read (`/om`).
    """
    file = _CATALOGUES / f"{language}.po"
    if not file.is_file():
        return {}
    from babel.messages.pofile import read_po

    with file.open("rb") as source:
        messages = read_po(source, locale=TAGS[language])
    return {str(message.id): str(message.string) for message in messages if message.id and message.string}


def _translated_number(one: str, many: str, count: int) -> str:
    return translated(one if count == 1 else many)


def init_app(app: Flask) -> None:
    app.register_blueprint(blueprint)
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.install_gettext_callables(translated, _translated_number, newstyle=True)  # type: ignore[attr-defined]
    app.jinja_env.filters["written"] = written

    @app.context_processor
    def of_the_page() -> dict[str, object]:
        language, writes = current(), g.get("page_languages", LANGUAGES)
        choices = [other for other in offered() if other != language and (other == "sv" or other in writes)]
        if g.get("is_kept"):
            # A page that a telephone keeps: there the button would lead nowhere.
            choices = []
        return {
            "is_kept": bool(g.get("is_kept")),
            "lang": TAGS[language],
            "language_choices": [(other, TAGS[other], NAMES[other]) for other in choices],
            "language_action": "/sprak",
            "language_fields": [("till", _ours(request.path))],
            **g.get("language_form", {}),
            "only_in_swedish": not_in_the_chosen(),
            "chosen_tag": TAGS[chosen()],
        }
