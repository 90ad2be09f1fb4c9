"""An earlier release whose key is gone: nothing can be held against it, so nothing new is shown (decision 114)."""

from datetime import date

from kapabla.jobs import releases
from kapabla.jobs.population import make_population
from kapabla.office import release_register, sign_in
from kapabla.release import published
from tests import factories as make


def order(service, name):
    with service.vaults.unit() as work:
        by = sign_in.get_staff(work.office, "researcher@example.com")
        return release_register.order(
            work.office, service.office_chain, release=name, study=make.STUDY, purpose="evaluation", is_test=True,
            by=by, at=service.clock(),
        )  # fmt: skip


def build(service, name):
    order(service, name)
    with service.vaults.unit() as work:
        record = releases.build_release(service, work, name)
        return record.state, record.reason


def test_a_release_waits_for_a_missing_key_and_has_no_figures_when_it_is_given_up(service):
    """C3.5, C5.5: files are as they would be; no figure, no report, and no word of waiting for more people."""
    make_population(service, people=14, seed=2, study=make.STUDY, today=date(2026, 11, 25), effect=0.7, attrition=0.1)
    make.make_staff(service, "researcher")
    order(service, "r1")
    with service.vaults.unit() as work:
        release_register.take(work.office, "r1").state = "retired"
    assert build(service, "r2") == ("failed", "former_key_gone")
    service.keys.give_up("release", "r1", date(2026, 11, 25))
    assert build(service, "r3") == ("built", "")
    folder = service.config.release_dir
    assert published.dashboard(folder, "r3")["figures"] == []
    assert published.cut_off(folder, "r3") == ("r1",)
    assert published.part(folder, "r3", "data_long.csv").count(b"\n") > 14
