"""A new officer's first hour, walked by keyboard: a cohort, forty people from a file with five faults, invitations,
letters, a reminder, and one withdrawal by telephone (`ux-spec.md` 7, D01-D09).

Every page is judged by axe. Where KAPABLA_PICTURES names a folder, each step is pictured there on two screens, light
and dark, for a person to look at.
"""

import io
import os
from dataclasses import replace
from itertools import product
from pathlib import Path

import pyotp
import pytest
import xlsxwriter
from playwright.sync_api import expect

from kapabla.jobs.runner import run_once
from tests import factories as make
from tests.browser.judging import TAGS, judge
from tests.browser.test_keyboard import Typist
from tests.integration.jobs.conftest import mail_server  # noqa: F401  (a fixture)

pytestmark = pytest.mark.browser
HEADINGS = ("Namn", "E-post", "Telefon", "Adress", "Kommun", "Yrke", "Anteckning")
TRADES = ("frisör", "jägare")
WEEK = 7 * 24 * 3600
# Row of the file, cell, what is written there, and what it is mended to.
FAULTS = (
    (6, "email", "deltagare5.example.com", "deltagare5@example.com"),
    (12, "role", "frissa", "Frisör"),
    (18, "email", "", "deltagare17@example.com"),
    (24, "municipality", "Vindel", "Vindeln"),
    (30, "name", "Deltagare Exempel 19800101-0008", "Deltagare Exempel"),
)
PLACES = {"name": 0, "email": 1, "phone": 2, "address": 3, "municipality": 4, "role": 5}
WIDE = (1280, "light")


def the_list():
    """Forty people as an officer keeps them: three without e-mail, five with something wrong, a column too many."""
    rows = [
        [f"Deltagare Nummer {n}", f"deltagare{n}@example.com", "", "", "Vindeln", TRADES[n % len(TRADES)], "ring först"]
        for n in range(1, 41)
    ]
    for n in (38, 39, 40):
        rows[n - 1][1], rows[n - 1][3] = "", f"Byvägen {n}\n922 31 Vindeln"
    for row, cell, written, _ in FAULTS:
        rows[row - 2][PLACES[cell]] = written
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        sheet = book.add_worksheet("Deltagare")
        for number, cells in enumerate([HEADINGS, *rows]):
            sheet.write_row(number, 0, cells)
    return file.getvalue()


class Officer(Typist):
    """Has a keyboard, and looks at each step."""

    step = 0

    def __init__(self, browser, served):
        super().__init__(browser, served.base, screens=(WIDE,), height=900, accept_downloads=True)
        self.served, self.seen = served, set()

    def look(self):
        self.page.wait_for_load_state("load")
        if self.path not in self.seen:
            self.seen.add(self.path)
            found = judge(self.page, self.path, TAGS)
            assert found.violations + found.unknown == [], self.page.url

    def picture(self, name):
        """On both screens, in both schemes, the whole of the page."""
        self.step += 1
        folder = Path(os.environ.get("KAPABLA_PICTURES", ""))
        if not folder.name or not folder.is_dir():
            return
        for width, scheme in product((1280, 360), ("light", "dark")):
            self._show_on((width, scheme))
            self.page.screenshot(path=folder / f"{self.step:02d}-{name}-{width}-{scheme}.png", full_page=True)
        self._show_on(WIDE)

    def write(self, field, text):
        """Over what stands there. A list finds its option by the letters that are typed."""
        self.page.locator(f"[id='{field}']").focus()
        self.page.keyboard.press("ControlOrMeta+a")
        self.page.keyboard.type(text)

    def press_button(self, name):
        self.enter(self.page.get_by_role("button", name=name, exact=True))

    def follow_link(self, name):
        self.enter(self.page.get_by_role("link", name=name, exact=True))

    def sees(self, *texts):
        for text in texts:
            expect(self.page.locator("main")).to_contain_text(text)

    def sign_in(self, secret):
        self.go("/logga-in")
        self.write("email", "officer@example.com")
        self.write("losenord", make.PASSWORD)
        self.enter_main()
        self.write("kod", pyotp.TOTP(secret).at(self.served.service.clock()))
        self.enter_main()

    def download(self, name):
        button = self.page.get_by_role("button", name=name, exact=True)
        self.tab_to(button)
        with self.page.expect_download() as found:
            self.page.keyboard.press("Enter")
        return Path(found.value.path()).read_bytes()


