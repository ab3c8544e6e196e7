"""What the guard and the banner cost a page, beside django-cookie-consent's own middleware and tags, in one run.

    python -m benchmarks.choices

Five groups, all accepted; medians of many requests, less the cost of the bare page. Ours may take 60 microseconds.
"""

import statistics
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from tests import servers

servers.prepare()

import django  # noqa: E402

django.setup()

from cookie_consent.middleware import CleanCookiesMiddleware  # noqa: E402
from cookie_consent.models import Cookie, CookieGroup  # noqa: E402
from cookie_consent.util import are_all_cookies_accepted  # noqa: E402
from django.http import HttpRequest, HttpResponse  # noqa: E402
from django.template import Context, Template  # noqa: E402
from django.test import RequestFactory  # noqa: E402
from django.test.utils import setup_databases, teardown_databases  # noqa: E402

from consent import cookies, registry, wording  # noqa: E402
from consent.middleware import guard  # noqa: E402
from consent.models import CookieDeclaration, GroupDeclaration  # noqa: E402

ROUNDS = 2000
MOST = 60.0
Handler = Callable[[HttpRequest], HttpResponse]
OURS = Template("{% load choices %}{% choices_banner %}")
PACKAGE = Template(
    "{% load cookie_consent_tags %}{% if request|cookie_consent_enabled %}"
    "{% not_accepted_or_declined_cookie_groups request as groups %}{{ groups|length }}{% endif %}"
)


@contextmanager
def five_groups() -> Iterator[None]:
    """A test database with two optional groups more than the site begins with."""
    old = setup_databases(verbosity=0, interactive=False)
    try:
        for key in ("fourth", "fifth"):
            group = CookieGroup.objects.create(varname=key, name=key, description=key)
            GroupDeclaration.objects.create(
                group=group, terms="CONSENT", purpose="VISITORS", name_fr=key, description_fr=key
            )
            cookie = Cookie.objects.create(cookiegroup=group, name=key, description=key)
            CookieDeclaration.objects.create(cookie=cookie, description_fr=key, months=1)
        registry.forget()
        yield
    finally:
        teardown_databases(old, verbosity=0)


def accepted_by_us() -> str:
    """The Cookie header of a visitor who accepted all five groups."""
    register = registry.current()
    choices = cookies.revise(
        cookies.UNGUARDED,
        dict.fromkeys(register.asked, True),
        receipt=uuid.uuid4(),
        words=wording.of(register).keys,
        now=datetime.now(UTC),
    )
    return f"choices={cookies.encode(choices)}; topics=a; seen=b; counted=c"


def accepted_by_the_package() -> str:
    """The same visitor as django-cookie-consent writes it."""
    groups = CookieGroup.objects.filter(is_required=False)
    return 'cookie_consent="' + "|".join(f"{group.varname}={group.get_version()}" for group in groups) + '"'


def page(template: Template) -> Handler:
    """A page that holds nothing but this template."""

    def view(request: HttpRequest) -> HttpResponse:
        return HttpResponse(template.render(Context({"request": request})))

    return view


def microseconds(handler: Handler, header: str) -> float:
    """The median time of one request; reading the Cookie header is Django's and is not counted."""
    factory, taken = RequestFactory(), []
    for _round in range(ROUNDS):
        request = factory.get("/", headers={"Cookie": header})
        assert request.COOKIES
        began = time.perf_counter()
        handler(request)
        taken.append(time.perf_counter() - began)
    return statistics.median(taken) * 1e6


def main() -> int:
    """Print the three numbers; 1 when ours is over its limit."""
    with five_groups():
        bare = microseconds(page(Template("")), "a=b")
        ours = microseconds(guard(page(OURS)), accepted_by_us()) - bare
        theirs = RequestFactory().get("/", headers={"Cookie": accepted_by_the_package()})
        assert are_all_cookies_accepted(theirs), "the package does not see the same five acceptances"
        package = microseconds(CleanCookiesMiddleware(page(PACKAGE)), accepted_by_the_package()) - bare
    sys.stdout.write(
        f"bare page {bare:.0f} us; guard and banner {ours:.0f} us more (limit {MOST:.0f}); "
        f"django-cookie-consent {package:.0f} us more, {package / ours:.0f} times as much\n"
    )
    return int(ours > MOST)


if __name__ == "__main__":
    sys.exit(main())
