"""Each macro gives valid, labelled HTML without inline code, and each stands on the component page."""

import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import html5lib
import pytest
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from kapabla.web.assets import load_assets
from kapabla.web.component_page import drawn

ASSETS = load_assets()
FOLDER = Path(__file__).parents[3] / "kapabla" / "web" / "templates"
COMPONENTS = sorted(path.name for path in (FOLDER / "components").glob("*.html"))
ERRORS = sorted(path.name for path in (FOLDER / "errors").glob("[0-9]*.html"))
XHTML = "{http://www.w3.org/1999/xhtml}"
HELPERS = {"hint_and_error", "described", "cell"}  # parts of other macros
NAVIGATION = [("/admin/omgangar", "Omgångar"), ("/admin/loggbok", "Loggbok")]
FOOTER = ["/stod", "/mina-uppgifter", "/om", "/personuppgifter", "/tillganglighet", "/om#kontakt"]


def environment(**changes: Any) -> Environment:
    """As the application sets it up, without one: no database, no session."""
    env = Environment(
        loader=PackageLoader("kapabla.web"), undefined=StrictUndefined, autoescape=True, trim_blocks=True,
        lstrip_blocks=True, extensions=["jinja2.ext.i18n"],
    )  # fmt: skip
    env.install_null_translations(newstyle=True)  # type: ignore[attr-defined]
    env.globals.update(
        project_name="Kapabla", organisation_name="Länsstyrelsen Västerbotten", demo=False,
        css_text=Markup(ASSETS.css_text),  # noqa: S704
        css_url=ASSETS.url("app.css"), js_url=ASSETS.url("participant.js"),
        asset_url=ASSETS.url, icon_url=ASSETS.url("spruce.svg"), neutral_exit_url="/vader", staff_user=None,
        csrf_token=lambda: "token", is_kiosk=lambda: False,
        request=SimpleNamespace(path="/admin/omgangar/x"),
    )  # fmt: skip
    env.globals.update(changes)
    return env


def parse(html: str) -> Any:
    return html5lib.HTMLParser(strict=True).parse(html)


def elements(tree: Any, tag: str) -> list[Any]:
    return list(tree.iter(f"{XHTML}{tag}"))


def text_of(element: Any) -> str:
    return "".join(element.itertext()).strip()


def component_page(side: str = "staff", **changes: Any) -> str:
    staff = SimpleNamespace(name="Anna Berg")
    page = environment(**({"staff_user": staff} | changes)).get_template("_komponenter.html")
    return page.render(side=side, nav_items=NAVIGATION, **drawn())


def call(macro: str, source: str) -> Any:
    """One macro, rendered on an otherwise empty page."""
    file = next(name for name in COMPONENTS if f"macro {macro}(" in (FOLDER / "components" / name).read_text("utf-8"))
    template = (
        f'{{% from "components/{file}" import {macro} %}}<!doctype html><html><head><title>x</title></head><body>'
    )
    return parse(environment().from_string(template + source + "</body></html>").render())


@pytest.mark.parametrize("side", ["staff", "participant"])
def test_component_page_is_valid_and_free_of_inline_code(side: str) -> None:
    tree = parse(component_page(side))
    for element in tree.iter():
        assert element.get("style") is None, text_of(element)
        assert not [name for name in element.attrib if str(name).startswith("on")]
    for script in elements(tree, "script"):
        assert script.get("src") or script.get("type") == "application/json"
    assert len(elements(tree, "h1")) == 1


@pytest.mark.parametrize("side", ["staff", "participant"])
def test_every_reference_on_the_component_page_leads_somewhere(side: str) -> None:
    tree = parse(component_page(side))
    ids = [element.get("id") for element in tree.iter() if element.get("id")]
    assert len(ids) == len(set(ids))
    for element in tree.iter():
        for attribute in ("aria-describedby", "aria-labelledby", "for", "data-copy", "data-copied"):
            for name in (element.get(attribute) or "").split():
                assert name in ids, f"{attribute}={name}"


def test_every_field_on_the_component_page_has_a_label() -> None:
    tree = parse(component_page())
    labelled = {label.get("for") for label in elements(tree, "label")}
    fields = [f for tag in ("input", "select", "textarea") for f in elements(tree, tag) if f.get("type") != "hidden"]
    assert len(fields) > 20
    assert [field.get("name") for field in fields if field.get("id") not in labelled] == []


@pytest.mark.parametrize("file", COMPONENTS)
def test_every_macro_stands_on_the_component_page(file: str) -> None:
    page = (FOLDER / "_komponenter.html").read_text("utf-8")
    body = page[page.index("block content") :] + page[page.index("block head") :]
    macros = re.findall(r"macro (\w+)\(", (FOLDER / "components" / file).read_text("utf-8"))
    assert macros
    assert [name for name in macros if name not in HELPERS and f"{name}(" not in body] == []


