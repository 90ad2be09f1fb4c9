"""Cleared texts as they leave: hidden what is hidden, in an order that tells nothing, and no formula."""

import csv
import io

import pytest

from kapabla.guard import Finding, Kind
from kapabla.release.free_text import ReleasedText, to_release, write_texts


def test_what_a_reader_hid_is_a_word_for_its_kind():
    hidden = (Finding(0, 4, Kind.NAME), Finding(15, 20, Kind.OTHER))
    assert to_release([("a", "Anna berättade skott om det.", hidden, False)]) == (
        ReleasedText("a", "[namn] berättade [dolt] om det."),
    )


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Nummer 640403-9825.", "Nummer [personnummer]."), ("a(at)example.se", "[e-post]"),
        ("Anna, 070-174 06 05", "Anna, [telefonnummer]"), ("Storgatan 5", "Storgatan 5"),
    ],
)  # fmt: skip
def test_what_the_guard_is_sure_of_is_hidden_whatever_was_decided(text, left):
    assert to_release([("a", text, (), False)])[0].text == left


def test_the_order_of_the_texts_is_their_own():
    """Not that of the vault, which is by subject."""
    texts = [("b", "z", (), False), ("a", "y", (), True), ("b", "c", (), False)]
    assert to_release(texts) == to_release(reversed(texts)) == (
        ReleasedText("a", "y", True), ReleasedText("b", "c"), ReleasedText("b", "z"),
    )  # fmt: skip


@pytest.mark.parametrize("text", ["=1+1", "+46", "-1", "@a", "\tx", "＝1", "två\nrader", 'ett "citat"', "åäö, ja"])
def test_a_text_is_read_back_as_text(text):
    body = write_texts([ReleasedText("a", text)]).decode()
    cell = list(csv.reader(io.StringIO(body)))[1][1]
    assert cell.lstrip("'") == text
    assert not cell.startswith(("=", "+", "-", "@", "\t", "＝"))


def test_the_file_says_which_texts_may_be_quoted():
    """E1.2: and a text whose writer has said nothing may not."""
    body = write_texts([ReleasedText("a", "ja", True), ReleasedText("a", "nej")]).decode()
    assert body == "item,text,may_be_quoted\na,ja,1\na,nej,0\n"
