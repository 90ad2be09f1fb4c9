"""What all ways of signing in share: failures are counted and logged without an address; the site that keys are for."""

from kapabla.audit import Event
from kapabla.office import passkeys, sign_in
from kapabla.web.unit_of_work import keep_on_error, now, service, work


def count_failure(whos: list[str], stage: str) -> None:
    office = work().office
    sign_in.count_attempt(office, service().keys.get("session"), whos, at=now())
    trail = Event("unknown", "", "sign_in", f"stage:{stage}", outcome="refused")
    service().office_chain.append(office, trail, at=now())
    keep_on_error()


def site() -> passkeys.Site:
    config = service().config
    return passkeys.site_of(config.base_url, config.project_name)
