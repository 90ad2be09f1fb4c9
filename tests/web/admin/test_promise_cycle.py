"""The cycle of the citizen promises walked by its roles: editor, municipality, police, citizen (I2-I7)."""

import io
import re
from dataclasses import replace
from datetime import date

import pyotp
import pytest

from kapabla.jobs.runner import run_once
from kapabla.material.series import one_series
from kapabla.office.records import OfficeOutbox
from kapabla.office.sign_in import get_staff
from kapabla.release.disclosure import Thresholds
from kapabla.release.series import About, Limits, Place, keep, read_file, remove
from kapabla.store import Store
from tests.factories import make_staff, sign_in_as, sign_in_with
from tests.page_client import PageClient

HOME = "/admin/loften"
SIGN = "/admin/loften/skriva-under"
FEEDBACK = "Vi gick ut på kvällarna. Fler vuxna var med. Det blev lugnare vid skolan."
AGREEMENT = {
    "syfte": "Ett tryggare Vindeln.", "kalla": "Medborgarlöften 2026–2028, Vindelns kommun", "ort": "Vindeln",
    "undertecknat": "2026-02-01", "av": "Kommunstyrelsens ordförande\nChefen för lokalpolisområde Umeå",
    "fran": "2026-02-01", "till": "2028-12-31", "tills_vidare": "1",
}  # fmt: skip
PROMISE = {
    "nummer": "1", "omrade": "Droger", "problem": "Droger säljs nära skolan.",
    "lofte": "Vi är ute oftare på kvällarna.",
    "ansvarig": "Vindelns kommun och Polisen", "matt": "Antal fältvandringar", "utgangslage": "4 om året",
    "mal": "12 om året", "klart": "2026-12-31",
}  # fmt: skip


@pytest.fixture
def editor(client):
    client.secret = sign_in_as(client, "editor")
    return client


@pytest.fixture
def signatory(app):
    """Signed in, and with the telephone that gives the next code."""

    def enter(role, municipality):
        client = PageClient(app)
        client.secret = make_staff(app.extensions["kapabla"], role, municipality=municipality)
        sign_in_with(client, role, client.secret)
        return client

    return enter


@pytest.fixture
def citizen(config, make_app):
    """The public process alone: of the office vault it has no more than the place where it may leave a row."""
    return PageClient(make_app(replace(config, audiences=("public",))))


def fresh_code(client, clock):
    clock.tick(31)
    return pyotp.TOTP(client.secret).at(clock())


def sign(client, clock, edition, *, status=200, decision="skriv-under", **fields):
    client.get(f"{SIGN}/{edition}")
    return client.fill(
        action=f"{SIGN}/{edition}", status=status, kod=fresh_code(client, clock), beslut=decision, **fields
    )  # fmt: skip


def publish(service, clock):
    while run_once(service):
        pass
    clock.tick(61)


def told(client):
    return re.sub(r"\s+", " ", client.text)


def new_cycle(editor):
    """A period of Vindeln that has one promise left to write, and takes over the period on file."""
    editor.get(f"{HOME}/ny")
    editor.fill(action=f"{HOME}/ny", kommun="2404", fran="2026", till="2028")
    return editor.path


def write_promises(editor, cycle):
    editor.get(f"{cycle}/avtal")
    editor.fill(action=f"{cycle}/avtal", **AGREEMENT)
    links = re.findall(r'href="(/admin/loften/del/lofte/\w+)"', editor.text)
    for number, link in enumerate(links, 1):
        editor.get(link)
        if number == 1:
            editor.fill(action=link, **PROMISE)
        else:
            editor.fill(action=link, gor="ta-bort")
    assert editor.path == cycle


def follow_up(editor, cycle, year=2026, **given):
    editor.get(f"{cycle}/{year}")
    editor.fill(action=f"{cycle}/{year}", **({"bedomning-1": "kept", "aterkoppling-1": FEEDBACK} | given))


def ask(editor, cycle, year=2026, *, status=200, **fields):
    """The other button of the same form."""
    editor.get(f"{cycle}/{year}")
    hidden = editor.hidden(action=f"{cycle}/{year}")
    editor.post(f"{cycle}/{year}/be-om-underskrift", hidden | fields, status=status)
    return editor.path.rsplit("/", 1)[1]


