"""A6, D07: letters as a tagged PDF in the person's language, in the window of an envelope, with a square to read and
the same code each time; marked as printed, and logged."""

import io
import re
from datetime import date

import pypdf
import pytest
import segno
from sqlalchemy import select

from kapabla.identity import cohort_view
from kapabla.identity.cohorts import Cohort
from kapabla.identity.contact import Contact, sealed_fields
from kapabla.identity.enrolling import new_access
from kapabla.identity.letter_pdf import labels_pdf, letters_pdf
from kapabla.identity.letters import PaperLetter
from kapabla.identity.people import Person
from kapabla.identity.records import IdentityAudit
from kapabla.material.messages import Written
from tests.factories import make_cohort, make_person, sign_in_as

MM = 72 / 25.4
WINDOW = (120, 188), (46, 65)


@pytest.fixture
def cohort(service):
    return make_cohort(service)


def by_letter(service, name, *, address="Åvägen 1, 922 31 Vindeln", **values):
    made = make_person(service, name=name, email=None, channel=values.pop("channel", "letter"))
    with service.vaults.unit() as work:
        person = work.identity.get_one(Person, made.id)
        for column, value in sealed_fields(service.keys, made.id, Contact(name=name, address=address)).items():
            setattr(person, column, value)
        for column, value in values.items():
            setattr(person, column, value)
    return made


@pytest.fixture
def desk(client, cohort):
    sign_in_as(client, "officer")
    return client


def print_letters(desk, cohort, **values):
    """Staff press the button; the file comes back."""
    desk.get(f"/admin/omgangar/{cohort}/utskick")
    action = f"/admin/omgangar/{cohort}/brev.pdf"
    reply = desk.browser.post(action, data=desk.hidden(action=action) | values)
    assert reply.status_code == 200, reply.status_code
    assert re.fullmatch(r'attachment; filename="brev_2026-11-25\.pdf"', reply.headers["Content-Disposition"])
    return pypdf.PdfReader(io.BytesIO(reply.data))


def words(page):
    return " ".join(page.extract_text().split())


def square_on(page):
    """The square as it is drawn: how wide a module is, in mm, and which of them are dark."""
    drawn = page.get_contents().get_data().decode("latin1").split("/Alt", 1)[1]
    scale = float(re.search(r"q ([\d.]+) 0 0 -[\d.]+ [\d.]+ [\d.]+ cm", drawn)[1])
    dark = set()
    for x, y, end in re.findall(r"([\d.]+) ([\d.]+) m ([\d.]+) [\d.]+ l(?! [\d.]+ [\d.]+ l)", drawn):
        dark |= {(column, int(float(y))) for column in range(int(float(x)), int(float(end)))}
    return scale / MM, dark


def test_each_letter_has_the_words_the_code_and_the_address_in_the_window(service, desk, cohort):
    made = [by_letter(service, "Åsa Åkesson"), by_letter(service, "Bo Björk", language="en")]
    pdf = print_letters(desk, cohort)
    assert len(pdf.pages) == 2
    in_order = sorted(made, key=lambda person: person.number)
    swedish, english = (words(pdf.pages[in_order.index(person)]) for person in made)
    code = f"{made[0].code[:5]}-{made[0].code[5:]}"
    assert "Välkommen till Länsstyrelsens utbildning Hej Åsa Åkesson! Du är inbjuden till en utbildning" in swedish
    assert f"Eller gå till localhost/k och skriv koden. Din kod: {code} Koden är bara din." in swedish
    assert "Welcome to a course from Länsstyrelsen Västerbotten Hello Bo Björk!" in english
    assert not [word for word in ("kapabla", "våld") if word in (swedish + english).casefold()]


def test_the_file_is_tagged_and_its_language_is_known(service, desk, cohort):
    by_letter(service, "Åsa")
    root = print_letters(desk, cohort).trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert "/StructTreeRoot" in root


def test_the_address_and_nothing_else_stands_in_the_window(service, desk, cohort):
    by_letter(service, "Åsa Åkesson", address="c/o Björk, Långa vägen 122 B, 922 31 Vindeln")
    page = print_letters(desk, cohort).pages[0]
    found = []

    def note(text, cm, _tm, _font, _size):
        if text.strip():
            found.append((text.strip(), cm[4] / MM, (float(page.mediabox.height) - cm[5]) / MM))

    page.extract_text(visitor_text=note)
    (left, right), (top, bottom) = WINDOW
    inside = [text for text, x, y in found if left - 1 <= x <= right and top <= y <= bottom]
    assert inside == ["Åsa Åkesson", "c/o Björk", "Långa vägen 122 B", "922 31 Vindeln"]
    outside = [y for text, _, y in found if text not in inside]
    assert min(outside) > bottom + 14, "wherever the folded sheet lies, the window shows the address alone"


