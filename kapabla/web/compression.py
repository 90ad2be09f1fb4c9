"""Compression of pages on their way out.

Only replies to GET, and never a page that holds a secret (a form's token) beside something from the address: whoever
can make a browser ask for chosen words must not learn the secret from how well the page compresses (BREACH).
"""

import gzip

import brotli
from flask import Flask, Response, g, request

MIN_BYTES = 500
BROTLI_QUALITY = 5  # a middle level: a few percent larger than the best, a hundred times faster


def init_app(app: Flask) -> None:
    @app.after_request
    def compress(response: Response) -> Response:
        if not _may_be_compressed(response):
            return response
        response.vary.add("Accept-Encoding")
        body = response.get_data()
        encoding = _accepted()
        if len(body) < MIN_BYTES or encoding is None:
            return response
        small = brotli.compress(body, quality=BROTLI_QUALITY) if encoding == "br" else gzip.compress(body, 6, mtime=0)
        response.set_data(small)
        response.headers["Content-Encoding"] = encoding
        return response


def _may_be_compressed(response: Response) -> bool:
    if request.method != "GET" or response.status_code != 200 or response.mimetype != "text/html":
        return False
    if response.is_streamed or "Content-Encoding" in response.headers:
        return False
    return not (request.query_string and g.get("csrf_session_id"))


def _accepted() -> str | None:
    return next((name for name in ("br", "gzip") if request.accept_encodings[name] > 0), None)
