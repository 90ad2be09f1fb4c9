"""Whether the windows of a study's waves come one after another, from the day that they count from."""

from collections.abc import Iterator
from datetime import date

from kapabla.material.faults import say
from kapabla.material.studies.definition import Study, Wave
from kapabla.material.unread import as_far_as_read, is_whole

# Who began in the window finishes within these; later answers belong to another point in time.
MAX_LATE_DAYS = 30
# Months differ in length, so that windows are held against each other from the first of every month.
_ANCHORS = tuple(date(2027, month, 1) for month in range(1, 13))


@as_far_as_read
def check_times(study: Study) -> Iterator[tuple[str, str]]:
    waves = [wave for wave in study.waves if is_whole(wave)]
    for number, wave in enumerate(waves):
        place = f"wave {wave.code}"
        if wave.weeks is not None and wave.months is not None:
            yield f"{place}, months", "the wave has both weeks and months; write one of them."
        elif any(wave.opens_on(anchor) < anchor for anchor in _ANCHORS):
            yield (
                f"{place}, window_before_days",
                "the wave opens before the day that it counts from; write fewer days.",
            )
        yield from _check_late(wave, place)
        met = next((before for before in waves[:number] if _meet(before, wave)), None)
        if met is not None:
            yield (
                place,
                say(
                    "the wave opens before {wave} is over; write another time, or a shorter window there.",
                    wave=met.code,
                ),
            )


def _check_late(wave: Wave, place: str) -> Iterator[tuple[str, str]]:
    if wave.late_days and wave.window_after_days is None:
        told: str = say("the window has no end to count from; write window_after_days, or remove late_days.")
        yield f"{place}, late_days", told
    elif wave.late_days > MAX_LATE_DAYS:
        told = "{given} days is more than finishing what was begun takes; write at most {highest}."
        yield f"{place}, late_days", say(told, given=wave.late_days, highest=MAX_LATE_DAYS)


def _meet(before: Wave, after: Wave) -> bool:
    """Whether somebody could answer both on one day. A wave that is open without end meets none."""
    if before.anchor != after.anchor or (before.arms and after.arms and not set(before.arms) & set(after.arms)):
        return False
    ends = ((before.last_on(anchor), after.opens_on(anchor)) for anchor in _ANCHORS)
    return any(last is not None and opens <= last for last, opens in ends)
