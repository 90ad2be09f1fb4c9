"""The register of releases."""

from kapabla.office import release_register, sign_in
from tests import factories as make


def test_the_newest_order_comes_first_whether_it_is_built_or_not(service):
    make.make_staff(service, "researcher")
    names = ["2026-11-25-9", "2026-11-25-10", "2026-11-24-11"]
    with service.vaults.unit() as work:
        by = sign_in.get_staff(work.office, "researcher@example.com")
        for name in names:
            release_register.order(
                work.office, service.office_chain, release=name, study=make.STUDY, purpose="evaluation", is_test=True,
                by=by, at=service.clock(),
            )  # fmt: skip
        release_register.get(work.office, names[0]).built_on = service.clock().date()
        assert [r.id for r in release_register.all_releases(work.office)] == [names[1], names[0], names[2]]
