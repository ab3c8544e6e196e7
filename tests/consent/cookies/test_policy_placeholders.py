"""What the policy says of cookies comes from the register that is enforced."""

import pytest
from cookie_consent.models import CookieGroup
from django.utils.translation import override

from consent.cookies import choices_cookie, registry
from consent.ledger import ledger
from privacy.policy import placeholders
from privacy.policy.models import PolicyVersion

pytestmark = pytest.mark.django_db


def test_every_declared_cookie_is_listed_with_its_lifetime():
    listed = registry.listing()
    assert len(listed) == CookieGroup.objects.count()
    said = " ".join(text for _group, below in listed for text in below)
    for group in registry.current().groups:
        for cookie in group.cookies:
            assert cookie.name in said
            assert cookie.description in said
    assert "(6 months)" in said
    assert "(until the browser is closed)" in said


def test_the_list_speaks_french():
    with override("fr"):
        assert "(6 mois)" in str(registry.listing())


def test_the_policy_prints_the_validity_that_runs(monkeypatch):
    assert placeholders.in_language("en")["choice.validity"] == "6 months"
    monkeypatch.setattr(choices_cookie, "VALIDITY", registry.Period(months=7))
    assert placeholders.in_language("fr")["choice.validity"] == "7 mois"


def test_personalisation_rests_on_consent_only_while_it_is_asked():
    assert registry.basis_of_personalisation() == "your consent"
    group = CookieGroup.objects.get(varname="personal")
    group.declaration.terms = registry.Terms.ALWAYS
    group.declaration.save()
    assert registry.basis_of_personalisation() == ""


def test_each_line_of_the_ledger_bears_the_version_in_force(now):
    holder = ledger.Holder(email="alice@example.org")
    context = ledger.ConsentContext(ledger.Act.BOX, "May we?", "en", "/contact/", now)

    def stamped() -> str:
        event = ledger.grant("prospecting", holder=holder, purpose="PROSPECTS", context=context)
        return event.policy_version

    assert stamped() == ""
    PolicyVersion(number=3, published_at=now, sha256="0" * 64).save()
    assert stamped() == "3"