def test_every_icon_is_decoration_beside_text() -> None:
    icons = list(parse(component_page()).iter("{http://www.w3.org/2000/svg}svg"))
    assert len(icons) > 20
    assert all(svg.get("aria-hidden") == "true" and svg.get("focusable") == "false" for svg in icons)


def test_unknown_icon_is_an_error() -> None:
    with pytest.raises(Exception, match="nosuch"):
        call("icon", '{{ icon("nosuch") }}')


FIELDS = {
    "text_field": 'text_field("falt", "Namn", error="Skriv namnet.", hint="Som i passet")',
    "number_field": 'number_field("falt", "Antal", error="Skriv ett tal.", hint="Hela tal")',
    "date_field": 'date_field("falt", "Dag", error="Skriv datumet.", hint="2026-09-12")',
    "textarea": 'textarea("falt", "Text", error="Skriv något.", hint="Kort")',
    "select": 'select("falt", "Kommun", [("a", "A")], error="Välj en.", hint="I länet")',
    "file_field": 'file_field("falt", "Fil", ".csv", error="Välj en fil.", hint="Högst 10 MB")',
    "checkbox": 'checkbox("falt", "Ja", error="Kryssa i rutan.", hint="Läs först")',
}


@pytest.mark.parametrize("macro", FIELDS)
def test_field_is_tied_to_its_hint_and_error(macro: str) -> None:
    tree = call(macro, f"{{{{ {FIELDS[macro]} }}}}")
    field = next(element for element in tree.iter() if element.get("id") == "falt")
    assert field.get("name") == "falt"
    assert field.get("aria-invalid") == "true"
    assert field.get("aria-describedby") == "falt-hint falt-fel"


@pytest.mark.parametrize("macro", FIELDS)
def test_field_without_error_is_not_marked(macro: str) -> None:
    source = re.sub(r', error="[^"]*"', "", FIELDS[macro])
    tree = call(macro, f"{{{{ {source} }}}}")
    assert next(e for e in tree.iter() if e.get("id") == "falt").get("aria-invalid") is None


GROUPS = {
    "radio_group": 'radio_group("falt", "Fråga", [("1", "Ja"), ("2", "Nej")], error="Välj.", '
    'decline_label="Vill inte svara")',
    "checkbox_group": 'checkbox_group("falt", "Fråga", [("1", "Ja"), ("2", "Nej")], error="Välj.")',
    "date_fields": 'date_fields("falt", "Dag", error="Skriv datumet.")',
}


@pytest.mark.parametrize("macro", GROUPS)
def test_group_has_a_legend_and_its_error_link_lands_on_the_first_control(macro: str) -> None:
    tree = call(macro, f"{{{{ {GROUPS[macro]} }}}}")
    (group,) = elements(tree, "fieldset")
    assert group.get("aria-describedby") == "falt-fel"
    assert text_of(elements(group, "legend")[0]) in ("Fråga", "Dag")
    assert elements(group, "input")[0].get("id") == "falt"


def test_nothing_is_chosen_in_advance() -> None:
    tree = call("radio_group", "{{ radio_group('falt', 'Fråga', [('1', 'Ja')], decline_label='Vill inte svara') }}")
    assert [field for field in elements(tree, "input") if "checked" in field.attrib] == []


def test_declining_comes_last_and_without_a_box() -> None:
    tree = call("radio_group", f"{{{{ {GROUPS['radio_group']} }}}}")
    rows = [row for row in elements(tree, "div") if "option" in (row.get("class") or "").split()]
    assert [row.get("class") for row in rows] == ["option", "option", "option quiet"]
    assert text_of(rows[-1]) == "Vill inte svara"


def test_text_from_outside_is_escaped() -> None:
    tree = call("text_field", "{{ text_field('falt', '<b>x</b>', value='\"><script>', error='<i>') }}")
    assert elements(tree, "b") == elements(tree, "script") == elements(tree, "i") == []
    assert elements(tree, "input")[0].get("value") == '"><script>'


def test_error_summary_takes_focus_and_links_to_each_field() -> None:
    tree = call("error_summary", "{{ error_summary([('a', 'Skriv A.'), ('b', 'Skriv B.')]) }}")
    box = next(element for element in tree.iter() if "data-error-summary" in element.attrib)
    assert box.get("tabindex") == "-1"
    assert text_of(elements(box, "h2")[0]) == "Det här behöver rättas"
    assert [(a.get("href"), text_of(a)) for a in elements(box, "a")] == [("#a", "Skriv A."), ("#b", "Skriv B.")]


def test_no_errors_no_summary() -> None:
    assert text_of(call("error_summary", "{{ error_summary([]) }}").find(f"{XHTML}body")) == ""


