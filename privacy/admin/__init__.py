"""The controller's desk, ground floor. ``desk`` holds the base class that every floor's admin builds on."""

from privacy.admin import (
    audit,
    disclosures,
    emails,
    navigation,
    policy,
    processors,
    promises,
    register,
    registers,
    retention,
    seals,
    sign_ins,
    subscriptions,
)

__all__ = [
    "audit",
    "disclosures",
    "emails",
    "navigation",
    "policy",
    "processors",
    "promises",
    "register",
    "registers",
    "retention",
    "seals",
    "sign_ins",
    "subscriptions",
]