def test_a_whole_cycle_is_walked_by_its_roles(editor, signatory, citizen, config, service, clock):
    # What was agreed before stands in a file; the new period takes it over, areas and all.
    editor.get(HOME)
    assert "Lägg in Vindeln 2023–2025" in editor.text
    # What nobody has taken in cannot be followed up, and is overdue like what has.
    assert "Robertsfors: Lägg in avtalet 2023–2025, så att det kan följas upp" in editor.text
    cycle = new_cycle(editor)
    assert editor.text.count('<section class="card"') == 5
    editor.get(HOME)
    assert "Lägg in Vindeln" not in editor.text
    assert told(editor).index("Försenad") < told(editor).index("Perioder")
    assert "Vindeln: Följ upp löftena för år 2023" in editor.text

    # Everything that stops the publication is told at once, and says what to do.
    ask(editor, cycle, status=409)
    for sentence in (
        "Perioden är ett utkast. Låt den gälla först.", "Fyll i avtalet först",
        "Löfte 1 saknar ett mått.", "Löfte 5 saknar ett mål.", "Löfte 5 saknar dagen när det ska vara klart.",
    ):  # fmt: skip
        assert sentence in editor.text
    write_promises(editor, cycle)
    editor.fill(action=f"{cycle}/lage", till="active")
    citizen.get("/medborgarloften/vindeln")
    assert "2026–2028" not in citizen.text

    # The parts: grounds, what is done, what is measured.
    for owner, part, fields in (
        (cycle, "underlag", {"slag": "police", "dag": "2026-01-15", "text": "Fler anmälda narkotikabrott."}),
        ("lofte", "aktivitet", {"vad": "Fältvandring", "vem": "Vindelns kommun", "lage": "done", "klar": "2026-10-01"}),
        ("lofte", "matvarde", {"tid": "2026", "varde": "13", "kalla": "Kommunens logg", "hamtat": "2026-11-20"}),
    ):
        editor.get(cycle)
        address = re.search(rf'href="(/admin/loften/\w+/lagg-till/{part})"', editor.text)[1]
        editor.get(address)
        editor.fill(action=address, status=400)
        assert "Det här behöver rättas" in editor.text
        editor.fill(action=address, **fields)
        assert editor.path == cycle, owner

    # The follow-up: half of it is kept, and not let out; the index of how it reads is shown.
    follow_up(editor, cycle, **{"bedomning-1": "cannot_judge", "aterkoppling-1": ""})
    ask(editor, cycle, status=409)
    assert "Löfte 1 går inte att bedöma. Skriv varför." in editor.text
    assert "Löfte 1 saknar återkoppling till invånarna." in editor.text
    follow_up(editor, cycle, **{"aterkoppling-1": " ".join([FEEDBACK] * 2)})
    assert re.search(r"Läsbarhet: LIX \d+\. Det är lätt att läsa\.", editor.text)
    editor.get(f"{cycle}/2026/visa")
    assert FEEDBACK in editor.text
    edition = ask(editor, cycle, dag="2026-11-28")
    editor.get(f"{cycle}/2026")
    assert "En version är på väg." in editor.text

    # Two sides sign what citizens will see. Each signs once, for its own municipality, with a code of that moment.
    municipality = signatory("signatory_municipality", "2409")
    municipality.get(SIGN)
    assert "Ingenting väntar på din underskrift." in municipality.text
    municipality.get(f"{SIGN}/{edition}", status=404)
    with service.vaults.unit() as work:
        get_staff(work.office, "signatory_municipality@example.com").municipality = "2404"
    police = signatory("signatory_police", None)
    police.get(f"{SIGN}/{edition}")
    assert "Det här skriver du under. Invånarna ser det ord för ord." in police.text
    assert FEEDBACK in police.text
    police.fill(action=f"{SIGN}/{edition}", kod="000000", beslut="skriv-under", status=400)
    assert "Koden stämmer inte." in police.text
    sign(police, clock, edition)
    assert "Ditt beslut är sparat." in police.text
    police.get(f"{SIGN}/{edition}")
    assert "Din underskrift" not in police.text
    sign(municipality, clock, edition, status=400, decision="avsta", skal="")
    assert "Skriv vad som behöver ändras" in municipality.text
    sign(municipality, clock, edition)

    # Signed by both, and out on its day; what is done to the draft meanwhile changes nothing of it.
    follow_up(editor, cycle, **{"aterkoppling-1": "Något helt annat."})
    publish(service, clock)
    citizen.get("/medborgarloften/vindeln")
    assert "2026–2028" not in citizen.text
    clock.tick(days=3)
    publish(service, clock)
    for role, client in (("editor", editor), ("signatory_municipality", municipality), ("signatory_police", police)):
        sign_in_with(client, role, client.secret)
    citizen.get("/medborgarloften/vindeln/2026")
    for words in (
        FEEDBACK, "<strong>Uppfyllt</strong>", "12 om året", "Vindelns kommun och Polisen", "Fältvandring",
        "13. Källa: Kommunens logg, hämtat 20 november 2026.", "Polisens lägesbild, 15 januari 2026: Fler anmälda",
        "Kommunen har skrivit under 25 november 2026.", "Publicerad 28 november 2026.",
    ):  # fmt: skip
        assert words in told(citizen), words
    assert "Något helt annat" not in citizen.text
    citizen.get("/medborgarloften/vindeln/2025")
    assert "Ingen uppföljning gjord" in citizen.text

    # How people have been told of it is written down, and stands in the next version.
    editor.get(f"{cycle}/lagg-till/berattat")
    given = {"satt": "meeting", "dag": "2026-11-28"}
    editor.fill(action=f"{cycle}/lagg-till/berattat", ar="2027", status=400, **given)
    assert "Skriv ett år i perioden som har börjat, till exempel 2026." in editor.text
    editor.fill(action=f"{cycle}/lagg-till/berattat", ar="2026", **given)
    assert "2026: På ett möte, 28 november 2026" in editor.text

    # A correction is a new version: it says what it puts right, is signed by both, and the first one stays readable.
    follow_up(editor, cycle, **{"bedomning-1": "partly_kept"})
    ask(editor, cycle, status=409)
    assert "Skriv vad som är rättat. Det visas för invånarna." in editor.text
    corrected = ask(editor, cycle, rattat="Vi räknade fel på fältvandringarna.")
    sign(municipality, clock, corrected)
    assert "Löfte 1, Hur gick det: Uppfyllt blev Delvis uppfyllt." in sign_page(police, corrected)
    sign(police, clock, corrected)
    publish(service, clock)
    citizen.get("/medborgarloften/vindeln/2026")
    assert "Vi räknade fel på fältvandringarna." in citizen.text
    assert "2026: På ett möte, 28 november 2026." in citizen.text
    assert "Vad som är berättat för invånarna är ändrat." in citizen.text
    assert "Löfte 1, Hur gick det: Uppfyllt blev Delvis uppfyllt." in citizen.text
    citizen.get("/medborgarloften/vindeln/2026/version/1")
    assert "Den gäller inte längre." in citizen.text
    assert "<strong>Uppfyllt</strong>" in citizen.text
    citizen.get("/medborgarloften/vindeln/2026/version/3", status=404)

    # The next period takes over: the areas come along, and this one is closed when it begins to hold.
    editor.get(f"{HOME}/ny")
    editor.fill(action=f"{HOME}/ny", kommun="2404", fran="2029", till="2031")
    following = editor.path
    assert "1. Droger" in editor.text
    editor.fill(action=f"{following}/lage", till="active")
    editor.get(cycle)
    assert "<dd>Avslutad</dd>" in editor.text

    # With every vault gone the citizen's pages stand as they were.
    citizen.get("/medborgarloften/vindeln/2026/version/1")
    before = told(citizen)
    for vault in config.data_dir.glob("*.db*"):
        vault.unlink()
    assert not list(config.data_dir.glob("*.db"))
    citizen.get("/medborgarloften/vindeln/2026/version/1")
    assert told(citizen) == before


