"""How far the people of a release have come: who was asked at each wave, who answered, and for whom it is too early."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from kapabla.material import Study
from kapabla.material.studies.definition import Wave
from kapabla.release.disclosure import Responses, Stage

BEFORE = "t0"


@dataclass(frozen=True)
class Follower:
    """One person of a release. `answered`: the waves with a row. Dates: start questions sent in, course over."""

    arm: str
    answered: frozenset[str]
    sent_before_on: date | None
    completed_on: date | None
    wants_follow_up: bool

    def may_be_asked(self, wave: Wave) -> bool:
        """Now or later: it is for the person's arm and choice, and the day that it is counted from has been."""
        wanted = self.wants_follow_up or not wave.months
        return wave.is_for(self.arm) and wanted and self._anchor_on(wave) is not None

    def is_asked(self, wave: Wave, on: date) -> bool:
        """It has opened for the person by that day. Who answered was asked, also when a choice was changed later."""
        anchor_on = self._anchor_on(wave)
        is_due = anchor_on is not None and wave.opens_on(anchor_on) <= on
        return wave.code in self.answered or (self.may_be_asked(wave) and is_due)

    def _anchor_on(self, wave: Wave) -> date | None:
        return self.completed_on if wave.anchor == "completion" else self.sent_before_on


@dataclass(frozen=True)
class Following:
    """`groups`: whom a reader of the flow can tell the number of, besides the responses' own groups. `by_arm`: the
    first wave after the course once more, arm by arm (CONSORT 2010, item 13)."""

    stages: tuple[Stage, ...]
    groups: tuple[frozenset[int], ...]
    responses: tuple[Responses, ...]
    by_arm: tuple[Responses, ...] = ()


def follow(people: Sequence[Follower], study: Study, on: date) -> Following:
    """The flow from the start questions on, a group that shrinks, and the responses wave by wave, on the day `on`.

    Who has not completed the course, or wants no follow-up, is not asked. Example: of 60 who answered each time so far
    25 are too early for the next wave and 20 answered it: Stage("…", 20, not_asked=25), and 15 are lost.
    """
    numbered = dict(enumerate(people))
    still = _those(numbered, lambda person: BEFORE in person.answered)
    completed = still & _those(numbered, lambda person: person.completed_on is not None)
    stages = [Stage("Samtyckte och svarade före", len(still)), Stage("Gick klart utbildningen", len(completed))]
    groups, found, so_far = [still, completed], list[Responses](), "Svarade"
    still = completed
    for wave in (wave for wave in study.waves if wave.code != BEFORE):
        response = _response(numbered, wave, on)
        if not response.answered:
            continue
        found.append(response)
        if wave.anchor == "completion":
            asked, answered = still & response.asked, still & response.answered
            stages.append(Stage(f"{so_far} {response.label.lower()}", len(answered), not_asked=len(still - asked)))
            groups += [asked, answered]
            still, so_far = answered, "Svarade varje gång till och med"
    return Following(tuple(stages), tuple(groups), tuple(found), tuple(_by_arm(numbered, study, on)))


def _by_arm(numbered: Mapping[int, Follower], study: Study, on: date) -> Iterator[Responses]:
    arms = [arm for arm in study.arms if any(person.arm == arm.code for person in numbered.values())]
    for wave in (wave for wave in study.waves if wave.anchor == "completion" and not wave.months):
        for arm in arms if len(arms) > 1 else ():
            own = {number: person for number, person in numbered.items() if person.arm == arm.code}
            found = _response(own, wave, on)
            if found.asked:
                yield replace(found, label=f"{found.label}: {arm.label.sv}")


def _response(numbered: Mapping[int, Follower], wave: Wave, on: date) -> Responses:
    asked = _those(numbered, lambda person: person.is_asked(wave, on))
    return Responses(
        wave.short_label.sv,
        asked=asked,
        answered=_those(numbered, lambda person: wave.code in person.answered),
        early=_those(numbered, lambda person: person.may_be_asked(wave)) - asked,
    )


def _those(numbered: Mapping[int, Follower], is_one: Callable[[Follower], bool]) -> frozenset[int]:
    return frozenset(number for number, person in numbered.items() if is_one(person))