@pytest.fixture
def officer(browser, config, serve, mail_server):  # noqa: F811  (the fixture)
    settings = {"neutral_exit_url": "/vader", "smtp_url": f"smtp://127.0.0.1:{mail_server.port}"}
    found = Officer(browser, serve(replace(config, **settings)))
    yield found
    found.context.close()


def test_the_first_hour_of_a_new_officer(officer, mail_server, clock):  # noqa: F811  (the fixture)
    secret = make.make_staff(officer.served.service, "officer")
    officer.sign_in(secret)
    officer.sees("Det finns inga omgångar än.")
    officer.picture("inga-omgangar")
    create_the_cohort(officer)
    import_the_list(officer)
    send_the_invitations(officer)
    run_once(officer.served.service)
    officer.page.reload()
    officer.sees("37 av 37")
    officer.picture("utskicket-klart")
    assert len(mail_server.recipients) == 38, "with the trial to the officer"
    print_the_letters(officer)
    clock.tick(WEEK)
    run_once(officer.served.service)
    officer.sign_in(secret)
    the_reminder_has_gone(officer)
    assert len(mail_server.recipients) == 38 + 37
    somebody_calls(officer)
    run_once(officer.served.service)
    officer.page.reload()
    officer.sees("valet är genomfört")
    officer.picture("valet-genomfort")
    officer.follow_link("Till omgångarna")
    officer.follow_link("Vindeln vintern 2026")
    officer.sees("40 deltagare.")
    officer.picture("efter-en-timme")
    assert (officer.foreign, officer.complaints, officer.lost) == ([], [], [])


def create_the_cohort(officer):
    officer.follow_link("Skapa omgång")
    officer.write("namn", "Vindeln vintern 2026")
    officer.write("start", "2026-11-25")
    officer.write("slut", "2027-01-31")
    officer.pick(officer.page.locator("main fieldset").first)
    officer.picture("ny-omgang")
    officer.press_button("Skapa omgång")
    officer.sees("Det finns inga deltagare i omgången än.")
    officer.picture("tom-omgang")


def import_the_list(officer):
    officer.follow_link("Importera deltagare")
    officer.page.set_input_files("#fil", {"name": "lista.xlsx", "mimeType": "", "buffer": the_list()})
    officer.picture("valj-fil")
    officer.press_button("Granska listan")
    officer.sees("35 rader kan importeras, 5 behöver rättas, 0 finns redan.", "Kolumnen ”Anteckning” används inte.")
    officer.picture("rader-att-ratta")
    for row, cell, _, mended in FAULTS:
        officer.write(f"{row}.{cell}", mended)
    officer.press_button("Spara rättelserna och granska igen")
    officer.sees("40 rader kan importeras, 0 behöver rättas, 0 finns redan.")
    officer.picture("allt-rattat")
    officer.press_button("Importera 40 deltagare")
    officer.sees("40 deltagare är importerade")
    officer.picture("importerade")
    officer.follow_link("Till omgången")


def send_the_invitations(officer):
    officer.follow_link("Skicka inbjudningar")
    officer.sees("37 deltagare har e-post och har inte fått någon inbjudan.")
    officer.picture("inbjudan")
    officer.press_button("Skicka ett prov till mig")
    officer.sees("Ett prov är på väg till officer@example.com.")
    officer.press_button("Skicka 37 inbjudningar")
    officer.sees("0 av 37")
    officer.picture("utskicket-vantar")


def print_the_letters(officer):
    officer.go("/admin/omgangar")
    officer.sees("3 brev ska skrivas ut")
    officer.picture("att-gora")
    officer.follow_link("Skriv ut brev i Vindeln vintern 2026")
    assert officer.download("Ladda ned brev att skriva ut").startswith(b"%PDF")


def the_reminder_has_gone(officer):
    officer.follow_link("Vindeln vintern 2026")
    officer.sees("Den som inte har börjat får en påminnelse efter 7 och 21 dagar.", ", påminnelse")
    officer.picture("pamind")


def somebody_calls(officer):
    """The number is what the caller reads from the letter; the officer finds the person by it."""
    number = officer.page.locator("table.cards tbody th a").first.inner_text()
    officer.follow_link(number)
    officer.picture("personen")
    officer.pick(officer.page.get_by_role("group", name="Hur fick du veta det?"))
    officer.write("dag", "2026-12-02")
    officer.pick(officer.page.get_by_role("group", name="Vad vill personen sluta med?"), times=1)
    officer.pick(officer.page.get_by_role("group", name="Vad ska hända med svaren?"))
    officer.picture("valet")
    officer.press_button("Spara valet")
    officer.sees("det genomförs inom någon minut")
    officer.picture("valet-sparat")
