"""One way to break each promise: what somebody could do to the data, the rules or the files behind our back.

A new promise adds its line to :data:`SABOTEURS`, or is one of those that the data map makes. Each takes the stage of
the test and breaks the promise for as long as the test lasts. They stand by what they attack, a module each.
"""

from privacy.datamap.declarations import Category, Purpose
from privacy.datamap.registry import holdings
from tests.sabotage import company, consents, files, journal, pages, people, purge, versions
from tests.sabotage.stage import Saboteur, Stage

__all__ = ["OTHER_WAYS", "SABOTEURS", "Saboteur", "Stage", "everybody"]

SABOTEURS: dict[str, Saboteur] = {
    "preamble.company": company.another_controller,
    "consent.told": pages.policy_that_no_page_names,
    "consent.words": consents.other_words,
    "consent.version": consents.choice_without_version,
    "controller.applications": people.application_for_nobody,
    "controller.enquiries": people.enquiry_for_nobody,
    "data.declared": company.undeclared_field,
    "data.mail": company.mail_that_waits,
    "data.answered": people.late_answer,
    "data.recipients-told": people.recipient_not_told,
    "security.sealed": journal.entry_that_waits_for_its_seal,
    "security.verified": journal.altered_entry,
    "security.protected": journal.trigger_switched_off,
    "security.encrypted": files.file_in_clear,
    "communication.recipients": company.another_recipient,
    "hosting.places": company.place_outside,
    "hosting.own_server": company.foreign_source,
    "forms.unticked": pages.box_ticked_in_advance,
    "forms.box": pages.form_without_box,
    "forms.marked": pages.field_without_mark,
    "forms.prospects": consents.prospect_without_proof,
    "forms.stopped": consents.prospect_who_said_stop,
    "storage.files": files.file_that_is_lost,
    "storage.purge": purge.no_purge,
    "storage.days": purge.no_place_for_tomorrow,
    "storage.oldest_visit": purge.day_that_could_not_be_dropped,
    "storage.archive": people.opening_without_reason,
    "cookies.lapsed": consents.choice_past_its_validity,
    "cookies.listed": consents.another_cookie,
    "cookies.refused_as_easily": pages.smaller_refusal,
    "cookies.taken_back": pages.choices_that_no_page_links,
    "cookies.none_before": pages.targeting_cookie,
    "cookies.technical": pages.cookie_that_names_its_visitor,
    "cookies.gpc": pages.signal_that_is_lost,
    "cookies.objection": pages.objection_that_is_lost,
    "updates.intact": versions.altered_version,
    "updates.true": purge.another_period,
}


# More ways to break some of them, each found by somebody who tried.
OTHER_WAYS: list[tuple[str, Saboteur]] = [
    ("storage.purge", purge.purge_in_the_future),
    ("storage.purge", purge.purge_that_missed_its_hours),
    ("storage.days", purge.days_that_were_not_made),
    ("storage.days", purge.visit_that_waits_for_its_day),
    ("data.declared", company.table_made_by_hand),
    ("data.declared", company.table_made_in_a_corner),
    ("data.declared", company.column_made_by_hand),
    ("security.protected", journal.trigger_that_lets_all_pass),
    ("security.protected", journal.trigger_that_looks_elsewhere),
    ("security.encrypted", files.file_in_clear_of_the_right_length),
    ("storage.files", files.file_beside_the_folders),
    ("hosting.places", company.place_that_no_register_knows),
    ("hosting.own_server", company.no_policy_for_content),
    ("hosting.own_server", company.policy_for_content_that_nobody_sends),
    ("forms.prospects", consents.prospect_whose_stop_was_forgotten),
    ("consent.told", pages.question_that_nobody_sees),
    ("cookies.refused_as_easily", pages.refusal_on_another_page),
    ("cookies.taken_back", pages.refusal_on_another_page),
    ("cookies.none_before", pages.undeclared_cookie),
    ("cookies.technical", pages.cookie_without_purpose),
    ("cookies.gpc", pages.objection_that_is_ignored),
    ("cookies.objection", pages.objection_that_is_ignored),
    ("forms.unticked", pages.right_ticked_in_advance),
    ("forms.box", pages.box_where_none_belongs),
    ("forms.box", pages.box_with_another_sentence),
    ("forms.box", pages.box_that_has_to_be_ticked),
    ("forms.marked", pages.notice_of_nobody),
    ("forms.marked", pages.notice_without_consequence),
    ("updates.intact", versions.version_with_another_date),
    ("updates.intact", versions.version_altered_with_its_digest),
    ("updates.intact", versions.version_taken_away),
]


def everybody() -> dict[str, Saboteur]:
    """The saboteur of each promise, those of the data map included."""
    return {
        **SABOTEURS,
        **{f"data.{category.lower()}": company.unnamed_category(category) for category in Category},
        **{f"purposes.{purpose.lower()}": company.unnamed_basis(purpose) for purpose in Purpose},
        **{f"storage.{holding.label}": purge.row_past_its_period(holding.label) for holding in holdings()},
    }
