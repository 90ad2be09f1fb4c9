"""The page of components: there for those who work on Kapabla, and not where real people are served."""

from dataclasses import replace

import pytest


@pytest.mark.parametrize("side", ["", "?sida=deltagare"])
def test_it_is_as_strict_as_any_other_page(client, side):
    client.get(f"/_komponenter{side}")
    assert "Komponenter" in client.text


@pytest.mark.parametrize(("demo", "status"), [(True, 200), (False, 404)])
def test_it_is_there_in_the_demo_and_not_in_production(config, make_app, demo, status):
    app = make_app(replace(config, testing=False, demo=demo))
    assert app.test_client().get("/_komponenter").status_code == status