def sign_page(client, edition):
    client.get(f"{SIGN}/{edition}")
    return told(client)


def test_who_refuses_says_why_and_what_is_taken_back_is_never_published(editor, signatory, citizen, service, clock):
    """An agreement of before is followed up as it was signed: what it lacks stops nothing, and is not written here."""
    editor.get(HOME)
    editor.fill(action=f"{HOME}/lagg-in", nth=1)
    cycle = editor.path
    assert "Vindeln 2023–2025" in editor.text
    editor.get(f"{cycle}/lagg-till/lofte", status=409)
    assert "Avtalet är undertecknat sedan tidigare" in editor.text
    editor.get(f"{cycle}/avtal")
    editor.fill(action=f"{cycle}/avtal", **AGREEMENT, status=409)
    given = {f"bedomning-{n}": "cannot_judge" for n in range(1, 6)} | {f"skal-{n}": "Mått saknas." for n in range(1, 6)}
    given |= {f"aterkoppling-{n}": FEEDBACK for n in range(1, 6)}
    follow_up(editor, cycle, 2025, **given)
    edition = ask(editor, cycle, 2025)
    police, municipality = signatory("signatory_police", "2404"), signatory("signatory_municipality", "2404")
    sign(police, clock, edition, decision="avsta", skal="Skriv om löfte 2.")
    editor.get(f"{HOME}/utgava/{edition}")
    assert "Skriv om löfte 2." in editor.text
    second = ask(editor, cycle, 2025)
    sign(police, clock, second)
    sign(municipality, clock, second)
    editor.get(f"{HOME}/utgava/{second}")
    editor.fill(action=f"{HOME}/utgava/{second}/ta-tillbaka")
    publish(service, clock)
    citizen.get("/medborgarloften/vindeln/2025")
    assert "Ingen uppföljning gjord" in citizen.text
    third = ask(editor, cycle, 2025)
    sign(municipality, clock, third)
    sign(police, clock, third)
    publish(service, clock)
    citizen.get("/medborgarloften/vindeln/2025")
    assert citizen.text.count("<strong>Går inte att bedöma</strong>. Mått saknas.") == 5
    assert citizen.text.count("<dd>Uppgiften är inte inlagd här</dd>") == 25
    editor.get(f"{HOME}/utgava/{third}")
    assert "Ta tillbaka versionen" not in editor.text


