"""Against what was published."""

from privacy.policy import publishing
from privacy.seals import sealing
from tests.sabotage.stage import Stage, tamper


def altered_version(stage: Stage) -> None:
    tamper("privacy_policytext", "UPDATE privacy_policytext SET source = source || ' '")


def version_with_another_date(stage: Stage) -> None:
    stage.seal()
    tamper("privacy_policyversion", "UPDATE privacy_policyversion SET published_at = '2020-01-01'")


def version_altered_with_its_digest(stage: Stage) -> None:
    stage.seal()
    version = publishing.in_force()
    assert version is not None
    tamper("privacy_policytext", "UPDATE privacy_policytext SET source = source || ' '")
    digests = {}
    for text in version.texts.all():
        draft = publishing.PolicyDraft(
            text.language, text.source, text.placeholders, text.facts, tuple(publishing.clauses_of(text))
        )
        digests[text.language] = publishing._digest(version.number, draft)
    for language, digest in digests.items():
        tamper(
            "privacy_policytext",
            "UPDATE privacy_policytext SET sha256 = %s WHERE language = %s",
            digest,
            language,
        )
    whole = sealing.digest(digests)
    tamper("privacy_policyversion", "UPDATE privacy_policyversion SET sha256 = %s", whole)
    altered = publishing.in_force()
    assert altered is not None
    assert publishing.is_intact(altered)


def version_taken_away(stage: Stage) -> None:
    stage.seal()
    tamper("privacy_policytext", "DELETE FROM privacy_policytext")
    tamper("privacy_policyversion", "DELETE FROM privacy_policyversion")
