"""Instruments that nobody wrote, for properties: every kind of item, page, group, rule and scale, and always sound."""

from hypothesis import strategies as st

from kapabla.material import Instrument, Item, Option, Page, Rule, Scale, Text
from kapabla.material.instruments import Group, Slider

# What trips a reader of files: quotation marks, separators, backslashes, line ends, brackets, signs of formulas.
_LETTERS = "abcåäöÅÄÖ é\"'\\,;|=+-@#()&%…”\n\t0123456789"
_WORDS = st.text(_LETTERS, min_size=1, max_size=24).map(lambda text: text.strip() or "x")
ORDERED = ("less_than", "at_most", "greater_than", "at_least", "equals", "not_equals")


@st.composite
def texts(draw, *, languages=True):
    return Text(sv=draw(_WORDS), en=draw(st.none() | _WORDS) if languages else None)


@st.composite
def options(draw, *, plain=False):
    count = draw(st.integers(2, 5))
    values = draw(st.lists(st.integers(0, 90), min_size=count, max_size=count, unique=True))
    made = [Option(value=value, text=draw(texts())) for value in values]
    if draw(st.booleans()) and not plain:
        made.append(Option(value=-95, text=draw(texts()), missing="no_opinion"))
    return tuple(made)


@st.composite
def items(draw, code, earlier):
    kind = draw(st.sampled_from(
        ["single", "single", "multi", "knowledge", "number", "date", "short_text", "long_text", "rank", "information"]
    ))  # fmt: skip
    made = {"code": code, "kind": kind, "text": draw(texts())}
    if kind in ("single", "multi", "knowledge", "rank"):
        made["options"] = draw(options(plain=kind in ("rank", "knowledge")))
    if kind == "knowledge":
        made |= {"correct": made["options"][0].value, "feedback": draw(texts())}
    elif kind == "number":
        low = draw(st.integers(-90, 50))
        made |= {"minimum": low, "maximum": low + draw(st.integers(1, 50)), "decimals": draw(st.integers(0, 4))}
        if made["decimals"] == 0 and draw(st.booleans()):
            made["slider"] = Slider(low=draw(texts()), high=draw(texts()))
    elif kind == "single":
        made |= {"reversed": draw(st.booleans()), "sensitive": draw(st.booleans())}
    if kind not in ("knowledge", "information"):
        made["may_decline"] = draw(st.booleans())
    made["enabled"] = not earlier or draw(st.integers(0, 9)) > 0
    if earlier and draw(st.booleans()):
        made["show_if"] = draw(rules(earlier))
    return Item(**made)


@st.composite
def rules(draw, earlier, depth=2):
    if depth and draw(st.integers(0, 2)) == 0:
        op = draw(st.sampled_from(["all", "any", "not"]))
        parts = draw(st.lists(rules(earlier, depth - 1), min_size=1, max_size=1 if op == "not" else 3))
        return Rule(op=op, rules=tuple(parts))
    item = draw(st.sampled_from(earlier))
    if item.kind in ("rank", "date") or draw(st.integers(0, 3)) == 0:
        return Rule(op="answered", item=item.code)
    if item.kind == "multi":
        return Rule(op="chose", item=item.code, value=draw(st.sampled_from(item.scored_values)))
    values = item.scored_values or tuple(range(item.minimum or 0, (item.maximum or 0) + 1))
    if draw(st.booleans()) and item.is_choice and len(values) > 1:
        some = draw(st.lists(st.sampled_from(values), min_size=2, max_size=3, unique=True))
        return Rule(op="one_of", item=item.code, value=tuple(some))
    return Rule(op=draw(st.sampled_from(ORDERED)), item=item.code, value=draw(st.sampled_from(values)))


@st.composite
def instruments(draw):
    pages, made, groups = [], [], []
    for number in range(1, draw(st.integers(1, 4)) + 1):
        own = []
        for place in range(1, draw(st.integers(1, 4)) + 1):
            asked = [i for i in made if not i.is_text and i.is_asked and i.enabled]
            own.append(draw(items(f"q{number}_{place}", asked)))
            made.append(own[-1])
        if draw(st.integers(0, 2)) == 0:
            alike = draw(options(plain=True))
            own += [Item(code=f"m{number}_{n}", kind="single", text=draw(texts()), options=alike) for n in (1, 2)]
            made += own[-2:]
            groups.append(
                Group(code=f"g{number}", kind="matrix", text=draw(texts()), items=(f"m{number}_1", f"m{number}_2"))
            )
        elif draw(st.integers(0, 3)) == 0:
            groups.append(
                Group(code=f"v{number}", kind="vignette", title=draw(texts()), text=draw(texts()), items=(own[0].code,))
            )
        pages.append(Page(
            items=tuple(item.code for item in own), heading=draw(st.none() | texts()),
            intro=draw(st.none() | texts()), stem=draw(st.none() | texts()), no_right_or_wrong=draw(st.booleans()),
        ))  # fmt: skip
    return Instrument(
        id="made", version=draw(st.integers(1, 9)), status="draft", construct_name="nothing", title=draw(texts()),
        form_name="made", pages=tuple(pages), items=tuple(made), groups=tuple(groups), scales=draw(scales(made)),
    )  # fmt: skip


@st.composite
def scales(draw, made):
    known = [item for item in made if item.kind == "knowledge"]
    if not known or draw(st.booleans()):
        return ()
    codes = tuple(item.code for item in known)
    return (Scale(
        code="made_sum", label=draw(texts()), items=codes, score="sum_correct", min_answered=1, minimum=0,
        maximum=len(codes), high_means=draw(texts()),
    ),)  # fmt: skip
