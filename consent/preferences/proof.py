"""A person's own proof of what they answered, with the fields of ISO/IEC TS 27560:2023. Pure."""

from collections.abc import Collection, Iterable, Mapping

from consent.ledger.models import ConsentEvent
from privacy.datamap.declarations import Basis
from privacy.seals.inclusion import Inclusion

SCHEMA = "ISO/IEC TS 27560:2023"
STATES = {
    ConsentEvent.ConsentKind.ASK: "requested",
    ConsentEvent.ConsentKind.GRANT: "given",
    ConsentEvent.ConsentKind.REFUSE: "refused",
    ConsentEvent.ConsentKind.WITHDRAW: "withdrawn",
    ConsentEvent.ConsentKind.EXPIRE: "expired",
}


def document(
    events: Iterable[ConsentEvent],
    *,
    seals: Mapping[int, Inclusion],
    without_address: Collection[int] = (),
    opt_out_groups: Collection[str],
    entity: Mapping[str, object],
    controller: Mapping[str, object],
    site: str,
) -> dict[str, object]:
    """The ledger's lines about one browser, and about the person before it, as machine-readable records.

    `without_address`: the keys of lines about an address that this browser may not show. `opt_out_groups`: what runs
    until somebody objects, and so is not based on consent.
    """
    party = {
        "party_id": str(entity["siren"]),
        "party_name": str(entity["name"]),
        "party_type": "pii_controller",
        "party_contact": f"{controller['name']} <{controller['email']}>",
        "party_url": site,
    }
    records = []
    for event in events:
        shows_address = event.pk not in without_address
        made = record(
            event,
            party=party,
            site=site,
            basis=_basis(event, opt_out_groups),
            principal=str(event.receipt or event.email) if shows_address else None,
        )
        records.append(made | _seal(seals.get(event.pk), shows_address=shows_address))
    return {"schema_version": SCHEMA, "records": records}


def record(
    event: ConsentEvent, *, party: dict[str, str], site: str, basis: str, principal: str | None
) -> dict[str, object]:
    return {
        "record_header": {
            "schema_version": SCHEMA,
            "record_id": str(event.record),
            "pii_principal_id": principal,
        },
        "pii_processing": _processing(event, site, basis),
        "party_identification": [party],
        "event": {
            "event_time": event.happened_at.isoformat(),
            "validity_duration": event.valid_until.isoformat() if event.valid_until else None,
            "entity_id": principal,
            "event_type": event.act,
            "event_state": STATES[ConsentEvent.ConsentKind(event.kind)],
            "browser_signal": "Sec-GPC: 1" if event.has_gpc else None,
        },
        "receipt": {"receipt_id": str(event.receipt) if event.receipt else None, "page": event.page},
    }


def _seal(inclusion: Inclusion | None, *, shows_address: bool) -> dict[str, object]:
    """What proves that the line is in the sealed ledger; None in its first half minute, before it is sealed.

    The content of a line has the address in it, and its leaf lets anybody try addresses.
    """
    if inclusion is None:
        return {"seal": None}
    seal = inclusion.seal
    path = [{"side": side, "sha256": node} for side, node in inclusion.path]
    under = {
        "number": seal.number,
        "sealed_at": seal.at.isoformat(),
        "root": seal.root,
        "sha256": seal.sha256,
    }
    if not shows_address:
        return {"seal": under}
    return {"seal": {"content": inclusion.content, "leaf": inclusion.leaf, "path": path, **under}}


def _basis(event: ConsentEvent, opt_out_groups: Collection[str]) -> str:
    return (Basis.LEGITIMATE_INTEREST if event.topic in opt_out_groups else Basis.CONSENT).value.lower()


def _processing(event: ConsentEvent, site: str, basis: str) -> dict[str, object]:
    return {
        "privacy_notice": f"{site}/privacy/choices/words/{event.wording_id}/",
        "privacy_notice_sha256": event.wording_id,
        "privacy_notice_since": event.wording.first_shown_at.isoformat(),
        "privacy_policy": f"{site}/privacy/",
        "privacy_policy_version": event.policy_version or None,
        "language": event.language,
        "purposes": [{"purpose": event.topic, "purpose_type": event.purpose, "lawful_basis": basis}],
        "storage_location": "European Union",
        "retention_period": str(ConsentEvent.personal_data.keep.period),
        "processing_jurisdiction": "FR",
        "recipients": [str(recipient.label) for recipient in ConsentEvent.personal_data.recipients],
        "withdrawal_method": f"{site}/privacy/{'requests/new' if event.email else 'choices'}/",
    }
