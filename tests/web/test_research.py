"""The researcher's side: one locked release, its figures and files (C12, F5, G1, G2)."""

import csv
import gzip
import hashlib
import html
import io
import itertools
import json
import re
import shlex
import shutil
import zipfile
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select

from analysis.cli import main
from kapabla.answers.placement import Placement, ReleaseInclusion, set_left
from kapabla.cli.opening import Opening
from kapabla.cli.releases import release
from kapabla.cli.report import report
from kapabla.errors import NotFound
from kapabla.jobs.population import make_population
from kapabla.jobs.runner import run_once
from kapabla.material import plan_hash
from kapabla.office import release_register, sign_in
from kapabla.office.access import NotAllowed
from kapabla.office.records import OfficeAudit
from kapabla.office.releases import Download
from kapabla.release import published
from kapabla.service import open_service
from kapabla.store import Store
from tests import factories as make
from tests.conftest import FixedClock, copied_config, lay_to_rest
from tests.page_client import PageClient
from tests.unit.web.test_filtering import BOARD
from tests.web.reading_order import Reading
from tests.web.test_language import main_of, swedish_in


@pytest.fixture
def service(app):
    return app.extensions["kapabla"]


@pytest.fixture(scope="module")
def built(tmp_path_factory, sqlite_template, key_template, _material_once):
    """A small population, and a release of it that waits for two approvals: made once, and each test has a copy."""
    config = copied_config(tmp_path_factory.mktemp("built"), sqlite_template, key_template)
    service = open_service(config, clock=FixedClock())
    make_population(service, people=60, seed=7, study=make.STUDY, today=date(2026, 11, 25), effect=0.7, attrition=0.1)
    secret = make.make_staff(service, "researcher")
    order(service, "2026-11-25-1")
    lay_to_rest(config)
    return config, secret


@pytest.fixture
def config(request, config):
    if "ordered" in request.fixturenames:
        built, _ = request.getfixturevalue("built")
        for made, copy in ((built.data_dir, config.data_dir), (built.key_dir, config.key_dir)):
            shutil.copytree(made, copy, dirs_exist_ok=True)
    return config


@pytest.fixture
def ordered(client, built):
    make.sign_in_with(client, "researcher", built[1])
    return "2026-11-25-1"


def order_on_the_page(client, service):
    client.get("/forskning/data")
    client.fill(action="/forskning/data", studie=make.STUDY, syfte="evaluation", testpersoner="1")
    run_once(service)
    return client.path.rsplit("/", 1)[1]


def order(service, name):
    with service.vaults.unit() as work:
        by = sign_in.get_staff(work.office, "researcher@example.com")
        release_register.order(
            work.office, service.office_chain, release=name, study=make.STUDY, purpose="evaluation", is_test=True,
            by=by, at=service.clock(),
        )  # fmt: skip
    run_once(service)


@pytest.fixture
def released(ordered, service):
    for role in ("steward", "admin"):
        make.make_staff(service, role)
    approve(service, ordered)
    with service.vaults.unit() as work:
        by, record = (
            sign_in.get_staff(work.office, "researcher@example.com"),
            release_register.get(work.office, ordered),
        )
        release_register.say_purpose(work.office, record=record, by=by, purpose="Delstudie 2", at=service.clock())
    return ordered


def approve(service, release):
    for role in ("steward", "admin"):
        with service.vaults.unit() as work:
            member = sign_in.get_staff(work.office, f"{role}@example.com")
            release_register.approve(work.office, service.office_chain, release=release, by=member, at=service.clock())
    run_once(service)


def test_the_plan_page_says_what_is_asked_and_whether_it_is_frozen(client, service):
    """G7: outcomes, what is left out, hash and time."""
    make.sign_in_as(client, "researcher")
    make.make_staff(service, "steward")
    client.get("/forskning/plan")
    assert "Planen är inte fryst." in client.text
    make.freeze_plan(service)
    client.get("/forskning/plan")
    assert (
        "Planen frystes 2026-11-25 10.00, innan någon deltagare hade svarat (testpersoner räknas inte)." in client.text
    )
    assert plan_hash(service.material.studies[make.STUDY], service.material) in client.text
    assert "Primärt utfall" in client.text
    assert "Efter, mot före; de som väntar: före, andra gången" in client.text
    assert "Kovariansanalys" in client.text
    assert "Svar före, sparat efter att utbildningen hade börjat: Ja (contaminated = 1)" in client.text
    client.get("/forskning/plan?sprak=en")
    assert "Analysis of covariance" in client.text
    assert not swedish_in(main_of(client))


