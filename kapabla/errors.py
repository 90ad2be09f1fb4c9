"""The root of all errors that Kapabla raises on purpose. Wings raise codes; the web and the CLI own the sentences."""


class KapablaError(Exception):
    """An expected failure with a stable code and the facts that a sentence about it may need."""

    code = "error"

    def __init__(self, code: str | None = None, **context: object) -> None:
        self.code = code or type(self).code
        self.context = context
        super().__init__(self.code)

    def __str__(self) -> str:
        facts = ", ".join(f"{key}={value}" for key, value in self.context.items())
        return f"{self.code} ({facts})" if facts else self.code


class NotFound(KapablaError):
    """What was asked for does not exist, or is not for the one who asks: the two look alike."""

    code = "not_found"


class Refused(KapablaError):
    """The request is understood and may not be carried out in the present state."""

    code = "refused"


class Crowded(Refused):
    """Requests of the same person at the same moment took every place that this one tried. Nothing of it was kept; the
    very same request may be sent again."""

    code = "too_many_collisions"
