"""What of an instrument is not in its data dictionary. What is on no list here comes back as it was."""

from collections.abc import Iterator

from kapabla.material.faults import Fault, say
from kapabla.material.instruments.definition import Group, Instrument, Item, Page
from kapabla.material.instruments.redcap_dictionary.columns import MAX_DECIMALS, header_of, parts_of
from kapabla.material.instruments.redcap_dictionary.logic import LogicNotSaid, can_be_written, read, written
from kapabla.material.instruments.redcap_dictionary.reading import MARKUP, PIPED
from kapabla.material.instruments.redcap_dictionary.writing import can_be_asked, choice_text, sv_of
from kapabla.material.texts import texts_in

Found = Iterator[tuple[str, str]]

# Keys of an item that have no column, by what is told of them.
_NO_COLUMN = {
    "correct": "which answer is right is not in the file.",
    "feedback": "the sentence that explains the right answer is not in the file.",
    "cell": "which cell of the knowledge test it fills is not in the file.",
    "source": "where the question comes from is not in the file.",
    "response_scale": "the options are in the file, and not the name of their response scale.",
    "options_from": "the options that come from the study are not in the file.",
    "margin": "that people are told of by the answer is not in the file.",
    "confirms": "that the answer is known beforehand and confirmed is not in the file.",
    "then_of": "that the question looks back at another is not in the file.",
    "not_at": "at which times it is not asked is not in the file.",
    "max_length": "the longest answer is not in the file.",
    "quotation": "the box that lets the answer be quoted is not in the file.",
    "random_options": "the random order of options is not in the file.",
    "released_as": "how the answer is released is not in the file.",
}


def losses(instrument: Instrument) -> list[Fault]:
    """Place and sentence for everything that is lost, in the order of the instrument."""
    return [Fault("", place, message) for place, message in _losses(instrument)]


def _losses(instrument: Instrument) -> Found:
    yield from _of_whole(instrument)
    for number, page in enumerate(instrument.pages, start=1):
        yield from ((f"page {number}", message) for message in _of_page(page, instrument))
    for group in instrument.groups:
        yield from ((f"group {group.code}", message) for message in _of_group(group))
    asked = {item.code: item for item in instrument.items if can_be_asked(item)}
    for item in instrument.items:
        yield from ((f"item {item.code}", message) for message in _of_item(item, asked))
    for scale in instrument.scales:
        yield f"scale {scale.code}", "the scale, and how its score is computed, is not in the file."
    for indicator in instrument.indicators:
        yield f"indicator {indicator.code}", "the indicator, and which answers count in it, is not in the file."


def _of_whole(instrument: Instrument) -> Found:
    # The title is given beside the file when it is read again.
    texts = [(place, text) for place, text in texts_in(instrument) if place != "title"]
    others = sorted({language for _, text in texts for language in text.languages()} - {"sv"})
    if others:
        yield "", say("the file is in Swedish; the texts in {languages} are not in it.", languages=", ".join(others))
    if instrument.random_pages:
        yield "", "the random order of pages is not in the file."
    placed = [code for page in instrument.pages for code in page.items]
    if [item.code for item in instrument.items] != placed:
        yield "", "the questions stand in the order of the pages, and not in that of the file that they come from."
    if [group.code for group in instrument.groups] != sorted(
        (group.code for group in instrument.groups), key=lambda code: _place_of(code, instrument, placed)
    ):
        yield "", "the groups stand in the order of the pages."
    for place, text in texts:
        if text.sv.strip() != text.sv or "\r" in text.sv:
            yield place, "spaces at the ends of the text are not in the file."
        if MARKUP.search(text.sv) or PIPED.search(text.sv):
            yield place, "REDCap reads what stands between < > or [ ] as something to do, and not as text."
        if text.placeholders():
            yield place, "the trade of whoever reads is not filled in by REDCap."


def _place_of(code: str, instrument: Instrument, placed: list[str]) -> int:
    group = next(group for group in instrument.groups if group.code == code)
    return placed.index(group.items[0])


def _of_page(page: Page, instrument: Instrument) -> Iterator[str]:
    asked = {item.code for item in instrument.items if can_be_asked(item)}
    if not asked & set(page.items):
        yield "nothing on the page can be in the file."
        return
    intro, stem = sv_of(page.intro), sv_of(page.stem)
    if page.heading is None:
        yield "the page has no heading, and gets the title of the instrument."
    elif parts_of(header_of(page.heading.sv, intro, stem)) != (page.heading.sv, intro, stem):
        yield "what stands above the questions is one text; its last paragraph becomes the stem."
    if page.boxes:
        yield "the safety boxes are not in the file."
    if page.no_right_or_wrong:
        yield "the line that no answer is right or wrong is not in the file."
    if page.random_items:
        yield "the random order of questions is not in the file."


def _of_group(group: Group) -> Iterator[str]:
    if group.kind == "vignette":
        yield "the story becomes a text before its questions, and no longer holds them together."
    elif group.title is not None:
        yield "the title of the matrix is not in the file."
    if group.random_items:
        yield "the random order of questions is not in the file."


def _of_item(item: Item, asked: dict[str, Item]) -> Iterator[str]:
    if not can_be_asked(item):
        yield "a ranking of ours cannot be asked in REDCap; the question is not in the file."
        return
    if item.kind == "knowledge":
        yield "the question becomes an ordinary choice."
    for key, message in _NO_COLUMN.items():
        if getattr(item, key) != type(item).model_fields[key].default:
            yield message
    for option in item.options:
        if choice_text(option.text.sv) != option.text.sv:
            yield say("option {value} becomes one line without bars.", value=option.value)
        if option.alone:
            yield say("that option {value} is chosen with no other is not in the file.", value=option.value)
        if option.code is not None or option.stays_last:
            yield say("what option {value} stands for, or that it stays last, is not in the file.", value=option.value)
    if item.slider is not None:
        if item.slider.step != 1:
            yield "the step of the slider is not in the file."
        if any(choice_text(text.sv) != text.sv for text in (item.slider.low, item.slider.high)):
            yield "the ends of the slider become one line without bars."
    if item.decimals > MAX_DECIMALS:
        yield say("REDCap has no number with {decimals} decimals.", decimals=item.decimals)
    if item.show_if is not None:
        if not can_be_written(item.show_if, asked):
            yield "the condition looks at what is not in the file, and is not in it either."
        elif not _comes_back(item, asked):
            yield "the condition is written in another way that means the same."


def _comes_back(item: Item, asked: dict[str, Item]) -> bool:
    assert item.show_if is not None
    try:
        return read(written(item.show_if, asked)) == item.show_if
    except LogicNotSaid:
        return False
