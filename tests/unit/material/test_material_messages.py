"""What is mailed is authored: whole in each language, and with nothing in braces that nobody can fill."""

import pytest

from kapabla.material import check_material
from kapabla.material.messages import MESSAGES, write

SUBJECT = 'subject = {sv = "Din plats på {message_name}"'
START = "Börja här: {link}"


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (
            SUBJECT,
            'subject = {sv = "Din plats på {project}"',
            "invitation, subject: {project} is not known here; write",
        ),
        (SUBJECT, 'subject = {sv = "{link}"', "invitation, subject: {link} is not known here; write one of"),
        (START, f"{START} {{digits}}", "invitation, paragraph 4: {digits} is not known here; write one of"),
        (f'sv = "{START}"', 'sv = "Börja."', "invitation: {link} is missing in sv; write it."),
        (f'sv_easy = "{START}"', 'sv_easy = "Börja."', "invitation: {link} is missing in sv_easy; write it."),
        ("Frågor? Ring {telephone}.", "Har du frågor? Ring {telephone}.", "in sv it is 166 characters with its links"),
        ("Inga fler sms: {no_link}", "Inga fler sms.", "sms, begin: {no_link} is missing in sv; write it."),
        ('en = "Hello!"', "", "it is not written in en, which a course promises; write it."),
    ],
)
def test_what_cannot_be_sent_is_told_with_its_place(spoil, old, new, told):
    faults = spoil(MESSAGES, old, new)
    assert len(faults) == 1, faults
    assert told in faults[0]
    assert faults[0].startswith(MESSAGES)


def test_the_file_is_needed(copy):
    (copy / MESSAGES).unlink()
    assert [str(fault) for fault in check_material(copy)] == [
        "messages.toml: the file is missing; write it, or remove what refers to it."
    ]


@pytest.mark.parametrize("kind", ["invitation", "reminder", "course_open", "copy_code"])
@pytest.mark.parametrize(("tongue", "ends"), [("sv", "Hälsningar"), ("sv_easy", "Hälsningar"), ("en", "Regards")])
def test_every_message_is_written_out_in_every_language_that_the_course_promises(material, kind, tongue, ends):
    facts = {"link": "L", "no_link": "N", "minutes": "80", "time_since": "ett år", "digits": "123456"}
    message = getattr(material.messages, kind)
    written = write(message, material.messages.signature, material.organisation, tongue, facts)
    assert "{" not in written.subject + written.text
    assert written.text.split("\n\n")[-1].startswith(ends)
    assert ("123456" if kind == "copy_code" else "L") in written.text
