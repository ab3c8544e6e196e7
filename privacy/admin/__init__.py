"""The controller's desk, ground floor. ``desk`` holds the base class that every floor's admin builds on."""

from privacy.admin import audit, emails, navigation, policy, retention, seals

__all__ = ["audit", "emails", "navigation", "policy", "retention", "seals"]
