"""A frozen release as its clients ask for it in REDCap's protocol (`redcap-api.md`): read only, and nothing but the
files that two people approved. Knows neither Flask nor a database."""

from kapabla.release.redcap.calls import CONTENTS, Reply, answer, check_reading
from kapabla.release.redcap.frozen import Frozen, open_release
from kapabla.release.redcap.parameters import Parameters, known_names
from kapabla.release.redcap.refusals import CONTENT_TYPES, NO_API, Refusal, refusal_body
from kapabla.release.redcap.structure import Told

__all__ = [
    "CONTENTS", "CONTENT_TYPES", "NO_API", "Frozen", "Parameters", "Refusal", "Reply", "Told", "answer",
    "check_reading", "known_names", "open_release", "refusal_body",
]  # fmt: skip
