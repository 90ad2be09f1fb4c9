"""Pages of promises lie in servers in between: the same for everybody, told apart by what they hold, never old."""

import pytest

from kapabla.web.page_cache import CACHE_SHARED
from tests.web.public.test_public_promises import publish

PAGE = "/medborgarloften/vindeln/2025"


@pytest.mark.parametrize(
    "path",
    [
        "/medborgarloften", PAGE, f"{PAGE}/bit", f"{PAGE}.csv", f"{PAGE}.json", "/medborgarloften/jamfor",
        "/medborgarloften.rss", "/medborgarloften/katalog.jsonld", "/sitemap.xml",
    ],
)  # fmt: skip
def test_whoever_has_the_page_is_told_that_it_is_the_same(client, path):
    for _ in range(2):  # made, and from memory
        reply = client.get(path)
        assert reply.headers["Cache-Control"] == CACHE_SHARED
        assert {"Cookie", "Accept-Encoding"} <= set(reply.vary.as_set(preserve_casing=True))
        assert "Set-Cookie" not in reply.headers
        tag = reply.headers["ETag"]
        again = client.browser.get(path, headers={"If-None-Match": tag})
        assert (again.status_code, again.get_data(), again.headers["ETag"]) == (304, b"", tag)
        assert client.browser.get(path, headers={"If-None-Match": '"another"'}).status_code == 200


def test_a_correction_is_seen_within_a_minute_and_by_those_who_have_the_page(client, service, clock):
    before = client.get(PAGE)
    publish(service, clock)
    reply = client.browser.get(PAGE, headers={"If-None-Match": before.headers["ETag"]})
    assert reply.status_code == 200
    assert "Delvis uppfyllt" in reply.text
    assert "Delvis uppfyllt" not in before.text


def test_each_browser_gets_what_it_can_unpack(client):
    seen = {
        (reply.headers.get("Content-Encoding"), len(reply.get_data()), reply.headers["ETag"])
        for accepted in ("br", "gzip", "identity", "br")
        for reply in [client.browser.get(PAGE, headers={"Accept-Encoding": accepted})]
    }
    assert {encoding for encoding, _, _ in seen} == {"br", "gzip", None}
    assert len(seen) == 3
    assert client.browser.head(PAGE).get_data() == b""


@pytest.mark.parametrize("cookie", ["sprak", "delad", "session"])
def test_whoever_brings_a_cookie_gets_a_page_that_nobody_keeps(client, cookie):
    client.get(PAGE)
    client.browser.set_cookie(cookie, "1")
    assert client.get(PAGE).headers["Cache-Control"] == "no-store"
    client.browser.delete_cookie(cookie)
    assert client.get(PAGE).headers["Cache-Control"] == CACHE_SHARED


@pytest.mark.parametrize("path", [f"{PAGE}?x=1", "/", "/stod", "/om", "/tips-om-telefonen"])
def test_other_pages_are_kept_by_nobody(client, path):
    """Whoever reads of support leaves no copy of it in the browser; and no question makes a copy of its own."""
    for _ in range(2):
        assert client.get(path).headers["Cache-Control"] == "no-store"
    assert client.get(f"{PAGE}?ordning=omrade").headers["Cache-Control"] == CACHE_SHARED