def drawn_on(page):
    """(text, size, x, y) of what is drawn, in mm from the upper left corner."""
    found = []

    def note(text, cm, tm, _font, size):
        if text.strip():
            found.append((text.strip(), size, (cm[4] + tm[4]) / MM, (float(page.mediabox.height) - cm[5]) / MM))

    page.extract_text(visitor_text=note)
    return found


def test_a_long_address_is_set_smaller_and_none_of_it_is_cut_off(service, desk, cohort):
    name = "Margareta Elisabeth Wilhelmina von Österström af Västerbotten Lindström"
    by_letter(service, name, address="c/o Björk, Långa vägen 122 B, Box 17, 922 31 Vindeln")
    page = print_letters(desk, cohort).pages[0]
    (left, _), (top, bottom) = WINDOW
    inside = [(text, size) for text, size, x, y in drawn_on(page) if x >= left - 1 and top <= y <= bottom]
    assert " ".join(text for text, _ in inside) == f"{name} c/o Björk Långa vägen 122 B Box 17 922 31 Vindeln"
    assert {8 <= size < 11 for _, size in inside} == {True}


@pytest.mark.parametrize("address", ["Rad, " * 12 + "922 31 Vindeln", "V" * 60 + ", 922 31 Vindeln"])
def test_an_address_that_does_not_fit_is_told_by_number_and_nothing_is_printed(service, desk, cohort, address):
    made = by_letter(service, "Åsa", address=address)
    desk.get(f"/admin/omgangar/{cohort}/utskick")
    desk.fill(action=f"/admin/omgangar/{cohort}/brev.pdf", status=400)
    assert f"får inte plats i kuvertets fönster: {made.number}." in desk.text
    with service.vaults.reading() as work:
        assert set(work.identity.scalars(select(Person.printed_on))) == {None}


def test_the_hours_are_not_broken():
    """Whatever comes before them on the line."""
    blocks = [f"{'x ' * filling}vardagar 9–15 slut" for filling in range(20, 60)]
    text = Written("Rubrik", "\n\n".join(blocks))
    pdf = letters_pdf([PaperLetter("a", "K-0001", ("Åsa",), "sv", "http://localhost/k/1", "-", text)], alt="QR")
    pages = pypdf.PdfReader(io.BytesIO(pdf)).pages
    assert "".join(page.extract_text() for page in pages).count("9–15") == len(blocks)


def test_a_long_address_of_a_label_stays_beside_its_own_square():
    address = "kapabla.vasterbotten.lansstyrelsen.se/k"
    rows = [(f"K-{n:04}", f"https://{address}/{n:026}", "KB47R-T9MXV") for n in range(3)]
    page = pypdf.PdfReader(io.BytesIO(labels_pdf(rows, address=address, alt="QR"))).pages[0]
    assert "".join(page.extract_text().split()).count(address) == 3
    starts = [x for text, _, x, _ in drawn_on(page) if text.startswith("kapabla.")]
    assert len(starts) == 3
    lines = {text for text, *_ in drawn_on(page)}
    assert "lansstyrelsen.se/k" in lines


def test_the_code_is_large_and_the_square_is_wide_enough(service, desk, cohort):
    made = by_letter(service, "Åsa")
    page = print_letters(desk, cohort).pages[0]
    sizes = []
    page.extract_text(visitor_text=lambda text, *rest: sizes.append((text.strip(), rest[-1])))
    assert max(size for text, size in sizes if made.code[5:] in text) >= 18


def test_the_square_is_that_of_the_persons_link_and_wide_enough(service, desk, cohort):
    """Read back from the page as it is drawn, module by module."""
    made = sorted((by_letter(service, name) for name in ("Åsa", "Bo")), key=lambda person: person.number)
    for person, page in zip(made, print_letters(desk, cohort).pages, strict=True):
        wanted = segno.make(f"http://localhost/k/{person.token}", micro=False, error="m", boost_error=False)
        size, dark = square_on(page)
        rows = enumerate(wanted.matrix_iter(border=4))
        assert dark == {(x, y) for y, row in rows for x, module in enumerate(row) if module}
        assert size * wanted.symbol_size(border=0)[0] >= 25


def test_a_reprint_has_the_same_code_and_a_new_code_asks_for_a_new_letter(service, desk, cohort):
    made = by_letter(service, "Åsa")
    first = words(print_letters(desk, cohort).pages[0])
    desk.get(f"/admin/omgangar/{cohort}")
    assert 'Utskriven <span class="day">2026-11-25</span>' in desk.text
    assert words(print_letters(desk, cohort).pages[0]) == first
    with service.vaults.unit() as work:
        new_access(work.identity, service.keys, work.identity.get_one(Person, made.id))
    desk.get(f"/admin/omgangar/{cohort}")
    assert "Utskriven" not in desk.text
    assert words(print_letters(desk, cohort).pages[0]) != first


def test_only_new_ones_are_printed_unless_asked_for(service, desk, cohort):
    by_letter(service, "Åsa")
    print_letters(desk, cohort)
    by_letter(service, "Bo")
    assert len(print_letters(desk, cohort).pages) == 1
    by_letter(service, "Cia")
    assert len(print_letters(desk, cohort, igen="1").pages) == 3


