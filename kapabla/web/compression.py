"""Compression of pages on their way out: only replies to GET, which echo nothing that was typed beside a secret."""

import gzip

import brotli
from flask import Flask, Response, request

MIN_BYTES = 500


def init_app(app: Flask) -> None:
    @app.after_request
    def compress(response: Response) -> Response:
        if request.method != "GET" or response.status_code != 200 or response.mimetype != "text/html":
            return response
        response.headers["Vary"] = "Accept-Encoding"
        offered = {part.split(";")[0].strip() for part in request.headers.get("Accept-Encoding", "").split(",")}
        body = response.get_data()
        if len(body) < MIN_BYTES or not offered & {"br", "gzip"}:
            return response
        encoding = "br" if "br" in offered else "gzip"
        response.set_data(brotli.compress(body, quality=5) if encoding == "br" else gzip.compress(body, 6, mtime=0))
        response.headers["Content-Encoding"] = encoding
        return response
