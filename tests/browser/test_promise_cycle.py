"""A whole cycle of promises in real browsers, by its roles: editor, municipality, police, and a citizen without script.

What each page says in every state is in `tests/web/admin/test_promise_cycle.py`; here they are pressed through."""

import pyotp
import pytest

from kapabla.jobs.runner import run_once
from tests import factories as make
from tests.browser.walking import PHONE, Walk
from tests.page_client import PageClient

PLACE, SITE = "2403", "/medborgarloften/bjurholm"
DESK = ((1280, "light"),)
AGREEMENT = {
    "kalla": "Medborgarlöften, Bjurholms kommun", "undertecknat": "2024-02-01", "ort": "Bjurholm",
    "av": "Kommunstyrelsens ordförande\nChefen för lokalpolisområdet", "fran": "2024-02-01", "till": "2025-12-31",
}  # fmt: skip
PROMISE = {
    "lofte": "Vi är ute oftare på kvällarna.", "ansvarig": "Bjurholms kommun och Polisen",
    "matt": "Antal fältvandringar", "mal": "12 om året", "klart": "2026-12-31",
}  # fmt: skip
FEEDBACK = "Vi gick ut tolv kvällar. Fler vuxna var med än förra året."


class Staff(Walk):
    """Somebody of the staff who has signed in, with the phone that gives the codes."""

    def __init__(self, browser, served, clock, role):
        super().__init__(browser, served.base, screens=DESK)
        self.clock = clock
        place = PLACE if role.startswith("signatory") else None
        # The sign-in itself is walked elsewhere.
        client = PageClient(served.app)
        self.secret = make.sign_in_as(client, role, municipality=place)
        self.context.add_cookies([{"name": "s", "value": client.browser.get_cookie("s").value, "url": served.base}])

    def code(self):
        self.clock.tick(31)
        return pyotp.TOTP(self.secret).at(self.clock())

    def write(self, **fields):
        for name, text in fields.items():
            self.page.fill(f"[name={name}]", text)

    def tick(self, name, value):
        self.page.check(f"[name={name}][value={value}]")

    def ask(self):
        """The edition that is asked to be signed."""
        self.press("Be om underskrift")
        return self.path.rsplit("/", 1)[1]

    def sign(self, edition, *, refuse=""):
        self.go(f"/admin/loften/skriva-under/{edition}")
        self.write(kod=self.code(), skal=refuse)
        self.press("Skriv inte under" if refuse else "Skriv under")


def shown(walk):
    return " ".join(walk.page.inner_text("main").split())


def new_period(editor, first, last):
    editor.go("/admin/loften/ny")
    editor.page.select_option("[name=kommun]", PLACE)
    editor.write(fran=f"{first}", till=f"{last}")
    editor.press("Skapa perioden")
    return editor.path


def write_period(editor, cycle, **changes):
    editor.follow("Ändra avtalet")
    editor.write(**AGREEMENT | changes)
    editor.press("Spara avtalet")
    editor.follow("Ändra löftet")
    editor.write(**PROMISE)
    editor.press("Spara")
    editor.press("Låt perioden gälla")
    assert editor.path == cycle


def follow_up(editor, cycle, year, verdict, feedback=FEEDBACK):
    editor.go(f"{cycle}/{year}")
    editor.tick("bedomning-1", verdict)
    editor.write(**{"aterkoppling-1": feedback})
    editor.press("Spara uppföljningen")


def publish(served, clock):
    while run_once(served.service):
        pass
    clock.tick(61)


@pytest.mark.browser
def test_a_whole_cycle_by_its_roles(browser, served, clock):
    editor = Staff(browser, served, clock, "editor")
    municipality = Staff(browser, served, clock, "signatory_municipality")
    police = Staff(browser, served, clock, "signatory_police")
    citizen = Walk(browser, served.base, script=False, screens=(PHONE,))
    citizen.go(SITE)
    assert citizen.heading == "Vi hittar inte sidan"

    # A period with one focus area. What it lacks is told, and nothing leaves.
    cycle = new_period(editor, 2024, 2025)
    editor.follow("Lägg till fokusområde")
    editor.write(nummer="1", omrade="Droger")
    editor.press("Spara")
    editor.go(f"{cycle}/2025")
    editor.press("Be om underskrift")
    assert "Löfte 1 saknar ett mått." in shown(editor)
    editor.go(cycle)
    write_period(editor, cycle)
    follow_up(editor, cycle, 2025, "kept")
    editor.follow("Se sidan som invånarna ser den")
    assert FEEDBACK in shown(editor)
    editor.go(f"{cycle}/2025")
    first = editor.ask()

    # The police want something changed; then both sign, and citizens read it without script.
    municipality.go("/admin/loften/skriva-under")
    assert f"/admin/loften/skriva-under/{first}" in municipality.page.content()
    municipality.sign(first)
    police.sign(first, refuse="Skriv hur många kvällar det var.")
    editor.go(f"{cycle}/2025")
    assert "Skriv hur många kvällar det var." in shown(editor)
    second = editor.ask()
    for one in (police, municipality):
        one.sign(second)
    publish(served, clock)
    citizen.go(f"{SITE}/2025")
    for told in (FEEDBACK, "Uppfyllt", "12 om året", "Kommunen har skrivit under", "Polisen har skrivit under"):
        assert told in shown(citizen)
    # On paper the same text, and nothing to press.
    citizen.page.emulate_media(media="print")
    assert FEEDBACK in shown(citizen)
    assert not any(part.is_visible() for part in citizen.page.locator("header.site, footer.site, [data-exit]").all())
    citizen.page.emulate_media(media="screen")
    citizen.go(f"{SITE}/2024")
    assert "Ingen uppföljning gjord" in shown(citizen)

    # A correction says what it puts right, and the first version stays.
    follow_up(editor, cycle, 2025, "partly_kept")
    editor.write(rattat="Vi räknade fel.")
    corrected = editor.ask()
    for one in (municipality, police):
        one.sign(corrected)
    publish(served, clock)
    citizen.go(f"{SITE}/2025")
    assert "Vi räknade fel." in shown(citizen)
    assert "Löfte 1, Hur gick det: Uppfyllt blev Delvis uppfyllt." in shown(citizen)
    citizen.follow("Läs version 1")
    assert "Den gäller inte längre." in shown(citizen)

    # The next period takes over: its areas come along, the one before is closed, and citizens are led on.
    following = new_period(editor, 2026, 2028)
    assert "1. Droger" in shown(editor)
    write_period(editor, following, fran="2026-01-01", till="2028-12-31")
    editor.go(cycle)
    assert "Avslutad" in shown(editor)
    editor.go(f"{following}/2026")
    begun = editor.ask()
    for one in (municipality, police):
        one.sign(begun)
    publish(served, clock)
    citizen.go(f"{SITE}/2025")
    assert "Löftena för 2026–2028 har tagit över." in shown(citizen)
    citizen.go(SITE)
    assert "Gäller 1 januari 2026–31 december 2028." in shown(citizen)
    for one in (editor, municipality, police, citizen):
        assert one.foreign == []
        one.context.close()
