"""What needs R is named where it has not been run, and never counted among what passed."""

from tests import r


def test_what_has_not_been_run_is_named_with_what_it_lacks():
    assert r.summary({"tests/b.py::b": "haven, readr", "tests/a.py::a": "Rscript"}, set()) == [
        "R: not run: tests/a.py::a needs Rscript", "R: not run: tests/b.py::b needs haven, readr", "R: not run",
    ]  # fmt: skip


def test_where_all_was_run_the_packages_are_named(monkeypatch):
    monkeypatch.setattr(r, "installed", lambda: {"haven": "2.5.1", "readr": "2.1.4"})
    assert r.summary({}, {"readr", "haven"}) == ["R: present (haven 2.5.1, readr 2.1.4)"]
    assert r.summary({"tests/a.py::a": "arrow"}, {"readr"}) == [
        "R: not run: tests/a.py::a needs arrow", "R: present (readr 2.1.4)"
    ]  # fmt: skip


def test_a_run_that_asked_nothing_of_r_says_nothing():
    assert r.summary({}, set()) == []