def test_what_is_wrong_in_a_form_is_told_and_nothing_typed_is_lost(editor):
    editor.get(f"{HOME}/ny")
    editor.fill(action=f"{HOME}/ny", kommun="2404", fran="2028", till="2026", status=400)
    assert "Skriv två år i ordning" in editor.text
    assert 'value="2028"' in editor.text
    # In a file counts too.
    editor.fill(action=f"{HOME}/ny", kommun="2404", fran="2023", till="2025", status=409)
    assert "Kommunen har redan en period som börjar det året." in editor.text
    editor.fill(action=f"{HOME}/ny", kommun="2403", fran="2026", till="2028")
    cycle = editor.path
    editor.get(f"{cycle}/avtal")
    wrong = AGREEMENT | {"undertecknat": "1 februari", "till": "2025-01-01", "syfte": "x" * 2001}
    editor.fill(action=f"{cycle}/avtal", **wrong, status=400)
    for sentence in ("Skriv dagen så här: 2026-09-12.", "Texten är längre än 2000 tecken. Korta den."):
        assert sentence in editor.text
    assert 'value="1 februari"' in editor.text
    editor.get(f"{cycle}/lagg-till/underlag")
    editor.fill(
        action=f"{cycle}/lagg-till/underlag", slag="police", dag="2026-01-01", text="x", lank="vindeln", status=400
    )
    assert "Skriv hela adressen" in editor.text
    for path in (f"{cycle}/lagg-till/annat", f"{HOME}/del/underlag/finnsinte", f"{cycle}/2031", f"{HOME}/utgava/finns"):
        editor.get(path, status=404)
    editor.get(f"{cycle}/lagg-till/lofte")
    editor.fill(action=f"{cycle}/lagg-till/lofte", **PROMISE)
    editor.get(f"{cycle}/lagg-till/lofte")
    editor.fill(action=f"{cycle}/lagg-till/lofte", **PROMISE, status=400)
    assert "Numret är taget. Välj ett annat, till exempel 2." in editor.text