@pytest.mark.parametrize("is_frozen", [True, False])
def test_a_release_says_which_outcomes_were_named_before_the_data(service, is_frozen):
    """G7: in manifest, codebook and figures; without a frozen plan everything is exploratory."""
    make_population(service, people=60, seed=4, study=make.STUDY, today=date(2026, 11, 25), effect=0.7, attrition=0.1)
    for role in ("researcher", "steward"):
        make.make_staff(service, role)
    if is_frozen:
        make.freeze_plan(service)
    order(service, "r1")
    with service.vaults.reading() as work:
        plan = release_register.get(work.office, "r1").manifest["analysis_plan"]
    digest = plan_hash(service.material.studies[make.STUDY], service.material)
    frozen = (digest, "2026-11-25T09:00:00+00:00") if is_frozen else (None, None)
    assert (plan["sha256"], plan["frozen_sha256"], plan["frozen_at"]) == (digest, *frozen)
    assert plan["state"] == ("frozen" if is_frozen else "not frozen")
    columns = {column["name"]: column for column in published.codebook(service.config.release_dir, "r1")}
    assert columns["se_mean"]["planned"] == ({"t1": "primary"} if is_frozen else {})
    figures = {figure["id"]: figure for figure in published.dashboard(service.config.release_dir, "r1")["figures"]}
    told = {row[0]: row[1] for row in figures["forandring"]["table"]["rows"]}
    assert set(told.values()) == (
        {"Primärt utfall", "Sekundärt utfall", "Utforskande"} if is_frozen else {"Utforskande"}
    )


def test_an_order_that_is_pressed_twice_is_one_release(client):
    make.sign_in_as(client, "researcher")
    client.get("/forskning/data")
    form = client.hidden(action="/forskning/data") | {"studie": make.STUDY, "syfte": "evaluation", "testpersoner": "1"}
    for _ in range(2):
        client.post("/forskning/data", form)
        assert client.path == "/forskning/data/2026-11-25-1"
    client.get("/forskning/data")
    assert "2026-11-25-2" not in client.text
    client.post("/forskning/data", form | {"nyckel": ""}, status=400)


def test_the_then_test_stands_beside_the_true_answer_before(client, service, released):
    """C13: the change as people see it afterwards, recomputed from the released file."""
    figures = {figure["id"]: figure for figure in published.dashboard(service.config.release_dir, released)["figures"]}
    client.get(f"/forskning/data/{released}")
    reply = client.fill(action=f"/forskning/data/{released}/fil/data_wide.csv")
    names = ("se_mean_t0", "se_mean_t1", "se_then_mean_t1")
    read = list(csv.DictReader(io.StringIO(reply.text)))
    whole = sum(all(row[name] for name in names) for row in read)
    pairs = sum(bool(row["se_mean_t0"] and row["se_mean_t1"]) for row in read)
    # Less the change of all pairs, the true difference would tell of the few who lack the third answer (C5.4). Then
    # the other, which flatters, is not shown by itself.
    assert 0 < pairs - whole < 5
    assert "da-och-nu" not in figures


def test_a_release_needs_two_different_people(app, ordered):
    """F5: one account cannot approve twice, on the page or in the database."""
    client = PageClient(app)
    make.sign_in_as(client, "steward")
    client.get(f"/forskning/data/{ordered}")
    client.fill(action=f"/forskning/data/{ordered}/godkann", beslut="godkann")
    client.fill(action=f"/forskning/data/{ordered}/godkann", beslut="godkann", status=409)
    assert "Den andra personen måste vara någon annan." in client.text
    client.get("/forskning/resultat")
    assert "Det finns ingen låst datautgåva än" in client.text


