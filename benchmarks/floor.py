"""The floor: the least a Flask application can do. A page of 5 kB, one durable insert, thanks; and an empty page.

No session, no token, no template, no validation: it bounds what ours can reach, and is no target.
"""

import sqlite3
from pathlib import Path

from flask import Flask, redirect, request
from werkzeug.wrappers import Response

QUESTIONS = 10
PAGE = "<!doctype html><title>floor</title><form method=post>" + "".join(
    f"<p>{n}. {'x' * 40}" + "".join(f"<label><input type=radio name=q{n} value={v}>{v}</label>" for v in range(1, 6))
    for n in range(QUESTIONS)
)
EMPTY = "<!doctype html><title>empty</title><p>empty"
ANSWERS = {f"q{n}": "3" for n in range(QUESTIONS)}


def floor_app(database: Path) -> Flask:
    app = Flask("floor", static_folder=None)
    connection = open_durable(database)
    names = ", ".join(f"q{n}" for n in range(QUESTIONS))
    connection.execute(f"CREATE TABLE IF NOT EXISTS answer (id INTEGER PRIMARY KEY, {names})")
    insert = f"INSERT INTO answer ({names}) VALUES ({', '.join('?' * QUESTIONS)})"  # noqa: S608  (our own names)

    @app.get("/")
    def page() -> str:
        return PAGE

    @app.post("/")
    def save() -> Response:
        connection.execute(insert, [int(request.form[f"q{n}"]) for n in range(QUESTIONS)])
        return redirect("/thanks", 303)

    @app.get("/thanks")
    def thanks() -> str:
        return EMPTY

    return app


def open_durable(database: Path) -> sqlite3.Connection:
    """As our vaults are opened: a commit is on the disk when it returns."""
    connection = sqlite3.connect(database, isolation_level=None, check_same_thread=False)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    return connection