def test_what_is_typed_is_saved_when_signatures_are_asked_for_and_in_vain_too(editor):
    cycle = new_cycle(editor)
    typed = {"bedomning-1": "kept", "aterkoppling-1": FEEDBACK}
    ask(editor, cycle, status=400, **typed, dag="2026-01-01")
    assert "Dagen har varit." in editor.text
    ask(editor, cycle, status=409, **typed, dag="")
    assert "Perioden är ett utkast. Låt den gälla först." in editor.text
    editor.get(f"{cycle}/2026")
    assert FEEDBACK in editor.text
    # The other button keeps what is meant for the version too, and says what is wrong with its day.
    follow_up(editor, cycle, dag="2027-01-10", rattat="Vi räknade fel.")
    editor.get(f"{cycle}/2026")
    assert 'value="2027-01-10"' in editor.text
    assert "Vi räknade fel." in editor.text
    editor.fill(action=f"{cycle}/2026", dag="i januari", status=400)
    assert "Skriv dagen så här: 2026-09-12." in editor.text
    # A year that has not come has no follow-up, and one that is not over cannot be said to have been left out.
    editor.get(f"{cycle}/2027", status=404)
    assert 'value="no_followup"' not in editor.get(f"{cycle}/2026").text


# --- Series of the municipality under a promise ---

CALLS = (
    "serie;kommun;period;antal\nLarm;Vindeln;2024;{0}\nLarm;Vindeln;2025;31\nLarm;Vindeln;2026;7\n"
    "Larm;Lycksele;2026;99\n"
)


def read_in(service, first, retrieved):
    places = [Place(one.code, (one.name, *one.aliases)) for one in service.material.municipalities]
    about = About("calls", "Polisens ledningscentral", date.fromisoformat(retrieved))
    limits = Limits(Thresholds(service.config.min_cell), Thresholds(service.config.min_cell_public))
    found = read_file(CALLS.format(first).encode(), places)
    keep(Store(service.config.release_dir), found, about, limits, today=date(2026, 11, 28))


def test_a_series_is_drawn_as_it_was_when_it_was_signed_and_small_counts_are_hidden(
    editor, signatory, citizen, service, clock
):  # fmt: skip
    """2026 has seven: staff see it among the series, the public never. A later revision is told and changes nothing."""
    citizen.get("/medborgarloften/vindeln")
    read_in(service, 40, "2026-03-01")
    cycle = new_cycle(editor)
    write_promises(editor, cycle)
    editor.fill(action=f"{cycle}/lage", till="active")
    address = re.search(r'href="(/admin/loften/\w+/lagg-till/serie)"', editor.text)[1]
    editor.get(address)
    editor.fill(action=address, serie="larm", jamfor="2023", malvarde="trettio", status=400)
    assert "Skriv talet så här: 12 eller 12,5." in editor.text
    editor.fill(action=address, serie="larm", jamfor="2023", malvarde="30", status=400)
    assert "Serien har inte det året eller den månaden för kommunen." in editor.text
    editor.fill(action=address, serie="larm", jamfor="2024", malvarde="30")
    read_in(service, 44, "2026-10-01")
    edition = ask(editor, cycle)
    # After it was asked for: what the two sign stands.
    read_in(service, 48, "2026-11-20")
    for role in ("signatory_municipality", "signatory_police"):
        sign(signatory(role, "2404"), clock, edition)
    publish(service, clock)
    citizen.get("/medborgarloften/vindeln/2026")
    page = told(citizen)
    for words in (
        "<h4 id=\"serie-1-1\">Larm, antal</h4>", "Fler samtal kan betyda att fler ringer när de är oroliga",
        "Värdet för 2024 är 44. Det senaste värdet, för 2026, visas inte. Målet är 30.", "Mål 30</text>",
        '<th scope="row">2024</th><td data-label="Värde" class="num">44</td>'
        '<td data-label="Källa">Polisens ledningscentral</td><td data-label="Hämtat">1 oktober 2026</td>',
        '<th scope="row">2024</th><td data-label="Värde förut" class="num">40</td>'
        '<td data-label="Hämtat">1 mars 2026</td><td data-label="Värde nu" class="num">44</td>',
        "Ändrat av källan efter att löftena skrevs under</caption>",
        '<td data-label="Hämtat">1 oktober 2026</td><td data-label="Värde nu" class="num">48</td>',
    ):  # fmt: skip
        assert words in page, words
    assert page.index("fler ringer när de är oroliga") < page.index('<svg class="plot"')
    row = citizen.get("/medborgarloften/vindeln/2026.json").get_json()["promises"][0]
    assert row["observations"] == (
        "Larm 2024: 44 antal (Polisens ledningscentral, hämtat 2026-10-01); "
        "Larm 2025: 31 antal (Polisens ledningscentral, hämtat 2026-10-01); "
        "Larm 2026: visas inte (Polisens ledningscentral, hämtat 2026-10-01)"
    )
    link = re.search(r'href="(/medborgarloften/matvarden.csv)"', citizen.text)[1]
    lines = citizen.get(link).get_data(as_text=True).splitlines()
    assert lines[1:] == [
        "2404,Vindeln,2026,1,1,larm,Larm,antal,2024,44.0,Polisens ledningscentral,2026-10-01",
        "2404,Vindeln,2026,1,1,larm,Larm,antal,2025,31.0,Polisens ledningscentral,2026-10-01",
        "2404,Vindeln,2026,1,1,larm,Larm,antal,2026,,Polisens ledningscentral,2026-10-01",
    ]
    # What has gone from the store stops the next signing, and no page.
    remove(Store(service.config.release_dir), "larm")
    ask(editor, cycle, rattat="Ny text.", status=409)
    assert "Löfte 1 har en mätserie utan värden att visa." in editor.text
    clock.tick(61)
    citizen.get("/medborgarloften/vindeln/2026")
    assert "Värdet för 2024 är 44." in citizen.text