def test_dashboard_files_and_codebook(client, service, released, config):
    """G1, C12, F3: each figure with table and sentence; files verified; a test release says so everywhere."""
    client.get("/forskning/resultat")
    assert "Exempeldata." in client.text
    assert client.text.count("<figure") == client.text.count("<table") >= 8
    assert "Så är det räknat" in client.text
    assert 'type="file"' not in client.text
    # All that comes before the chart library, compressed (`performance.md`).
    files = re.findall(r'(?:href|src)="(/static/[^"]+\.(?:css|js))"', client.text)
    assert len(files) == 4
    page = gzip.compress(client.text.encode())
    assert (
        len(page) + sum(len(client.browser.get(path, headers={"Accept-Encoding": "br"}).data) for path in files)
        < 60_000
    )
    check_reading_order(Reading(client.page.text))
    shown = re.findall(r'aria-labelledby="([\w-]+)-rubrik"', client.text)
    assert shown == [name for name in ORDER if name in shown]  # R01
    client.get("/forskning/resultat?sprak=en&visa=staplad")
    assert "Paired change before–after" in client.text
    assert "Kirkpatrick's level 2, learning: " in html.unescape(client.text)
    assert not swedish_in(main_of(client))
    answers = list(csv.DictReader(io.StringIO(client.get(f"/forskning/resultat/{released}/fordelning.csv").text)))
    assert {row["Tillfälle"] for row in answers} == {"Före", "Efter"}
    shown = [row for row in answers if row["Antal"]]
    assert shown
    assert all(row["Svar"] and (int(row["Antal"]) == 0 or int(row["Antal"]) >= 5) for row in shown)
    client.get(f"/forskning/data/{released}")
    action = f"/forskning/data/{released}/fil/data_long.csv"
    reply = client.fill(action=action)
    assert hashlib.sha256(reply.data).hexdigest() in client.text
    rows = list(csv.DictReader(io.StringIO(reply.text)))
    assert set(rows[0]) >= {"record_id", "wave", "weeks_since_training", "se_1", "se_mean"}
    assert all(row["record_id"].startswith("KP") for row in rows)
    client.get("/forskning/kodbok")
    # A column a card where the screen is narrow: it was read by scrolling sideways.
    assert '<table class="cards' in client.text
    assert "se_mean" in client.text
    withheld = re.search(r">cohort</th>.*?</tr>", client.text, re.S).group()
    assert "lämnas inte ut" in withheld
    assert "None" not in main_of(client)
    # C13: which kind of result each item is of, in the codebook and beside the change.
    assert re.search(r'>se_1</th>.*?data-label="Kirkpatricks nivå">2<', client.text, re.S)
    client.get("/forskning/kodbok?sprak=en")
    assert not swedish_in(main_of(client))
    for name in ("README.txt", "manifest.json", "codebook.json"):
        client.get(f"/forskning/data/{released}")
        assert "Exempeldata" in client.fill(action=f"/forskning/data/{released}/fil/{name}").text


ORDER = (
    "flode", "svar", "jamforelse", "forandring", "uppfoljning", "da-och-nu", "fordelning", "grupper", "dos", "bakgrund",
    "genomforande", "utgangslage", "kunskap", "omdome", "spridning", "tillforlitlighet", "kvalitet",
)  # fmt: skip


