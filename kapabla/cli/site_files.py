"""The public site walked from its map, link by link, as a browser would: each page a file, each address one that holds.

Nothing but the material and the published store is read, so that it can be made wherever these are."""

import re
from dataclasses import dataclass, replace

from flask.testing import FlaskClient

from kapabla.app import create_app
from kapabla.clock import Clock, system_clock
from kapabla.config import Config

_START = ("/sitemap.xml", "/medborgarloften.rss", "/medborgarloften/katalog.jsonld")
# Of what pages lead to, this is walked; the rest asks for somebody who answers.
_WALKED = re.compile(r"/(medborgarloften|enkatsvar|static)\b.*")
_LOC = re.compile(r"<loc>(.*?)</loc>")
_ADDRESS = re.compile(r'\b(href|src|action)="(/[^"]*)"')
_STATIC = re.compile(r'"(/static/[^"]+)"')
# There is nobody to remember a choice of language: the pages are in Swedish, as they are authored.
_LANGUAGES = re.compile(r'<form method="post" action="/sprak".*?</form>', re.S)
_EXIT = "/lamna"


@dataclass(frozen=True)
class _Reply:
    body: bytes
    is_page: bool


def site_files(config: Config, *, clock: Clock = system_clock) -> dict[str, bytes]:
    """By its name beneath the root of a web server, each file of the site."""
    app = create_app(replace(config, audiences=("public",)), clock=clock)
    exits = config.neutral_exit_url
    # Where the exit leads to a page of this service, it has to be there as well.
    replies = _walk(app.test_client(), config.base_url, [exits] if exits.startswith("/") else [])
    return {
        _file_of(address, reply): _settled(reply.body.decode(), replies, config.base_url, exits).encode()
        if reply.is_page
        else reply.body
        for address, reply in replies.items()
    }


def _walk(client: FlaskClient, base_url: str, more: list[str]) -> dict[str, _Reply]:
    waiting = [*_START, *more]
    waiting += [
        found.removeprefix(base_url) for found in _LOC.findall(client.get("/sitemap.xml").get_data(as_text=True))
    ]
    replies: dict[str, _Reply] = {}
    while waiting:
        address = waiting.pop()
        if address in replies:
            continue
        with client.get(address) as reply:
            if reply.status_code != 200:
                continue
            replies[address] = _Reply(reply.get_data(), reply.mimetype == "text/html")
        if replies[address].is_page:
            text = replies[address].body.decode()
            found = [target for _, target in _ADDRESS.findall(text)] + _STATIC.findall(text)
            waiting += [_page_of(target) for target in found if _WALKED.fullmatch(target)]
    return replies


def _page_of(target: str) -> str:
    return target.partition("#")[0]


def _place_of(address: str) -> str:
    """An address with a question has no file: `/x?ordning=omrade` stands at `/x/ordning-omrade`.

    >>> _place_of("/medborgarloften/vindeln?ordning=omrade")
    '/medborgarloften/vindeln/ordning-omrade'
    """
    path, _, question = address.partition("?")
    return f"{path}/{question.replace('=', '-')}" if question else path


def _file_of(address: str, reply: _Reply) -> str:
    place = _place_of(address).strip("/")
    return f"{place}/index.html".lstrip("/") if reply.is_page else place


def _settled(text: str, replies: dict[str, _Reply], base_url: str, exits: str) -> str:
    """Each link leads to a file of the site, or to the service that has what it is about."""

    def settled(found: re.Match[str]) -> str:
        name, target = found[1], found[2]
        if target == _EXIT:
            return f'{name}="{exits}{"/" if exits in replies else ""}"'
        page, _, part = target.partition("#")
        if page not in replies:
            return f'{name}="{base_url}{target}"'
        # With the slash that a web server would otherwise have to send the reader on to.
        place = _place_of(page).rstrip("/") + ("/" if replies[page].is_page else "")
        return f'{name}="{place}{f"#{part}" if part else ""}"'

    return _ADDRESS.sub(settled, _LANGUAGES.sub("", text))
