"""Static files under hashed names that never change, compressed once at start."""

from flask import Flask, Response, abort, request

from kapabla.web.assets import Assets
from kapabla.web.headers import CACHE_IMMUTABLE


def init_app(app: Flask, assets: Assets) -> None:
    @app.get("/static/<path:name>")
    def static_file(name: str) -> Response:
        found = assets.find(name, request.headers.get("Accept-Encoding", ""))
        if found is None:
            abort(404)
        reply = Response(found.body, mimetype=found.mimetype)
        reply.headers["Cache-Control"] = CACHE_IMMUTABLE
        reply.headers["Vary"] = "Accept-Encoding"
        if f"/static/{name}" == assets.url("worker.js"):
            # It answers for pages, which stand above its own folder (B04).
            reply.headers["Service-Worker-Allowed"] = "/"
        if found.encoding:
            reply.headers["Content-Encoding"] = found.encoding
        return reply