def check_reading_order(found):
    """R02, WCAG 1.3.1, 1.3.2, 2.4.3, 2.4.6: a screen reader meets the finding, what is measured, the sentence and then
    the numbers of each figure, never the drawing; the keyboard follows the page, and no two stops have one name."""
    assert [level for level, _ in found.headings].count(1) == 1
    assert all(after - before <= 1 for (before, _), (after, _) in itertools.pairwise(found.headings))
    assert len(set(found.ids)) == len(found.ids)
    titles = [words for level, words in found.headings if level == 2]
    assert len(found.figures) == len(found.named) == len(titles) >= 8
    for parts, (role, name), title in zip(found.figures, found.named, titles, strict=True):
        kinds = [kind for kind, _ in parts]
        assert (role, name in found.ids) == ("group", True)
        assert parts[0] == ("h2", title)
        assert kinds[:5] == ["h2", "p", "p", "summary", "table"]  # finding, what is measured, sentence, numbers
        assert kinds[5] == "summary"  # how it was counted
    assert found.hidden_drawings >= len(found.figures) - 3
    assert [caption for caption, _ in found.tables] == titles
    assert all(
        scopes[0] == "col" and {"row", "rowgroup"} & {*scopes} and None not in scopes for _, scopes in found.tables
    )
    assert set(found.tabindexes) <= {0, -1}
    names = [(tag, words) for tag, words in found.stops if tag in ("a", "summary", "button")]
    assert all(words for _, words in names)
    inside = [words for tag, words in names if words.endswith(tuple(titles))]
    assert len(set(inside)) == len(inside) >= 4 * len(titles)


def test_results_are_shown_for_a_group_that_was_audited_and_for_no_other(client, released, config):
    """G9, R01: looked up among what the release answers; too few, nobody and no such group look alike."""
    store, board = Store(config.release_dir), published.dashboard(config.release_dir, released)
    store.put_index(released, store.index(released) | {"figures": store.put(json.dumps(board | BOARD).encode())})
    client.get("/forskning/resultat?grupp1=bak_4%3D1&grupp2=role%3Dpostal")
    assert "Förändring före–efter i gruppen" in client.text
    assert ">Kön: Kvinna, Yrke: Brevbärare</h2>" in client.text
    for ending in ("csv", "svg"):
        path = f"/forskning/resultat/{released}/grupp.{ending}?grupp1=bak_4%3D1&grupp2=role%3Dpostal"
        assert "Tilltro" in client.get(path).text
        client.get(path.partition("?")[0] + "?grupp1=role%3Dvet", status=404)
    for asked in ("grupp1=role%3Dvet", "grupp1=role%3Dvet&grupp2=bak_4%3D2", "grupp1=finns%3Dinte"):
        client.get(f"/forskning/resultat?{asked}")
        assert "Gruppen kan inte visas: den är för liten" in client.text
        assert "Förändring före–efter i gruppen" not in client.text


def run_commands(board):
    """Each command of `analysis` that stands beside a figure answers. What `recompute.py` gives again of the files is
    run in tests/integration/test_release_files.py."""
    for line in (line for figure in board["figures"] for line in figure["code"].splitlines()):
        command = shlex.split(line.removeprefix("PYTHONPATH=analysis.zip "))
        if command[1] == "-m":
            assert main(command[3:]) == 0, line


def test_shown_change_is_recomputed_from_the_released_file(client, service, released):
    """G2, G10: the number on the page is that of `analysis` on the file alone."""
    import numpy as np
    from scipy import stats

    client.get(f"/forskning/data/{released}")
    reply = client.fill(action=f"/forskning/data/{released}/fil/data_wide.csv")
    rows = list(csv.DictReader(io.StringIO(reply.text)))
    pairs = [(r["se_mean_t0"], r["se_mean_t1"]) for r in rows if r["se_mean_t0"] and r["se_mean_t1"]]
    pre, post = (np.array([float(v) for v in side]) for side in zip(*pairs, strict=True))
    from kapabla.release import published

    board = published.dashboard(service.config.release_dir, released)
    figure = next(f for f in board["figures"] if f["id"] == "forandring")
    shown = next(value for name, value in figure["values"].items() if name.startswith("Tilltro"))
    assert shown["n"] == len(pairs)
    assert shown["value"] == pytest.approx(float((post - pre).mean()), abs=1e-9)
    assert shown["p"] == pytest.approx(float(stats.ttest_rel(post, pre).pvalue), rel=1e-9)
    assert "change.se_mean.t0.t1" in figure["code"]
    run_commands(board)
    # The outcome that the plan names first, and not the largest.
    assert figure["title"].startswith("Tilltro")
    assert shown["value"] < max(abs(value["value"]) for value in figure["values"].values())


