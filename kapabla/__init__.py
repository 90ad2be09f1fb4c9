"""Kapabla. `from kapabla import create_app` gives the WSGI application; it is loaded when asked for and not before, so
that a command, a job or a wing that imports the package pays for no web framework."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kapabla.app import create_app

__all__ = ["create_app"]


def __getattr__(name: str) -> Any:
    if name != "create_app":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from kapabla.app import create_app

    return create_app
