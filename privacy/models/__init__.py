"""The ground floor's tables."""

from privacy.models.audit import AuditEntry
from privacy.models.emails import Mail
from privacy.models.files import StoredFile
from privacy.models.policy import PolicyText, PolicyVersion

__all__ = ["AuditEntry", "Mail", "PolicyText", "PolicyVersion", "StoredFile"]
