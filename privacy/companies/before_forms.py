"""For migrations: what rows get that were collected before forms said for which company, and under which version."""

from privacy.companies.models import own_company

VERSION = """
UPDATE {table} SET policy_version = (
    SELECT max(number) FROM privacy_policyversion WHERE published_at <= {table}.{collected_at}
) WHERE policy_version IS NULL
"""


def own_siren() -> str:
    """The company of the settings collected all of them."""
    return own_company().siren


def version_sql(table: str, collected_at: str) -> str:
    """The version in force when each row was collected; none before the first one."""
    return VERSION.format(table=table, collected_at=collected_at)