def test_a_small_release_is_built_or_refused_and_never_hangs(service):
    """F7: blanking can take the last value of a recoded column; the order must still come to an end."""
    make_population(service, people=40, seed=2, study=make.STUDY, today=date(2026, 11, 25), effect=0.7, attrition=0.1)
    make.make_staff(service, "researcher")
    order(service, "r1")
    with service.vaults.reading() as work:
        assert release_register.get(work.office, "r1").state in ("built", "failed")


def test_a_download_leaves_exactly_one_row(client, service, config, released, tmp_path):
    """E6, F5. And what was fetched can be checked as it lies there."""
    client.get(f"/forskning/data/{released}")
    reply = client.fill(action=f"/forskning/data/{released}/fil/missing.csv")
    assert reply.headers["Content-Disposition"] == 'attachment; filename="missing.csv"'
    assert reply.headers["Content-Type"] == "text/csv; charset=utf-8"
    with service.vaults.reading() as work:
        assert work.office.scalar(select(func.count()).select_from(Download)) == 1

    client.get(f"/forskning/data/{released}")
    packed = client.fill(action=f"/forskning/data/{released}/alla").data
    with service.vaults.reading() as work:
        row = work.office.scalars(select(Download).where(Download.file.like("%.zip"))).one()
        assert row.sha256 == hashlib.sha256(packed).hexdigest()
    zipfile.ZipFile(io.BytesIO(packed)).extractall(tmp_path)
    folder = tmp_path / f"kapabla_{make.STUDY}_{released}_2026-11-25"
    (folder / "missing.csv").write_bytes(reply.data)
    listed = dict(line.split("  ")[::-1] for line in (folder / "SHA256SUMS").read_text("utf-8").splitlines())
    assert set(listed) | {"SHA256SUMS", "download.json"} == {path.name for path in folder.iterdir()}
    assert all(hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest for name, digest in listed.items())

    # The report of the page, and that of the command beside what recomputes it (R11).
    client.get(f"/forskning/data/{released}")
    with zipfile.ZipFile(io.BytesIO(client.fill(action=f"/forskning/data/{released}/rapport").data)) as packed:
        reports = {name: packed.read(name) for name in packed.namelist()}
    assert set(reports) == {"rapport.html", "rapport.pdf", "report.html", "report.pdf", "download.json"}
    # The study means to draw lots, and nobody has.
    assert b"TREND" in reports["report.html"]
    assert b"CONSORT" not in reports["report.html"]
    with service.vaults.reading() as work:
        assert work.office.scalar(select(func.count()).select_from(Download)) == 3
    opening = Opening({"KAPABLA_DATA_DIR": str(config.data_dir), "KAPABLA_KEY_DIR": str(config.key_dir)})
    said = CliRunner().invoke(report, [released, "--out", str(tmp_path / "out")], obj=opening)
    assert said.exit_code == 0, said.output
    written = {path.name for path in Path(said.output.strip()).iterdir()}
    # A download of the page has an id of its own.
    again = {"data_long.csv", "codebook.json", "recompute.py", "recompute.R", "analysis.zip"}
    assert (again | {*reports} - {"download.json"}) <= written
    assert exported(service) == (4, [("cli", "report")])


def test_an_export_is_a_row_before_it_is_written_of_who_is_named_or_of_a_command(service, config, released, tmp_path):
    """E6, F10: a folder for its owner alone, in the register and in the log; nobody's where nobody is named."""
    opening = Opening({"KAPABLA_DATA_DIR": str(config.data_dir), "KAPABLA_KEY_DIR": str(config.key_dir)})
    with service.vaults.unit() as work:
        for role in ("steward", "officer"):
            # Of a demo account no code is asked for.
            sign_in.add_staff(
                work.office, email=f"{role}@demo.example.com", name="Dana", role=role, ends_on=date(2099, 1, 1),
                at=service.clock(), is_demo=True,
            )  # fmt: skip

    def export(*more):
        return CliRunner().invoke(release, ["export", released, "--out", str(tmp_path), *more], obj=opening)

    said = export("--format", "sav,csv")
    assert said.exit_code == 0, said.output
    assert Path(said.output.strip()).stat().st_mode & 0o777 == 0o700
    assert exported(service) == (1, [("cli", "csv,sav")])
    with service.vaults.reading() as work:
        [(nobody, member, _)] = release_register.downloads(work.office)
    assert (member, nobody.staff_id, nobody.purpose, nobody.file) == (None, None, "kommando", f"{released}/csv,sav")
    assert export("--by", "steward@demo.example.com").exit_code == 0
    with service.vaults.reading() as work:
        row = work.office.scalars(select(Download).where(Download.staff_id.is_not(None))).one()
        hash_ = release_register.get(work.office, released).manifest_hash
    assert (row.file, row.format, row.sha256) == (f"{released}/csv,csv-excel,sav", "folder", hash_)
    assert row.rows > 100
    assert isinstance(export("--by", "officer@demo.example.com").exception, NotAllowed)
    assert export("--format", "csv,nej").exception.code == "format_unknown"
    assert exported(service)[0] == 2


