"""When somebody asks for public documents (`privacy.md` E4.3): what there is of one person or one study, in a file, for
the assessment of secrecy. It is collected when a person asks for it, and handed to nobody.

Answers are not here: names and answers meet in no file that staff can read (A10).
"""

import json
from typing import Any

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue

from kapabla.clock import local_date
from kapabla.identity import cohort_view
from kapabla.identity.look_reasons import for_matter, read_matter_number
from kapabla.identity.own_copy import identity_part
from kapabla.identity.people import Person
from kapabla.material import Study
from kapabla.office import disposals, release_register
from kapabla.office.access import ROLE_LABELS
from kapabla.web.admin.blueprint import blueprint, leave_trace
from kapabla.web.auth import needs
from kapabla.web.unit_of_work import now, service, work


@blueprint.get("/admin/handlingar")
@needs("collect_documents")
def documents() -> ResponseReturnValue:
    return _page({})


@blueprint.post("/admin/handlingar.json")
@needs("collect_documents", proof=True)
def collect_documents() -> ResponseReturnValue:
    """A POST, since it is logged: with the number of the request, which the registry has given it."""
    number, chosen = request.form.get("nummer", "").strip().upper(), request.form.get("studie", "")
    person = cohort_view.find_person(work().identity, number, municipality=None) if number else None
    study, errors = service().material.studies.get(chosen), dict[str, str]()
    matter = read_matter_number(request.form.get("diarienummer", ""))
    if matter is None:
        errors["diarienummer"] = "Skriv begärans diarienummer så här: 1234-2026."
    if number and person is None:
        errors["nummer"] = "Det finns ingen deltagare med det numret. Rätta det, eller lämna fältet tomt."
    elif person is None and study is None:
        errors["studie"] = "Skriv ett deltagarnummer, eller välj en studie."
    if errors or matter is None:
        return _page(errors), 400
    if person is not None:
        about, found = f"person:{person.id}", _of_person(person)
    else:
        assert study is not None
        about, found = f"study:{study.id}", _of_study(study)
    leave_trace("documents_collected", about, reason=for_matter(matter))
    reply = Response(json.dumps(found, ensure_ascii=False, indent=1), mimetype="application/json")
    name = f"kapabla_handlingar_{local_date(now()).isoformat()}.json"
    reply.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return reply


def _of_person(person: Person) -> dict[str, Any]:
    return identity_part(
        work().identity, service().identity_chain, service().keys, service().material, person.id, ROLE_LABELS
    )  # fmt: skip


def _of_study(study: Study) -> dict[str, Any]:
    """What the county has registered, without anybody who took part."""
    office, material = work().office, service().material
    records = [record for record in release_register.all_releases(office) if record.study == study.id]
    plan = material.plans.get(study.id)
    return {
        "studie": study.model_dump(mode="json", exclude_none=True),
        "analysplan": plan.model_dump(mode="json", exclude_none=True) if plan else None,
        "samtyckestext": material.consents[study.consent.id, study.consent.version].model_dump(mode="json"),
        "antal deltagare": len(cohort_view.people_of_studies(work().identity, [study.id])),
        "utgåvor": [
            {
                "namn": record.id, "läge": record.state, "byggd": record.built_on and record.built_on.isoformat(),
                "manifest": record.manifest,
            }
            for record in records
        ],
        "nedladdningar": [
            {"utgåva": record.id, "fil": download.file, "avtal": download.agreement, "dag": f"{download.at:%Y-%m-%d}"}
            for download, _, record in release_register.downloads(office)
            if record.study == study.id
        ],
        "gallring": [
            {
                "klass": row.data_class, "antal": row.amount, "beslut": row.decision,
                "gallrad": row.disposed_on and row.disposed_on.isoformat(),
            }
            for row in disposals.all_disposals(office)
            if row.study == study.id
        ],
    }  # fmt: skip


def _page(errors: dict[str, str]) -> str:
    studies = [(study.id, study.title.sv) for study in service().material.studies.values()]
    return render_template("admin/documents.html", found=errors, given=request.form, studies=[("", "Ingen"), *studies])
