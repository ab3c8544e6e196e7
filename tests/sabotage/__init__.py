"""One way to break each promise: what somebody could do to the data, the rules or the files behind our back.

A new promise adds its line to :data:`SABOTEURS`, or is one of those that the data map makes. Each takes the stage of
the test and breaks the promise for as long as the test lasts. They stand by what they attack, a module each.
"""

from privacy.datamap.declarations import Category, Purpose
from privacy.datamap.registry import holdings
from tests.sabotage import (
    company,
    consents,
    files,
    journal,
    people,
    processing,
    purge,
    recipients,
    requests,
    versions,
)
from tests.sabotage.stage import Saboteur, Stage

__all__ = ["OTHER_WAYS", "SABOTEURS", "Saboteur", "Stage", "everybody"]

SABOTEURS: dict[str, Saboteur] = {
    "preamble.company": company.another_controller,
    "consent.acts": consents.consent_by_silence,
    "consent.words": consents.other_words,
    "consent.version": consents.choice_without_version,
    "controller.applications": people.application_for_nobody,
    "controller.enquiries": people.enquiry_for_nobody,
    "data.declared": company.undeclared_field,
    "data.sources": processing.addresses_that_were_bought,
    "data.not_sensitive": processing.sensitive_activity,
    "data.mail": company.mail_that_waits,
    "data.answered": people.late_answer,
    "data.extended": requests.extension_told_to_nobody,
    "data.refused": requests.refusal_that_nobody_was_sent,
    "data.identity_asked": requests.proof_asked_for_without_reason,
    "data.identity_destroyed": requests.copy_of_a_card_after_the_check,
    "data.stopped": requests.objection_that_waits,
    "data.recipients-told": people.recipient_not_told,
    "purposes.decided_by_people": processing.refusal_by_a_machine,
    "security.passwords": processing.weak_password,
    "security.connections": processing.unencrypted_site,
    "security.sealed": journal.entry_that_waits_for_its_seal,
    "security.verified": journal.altered_entry,
    "security.protected": journal.trigger_switched_off,
    "security.encrypted": files.file_in_clear,
    "communication.recipients": company.another_recipient,
    "communication.exports": processing.more_than_the_register_allows,
    "communication.contracts": processing.contract_without_safeguards,
    "communication.disclosures": recipients.disclosure_without_ground,
    "communication.told": recipients.person_who_was_not_told,
    "communication.authorised": recipients.client_who_did_not_authorise,
    "hosting.places": company.place_outside,
    "hosting.own_server": company.foreign_source,
    "forms.prospects": consents.prospect_without_proof,
    "forms.stopped": consents.prospect_who_said_stop,
    "storage.files": files.file_that_is_lost,
    "storage.purge": purge.no_purge,
    "storage.days": purge.no_place_for_tomorrow,
    "storage.oldest_visit": purge.day_that_could_not_be_dropped,
    "storage.archive": people.opening_without_reason,
    "storage.contact": people.contact_that_never_was,
    "storage.holds": processing.hold_that_nobody_reviewed,
    "cookies.lapsed": consents.choice_past_its_validity,
    "cookies.listed": consents.another_cookie,
    "updates.asked_again": consents.prospect_sent_on_an_outdated_yes,
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
    ("security.verified", journal.old_entry_altered),
    ("security.verified", journal.old_entry_taken_away),
    ("security.encrypted", files.file_in_clear_of_the_right_length),
    ("storage.files", files.file_beside_the_folders),
    ("communication.told", recipients.disclosure_that_nobody_decided_on),
    ("communication.told", recipients.ban_that_ended_unnoticed),
    ("communication.told", recipients.silence_without_reason),
    ("hosting.places", company.place_that_no_register_knows),
    ("hosting.own_server", company.no_policy_for_content),
    ("hosting.own_server", company.policy_for_content_that_nobody_sends),
    ("forms.prospects", consents.prospect_whose_stop_was_forgotten),
    ("consent.acts", consents.consent_by_a_signal),
    ("updates.asked_again", consents.yes_to_any_words),
    ("data.not_sensitive", processing.category_that_nobody_judged),
    ("data.extended", requests.extension_without_reason),
    ("data.extended", requests.extension_after_the_month),
    ("data.refused", requests.record_kept_back_in_silence),
    ("data.identity_destroyed", requests.copy_of_a_card_of_a_request_that_is_over),
    ("data.identity_destroyed", requests.mandate_of_a_request_that_is_over),
    ("data.stopped", requests.objection_carried_out_later),
    ("data.stopped", requests.objection_that_waits_after_its_mandate),
    ("purposes.decided_by_people", processing.refusal_at_once),
    ("purposes.decided_by_people", processing.automated_activity),
    ("security.passwords", processing.password_without_salt),
    ("security.connections", processing.unencrypted_site_in_production),
    ("security.connections", processing.encrypted_site_that_redirects_nobody),
    ("communication.exports", processing.sent_before_the_contract),
    ("communication.exports", processing.sent_after_the_contract),
    ("communication.contracts", processing.host_without_contract),
    ("storage.contact", people.contact_in_the_future),
    ("storage.holds", processing.hold_without_reason),
    ("storage.holds", processing.hold_on_everybody),
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