def exported(service):
    """Rows of the register, and what left through a command without a name."""
    with service.vaults.reading() as work:
        rows = work.office.execute(
            select(OfficeAudit.actor, OfficeAudit.reason).where(
                OfficeAudit.action == "release_download", OfficeAudit.actor == "cli"
            )
        )
        return work.office.scalar(select(func.count()).select_from(Download)), [tuple(row) for row in rows]


@pytest.mark.usefixtures("ordered")
def test_withdrawn_people_are_in_no_later_release(service):
    """B4, E2.2: twelve leave with erasure before the release; the release has twelve fewer."""
    from kapabla.answers.erasing import erase_subject
    from kapabla.release.build import build

    study = service.material.studies[make.STUDY]

    def released_people():
        with service.vaults.reading() as work:
            return build(
                work.answers, service.material, study, purpose="evaluation", is_test=True, release_key=bytes(range(32)),
                on=date(2026, 11, 25),
            ).ids  # fmt: skip

    before = released_people()
    gone = sorted(before)[:12]
    with service.vaults.unit() as work:
        for subject in gone[:6]:
            erase_subject(work.answers, subject)
        for subject in gone[6:]:
            work.answers.get_one(Placement, subject).left = "research"
    after = released_people()
    assert len(before) - len(after) == 12
    assert not set(gone) & set(after)
    with service.vaults.reading() as work:
        assert set(work.answers.scalars(select(Placement.subject))) & set(gone) == set(gone[6:])


def test_the_page_tells_what_differs_from_the_release_before(client, service, released):
    """F5, R09: and the first of two is compared with none after it. Before it is locked those who decide read it."""
    later = order_on_the_page(client, service)
    client.get(f"/forskning/data/{later}")
    assert "visas när utgåvan är låst" in client.text
    assert "Jämfört med utgåva" not in client.text
    approve(service, later)
    client.get(f"/forskning/data/{later}")
    assert f"Jämfört med utgåva {released}" in client.text
    assert "oförändrat, eller färre än 5 i skillnad" in client.text
    client.get(f"/forskning/data/{released}")
    assert "Det här är den första utgåvan av sitt slag." in client.text


def test_research_runs_without_the_other_vaults(config, make_app, clock, key_template):
    """E7.2: the research process starts and answers with identity and answers unset."""
    alone = replace(config, audiences=("research",), identity_url=None, answers_url=None)
    app = make_app(alone)
    client = PageClient(app)
    make.sign_in_as(client, "researcher")
    assert "Det finns ingen låst datautgåva än" in client.text
    with pytest.raises(Exception, match="vault_closed"):
        open_service(alone, clock=clock).vaults.work().answers  # noqa: B018


