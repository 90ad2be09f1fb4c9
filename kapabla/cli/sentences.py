"""What whoever types a command is told, in English: one sentence for each code, that says what to do.

An error that has a sentence of its own (a key, a setting, a file of the course material) says it itself.
"""

from kapabla.errors import KapablaError

SENTENCES = {
    # Accounts
    "staff_unknown": "No account has that address.",
    "staff_exists": "There is already an account with that address. `kapabla staff reset` gives its holder a new link.",
    "email_wrong": "The address of an account is written as name@example.se.",
    "municipality_unknown": "No municipality has the code {municipality}. Write one of {known}.",
    "not_allowed": "An account with the role {role} may not do this. These may: {may}.",
    "another_administrator_is_needed": "Somebody else who is administrator has to let this person in again.",
    "account_has_ended": "The account has ended. An administrator gives it a new last day at /admin/konton first.",
    "only_for_demo_accounts": "One-time codes are shown for accounts of the demo alone. The code is on the phone.",
    "sign_in_refused": "The one-time code is wrong or has been used. Wait for the next one and try again.",
    "too_many_attempts": "There have been many attempts. Wait a quarter of an hour and try again.",
    "agreement_for_researchers": "An agreement has a number, and is made with an account that has the role researcher.",
    # Answers on paper
    "wave_unknown": "The study has no wave {wave}. Write one of {known}.",
    "day_ahead": "{day} has not been yet. Write the day that stands on the sheets.",
    "sheets_faulty": "{rows} rows have faults. Nothing was kept.",
    "not_utf8": "The file is not in UTF-8. Save it as CSV in UTF-8.",
    "sheets_empty": "The file is empty. It needs a header and a row for each sheet.",
    "sheets_without_code": "There is no column called code. It holds the code of the letter or the participant number.",
    "sheet_column_unknown": "These columns are no questions of the wave: {columns}. Rename or remove them.",
    "sheet_column_twice": "The column {column} is there twice. Remove or rename one of them.",
    # Cohorts and people
    "study_unknown": "There is no study {study}. Write one of {known}.",
    "course_unknown": "There is no course {course}. Write one of {known}.",
    "arm_unknown": "The study has no arm {arm}. Write one of {known}.",
    "cohort_unknown": "There is no cohort {cohort}. `kapabla cohorts list` shows the id of each.",
    "cohort_closed": "The cohort closed on {ends_on}: who is invited now is not let in. Nothing was sent. Move "
    "the people to an open cohort, or add --even-if-closed.",
    "no_letters": "There is nobody left to write to: a letter is for those who have chosen letters or whose e-mail "
    "does not work, and who have an address. Add --again to print those that were printed before.",
    "letters_unprintable": "A name or an address has characters that cannot be printed, or does not fit: {numbers}. "
    "Nothing was made. "
    "Mend them on the page of each person, or hand over the code.",
    "cohort_name_taken": "There is already a cohort with the name {name}. Choose another name.",
    "cohort_days_wrong": "A cohort ends on or after the day that it starts, and both days are within 2000-2099. "
    "{starts_on} to {ends_on} is not such a time.",
    "wrong_period": "In a stepped wedge a cohort of the arm {arm} begins in one of the periods, and not after the one "
    "in which it gets the course. {starts_on} is not such a day.",
    "report_of_few": "Release {release} differs from {former} by a few people: two reports beside each other would "
    "tell what they have answered. Use the report of {former}, or wait until more have come or gone.",
    "report_cut_off": "The key of {former} is destroyed, so {release} could not be held against it. It has files, and "
    "neither figures nor a report.",
    # Studies
    "no_such_arm": "The study has no arm {arm}. The file of the study lists its arms.",
    "no_allocation_in_study": "The study {study} says nothing of lots. Write a table allocation in its file.",
    "nothing_to_allocate": "There is nobody to draw lots for: all have an arm already, or nobody is enrolled.",
    "no_plan": "The study {study} has no analysis plan. Write it beside the file of the study.",
    "plan_already_frozen": "The plan is frozen as it is. A changed plan is frozen anew by two people.",
    "answers_have_come": "Somebody has answered already, so the plan can no longer be frozen beforehand.",
    # Questionnaires
    "no_such_instrument": "There is no questionnaire {id} (version {version}). `kapabla material check` names files.",
    "version_is_published": "That version is published, and can no longer be changed. Write a new version.",
    # Releases
    "release_unknown": "There is no release {release}. `kapabla release list` shows all of them.",
    "release_exists": "There is already a release {release}. Try again: the next one gets another number.",
    "purpose_unknown": "A release is for one of {known}.",
    "format_unknown": "There is no format {format}. Write one or more of {known}, with commas between.",
    "wrong_state": "The release is {state}, and this cannot be done with it then. `kapabla release list` shows all.",
    "purpose_missing": "Nobody has said what the files of {release} are for. The first file is fetched on its page.",
    "agreement_number": "The number of an agreement is at most {longest} signs, on one line.",
    "agreement_day": "The last day of an agreement lies between {first} and {last}.",
    "release_overtaken": "Another release was built while {release} was. The jobs will build it anew.",
    "somebody_left": "Somebody in {release} has left, or is restricted, since it was built. Build a new release.",
    "not_open": "{object} is {state}: it is not waiting for an approval.",
    "same_account": "This account has approved {object} already. The second approval has to be another account's.",
    "releases_not_alike": "{former} and {present} are of two studies, or one of them is of test people alone: there is "
    "nothing to compare.",
    "store_damaged": "A file of the published store is not what its name says, and is not handed out. Mirror it anew.",
    "no_such_file": "A file of the release is not in the published store. Mirror the store anew.",
    "no_such_release": "The release is not in the published store. Mirror the store anew.",
    # Series of municipal aggregates
    "series_unreadable": "The file is no CSV table: a quotation mark never ends, or it is another kind of file.",
    "series_columns_lacking": "The file needs a column kommun (or region), a column period (or år) and a column antal, "
    "värde or per 100 000; or kommun and a column for each year. It has: {columns}.",
    "series_rows_faulty": "A number or a period cannot be read in {count} rows, among them {rows}. A period is 2024 or "
    "2024-03, a number 12 or 12,5, and what is missing is blank or '..'. Nothing was kept.",
    "series_empty": "No row is of a municipality of ours ({elsewhere} are of other places). Nothing was kept.",
    "series_period_twice": "{place} has two rows of one series in {period}. Leave one of them. Nothing was kept.",
    "series_periods_mixed": "The file has both years and months of one series: a hidden month could be counted out. "
    "Import one of them. Nothing was kept.",
    "series_kind_unknown": "There is no kind {kind}. Write one of {known}.",
    "series_source_lacking": "Write in --source where the numbers come from.",
    "series_retrieved_later": "{day} has not come yet. Write in --retrieved the day on which the file was fetched.",
    "series_unit_lacking": "There are decimals. Write --unit: what the values are, or antal where they are counts.",
    "series_code_lacking": "The file does not say what its series is called. Write --series CODE and --name.",
    "series_code_wrong": "{series} cannot be in an address. Write letters a-z, digits and hyphens, at most sixty.",
    "series_code_for_one": "The file has {count} series, each with a name of its own: leave --series out.",
    "series_unknown": "There is no series {series}. `kapabla series list` shows those there are.",
    # The public site as files
    "folder_not_empty": "{folder} is not empty. Name a folder that is empty or does not exist.",
    # Keys to the research API
    "token_unknown": "There is no key {token}. `kapabla token list` shows the id of each.",
    "token_days": "A key lasts from 1 to {most} days.",
    "agreement_missing": "The holder has no agreement about data. `kapabla agreement add` writes one down.",
    "agreement_ended": "The agreement {number} ended on {ends_on}. `kapabla agreement add` gives it a new last day.",
    "account_ended": "The account has ended. A key is for somebody who may read the release today.",
    "only_test_people": "An account of the demo may read releases of test people alone.",
    "network_wrong": "{network} is no network. Write one as 130.239.0.0/16.",
    # Gallring
    "nothing_due": "Nothing of {study} may be destroyed today. The first day for what there is: {first}. "
    "`kapabla retention plan` shows all.",
    "decision_wrong": "{decision} is no reference number of a decision. Write it as it stands in the register.",
    "decision_differs": "People were told that {study} is destroyed by decision {told}, and this is {decision}. Write "
    "the right one, in the study's file too.",
    "study_still_open": "A cohort of {study} has not ended. Nothing of people is destroyed before that.",
    "people_restricted": "Somebody in {study} has had the processing restricted, and may need the data kept. Lift the "
    "restriction first, when that person has had an answer.",
    "people_left": "There are people in {study}. Destroy identity with the key, or before it.",
    "archive_exists": "{folder} is there already. Choose another folder: what was written before is left as it is.",
    # Open surveys
    "no_such_survey": "There is no survey of that name. `kapabla survey list` shows them.",
    "survey_not_published": "The result of {survey} is not published yet. Its answers are kept until it is.",
    # From a release to a person
    "two_people_needed": "Two different people do this together. Write --by twice, with an account each.",
    "reason_too_short": "Write why, in at least {least} characters.",
    "keys_gone": "The keys of {release} have been destroyed: nobody can be found from it any more.",
    # The installation
    "vault_closed": "This needs the database of {vault}, which KAPABLA_AUDIENCES does not give to this process.",
    "no_roles_in_sqlite": "The vault {vault} is a file of SQLite, which knows no roles. They are for PostgreSQL.",
    "prefix_wrong": "{prefix} cannot begin the name of a role. Write small letters, digits and _, a letter first.",
    # Backups
    "backup_unsound": "{file} is not whole, or was sealed with another key. Nothing of it was used. Take another copy "
    "of it, or an older one with --at.",
    "backup_newer": "The backup is of version {version}, which this Kapabla does not know. Install a newer one first.",
    "no_backup": "{folder} has no whole backup of {parts} from one moment. Whole ones: {known}.",
    "nothing_to_back_up": "Nothing is in the database of {vault} yet. `kapabla init` makes it.",
    "vault_not_empty": "The database of {vault} holds something, which a restore would replace. Move its file away, or "
    "name a new, empty database in the settings. Nothing was changed.",
    "journals_differ": "The journal of {vault} in KAPABLA_DATA_DIR/journals does not go with this backup: one of them "
    "has been changed or belongs to another installation. Nothing was changed.",
    "restore_unfinished": "A restore into {folder} was broken off. Give `kapabla restore` again; nothing else is done "
    "before it is finished.",
    "port_taken": "Something else serves at {address}. Stop it, or choose another port with PORT= or --port.",
    "address_unusable": "Nothing can be served at {address}: {reason}. Choose another --host or --port.",
}


def sentence_of(error: KapablaError) -> str:
    if type(error).__str__ is not KapablaError.__str__:
        return str(error)
    if error.code not in SENTENCES:
        return f"This was refused: {error}."
    return SENTENCES[error.code].format_map(error.context)
