"""The controller's desk for choices, consents, prospects and notices."""

from consent.admin import ledger, notices, prospecting, registry, sightings

__all__ = ["ledger", "notices", "prospecting", "registry", "sightings"]
