"""`kapabla site export`: the public site as files, made without any vault, that any web server serves."""

import re
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from urllib.request import urlopen

import pytest

ADDRESS = re.compile(r'\b(?:href|src|action)="([^"]*)"')
ELSEWHERE = "https://kapabla.example.se"


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format, *args):
        pass


@pytest.fixture
def exported(run, config, tmp_path):
    for vault in config.data_dir.glob("*.db"):
        vault.unlink()
    folder = tmp_path / "site"
    said = run("site", "export", folder, KAPABLA_BASE_URL=ELSEWHERE, KAPABLA_NEUTRAL_EXIT_URL="/vader")
    assert said.status == 0, said.err
    assert said.out.endswith(f"files in {folder}\n")
    return folder


def test_every_link_leads_to_a_file_or_to_the_service(exported):
    pages = list(exported.rglob("*.html"))
    names = {path.relative_to(exported).as_posix() for path in pages}
    assert {
        "index.html", "stod/index.html", "medborgarloften/vindeln/2025/index.html",
        "medborgarloften/vindeln/2025/ordning-omrade/index.html", "medborgarloften/jamfor/2024/index.html",
        "medborgarloften/robertsfors/2023/bit/index.html", "vader/index.html",
    } <= names  # fmt: skip
    seen = set()
    for page in pages:
        text = page.read_text(encoding="utf-8")
        assert "/lamna" not in text.replace("data-neutral", "")
        assert 'action="' not in text
        assert page.parent.name in ("bit", "vader") or 'href="/vader/"' in text  # the exit leads somewhere
        for target in ADDRESS.findall(text):
            if target.startswith("/"):
                place = exported / target.partition("#")[0].strip("/")
                assert (place / "index.html" if target.partition("#")[0].endswith("/") else place).is_file(), target
            elif target.startswith(ELSEWHERE):
                seen.add(target.removeprefix(ELSEWHERE))
    assert "/mina-uppgifter" in seen
    assert not any(target.startswith("/medborgarloften") for target in seen)


def test_a_plain_web_server_serves_it(exported):
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=exported))
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        for path, said in (
            ("/medborgarloften/vindeln/2025", "Kapabla väktare på landsbygden"),
            ("/medborgarloften/vindeln/2025.csv", "no_followup"),
            ("/sitemap.xml", f"<loc>{ELSEWHERE}/medborgarloften/vindeln</loc>"),
        ):
            with urlopen(f"http://127.0.0.1:{server.server_port}{path}", timeout=10) as reply:
                assert said in reply.read().decode()
    finally:
        server.shutdown()
        server.server_close()


def test_what_lies_in_the_folder_is_never_mixed_with_the_site(run, tmp_path):
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").write_text("mine", encoding="utf-8")
    said = run("site", "export", tmp_path / "full")
    assert said.status == 1
    assert "is not empty" in said.err
    assert [path.name for path in (tmp_path / "full").iterdir()] == ["mine.txt"]
