"""One word, one meaning: model names are nouns of the glossary; and the few seconds that a vault keeps are known."""

import pytest

from kapabla.tables import METADATA
from kapabla.vaults import AnswersBase, IdentityBase, OfficeBase

# Class -> the word of the field. A new noun in the code is a new row here and in the glossary of the documentation.
GLOSSARY = {
    "Person": "deltagare", "Cohort": "utbildningsomgång", "Enrolment": "inskrivning",
    "AllocationList": "lottad fördelning", "Invitation": "inbjudan",
    "RightsRequest": "begäran",
    "StepOver": "steg som är över", "Tombstone": "gravsten", "ParticipantSession": "pågående besök",
    "Meeting": "möte", "Attendance": "närvaro vid ett möte",
    "CodeAttempt": "försök med kod", "ImportDraft": "lista som väntar på ett ja", "Message": "meddelande",
    "SmsReport": "läst besked om sms", "MessageBatch": "utskick", "Placement": "placering", "Consent": "samtycke",
    "AgreedText": "text som man har svarat på", "SealedCopy": "låst kopia", "Submission": "inskickade svar",
    "WaveState": "mättillfälle", "FreeText": "fritext", "OpenSurveySubmission": "svar i öppen enkät",
    "LateAnswers": "svar som kom för sent",
    "LearningEvent": "steg i utbildningen", "Certificate": "intyg", "ReleaseInclusion": "vilka utgåvor man är med i",
    "Staff": "personal", "StaffSession": "inloggning", "StaffAttempt": "misslyckad inloggning",
    "RecoveryCode": "reservkod", "Passkey": "inloggningsnyckel", "KnownDevice": "känd enhet",
    "SignInChallenge": "utmaning vid inloggning", "Approval": "godkännande",
    "FrozenPlan": "fryst analysplan", "ReleaseRecord": "datautgåva", "Download": "nedladdning",
    "ReleaseUse": "vad en utgåva används till", "DataAgreement": "avtal om data",
    "ApiToken": "nyckel till API", "AccessibilityReport": "rapport om brist i tillgänglighet",
    "MaterialUpload": "uppladdat material", "Disposal": "gallring", "Incident": "incident",
    "IncidentEntry": "händelse i en incident",
    "CycleRecord": "löftesperiod", "SituationSource": "underlag till lägesbilden", "CitizenPromise": "medborgarlöfte",
    "PromiseSeries": "serie för ett löfte", "Observation": "mätvärde",
    "Activity": "aktivitet", "Followup": "uppföljning", "CouncilMeeting": "möte i råd",
    "FeedbackItem": "återkoppling som har getts",
    "PromiseEdition": "utgåva av löften", "EditionDraft": "utkast till utgåva av löften",
    "SurveyRecord": "öppen enkät", "SurveyResultRecord": "resultat av en enkät",
    "IdentityAudit": "logg", "AnswersAudit": "logg", "OfficeAudit": "logg", "IdentityAuditHead": "loggens slut",
    "AnswersAuditHead": "loggens slut", "OfficeAuditHead": "loggens slut", "IdentityOutbox": "utkorg",
    "AnswersOutbox": "utkorg", "OfficeOutbox": "utkorg", "AnswerCount": "räkning av svar",
}  # fmt: skip

# Epoch seconds in identity, only where rows are soon removed: a live session, a counted attempt, a job, a list that
# waits for its yes.
IDENTITY_SECONDS = {
    "participant_session.last_seen", "code_attempt.at", "outbox.due", "outbox.locked_until", "import_draft.until",
}  # fmt: skip
TIME_ENDINGS = ("_at", "_time", "_until", "_seen", "_since", "_started", "_ended", "_stamp")
TIMES = {"at", "due", "until", "since", "started", "ended", "when", "seen", "time"}


def test_names_of_models_are_in_the_glossary():
    bases = (IdentityBase, AnswersBase, OfficeBase)
    names = {mapper.class_.__name__ for base in bases for mapper in base.registry.mappers}
    assert names - set(GLOSSARY) == set(), "one word, one meaning: write the new noun into the glossary"


@pytest.mark.parametrize(
    ("vault", "known"), [("identity", IDENTITY_SECONDS), ("answers", {"outbox.due", "outbox.locked_until"})]
)
def test_seconds_are_kept_only_in_tables_that_are_emptied(vault, known):
    """A second kept for good in one vault could be laid beside a second in the other (C2.3)."""
    found = {
        f"{table.name}.{column.name}"
        for table in METADATA[vault].sorted_tables
        for column in table.columns
        if column.type.python_type is int and (column.name in TIMES or column.name.endswith(TIME_ENDINGS))
    }
    assert found == known
    for name in found:
        assert METADATA[vault].tables[name.split(".")[0]].info["retention"] == "transient"
