"""What others follow and show of the promises: news as RSS, the list of pages, a piece for a site of their own."""

from collections.abc import Iterable
from datetime import datetime, time
from email.utils import format_datetime
from xml.etree import ElementTree as Xml

from flask import Response, make_response, render_template
from flask.typing import ResponseReturnValue

from kapabla.clock import LOCAL
from kapabla.material.promise_editions import PublishedEdition
from kapabla.web import language
from kapabla.web.page_cache import same_for_everybody
from kapabla.web.promise_page import rows_of
from kapabla.web.public.blueprint import blueprint
from kapabla.web.public.promises import cycles_by_place, name_of, slug_of, year_of
from kapabla.web.public.surveys import survey_pages
from kapabla.web.unit_of_work import service

NEWS = 50
# In the demo a reader of news sees nothing but these words, so they say what its pages say.
_EXAMPLE = "Exempel. Personerna och siffrorna är påhittade."
# No script, no form, nothing from elsewhere; the one page that may stand within another site's.
_FRAMED = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors *"
)  # fmt: skip
_PAGES = (
    "/", "/om", "/stod", "/tips-om-telefonen", "/tillganglighet", "/personuppgifter", "/medborgarloften",
    "/medborgarloften/jamfor",
)  # fmt: skip


def public_pages() -> list[str]:
    """Every address that a reader may want to find again, versions that no longer hold left out."""
    found = list(_PAGES)
    for slug, cycles in cycles_by_place().items():
        found.append(f"/medborgarloften/{slug}")
        found += [f"/medborgarloften/{slug}/{one.year}" for cycle in cycles for one in cycle.years]
    return found + survey_pages()


@blueprint.get("/sitemap.xml")
@same_for_everybody()
def sitemap() -> ResponseReturnValue:
    root = Xml.Element("urlset", xmlns="http://www.sitemaps.org/schemas/sitemap/0.9")
    for page in public_pages():
        Xml.SubElement(Xml.SubElement(root, "url"), "loc").text = f"{service().config.base_url}{page}"
    return _xml(root, "application/xml")


@blueprint.get("/medborgarloften.rss")
@same_for_everybody()
def promise_news() -> ResponseReturnValue:
    """What has been published, the newest first. Whoever follows it leaves no address behind."""
    base = service().config.base_url
    example = [_EXAMPLE] if service().config.demo else []
    root = Xml.Element("rss", version="2.0")
    channel = Xml.SubElement(root, "channel")
    told = {
        "title": "Medborgarlöften", "link": f"{base}/medborgarloften", "language": "sv",
        "description": " ".join([*example, "Vad kommunerna och polisen har lovat, och hur det gick."]),
    }  # fmt: skip
    for name, text in told.items():
        Xml.SubElement(channel, name).text = text
    for one in _newest(service().material.promise_editions):
        _item(channel, base, one, example)
    return _xml(root, "application/rss+xml")


def _newest(editions: Iterable[PublishedEdition]) -> list[PublishedEdition]:
    def order(one: PublishedEdition) -> tuple[int, str, int, int]:
        return -one.published_on.toordinal(), one.edition.municipality, -one.edition.year, -one.edition.version

    return sorted(editions, key=order)[:NEWS]


def _item(channel: Xml.Element, base: str, one: PublishedEdition, example: list[str]) -> None:
    edition, name = one.edition, name_of(one.edition.municipality)
    item = Xml.SubElement(channel, "item")
    address = f"{base}/medborgarloften/{slug_of(name)}/{edition.year}/version/{edition.version}"
    what = "rättelse" if edition.version > 1 else "uppföljning" if edition.is_followed_up else "löften"
    verdicts = [f"{row.number}. {row.title}: {row.verdict_text}." for row in rows_of(edition, name, None)]
    told = {
        "title": f"{'Exempel: ' if example else ''}{name} {edition.year}: {what}", "link": address, "guid": address,
        "description": " ".join([*example, *([edition.note] if edition.note else []), *verdicts]),
        "pubDate": format_datetime(datetime.combine(one.published_on, time(), LOCAL)),
    }  # fmt: skip
    for tag, text in told.items():
        Xml.SubElement(item, tag).text = text


@blueprint.get("/medborgarloften/<place>/<int:year>/bit")
@same_for_everybody()
def promises_as_piece(place: str, year: int) -> ResponseReturnValue:
    """A year in short, without script, for a frame on the municipality's own site."""
    language.narrow(("sv",))
    _, one = year_of(place, year)
    name = name_of(one.edition.municipality)
    rows = rows_of(one.edition, name, one.published_on)
    reply = make_response(render_template("public/promises_piece.html", name=name, place=place, year=year, rows=rows))
    reply.headers["Content-Security-Policy"] = _FRAMED
    reply.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return reply


def _xml(root: Xml.Element, mimetype: str) -> Response:
    body = b'<?xml version="1.0" encoding="utf-8"?>\n' + Xml.tostring(root, encoding="utf-8")
    return Response(body, mimetype=mimetype)
