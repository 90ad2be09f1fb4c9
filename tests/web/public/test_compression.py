"""Pages are compressed where that tells nobody anything."""

import gzip
from collections.abc import Callable

import brotli
import pytest
from flask import Flask, Response, g, request

from kapabla.web import compression

BODY = "<p>Hej på dig</p>" * 100


@pytest.fixture
def tiny() -> Flask:
    app = Flask(__name__)
    app.testing = True
    compression.init_app(app)

    @app.route("/sida", methods=["GET", "POST"])
    def page() -> str:
        return BODY

    @app.get("/hemlig")
    def secret() -> str:
        g.csrf_session_id = "session"
        return BODY + request.args.get("q", "")

    @app.get("/kort")
    def short() -> str:
        return "<p>Hej</p>"

    @app.get("/data")
    def data() -> Response:
        return Response(BODY, mimetype="text/csv")

    @app.get("/saknas")
    def missing() -> tuple[str, int]:
        return BODY, 404

    return app


def encoding(app: Flask, path: str, accept: str = "gzip, br") -> str | None:
    return app.test_client().get(path, headers={"Accept-Encoding": accept}).headers.get("Content-Encoding")


@pytest.mark.parametrize(
    ("accept", "wanted"),
    [("gzip, deflate, br", "br"), ("gzip", "gzip"), ("gzip, br;q=0", "gzip"), ("br;q=0", None), ("", None)],
)
def test_page_is_compressed_as_the_browser_asks(tiny: Flask, accept: str, wanted: str | None) -> None:
    reply = tiny.test_client().get("/sida", headers={"Accept-Encoding": accept})
    unpack: dict[str | None, Callable[[bytes], bytes]] = {
        "br": brotli.decompress, "gzip": gzip.decompress, None: bytes,
    }  # fmt: skip
    assert reply.headers.get("Content-Encoding") == wanted
    assert unpack[wanted](reply.get_data()).decode() == BODY
    assert reply.headers["Content-Length"] == str(len(reply.get_data()))
    assert reply.headers["Vary"] == "Accept-Encoding"


@pytest.mark.parametrize("path", ["/kort", "/data", "/saknas"])
def test_other_replies_are_left_alone(tiny: Flask, path: str) -> None:
    assert encoding(tiny, path) is None


def test_reply_to_a_post_is_left_alone(tiny: Flask) -> None:
    reply = tiny.test_client().post("/sida", headers={"Accept-Encoding": "br"})
    assert "Content-Encoding" not in reply.headers


def test_page_with_a_token_is_compressed_only_without_words_from_the_address(tiny: Flask) -> None:
    assert encoding(tiny, "/hemlig") == "br"
    assert encoding(tiny, "/hemlig?q=gissning") is None
    assert encoding(tiny, "/sida?q=gissning") == "br"