def test_table_has_caption_scopes_and_a_region_that_scrolls_by_keyboard() -> None:
    tree = call("data_table", "{{ data_table('Svar', ['Fråga', 'n'], [('A', 3)], kind='cards', numeric=[1]) }}")
    region = next(element for element in tree.iter() if element.get("role") == "region")
    assert (region.get("tabindex"), region.get("aria-label")) == ("0", "Svar")
    assert text_of(elements(tree, "caption")[0]) == "Svar"
    assert [head.get("scope") for head in elements(tree, "th")] == ["col", "col", "row"]
    assert elements(tree, "td")[0].get("data-label") == "n"


def test_progress_says_its_value_in_words() -> None:
    (bar,) = elements(call("progress", "{{ progress(2, 6, '2 av 6 delar klara') }}"), "progress")
    assert (bar.get("value"), bar.get("max"), text_of(bar)) == ("2", "6", "2 av 6 delar klara")


def test_figure_is_named_by_its_finding_and_has_its_table() -> None:
    tree = parse(component_page())
    figure = elements(tree, "figure")[0]
    heading = elements(figure, "h2")[0]
    assert figure.get("aria-labelledby") == heading.get("id")
    assert elements(figure, "table")
    assert elements(figure, "script")[0].get("type") == "application/json"


# The frame


def frame(side: str, **changes: Any) -> Any:
    return parse(component_page(side, **changes))


def test_participant_frame_keeps_its_order() -> None:
    body = frame("participant").find(f"{XHTML}body")
    assert [child.tag.removeprefix(XHTML) for child in body] == ["nav", "header", "main", "footer"]
    skip, hidden_exit = elements(body[0], "a")
    assert (skip.get("href"), text_of(skip)) == ("#innehall", "Hoppa till innehållet")
    assert (hidden_exit.get("href"), hidden_exit.get("class")) == ("/lamna", "skip")
    assert [link.get("href") for link in elements(body[1], "a")] == ["/", "/stod", "/lamna"]
    assert [link.get("href") for link in elements(body[3], "a") if link.get("href") != "/lamna"] == FOOTER


def test_exit_is_a_plain_link_that_tells_nobody_where_it_came_from() -> None:
    exits = [link for link in elements(frame("participant"), "a") if link.get("href") == "/lamna"]
    assert len(exits) == 3
    for link in exits:
        assert set((link.get("rel") or "").split()) == {"nofollow", "noreferrer"}
        assert link.get("data-neutral") == "/vader"
        assert text_of(link) == "Lämna sidan"


def test_staff_frame_signs_out_by_a_form_and_marks_where_one_is() -> None:
    tree = frame("staff")
    out = next(form for form in elements(tree, "form") if form.get("action") == "/logga-ut")
    assert out.get("method") == "post"
    assert [field.get("name") for field in elements(out, "input")] == ["csrf"]
    navigation = next(nav for nav in elements(tree, "nav") if nav.get("class") == "main")
    assert [link.get("aria-current") for link in elements(navigation, "a")] == ["true", None]


@pytest.mark.parametrize("side", ["staff", "participant"])
def test_demo_says_so_on_every_page_and_only_there(side: str) -> None:
    sentence = "Exempel. Personerna och siffrorna är påhittade."
    assert sentence in component_page(side, demo=True)
    assert sentence not in component_page(side)


def test_title_says_when_something_is_to_be_put_right() -> None:
    assert text_of(elements(frame("staff"), "title")[0]) == "Rätta: Komponenter – Kapabla"


def test_entry_pages_carry_the_whole_stylesheet_and_others_link_to_it() -> None:
    page = environment(for_staff=False).get_template("errors/404.html")
    assert ASSETS.css_text in page.render(inline_css=True)
    assert f'<link rel="prefetch" href="{ASSETS.url("app.css")}" as="style">' in page.render(inline_css=True)
    linked = page.render()
    assert "<style>" not in linked
    assert f'<link rel="stylesheet" href="{ASSETS.url("app.css")}">' in linked


# Error pages


@pytest.mark.parametrize("for_staff", [True, False])
@pytest.mark.parametrize("file", ERRORS)
def test_error_page_needs_no_database_and_blames_nobody(file: str, for_staff: bool) -> None:
    tree = parse(environment(for_staff=for_staff).get_template(f"errors/{file}").render())
    (heading,) = elements(tree, "h1")
    assert text_of(elements(tree, "title")[0]) == f"{text_of(heading)} – Kapabla"
    words = text_of(elements(tree, "main")[0]).lower()
    assert not re.search(r"\b(ogiltig|felaktig|vänligen|du måste|du glömde|misslyckades)|!|\b[45]\d\d\b", words)


def test_each_kind_of_error_has_its_page() -> None:
    assert [f"{code}.html" for code in (400, 403, 404, 405, 409, 410, 413, 429, 500, 503)] == ERRORS


def test_no_template_holds_a_style_or_a_handler() -> None:
    for path in FOLDER.rglob("*.html"):
        assert not re.search(r"\sstyle=|\son[a-z]+=\"", path.read_text("utf-8")), path.name
