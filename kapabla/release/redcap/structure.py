"""What a client asks about a release before it asks for its rows: the project, its dictionary, forms and events."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from kapabla.material.instruments.redcap_dictionary.columns import HEADINGS
from kapabla.release.redcap.formats import Cell, Layout, Table
from kapabla.release.redcap.frozen import Frozen
from kapabla.release.redcap.parameters import Parameters
from kapabla.release.redcap.project import ARM, Field, Project
from kapabla.release.redcap.refusals import NOT_REPEATING, Refusal, classic, not_valid


@dataclass(frozen=True)
class Told:
    """What is told beside the release itself. language: of labels. withdrawn: how many have left since it was built."""

    language: str = "sv"
    withdrawn: int = 0


# What clients branch on is a version of REDCap's; ours stands in the notes of the project.
VERSION = "14.5.0"
_USER = (
    "username", "email", "firstname", "lastname", "expiration", "data_access_group", "data_access_group_id", "design",
    "alerts", "user_rights", "data_access_groups", "reports", "stats_and_charts", "manage_survey_participants",
    "calendar", "data_import_tool", "data_comparison_tool", "logging", "email_logging", "file_repository",
    "data_quality_create", "data_quality_execute", "api_export", "api_import", "api_modules", "mobile_app",
    "mobile_app_download_data", "record_create", "record_rename", "record_delete", "lock_records_all_forms",
    "lock_records", "lock_records_customization", "forms", "forms_export",
)  # fmt: skip


def export_project(frozen: Frozen, project: Project, parameters: Parameters, told: Told) -> Table:
    """Numbering is 0 and there is no second key: a client would make numbers of the ids, or ask for the key."""
    manifest = frozen.manifest
    built = f"{manifest['built_on']} 00:00:00"
    cells: dict[str, Any] = {
        "project_id": int(frozen.manifest_hash[:7], 16),
        "project_title": manifest["title"],
        "creation_time": built,
        "production_time": built,
        "in_production": 1,
        "project_language": "English" if told.language == "en" else "Swedish",
        "purpose": 2,  # research
        "purpose_other": "",
        "project_notes": _notes(manifest, told.withdrawn),
        "custom_record_label": "",
        "secondary_unique_field": "",
        "is_longitudinal": int(project.is_longitudinal),
        "has_repeating_instruments_or_events": 0,
        "surveys_enabled": 0,
        "scheduling_enabled": 0,
        "record_autonumbering_enabled": 0,
        "randomization_enabled": 0,
        "ddp_enabled": 0,
        "project_irb_number": manifest["registry_number"] or "",
        "project_grant_number": "",
        "project_pi_firstname": "",
        "project_pi_lastname": "",
        "project_pi_email": "",
        "display_today_now_button": 0,
        "missing_data_codes": "",
        "external_modules": "",
        "bypass_branching_erase_field_prompt": 0,
    }
    return Table(list(cells), [list(cells.values())], is_single=True, layout=Layout.of(parameters))


def _notes(manifest: Any, withdrawn: int) -> str:
    people = "Exempeldata: test people only. " if manifest["people"] == "test" else ""
    made = f"Release {manifest['release']}, made by {manifest['software']}. Read only, speaks REDCap's protocol."
    left = f" People who have left the research since: {withdrawn}. Their answers are in no later release."
    return people + _who(manifest) + made + (left if withdrawn else "")


def _who(manifest: Any) -> str:
    """What the release is for and how many are in it: of two releases of one day one is no evaluation."""
    if manifest["purpose"] == "sharing":
        return f"For sharing: {manifest['n_people']} people, those who said yes to other research too. No evaluation. "
    return f"For the evaluation: {manifest['n_people']} people. "


def export_metadata(project: Project, parameters: Parameters) -> Table:
    """The union of the fields and forms that are named; a field of any form that is named comes with it."""
    fields, forms = parameters.items("fields"), parameters.items("forms")
    if unknown := [name for name in fields if name not in project.fields]:
        raise not_valid("fields", unknown)
    if unknown := [name for name in forms if name not in {form.name for form in project.forms}]:
        raise not_valid("forms", unknown)
    rows = [
        _dictionary_row(found)
        for found in project.fields.values()
        if not (fields or forms) or found.name in fields or found.form in forms
    ]
    return Table(list(HEADINGS), rows, layout=Layout.of(parameters))


def _dictionary_row(found: Field) -> list[str]:
    given = {
        "field_name": found.name,
        "form_name": found.form,
        "field_type": found.kind,
        "field_label": found.label,
        "select_choices_or_calculations": found.choices_told,
        "text_validation_type_or_show_slider_number": found.validation,
        "text_validation_min": found.minimum,
        "text_validation_max": found.maximum,
        "matrix_group_name": found.matrix,
        "field_annotation": found.annotation,
    }
    return [given.get(name, "") for name in HEADINGS]


def export_field_names(project: Project, parameters: Parameters) -> Table:
    wanted = parameters.text("field")
    rows = [row for row in _field_names(project) if not wanted or row[0] == wanted]
    if not rows:
        raise not_valid("field", [wanted])
    return Table(["original_field_name", "choice_value", "export_field_name"], rows, layout=Layout.of(parameters))


def _field_names(project: Project) -> Iterator[list[str]]:
    for form in project.forms:
        for found in form.fields:
            yield from ([found.name, column.choice, column.name] for column in found.columns)
        yield [form.status.name, "", form.status.name]


def export_instruments(project: Project, parameters: Parameters) -> Table:
    rows = [[form.name, form.label] for form in project.forms]
    return Table(["instrument_name", "instrument_label"], rows, layout=Layout.of(parameters))


def export_events(project: Project, parameters: Parameters) -> Table:
    _check_longitudinal(project, "events")
    rows: list[list[Cell]] = [
        [event.label, ARM, event.name, "", event.number] for event in project.events if _has_arm(parameters)
    ]
    names = ["event_name", "arm_num", "unique_event_name", "custom_event_label", "event_id"]
    return Table(names, rows, layout=Layout.of(parameters))


def export_arms(project: Project, parameters: Parameters) -> Table:
    _check_longitudinal(project, "arms")
    rows: list[list[Cell]] = [[ARM, "Arm 1"]] if _has_arm(parameters) else []
    return Table(["arm_num", "name"], rows, layout=Layout.of(parameters))


def export_mapping(project: Project, parameters: Parameters) -> Table:
    _check_longitudinal(project, "form/event mappings")
    rows: list[list[Cell]] = [
        [ARM, event.name, form.name]
        for event in project.events
        if _has_arm(parameters)
        for form in project.forms
        if event.wave in form.waves
    ]
    return Table(["arm_num", "unique_event_name", "form"], rows, layout=Layout.of(parameters))


def export_groups(parameters: Parameters) -> Table:
    """None: who belongs where is what a release does not tell."""
    names = ["data_access_group_name", "unique_group_name", "data_access_group_id"]
    return Table(names, [], layout=Layout.of(parameters))


def export_users(parameters: Parameters) -> Table:
    return Table(_USER, [], layout=Layout.of(parameters))


def refuse_repeating() -> Table:
    raise Refusal(NOT_REPEATING)


def _check_longitudinal(project: Project, what: str) -> None:
    if not project.is_longitudinal:
        raise classic(what)


def _has_arm(parameters: Parameters) -> bool:
    wanted = parameters.items("arms")
    if unknown := [arm for arm in wanted if arm != str(ARM)]:
        raise not_valid("arms", unknown)
    return True
