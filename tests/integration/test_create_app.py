"""`from kapabla import create_app`: what a WSGI server is pointed at (`interfaces.md`)."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import kapabla
from kapabla.config import BadSetting


def run(*command, **settings):
    env = {name: value for name, value in os.environ.items() if not name.startswith("KAPABLA_")} | settings
    done = subprocess.run([sys.executable, *command], env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_application_of_the_environment_serves_an_installation_that_init_made(tmp_path: Path) -> None:
    settings = {"KAPABLA_DATA_DIR": str(tmp_path / "data"), "KAPABLA_KEY_DIR": str(tmp_path / "keys")}
    run("-m", "kapabla.cli", "init", **settings)
    script = (
        "from kapabla import create_app\n"
        "app = create_app()\n"
        "reply = app.test_client().get('/stod')\n"
        "print(reply.status_code, app.extensions['kapabla'].config.data_dir, '112' in reply.text)\n"
    )
    assert run("-c", script, **settings).split() == ["200", str(tmp_path / "data"), "True"]


def test_package_loads_no_framework_before_it_is_asked_for() -> None:
    script = "import sys, kapabla; print({name.split('.')[0] for name in sys.modules} & {'flask', 'sqlalchemy'})"
    assert run("-c", script).strip() == "set()"
    assert "'flask'" in run("-c", script.replace("; print", "; kapabla.create_app; print"))


def test_settings_of_the_environment_are_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KAPABLA_AUDIENCES", "staff")
    with pytest.raises(BadSetting, match="staff"):
        kapabla.create_app()


def test_what_the_package_does_not_have_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="create_application"):
        _ = kapabla.create_application  # type: ignore[attr-defined]  # that it is not there is the point
