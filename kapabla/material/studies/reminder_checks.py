"""Whether the days on which a study reminds people are of steps that it has, apart, and within the time to answer."""

from collections.abc import Iterator
from itertools import pairwise

from kapabla.material.faults import say
from kapabla.material.studies.definition import COURSE_SLUG, START, Study
from kapabla.material.unread import as_far_as_read

# A reminder whose day has passed unseen (a server away, a pause) still goes so many days later, and then no more.
GRACE_DAYS = 3


@as_far_as_read
def check_reminders(study: Study) -> Iterator[tuple[str, str]]:
    waves = {wave.slug: wave for wave in study.waves[1:]}
    known = (START, COURSE_SLUG, *waves)
    for step, days in study.reminders.items():
        place = f"reminders, {step}"
        if step not in known:
            yield place, say("the study has no such step; write one of {known}.", known=", ".join(known))
            continue
        if any(later - earlier <= GRACE_DAYS for earlier, later in pairwise(days)):
            yield place, say("the second is too soon after the first; leave more than {days} days.", days=GRACE_DAYS)
        wave = waves.get(step)
        closes_after = wave.window_after_days + wave.window_before_days if wave and wave.window_after_days else None
        if closes_after is not None and any(day > closes_after for day in days):
            yield place, say("the questions have closed by then; write at most {days}.", days=closes_after)