def test_who_leaves_before_the_lock_is_handed_out_by_no_approval(app, client, service, ordered):
    """C2.2: between the first yes and the second; who approves is told, and no number."""
    steward, admin = PageClient(app), PageClient(app)
    address, action = f"/forskning/data/{ordered}", f"/forskning/data/{ordered}/godkann"
    for member, role in ((steward, "steward"), (admin, "admin")):
        make.sign_in_as(member, role)
        member.get(address)
    steward.fill(action=action, beslut="godkann")
    admin.get(address)
    form = admin.hidden(action=action) | {"beslut": "godkann"}
    with service.vaults.unit() as work:
        people = release_register.get(work.office, ordered).people
        someone = work.answers.scalars(
            select(ReleaseInclusion.subject).where(ReleaseInclusion.release == ordered)
        ).first()
        set_left(work.answers, someone, "research")
    run_once(service)
    admin.post(action, form, status=409)
    for member in (admin, steward):
        member.get(address)
        assert "eller fått sina uppgifter begränsade, sedan den byggdes. Beställ en ny utgåva." in member.text
        assert 'name="beslut"' not in member.text
    client.get(address)
    assert "Utgåvan lämnas inte ut, eftersom den inte stämmer längre. Beställ en ny utgåva." in client.text
    client.get("/forskning/data")
    assert f">{people}<" not in client.text
    later = order_on_the_page(client, service)
    with service.vaults.reading() as work:
        assert release_register.get(work.office, later).people == people - 1


def test_a_refused_release_is_destroyed_and_its_reason_is_the_countys(client, app, service, config, ordered):
    """The row and the reason stay; no file, no key, no number of people, and no word of why for the researcher."""
    steward, address = PageClient(app), f"/forskning/data/{ordered}"
    make.sign_in_as(steward, "steward")
    steward.get(address)
    assert "Skriv inget om enskilda personer." in steward.text
    people = re.search(r"<dt>Personer</dt><dd>(\d+)</dd>", steward.text)[1]
    data = next(file for file in published.files(config.release_dir, ordered) if file.name == "data_long.csv")
    steward.fill(action=f"{address}/godkann", beslut="avsla", skal="En yrkesgrupp är för liten.")
    assert "Utgåvan är avslagen: En yrkesgrupp är för liten." in steward.text
    client.get(address)
    assert "Utgåvan är avslagen." in client.text
    assert "yrkesgrupp" not in client.text
    client.get("/forskning/data")
    assert f">{people}<" not in client.text
    run_once(service)
    assert published.files(config.release_dir, ordered) == ()
    with pytest.raises(NotFound):
        published.read(config.release_dir, data)
    assert not service.keys.has("release", ordered)
    steward.get(address)
    assert "En yrkesgrupp är för liten." in steward.text


def test_the_second_approver_reads_what_there_is_to_approve(app, service, ordered):
    """C4.8, R09: with the accounts of the demo a release is approved on pages, last by one who sees no person."""
    steward, admin = PageClient(app), PageClient(app)
    address, action = f"/forskning/data/{ordered}", f"/forskning/data/{ordered}/godkann"
    make.sign_in_as(steward, "steward")
    steward.get(address)
    assert "Ingen än" in steward.text
    assert "Tack, du har godkänt" not in steward.text
    steward.fill(action=action, beslut="godkann")
    assert "Tack, du har godkänt utgåvan." in steward.text
    assert 'value="godkann"' not in steward.text

    make.sign_in_as(admin, "admin")
    assert admin.path == "/forskning/data"
    admin.get(address)
    for words in ("Namn steward (Dataskyddsansvarig)", "minst 5 krävs", "Lämnas inte ut", "den första utgåvan"):
        assert words.lower() in admin.text.lower()
    assert "roles of fewer" not in admin.text
    admin.fill(action=action, beslut="godkann")
    assert "Den är godkänd av två personer och låses inom en minut." in admin.text
    run_once(service)
    admin.get(address)
    assert "Den är godkänd av två personer och låst." in admin.text
    assert "Namn admin (Administratör)" in admin.text
    assert "/fil/" not in admin.text
    for closed in ("/forskning/resultat", "/forskning/kodbok"):
        admin.get(closed, status=403)
    # Who approved it stands in the register: the bytes of the manifest are fixed before anybody says yes.
    study = service.material.studies[make.STUDY]
    with service.vaults.reading() as work:
        manifest = release_register.get(work.office, ordered).manifest
    assert manifest["consent_versions"] == [{"id": study.consent.id, "version": study.consent.version}]
