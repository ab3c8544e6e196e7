"""What the page “My data” shows of requests and holdings: ``my_data`` in :mod:`privacy.plugins`."""

from datetime import datetime

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from dsr.my_data import held, names, requests
from privacy.datamap.declarations import Category
from privacy.datamap.subjects import Subject


def account_names(request: HttpRequest) -> dict[Category, str]:
    """Those of the account that is signed in, as far as it has any."""
    return {
        Category.FIRST_NAME: getattr(request.user, "first_name", ""),
        Category.SURNAME: getattr(request.user, "surname", ""),
    }


def own_requests(request: HttpRequest, person: Subject, *, now: datetime) -> SafeString:
    borne = names.borne(person, account_names(request))
    found = requests.own(person, borne, now=now)
    shown = requests.listed(found, now=now)
    more = found.count() - len(shown) if len(shown) == requests.MOST else 0
    facts = {"requests": shown, "more": more, "is_shared": borne.is_shared}
    return render_to_string("dsr/my_data/requests.html", facts, request)


def holdings(request: HttpRequest, person: Subject, *, now: datetime) -> SafeString:
    if held.is_in_doubt(person):
        return render_to_string("dsr/my_data/held.html", {"is_in_doubt": True}, request)
    found = held.search_for(person, account_names(request), now=now)
    facts = {"kinds": found.kinds(most=held.ON_THE_PAGE), "is_shared": found.names.is_shared}
    return render_to_string("dsr/my_data/held.html", facts, request)