def test_a_file_of_series_is_read_in_on_the_page_and_each_fault_is_told(editor, service):
    form = f"{HOME}/serier"
    told_of = {"slag": "crime", "kalla": "Brå, anmälda brott", "hamtat": "2026-11-20"}
    unnamed = "kommun;år;antal\nVindeln;2025;31\nVindeln;2026;7\nLund;2026;99\n"
    for text, changes, sentence in (
        (None, {}, "Välj filen."),
        ("a;b\n1;2\n", {}, "Nu har den: a, b."),
        (unnamed.replace("31", "flera"), {}, "på 1 rader, bland dem rad 2."),
        (unnamed, {}, "Filen säger inte vad serien heter."),
        (unnamed, {"namn": "!"}, "Filen säger inte vad serien"),
        (unnamed.replace("2026;7", "2025;7"), {"namn": "Stöld"}, "Vindeln har två rader för 2025"),
        (unnamed.replace("2026;7", "2026-01;7"), {"namn": "Stöld"}, "både år och månader"),
        ("kommun;år;antal\nLund;2026;99\n", {"namn": "Stöld"}, "Ingen rad gäller en kommun i länet."),
        (unnamed, {"hamtat": "2026-12-24"}, "Dagen har inte kommit än."),
        (unnamed, {"kalla": ""}, "Fyll i: Källa."),
    ):
        editor.get(form)
        editor.fill(action=form, status=400, fil=csv_file(text), **(told_of | changes))
        assert sentence in told(editor), sentence
    editor.get(form)
    editor.fill(action=form, fil=csv_file(unnamed), namn="Stöld", **told_of)
    assert "Antal serier i den: 1." in editor.text
    assert "1 rader gäller andra platser" in editor.text
    with service.vaults.reading() as work:
        (waiting,) = [job for job in work.office.query(OfficeOutbox).all() if job.kind == "keep_series"]
        assert "Vindeln" not in str(waiting.payload)
    run_once(service)
    run_once(service)
    editor.get(form)
    assert '<td data-label="Källa">Brå, anmälda brott</td>' in told(editor)
    held = one_series(service.config.release_dir, "stold").for_public()
    assert [held.values["2404", year][0] for year in ("2025", "2026")] == [31, None]


def csv_file(text):
    return (io.BytesIO((text or "").encode()), "serie.csv" if text else "")


# --- Two editors at once ---


