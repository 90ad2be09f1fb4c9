"""The eighteen columns of a data dictionary, in order: the short name of the API, and the heading in a file."""

HEADINGS = {
    "field_name": "Variable / Field Name",
    "form_name": "Form Name",
    "section_header": "Section Header",
    "field_type": "Field Type",
    "field_label": "Field Label",
    "select_choices_or_calculations": "Choices, Calculations, OR Slider Labels",
    "field_note": "Field Note",
    "text_validation_type_or_show_slider_number": "Text Validation Type OR Show Slider Number",
    "text_validation_min": "Text Validation Min",
    "text_validation_max": "Text Validation Max",
    "identifier": "Identifier?",
    "branching_logic": "Branching Logic (Show field only if...)",
    "required_field": "Required Field?",
    "custom_alignment": "Custom Alignment",
    "question_number": "Question Number (surveys only)",
    "matrix_group_name": "Matrix Group Name",
    "matrix_ranking": "Matrix Ranking?",
    "field_annotation": "Field Annotation",
}
NEEDED = ("field_name", "form_name", "field_type", "field_label")
RECORD_ID = "record_id"
CHOICES, VALIDATION = "select_choices_or_calculations", "text_validation_type_or_show_slider_number"

# Tags of the annotation and what they say of an item. Ours stand beside REDCap's own @HIDDEN (`redcap-api.md` A5).
MISSING_TAG = "@KAPABLA-MISSING"
TAGS: dict[str, tuple[str, bool]] = {
    "@KAPABLA-QI": ("quasi_identifier", True),
    "@KAPABLA-SENSITIVE": ("sensitive", True),
    "@KAPABLA-REVERSED": ("reversed", True),
    "@HIDDEN": ("enabled", False),
}
MAX_DECIMALS = 4  # REDCap has number_1dp to number_4dp


def stem_field(group: str) -> str:
    """A matrix has no text of its own in REDCap: ours is a field before it.

    >>> stem_field("arbete")
    'arbete_text'
    """
    return f"{group}_text"


def header_of(heading: str, intro: str | None, stem: str | None) -> str:
    """What stands above the questions of a page, as one section header: paragraphs, the heading first."""
    return "\n\n".join(part for part in (heading, intro, stem) if part)


def parts_of(header: str) -> tuple[str, str | None, str | None]:
    """Heading, intro and stem: the stem comes last, right above the questions."""
    heading, *rest = header.split("\n\n")
    return heading, "\n\n".join(rest[:-1]) or None, rest[-1] if rest else None
