"""The choice of why somebody's details are looked at (B8), as officers know it, and what is read from the form."""

from flask import request

from kapabla.identity.look_reasons import for_matter, matter_of, read_matter_number

WORDS = {
    "asked": "Personen har hört av sig",
    "correction": "En uppgift ska rättas",
    "returned": "Ett brev, mejl eller sms har kommit tillbaka",
    "on_paper": "Koden ska lämnas eller skickas på papper",
    "double": "Två platser kan vara samma person",
    "right": "Personen har begärt kopia, rättelse, radering eller begränsning",
}
# What the form calls each, and how it goes to the log.
_CHOICES = {
    "hort-av-sig": "asked", "rattelse": "correction", "retur": "returned", "papper": "on_paper", "dubblett": "double",
    "begaran": "right",
}  # fmt: skip
OPTIONS = (*((choice, WORDS[reason]) for choice, reason in _CHOICES.items()), ("arende", "Ett annat ärende"))
NUMBER_MISSING = "Skriv ärendets diarienummer så här: 1234-2026."


def asked_reason(sentence: str) -> tuple[str, dict[str, str]]:
    """For the log, or empty and what to do; `sentence` says what is to be chosen."""
    choice = request.form.get("skal", "")
    if choice != "arende":
        reason = _CHOICES.get(choice, "")
        return reason, {} if reason else {"skal": sentence}
    number = read_matter_number(request.form.get("diarienummer", ""))
    return (for_matter(number), {}) if number else ("", {"diarienummer": NUMBER_MISSING})


def reason_words(reason: str) -> str | None:
    """Of a row of the log."""
    number = matter_of(reason)
    return f"Ärende {number}" if number else WORDS.get(reason)
