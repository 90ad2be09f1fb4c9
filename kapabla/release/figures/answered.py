"""How a group answered: its answers to items, what it knew, and how scores are spread. Answer tables all (C5).

No mean and no standard deviation of the same item or scale is ever shown beside them, so the scales that are spread out
here are those of which no figure shows the change.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import combinations, product
from typing import Any

from kapabla.material import Material, Study
from kapabla.material.instruments import Instrument, Item
from kapabla.material.studies.definition import Wave
from kapabla.release.columns import ColumnSpec, Kind
from kapabla.release.dataset import Dataset
from kapabla.release.direction import said_of
from kapabla.release.disclosure import Withheld, percent, protect_answers
from kapabla.release.figures.reading import having
from kapabla.release.figures.shown import Rows
from kapabla.release.figures.telling import Figure, Told, again, counted, figure
from kapabla.release.history import Answers

_ANSWERS = {"Fråga": "Question", "Tillfälle": "Wave", "Svar": "Answer", "Antal": "People"}
_KNOWLEDGE = {"Fråga": "Question", "Tillfälle": "Wave", "Svarade": "Answered", "Andel rätt": "Share right"}
_SPREAD = {"Skala": "Scale", "Tillfälle": "Wave", "Poäng": "Score", "Antal": "People"}
_MERGED = Told(
    "Där få har valt något av svaren är de yttersta svaren sammanslagna med dem bredvid, i båda ändar, så att ingen "
    "ska kunna kännas igen. En stapel med en rand i en annan färg är sammanslagna svar.",
    "Where few have chosen one of the answers, the outermost are merged with those beside, at both ends, so that "
    "nobody can be recognised. A bar with a strip in another colour is merged answers.",
)
_ALIKE = Told(
    " Före och efter är svaren på en fråga sammanslagna på samma sätt, där det går.",
    " Before and after the answers to an item are merged in the same way, where that can be.",
)
_BANDS = Told(
    "Där få har någon av poängen är de yttersta sammanslagna med dem bredvid, i båda ändar, så att ingen ska kunna "
    "kännas igen.",
    "Where few have one of the scores, the outermost are merged with those beside, at both ends, so that nobody can be "
    "recognised.",
)
_COUNTED = Told(
    "Antal personer. Ytterligheterna slås ihop tills varje svar är valt av ingen eller av minst gränsen. En fråga som "
    "färre än dubbla gränsen har svarat på visas inte.",
    "Number of people. The ends are merged until each answer is chosen by nobody or by at least the limit. An item "
    "that fewer than twice the limit have answered is not shown.",
)
# Which category somebody is in, by what stands in the table; None where in none.
Category = Callable[[str], int | None]


def items_shown(study: Study, material: Material) -> frozenset[str]:
    """The items that `likert` shows: no mean of theirs is told beside (C5)."""
    return frozenset(item.code for item in _asked(_primary(study, material)))


def _primary(study: Study, material: Material) -> Instrument:
    return material.instruments["se", study.instrument_versions["se"]]


def likert(material: Material, study: Study, shown: Rows) -> Figure:
    """How the items of the primary scale were answered before and after, categories merged where they must be."""
    instrument = _primary(study, material)
    rows, of = _of_items("fordelning", instrument, _waves(study, "t0", "t1"), shown)
    return _diverging("fordelning", _finding(rows, instrument), instrument, ("t0", "t1"), rows, of)


def opinions(material: Material, study: Study, shown: Rows) -> Figure:
    """What they thought of the course (level 1), asked once."""
    instrument = material.instruments["kurs", study.instrument_versions["kurs"]]
    rows, of = _of_items("omdome", instrument, _waves(study, "t1"), shown)
    agreed, of_all = 0, 0
    for item in _asked(instrument):
        upper = _upper_share([row for row in rows if row[0] == item.text.sv], item)
        if upper is not None:
            agreed, of_all = agreed + (upper > 0.5), of_all + 1
    title = Told(
        f"Mer än hälften håller med om {agreed} av {of_all} påståenden om utbildningen",
        f"More than half agree with {agreed} of {of_all} statements about the course",
    )
    return _diverging("omdome", title, instrument, ("t1",), rows, of)


def knowledge(material: Material, study: Study, shown: Rows) -> Figure:
    """The share that has each item right before and after. Half of the people meet a form before, the others after."""
    rows, of, names, values = list[list[Any]](), list[str](), list[str](), dict[str, dict[str, Any]]()
    waves = _waves(study, "t0", "t1")
    for code in ("kun_a", "kun_b"):
        test = f"{code}_sum"
        for item, wave in product(material.instruments[code, study.instrument_versions[code]].items, waves):
            asked = (shown.say(item.text.sv, item.text.get("en")), wave.short_label.sv)

            def make(
                asked: tuple[str, str] = asked, wave: Wave = wave, item: Item = item, test: str = test
            ) -> list[list[Any]]:
                right = str(item.correct)
                counts = _protected(
                    "kunskap", asked, wave.code, item.code, ("Fel", "Rätt"), lambda answer: int(answer == right), shown,
                    among=test,
                )  # fmt: skip
                people = sum(count for _, count in counts)
                values[", ".join(asked)] = {"n": people, "value": counts[1][1] / people}
                return [[*asked, people, percent(counts[1][1] / people)]]

            made, release = shown.rows("kunskap", asked, having([(wave.code, test)]), make, 2)
            if release != shown.history.release:
                values.pop(", ".join(asked), None)
            rows += made
            of += [release] * len(made)
            names.append(f"knowledge.{test}.{wave.code}.{item.code}.difficulty")
    told = [row for row in rows if row[2] is not None]
    if not told:
        raise Withheld(reason="nothing_to_show")
    return figure(
        "kunskap",
        title=_knowledge_title(told, [wave.short_label.sv for wave in waves]),
        subtitle=Told("Andel rätt svar på varje kunskapsfråga", "Share of right answers to each knowledge item"),
        sentence=Told(
            "Varje person får den ena formen före och den andra efter, så samma fråga är besvarad av olika personer.",
            "Each person meets the one form before and the other after, so an item is answered by different people.",
        ),
        method=Told(
            "Rätt svar delat med alla som gjorde provet; Vet inte och en överhoppad fråga räknas som fel. Visas när "
            "minst dubbla gränsen har gjort det och både rätt och fel är noll eller minst gränsen.",
            "Right answers divided by all who took the test; Do not know and an item left blank count as wrong. Shown "
            "where at least twice the limit have taken it and both right and wrong are none or at least the limit.",
        ),
        headers=_KNOWLEDGE,
        rows=rows,
        of=of,
        values=values,
        code=again(*names),
        plot={"kind": "shares", "waves": [wave.short_label.sv for wave in waves]},
    )


def spread(dataset: Dataset, study: Study, shown: Rows) -> Figure:
    """Histograms, as bars of at least T people, of the scales of which no change is shown."""
    rows, of, names = list[list[Any]](), list[str](), list[str]()
    for column in _spread_out(dataset):
        name = shown.say(column.labels["sv"], column.labels["en"])
        labels, place = _bands(column)
        for wave in _waves(study, *(code for code in column.waves if code != "t0b")):
            asked = (name, wave.short_label.sv)

            def make(
                asked: tuple[str, str] = asked, wave: Wave = wave, column: ColumnSpec = column,
                labels: Sequence[str] = labels, place: Category = place,
            ) -> list[list[Any]]:  # fmt: skip
                counts = _protected("spridning", asked, wave.code, column.name, labels, place, shown)
                return [[*asked, _from_to(label), count] for label, count in counts]

            made, release = shown.rows("spridning", asked, having([(wave.code, column.name)]), make, 2)
            rows += made
            of += [release] * len(made)
            names.append(f"answers.{column.name}.{wave.code}")
    told = len({(row[0], row[1]) for row in rows if row[3] is not None})
    if not told:
        raise Withheld(reason="nothing_to_show")
    direction = Told(*said_of((column.construct, column.labels) for column in _spread_out(dataset)))
    return figure(
        "spridning",
        title=Told(
            f"{told} av {len({(row[0], row[1]) for row in rows})} fördelningar kan visas",
            f"{told} of {len({(row[0], row[1]) for row in rows})} distributions can be shown",
        ),
        subtitle=Told(
            "Antal personer per poäng, för skalor vars medelvärde inte visas",
            "Number of people per score, for scales of which no mean is shown",
        ),
        sentence=Told(_BANDS.sv + direction.sv, _BANDS.en + direction.en),
        method=Told(
            f"{_COUNTED.sv} Medelvärdet av samma skala visas aldrig bredvid.",
            f"{_COUNTED.en} The mean of the same scale is never shown beside it.",
        ),
        headers=_SPREAD,
        rows=rows,
        of=of,
        code=counted(*names),
        plot={"kind": "bars"},
    )


def _asked(instrument: Instrument) -> list[Item]:
    return [item for item in instrument.items if item.enabled and item.is_choice]


def _options(item: Item) -> list[Told]:
    return [Told(o.text.sv, o.text.get("en")) for o in item.options if o.missing is None]


def _of_items(
    figure_id: str, instrument: Instrument, waves: Sequence[Wave], shown: Rows
) -> tuple[list[list[Any]], list[str]]:
    rows, of = list[list[Any]](), list[str]()
    for item in _asked(instrument):
        shown.say(item.text.sv, item.text.get("en"))
        _say_merged(_options(item), shown)
        for wave in waves:
            asked = (item.text.sv, wave.short_label.sv)

            def place(answer: str, item: Item = item) -> int | None:
                values = [str(value) for value in item.scored_values]
                return values.index(answer) if answer in values else None

            def make(
                asked: tuple[str, str] = asked, wave: Wave = wave, item: Item = item, place: Category = place
            ) -> list[list[Any]]:
                labels = [option.sv for option in _options(item)]
                others = [other.code for other in waves if other is not wave]
                counts = _alike(figure_id, asked, wave.code, item.code, labels, place, shown, others)
                return [[*asked, *row] for row in counts]

            made, release = shown.rows(figure_id, asked, having([(wave.code, item.code)]), make, 2)
            rows += made
            of += [release] * len(made)
    if all(row[3] is None for row in rows):
        raise Withheld(reason="nothing_to_show")
    return rows, of


def _diverging(
    figure_id: str, title: Told, instrument: Instrument, waves: Sequence[str], rows: list[list[Any]], of: list[str]
) -> Figure:  # fmt: skip
    items = _asked(instrument)
    return figure(
        figure_id,
        title=title,
        subtitle=Told(
            f"{instrument.title.sv}, andel av dem som svarade",
            f"{instrument.title.get('en')}, share of those who answered",
        ),
        sentence=_MERGED if len(waves) < 2 else Told(_MERGED.sv + _ALIKE.sv, _MERGED.en + _ALIKE.en),
        method=_COUNTED,
        headers=_ANSWERS,
        rows=rows,
        of=of,
        code="\n".join(counted(*(f"answers.{item.code}.{wave}" for item in items)) for wave in waves),
        plot={"kind": "likert", "options": [option.sv for option in _options(items[0])]},
    )  # fmt: skip


def _say_merged(labels: Sequence[Told], shown: Rows) -> None:
    """Each label, and each that stands for several put together."""
    for label in labels:
        shown.say(label.sv, label.en)
    for first, last in combinations(labels, 2):
        shown.say(f"{first.sv}–{last.sv}", f"{first.en}–{last.en}")


def _alike(
    figure_id: str, asked: tuple[str, str], wave: str, name: str, labels: Sequence[str], place: Category, shown: Rows,
    others: Sequence[str],
) -> tuple[tuple[Any, ...], ...]:  # fmt: skip
    """Merged as the other waves of the item must be, so that they can be compared; else as far as this one alone."""
    beside = [Counter(place(answer) for answer in _given(shown.present, other, name).values()) for other in others]
    beside = [counts for counts in beside if counts.total() >= shown.thresholds.answer_group]
    try:
        return _protected(figure_id, asked, wave, name, labels, place, shown, beside=beside)
    except Withheld:
        return _protected(figure_id, asked, wave, name, labels, place, shown)


def _protected(
    figure_id: str, asked: tuple[str, str], wave: str, name: str, labels: Sequence[str], place: Category, shown: Rows,
    *, among: str = "", beside: Sequence[Counter[int | None]] = (),
) -> tuple[tuple[Any, ...], ...]:  # fmt: skip
    """How many are in each category, also beside what earlier releases have shown of it: whoever has come since, or
    gone, is an answer table of their own. among: a column that they have a value of; a blank is then an answer too.
    beside: other answers that are merged in the same way."""
    now, changes = _given(shown.present, wave, name, among), [*beside]
    for former in shown.history.formers:
        if former.rows(figure_id, asked):
            then = _given(former.answers, wave, name, among)
            changes += [
                Counter(place(answer) for one, answer in now.items() if one not in then),
                Counter(place(answer) for one, answer in then.items() if one not in now),
            ]
    everybody = Counter(place(answer) for answer in now.values())
    counted = [[counts[at] for at in range(len(labels))] for counts in (everybody, *changes)]
    return protect_answers(labels, counted[0], thresholds=shown.thresholds, changes=counted[1:]).rows


def _given(answers: Answers, wave: str, name: str, among: str = "") -> dict[str, str]:
    if among:
        return {one: answers.given(one, wave, name) or "" for one in answers.having([(wave, among)])}
    return {one: value for one in answers.people if (value := answers.given(one, wave, name)) is not None}


def _finding(rows: Sequence[Sequence[Any]], instrument: Instrument) -> Told:
    """On how many items more people than before give one of the two uppermost answers."""
    more, compared = 0, 0
    for item in _asked(instrument):
        waves = [
            [row for row in rows if row[0] == item.text.sv and row[1] == wave]
            for wave in dict.fromkeys(row[1] for row in rows)
        ]
        before, after = (_upper_share(found, item) for found in waves)
        if before is not None and after is not None:
            more, compared = more + (after > before), compared + 1
    if not compared:
        return Told("Så svarade gruppen på varje fråga", "How the group answered each item")
    return Told(
        f"Fler ger något av de två högsta svaren efteråt på {more} av {compared} frågor",
        f"More give one of the two highest answers afterwards on {more} of {compared} items",
    )


def _upper_share(rows: Sequence[Sequence[Any]], item: Item) -> float | None:
    """Of the two uppermost answers; None where they are merged with those below, or nothing is shown."""
    labels = [option.sv for option in _options(item)]
    uppermost = {*labels[-2:], f"{labels[-2]}–{labels[-1]}"}
    if not rows or any(row[3] is None for row in rows):
        return None
    upper = [row[3] for row in rows if row[2] in uppermost]
    names = {row[2] for row in rows}
    if not (names & {f"{labels[-2]}–{labels[-1]}"} or set(labels[-2:]) <= names):
        return None
    return float(sum(upper)) / float(sum(row[3] for row in rows))


def _knowledge_title(told: Sequence[Sequence[Any]], waves: Sequence[str]) -> Told:
    shares = {(row[0], row[1]): int(row[3].split("\u00a0")[0]) for row in told}
    both = [name for name, wave in shares if wave == waves[0] and (name, waves[1]) in shares]
    better = sum(shares[name, waves[1]] > shares[name, waves[0]] for name in both)
    return Told(
        f"Fler svarar rätt efteråt på {better} av {len(both)} kunskapsfrågor",
        f"More answer right afterwards on {better} of {len(both)} knowledge items",
    )


def _spread_out(dataset: Dataset) -> Iterator[ColumnSpec]:
    for column in dataset.columns:
        is_scale = column.kind is Kind.SCORE and not column.then_of and (column.maximum or 0) > 1
        if is_scale and not column.name.startswith(("kun_", "kurs_")) and not {"t0", "t1"} <= set(column.waves):
            yield column


def _waves(study: Study, *codes: str) -> list[Wave]:
    return [study.wave(code) for code in codes]


def _is_whole(column: ColumnSpec) -> bool:
    return column.scoring is not None and column.scoring.rule == "count_done"


def _from_to(label: str) -> str:
    """Bands that are put together: from where the first begins to where the last ends."""
    ends = label.split("–")
    return label if len(ends) == 1 else f"{ends[0]}–{ends[-1]}"


def _bands(column: ColumnSpec) -> tuple[list[str], Category]:
    """Whole numbers one by one where there are at most five; means from each whole number to the next.

    A mean of 1 to 5 has four bands, the last one closed: 1,0–1,9 · 2,0–2,9 · 3,0–3,9 · 4,0–5,0.
    """
    low, high = int(column.minimum or 0), int(column.maximum or 0)
    if _is_whole(column):
        return [str(value) for value in range(low, high + 1)], lambda answer: int(float(answer)) - low
    labels = [f"{at},0–{at},9" for at in range(low, high - 1)] + [f"{high - 1},0–{high},0"]
    return labels, lambda answer: min(int(float(answer)), high - 1) - low