def test_nobody_saves_over_what_another_has_saved_meanwhile(editor, app, clock):
    cycle = new_cycle(editor)
    write_promises(editor, cycle)
    other = PageClient(app)
    clock.tick(31)
    sign_in_with(other, "editor", editor.secret)
    form = f"{cycle}/2026"
    other.get(form)
    follow_up(editor, cycle)
    mine = {"bedomning-1": "not_kept", "skal-1": "Vi hann inte.", "aterkoppling-1": "Nej."}
    other.fill(action=form, status=409, **mine)
    page = told(other)
    assert "Någon annan har ändrat sedan du öppnade sidan. Jämför innan du sparar." in page
    assert "<dt>Bedömning av löfte 1</dt><dd>Uppfyllt</dd><dt>Skäl för bedömningen av löfte 1</dt><dd>Tomt</dd>" in page
    assert "Vi hann inte." in page  # nothing typed is lost
    editor.get(form)
    assert "Vi hann inte." not in editor.text
    # Whoever has compared may save. The very same text as the other's is no quarrel.
    other.fill(action=form, **mine)
    editor.fill(action=form, **mine)
    assert "Uppföljningen är sparad." in editor.text

    # What one never touched keeps what the other saved in it: at once, and when a quarrel is settled.
    editor.get(f"{cycle}/lagg-till/lofte")
    editor.fill(action=f"{cycle}/lagg-till/lofte", **PROMISE | {"nummer": "2", "omrade": "Trafik"})
    follow_up(editor, cycle, **{"bedomning-1": "not_kept", "aterkoppling-1": "Nej.", "bedomning-2": "kept"},
              **{"skal-1": "Vi hann inte.", "aterkoppling-2": FEEDBACK})  # fmt: skip
    for client in (editor, other):
        client.get(form)
    before = {f"{name}-2": text for name, text in (("bedomning", "kept"), ("skal", ""), ("aterkoppling", FEEDBACK))}
    later = mine | {"aterkoppling-1": "Ny text om löfte 1."}
    editor.fill(action=form, **later, **before)
    other.fill(action=form, **mine, **before | {"aterkoppling-2": "Ny text om löfte 2."})
    for text in ("Ny text om löfte 1.", "Ny text om löfte 2."):
        assert text in other.text
    editor.get(form)
    now_stands = later | before | {"aterkoppling-2": "Ny text om löfte 2."}
    other.fill(action=form, **now_stands | {"skal-1": "Nytt skäl.", "aterkoppling-2": "Rättad text om löfte 2."})
    editor.fill(action=form, status=409, **now_stands | {"aterkoppling-2": "Min text om löfte 2."})
    assert "<dd>Rättad text om löfte 2.</dd>" in told(editor)
    assert "<dd>Nytt skäl.</dd>" not in told(editor)  # it is no quarrel, and stands in the form
    assert "Nytt skäl." in editor.text
    editor.get(form)
    assert "Nytt skäl." in editor.text

    # So with the parts: what another changed, and what another took away.
    add = re.search(r'href="(/admin/loften/\w+/lagg-till/aktivitet)"', editor.get(cycle).get_data(as_text=True))[1]
    given = {"vad": "Fältvandring", "vem": "Vindelns kommun", "lage": "planned", "klar": "2026-10-01"}
    editor.get(add)
    editor.fill(action=add, **given)
    activity = re.search(r'href="(/admin/loften/del/aktivitet/\w+)"', editor.text)[1]
    for client in (editor, other):
        client.get(activity)
    editor.fill(action=activity, **given | {"lage": "done"})
    other.fill(action=activity, **given, gor="ta-bort", status=409)
    assert "<dt>Läge</dt><dd>Genomförd</dd>" in told(other)
    editor.get(activity)
    editor.fill(action=activity, **given, gor="ta-bort")
    later = given | {"vad": "Fältvandring om hösten"}
    other.fill(action=activity, **later, status=409)
    assert "Någon annan har tagit bort det här sedan du öppnade sidan." in other.text
    other.fill(action=add, **later)
    assert "Fältvandring om hösten" in other.text
    editor.get(f"{cycle}/avtal")
    other.get(f"{cycle}/avtal")
    editor.fill(action=f"{cycle}/avtal", **AGREEMENT | {"ort": "Granö"})
    theirs = AGREEMENT | {"syfte": "Ett annat."}
    other.fill(action=f"{cycle}/avtal", **theirs | {"ort": "Hällnäs"}, status=409)
    assert "<dt>Ort</dt><dd>Granö</dd>" in told(other)
    editor.get(f"{cycle}/avtal")
    other.get(f"{cycle}/avtal")
    editor.fill(action=f"{cycle}/avtal", **AGREEMENT | {"ort": "Hällnäs"})
    other.fill(action=f"{cycle}/avtal", **theirs | {"ort": "Granö"})
    other.get(f"{cycle}/avtal")
    assert "Ett annat." in other.text
    assert 'value="Hällnäs"' in other.text
