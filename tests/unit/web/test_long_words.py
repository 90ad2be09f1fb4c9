"""Where a long word may be broken (A04, decision 33)."""

import re

from markupsafe import Markup

from kapabla.web.long_words import breakable, breakable_headings


def test_a_long_word_is_marked_and_reads_as_before():
    marked = breakable(Markup("Tillgänglighet och <a href='/admin/utbildning'>utbildning</a>"))
    assert marked == (
        '<span class="hy">Till</span><span class="hy">gäng</span>lighet och '
        "<a href='/admin/utbildning'><span class=\"hy\">utbild</span>ning</a>"
    )
    assert re.sub("<[^>]*>", "", marked) == "Tillgänglighet och utbildning"


def test_no_screen_reader_meets_a_soft_hyphen(client):
    for path in ("/tillganglighet", "/personuppgifter", "/k"):
        client.get(path)
        assert "\u00ad" not in client.page.text
        assert "shy" not in client.page.text


def test_headings_questions_and_buttons_of_every_template_are_marked(client):
    client.get("/tillganglighet")
    assert re.search(r'<h1>[^<]*<span class="hy">Till</span><span class="hy">gäng</span>lighet', client.page.text)
    assert "<title>Tillgänglighet" in client.page.text


def test_of_what_authors_write_only_the_headings():
    text = "<h2>Utbildning</h2><p>utbildning &amp; mer</p>"
    assert breakable_headings(text) == '<h2><span class="hy">Utbild</span>ning</h2><p>utbildning &amp; mer</p>'
