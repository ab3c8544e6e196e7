"""The ground floor's tables."""

from privacy.models.audit import AuditEntry
from privacy.models.emails import Mail
from privacy.models.files import StoredFile

__all__ = ["AuditEntry", "Mail", "StoredFile"]
