"""What guard and banner add to a page, next to django-cookie-consent's own middleware and tags.

Five groups, all accepted, in one process: medians of many requests. Parsing the Cookie header is Django's work and
not counted. The package keeps its groups in local memory, the fastest cache that it can have. The size is the
number of requests of a round.
"""

import importlib.util
import statistics
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from functools import partial
from unittest import mock

from cookie_consent import middleware
from cookie_consent.middleware import CleanCookiesMiddleware
from cookie_consent.models import Cookie, CookieGroup
from cookie_consent.templatetags import cookie_consent_tags
from django.core.cache import cache
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.template import Context, Template
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext, override_settings

from benchmarks.measure import BenchmarkResult, Measurement, Target, in_turn, seconds
from benchmarks.profiles import Profile
from consent.cookies import choices_cookie, registry
from consent.cookies.models import CookieDeclaration, GroupDeclaration
from consent.middleware import cookie_guard_middleware
from consent.wording import wording

MOST = 60.0  # microseconds
MORE = ("fourth", "fifth")  # a new site has three groups that ask for consent
OURS = "{% load choices %}{% choices_banner %}"
PACKAGE = (
    "{% load cookie_consent_tags %}{% if request|cookie_consent_enabled %}"
    "{% not_accepted_or_declined_cookie_groups request as groups %}{{ groups|length }}{% endif %}"
)
Handler = Callable[[HttpRequest], HttpResponse]


def measure(profile: Profile) -> BenchmarkResult:
    """Microseconds for each page, and queries and cache reads of a warm page."""
    with _five_groups(), _package_as_shipped():
        ours = cookie_guard_middleware(_page(OURS)), _accepted_by_us()
        package = CleanCookiesMiddleware(_page(PACKAGE)), _accepted_by_the_package()
        sides = {"bare page": (_page(""), "a=b"), "guard and banner": ours, "django-cookie-consent": package}
        lines: list[Measurement] = []
        for size in profile.sizes(profile.pages):
            turns = {name: partial(_microseconds, *side, size) for name, side in sides.items()}
            lines += in_turn("choices", "us/page", turns, rounds=profile.rounds, size=size)
        asked, asked_by_the_package = _reads(*ours), _reads(*package)
    bare, of_ours, of_package = (line.median for line in lines[-len(sides) :])
    cost, ratio = of_ours - bare, (of_package - bare) / (of_ours - bare)
    return BenchmarkResult(
        lines=lines,
        bare=lines[-len(sides)].figures,
        facts={"reads_of_a_warm_page": asked, "reads_of_a_warm_page_by_the_package": asked_by_the_package},
        targets=[
            Target("guard and banner, five groups accepted", f"at most {MOST:.0f} us", f"{cost:.0f} us", cost <= MOST),
            Target("the package's tags against them", "10 times", f"{ratio:.0f}", ratio >= 10),
            Target("queries and cache reads of a warm page", "0", str(asked), asked == 0, is_timing=False),
        ],
    )  # fmt: skip


@contextmanager
def _five_groups() -> Iterator[None]:
    """Adds two groups to those of a new site, and removes them again."""
    with transaction.atomic():
        for key in MORE:
            group = CookieGroup.objects.create(varname=key, name=key, description=key)
            GroupDeclaration.objects.create(
                group=group, terms="CONSENT", purpose="VISITORS", name_fr=key, description_fr=key
            )
            cookie = Cookie.objects.create(cookiegroup=group, name=key, description=key)
            CookieDeclaration.objects.create(cookie=cookie, description_fr=key, months=1)
        registry.reload()
        yield
        transaction.set_rollback(True)
    cache.clear()
    registry.reload()


@contextmanager
def _package_as_shipped() -> Iterator[None]:
    """On this site the package answers from our choices (`consent.compatibility`): here it reads its own cookie."""
    spec = importlib.util.find_spec("cookie_consent.util")
    assert spec is not None
    assert spec.loader is not None
    shipped = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(shipped)
    with override_settings(COOKIE_CONSENT_CACHE_BACKEND="default"), ExitStack() as patches:
        for module in (middleware, cookie_consent_tags):
            for name in vars(shipped).keys() & vars(module).keys():
                if callable(getattr(shipped, name)) and getattr(shipped, name).__module__ == shipped.__name__:
                    patches.enter_context(mock.patch.object(module, name, getattr(shipped, name)))
        yield


def _accepted_by_us() -> str:
    """Cookie header of a visitor who accepted all five groups."""
    register = registry.current()
    choices = choices_cookie.revise(
        choices_cookie.NOT_EVALUATED,
        dict.fromkeys(register.consent_groups, True),
        receipt=uuid.uuid4(),
        words=wording.prompt_for(register).keys,
        now=datetime.now(UTC),
    )
    names = {cookie.name for group in register.groups if group.needs_consent for cookie in group.cookies}
    return "; ".join([f"choices={choices_cookie.encode(choices)}", *(f"{name}=a" for name in sorted(names))])


def _accepted_by_the_package() -> str:
    """The same visitor's Cookie header in django-cookie-consent's format."""
    groups = CookieGroup.objects.filter(is_required=False)
    header = 'cookie_consent="' + "|".join(f"{group.varname}={group.get_version()}" for group in groups) + '"'
    request = RequestFactory().get("/", headers={"Cookie": header})
    if not cookie_consent_tags.are_all_cookies_accepted(request):
        raise RuntimeError("the package does not see the same five acceptances")
    return header


def _page(source: str) -> Handler:
    template = Template(source)

    def view(request: HttpRequest) -> HttpResponse:
        return HttpResponse(template.render(Context({"request": request})))

    return view


def _request(header: str) -> HttpRequest:
    request = RequestFactory().get("/", headers={"Cookie": header})
    request.COOKIES  # noqa: B018 - read before the clock runs
    return request


def _microseconds(handler: Handler, header: str, pages: int) -> float:
    """The median of one request."""
    requests = (_request(header) for _page in range(pages))
    return statistics.median([seconds(partial(handler, request)) for request in requests]) * 1e6


def _reads(handler: Handler, header: str) -> int:
    """Queries and cache reads of one request after a first one."""
    handler(_request(header))
    with (
        CaptureQueriesContext(connection) as queries,
        mock.patch.object(cache, "get", wraps=cache.get) as one,
        mock.patch.object(cache, "get_many", wraps=cache.get_many) as many,
    ):
        handler(_request(header))
    return len(queries) + one.call_count + many.call_count
