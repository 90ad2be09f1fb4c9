"""Static files: names that follow the bytes, one hashed style, budgets, and files from elsewhere as they were."""

import base64
import gzip
import hashlib
import re
from pathlib import Path

import brotli
import plotly.offline
import pytest

from kapabla.web.assets import FOLDER, load_assets

ASSETS = load_assets()
VENDOR = FOLDER / "vendor"


def gzipped(name: str) -> int:
    body = ASSETS.find(ASSETS.url(name).removeprefix("/static/"))
    assert body is not None
    return len(gzip.compress(body.body, 6, mtime=0))


def found(name: str, accepted: str = "") -> tuple[bytes, str, str]:
    file = ASSETS.find(ASSETS.url(name).removeprefix("/static/"), accepted)
    assert file is not None
    return file.body, file.mimetype, file.encoding


@pytest.mark.parametrize(
    ("name", "most"),
    [
        ("app.css", 6_000),
        ("participant.js", 4_000),
        ("phone.js", 4_000),
        ("worker.js", 7_500),
        ("staff.js", 1_000),
        ("figures.js", 3_000),
        ("spruce.svg", 1_000),
    ],
)
def test_file_keeps_its_budget(name: str, most: int) -> None:
    assert gzipped(name) <= most


def test_a_participant_loads_little_script_the_worker_included() -> None:
    assert sum(gzipped(name) for name in ("participant.js", "phone.js", "worker.js")) <= 15_000


def test_policy_allows_just_the_inlined_style() -> None:
    digest = hashlib.sha256(ASSETS.css_text.encode()).digest()
    assert ASSETS.css_csp_hash == "sha256-" + base64.b64encode(digest).decode()


def test_inlined_style_is_the_linked_one() -> None:
    assert found("app.css")[0] == ASSETS.css_text.encode()


def test_name_changes_with_the_bytes_and_only_then(tmp_path: Path) -> None:
    (tmp_path / "app.css").write_text("a{color:red}")
    first = load_assets(tmp_path).url("app.css")
    assert re.fullmatch(r"/static/app\.[0-9a-f]{8}\.css", first)
    assert load_assets(tmp_path).url("app.css") == first
    (tmp_path / "app.css").write_text("a{color:blue}")
    assert load_assets(tmp_path).url("app.css") != first


def test_comments_and_indentation_do_not_travel(tmp_path: Path) -> None:
    (tmp_path / "app.css").write_text("/* why */\n@media print{\n  a{color:red}\n}\n/* more */ b{color:blue}\n")
    assert load_assets(tmp_path).css_text == "@media print{a{color:red}}b{color:blue}"


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [("gzip, deflate, br", "br"), ("gzip", "gzip"), ("br;q=1.0", "br"), ("identity", ""), ("", "")],
)
def test_encoding_is_the_best_that_the_browser_takes(accepted: str, encoding: str) -> None:
    body, mimetype, chosen = found("app.css", accepted)
    assert (mimetype, chosen) == ("text/css", encoding)
    plain = {"br": brotli.decompress, "gzip": gzip.decompress, "": bytes}[encoding](body)
    assert plain.decode() == ASSETS.css_text


def test_unknown_and_plain_names_are_not_found() -> None:
    assert ASSETS.find("app.css") is None
    assert ASSETS.find("../assets.py") is None
    with pytest.raises(KeyError):
        ASSETS.url("nosuch.js")


def test_licences_and_checksums_are_kept_and_not_served() -> None:
    assert (VENDOR / "LICENSE-plotly.txt").read_text().startswith("MIT License")
    assert not [name for name in ASSETS.addresses if "LICENSE" in name or "SHA256" in name]


def test_files_from_elsewhere_match_their_checksums() -> None:
    sums = dict(reversed(line.split("  ")) for line in (VENDOR / "SHA256SUMS").read_text().splitlines())
    assert set(sums) == {path.name for path in VENDOR.iterdir()} - {"SHA256SUMS", "LICENSE-plotly.txt"}
    for name, digest in sums.items():
        assert hashlib.sha256((VENDOR / name).read_bytes()).hexdigest() == digest


def test_vendored_chart_library_is_the_version_that_python_writes_for() -> None:
    head = (VENDOR / "plotly-basic.min.js").read_text(encoding="utf-8")[:200]
    assert f"plotly.js (basic - minified) v{plotly.offline.get_plotlyjs_version()}\n" in head


def test_styles_of_the_chart_library_come_as_a_file() -> None:
    assert (VENDOR / "plotly.css").read_text().count("{") == 66


def test_scripts_and_styles_of_ours_name_no_other_host() -> None:
    for path in (*FOLDER.glob("*.js"), *FOLDER.glob("*.css")):
        assert not re.search(r"https?://|//\w+\.\w", path.read_text(encoding="utf-8")), path.name


def test_chart_library_is_told_to_send_nothing() -> None:
    script = (FOLDER / "figures.js").read_text(encoding="utf-8")
    for setting in (
        "showSendToCloud: false", 'plotlyServerURL: ""', "displaylogo: false", "displayModeBar: false",
        'topojsonURL: ""',
    ):  # fmt: skip
        assert setting in script


def test_stylesheet_serves_every_way_of_looking() -> None:
    for rule in (
        "(prefers-color-scheme:dark)", "(forced-colors:active)", "(prefers-reduced-motion:no-preference)",
        "@media print",
        "(max-height:18rem)", "scroll-padding-top",
    ):  # fmt: skip
        assert rule in ASSETS.css_text
    motion = ASSETS.css_text.replace("@media (prefers-reduced-motion:no-preference){html{scroll-behavior:smooth}}", "")
    assert not re.search(r"transition|animation|scroll-behavior", motion)


def test_letters_are_never_smaller_than_fourteen_pixels() -> None:
    sizes = [float(size) for size in re.findall(r"font(?:-size)?:([\d.]+)rem", ASSETS.css_text)]
    assert sizes
    assert min(sizes) >= 0.875
