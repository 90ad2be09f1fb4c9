"""A file of series that the editor has read in goes to the store: small counts are hidden before anything is kept."""

from kapabla.clock import local_date
from kapabla.material.series_file import places_of, read_file
from kapabla.office.promise_series import ordered_series
from kapabla.outbox import Job
from kapabla.service import Service
from kapabla.store import Store
from kapabla.vaults import Work


def keep_series(service: Service, _work: Work, job: Job) -> None:
    """Done twice, it is done once: the same file is no news."""
    from kapabla.release.disclosure import Thresholds
    from kapabla.release.series import Limits, keep

    body, about = ordered_series(job.payload, service.keys.get("sealing"))
    found = read_file(body, places_of(service.material.municipalities), is_count=about.is_count)
    limits = Limits(Thresholds(service.config.min_cell), Thresholds(service.config.min_cell_public))
    keep(Store(service.config.release_dir), found, about, limits, today=local_date(service.clock()))