def test_who_has_a_letter_counts_as_invited_and_it_is_logged(service, desk, cohort):
    by_letter(service, "Åsa")
    print_letters(desk, cohort)
    with service.vaults.reading() as work:
        group = work.identity.get_one(Cohort, cohort)
        assert cohort_view.step_numbers(work.identity, group)["invited"] == 1
        rows = [(row.action, row.reason) for row in work.identity.scalars(select(IdentityAudit))]
    assert rows == [("letters_export", "1 people")]


@pytest.mark.parametrize(
    "values",
    [
        {"channel": "none"},
        {"channel": "email"},
        {"left": "all"},
        {"is_protected": True},
        {"is_restricted": True},
        {"address_sealed": None},
    ],
)
def test_nobody_else_gets_a_letter(service, desk, cohort, values):
    by_letter(service, "Åsa", **values)
    desk.get(f"/admin/omgangar/{cohort}/utskick")
    assert "Ingen i omgången ska ha brev." in desk.text
    desk.post(f"/admin/omgangar/{cohort}/brev.pdf", desk.hidden(action=f"/admin/omgangar/{cohort}/koder.csv"))
    assert desk.path == f"/admin/omgangar/{cohort}/utskick"


def test_whose_mail_does_not_work_gets_a_letter(service, desk, cohort):
    by_letter(service, "Åsa", channel="email", address_broken=True)
    assert len(print_letters(desk, cohort).pages) == 1


def test_a_letter_to_nowhere_is_named_until_its_address_is_mended(service, desk, cohort):
    made = make_person(service, name="Utan Postnummer", email=None, channel="letter")
    with service.vaults.unit() as work:
        person = work.identity.get_one(Person, made.id)
        for name, value in sealed_fields(service.keys, made.id, Contact(name="U P", address="Byvägen 21")).items():
            setattr(person, name, value)
    desk.get(f"/admin/omgangar/{cohort}/utskick")
    assert f"Adressen saknar postnummer, så brevet kommer inte fram: {made.number}." in desk.text


def test_a_name_that_cannot_be_printed_is_told_by_number(service, desk, cohort):
    made = by_letter(service, "Å \U00012000")
    by_letter(service, "Bo")
    desk.get(f"/admin/omgangar/{cohort}/utskick")
    desk.fill(action=f"/admin/omgangar/{cohort}/brev.pdf", status=400)
    assert f"får inte plats i kuvertets fönster: {made.number}." in desk.text
    with service.vaults.reading() as work:
        assert set(work.identity.scalars(select(Person.printed_on))) == {None}


def test_labels_are_twenty_four_on_a_sheet_and_name_nobody(service, desk, cohort):
    made = [by_letter(service, f"Åsa {n}") for n in range(2)]
    action = f"/admin/omgangar/{cohort}/etiketter.pdf"
    desk.get(f"/admin/omgangar/{cohort}/utskick")
    reply = desk.browser.post(action, data=desk.hidden(action=f"/admin/omgangar/{cohort}/koder.csv"))
    text = words(pypdf.PdfReader(io.BytesIO(reply.data)).pages[0])
    assert all(person.number in text and person.code[:5] in text for person in made)
    assert "Åsa" not in text
    rows = [(f"K-{n:04}", f"http://localhost/k/{n}", "KB47R-T9MXV") for n in range(25)]
    assert len(pypdf.PdfReader(io.BytesIO(labels_pdf(rows, address="localhost/k", alt="QR"))).pages) == 2


def test_the_day_of_a_letter_is_staffs_own(service, desk, cohort):
    made = by_letter(service, "Åsa")
    print_letters(desk, cohort)
    with service.vaults.reading() as work:
        assert work.identity.get_one(Person, made.id).printed_on == date(2026, 11, 25)


def test_the_letter_is_shown_before_it_is_printed_without_anybodys_way_in(service, desk, cohort):
    made = by_letter(service, "Åsa Åkesson", language="en")
    desk.get(f"/admin/omgangar/{cohort}/utskick")
    assert "Så ser brevet ut (engelska)" in desk.text
    assert f"Så här blir det för {made.number}." in desk.text
    assert "Hello …!" in desk.text
    assert "Your code: …" in desk.text
    assert not [secret for secret in ("Åkesson", made.code[:5], made.token) if secret in desk.text]


def test_whom_no_letter_reaches_is_counted_as_one_to_hand_the_code_to(service, desk, cohort):
    by_letter(service, "Åsa", address_sealed=None)
    by_letter(service, "Bo", address_sealed=None, is_restricted=True)
    by_letter(service, "Cia", channel="none", address_sealed=None)
    desk.get(f"/admin/omgangar/{cohort}/utskick")
    assert "Ingen i omgången ska ha brev." in desk.text
    assert "1 deltagare har varken e-post som fungerar eller postadress och kan bara få koden för hand." in desk.text
