"""A situation to choose in: nodes, choices with three-part feedback, and the checks that no reader gets stuck."""

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from kapabla.material.faults import say
from kapabla.material.texts import Frozen, Text
from kapabla.material.unread import as_far_as_read, read_ones

Quality = Literal["good", "missed", "harmful"]
ContentNote = Literal["content_note_stories", "content_note_children", "content_note_weapons"]
NodeId = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=26)]
MAX_CHOICES = 4


class Choice(Frozen):
    """`next` leads on; without it the scenario ends with this choice's feedback."""

    code: NodeId
    text: Text
    quality: Quality
    why: Text
    what_else: Text
    next: NodeId | None = None


class Node(Frozen):
    id: NodeId
    text: Text
    question: Text | None = None
    choices: tuple[Choice, ...] = ()
    end: bool = False

    def choice(self, code: str) -> Choice | None:
        return next((choice for choice in self.choices if choice.code == code), None)


class Scenario(Frozen):
    id: NodeId
    title: Text
    role: str | None = None  # of which trade the story is; None where it is for all
    content_note: ContentNote | None = None  # before this story alone, beside the note of the module
    start: NodeId
    nodes: tuple[Node, ...]

    def node(self, node_id: str) -> Node | None:
        return next((node for node in self.nodes if node.id == node_id), None)


@as_far_as_read
def check_scenario(scenario: Scenario) -> Iterator[tuple[str, str]]:
    ids = [node.id for node in scenario.nodes]
    known = read_ones(ids)
    for node_id in sorted({node_id for node_id in known if known.count(node_id) > 1}):
        yield f"node {node_id}", "the id is used twice; give each node an id of its own."
    for node in scenario.nodes:
        yield from _check_node(node, ids)
    yield from _check_ways(scenario, ids)


@as_far_as_read
def _check_ways(scenario: Scenario, ids: list[str]) -> Iterator[tuple[str, str]]:
    if scenario.start not in ids:
        yield "start", say("there is no node {node}; write the id of the first node.", node=scenario.start)
    for node_id in sorted(set(ids) - _reachable(scenario)):
        yield f"node {node_id}", "no choice leads here; lead a choice to it, or remove it."
    for node_id in sorted(_reachable(scenario) - _that_end(scenario)):
        yield f"node {node_id}", "no way from here comes to an end; let one choice end the story."


@as_far_as_read
def _check_node(node: Node, ids: list[str]) -> Iterator[tuple[str, str]]:
    place = f"node {node.id}"
    if node.end == bool(node.choices):
        yield place, "a node has choices, or end = true, and not both; a node with neither is a dead end."
    if node.choices and not 2 <= len(node.choices) <= MAX_CHOICES:
        yield (
            place,
            say("the node has {count} choices; write two to {highest}.", count=len(node.choices), highest=MAX_CHOICES),
        )
    if node.choices and node.question is None:
        yield place, 'a node with choices needs `question`; write one, such as "Vad gör du?".'
    yield from _check_choices(node, place, ids)
    if node.choices and all(choice.quality != "good" for choice in node.choices):
        yield place, "no choice is good; write at least one that can work."


@as_far_as_read
def _check_choices(node: Node, place: str, ids: list[str]) -> Iterator[tuple[str, str]]:
    codes = read_ones(choice.code for choice in node.choices)
    for code in sorted({code for code in codes if codes.count(code) > 1}):
        yield f"{place}, choice {code}", "the code is used twice; give each choice a code of its own."
    for choice in node.choices:
        if choice.next is not None and choice.next not in ids:
            yield (
                f"{place}, choice {choice.code}, next",
                say("there is no node {node}; write an id that exists.", node=choice.next),
            )


def _leads_to(node: Node, known: set[str]) -> set[str]:
    return {choice.next for choice in node.choices if choice.next is not None} & known


def _reachable(scenario: Scenario) -> set[str]:
    known = {node.id for node in scenario.nodes}
    found, waiting = set[str](), {scenario.start} & known
    while waiting:
        here = waiting.pop()
        found.add(here)
        node = scenario.node(here)
        waiting |= (_leads_to(node, known) if node else set()) - found
    return found


def _that_end(scenario: Scenario) -> set[str]:
    """Nodes from which the end can be reached, found backwards from the ends."""
    known = {node.id for node in scenario.nodes}
    ending = {n.id for n in scenario.nodes if n.end or any(choice.next is None for choice in n.choices)}
    while True:
        more = {n.id for n in scenario.nodes if n.id not in ending and _leads_to(n, known) & ending}
        if not more:
            return ending
        ending |= more
