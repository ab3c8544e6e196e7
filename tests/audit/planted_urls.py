"""The site's addresses and ``/planted/``, which puts what it is asked into SQL, and into HTML, as it came.

The limits on how often somebody may do the same thing are off: they would end a scan after its first minute.
"""

from datetime import datetime

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.urls import path

from privacy.web import rate_limits
from softnlabs import urls

handler500 = urls.handler500


FORM = """<html><body><p>{name}: {count}</p><form method="post" action="/planted/">
<input type="hidden" name="csrfmiddlewaretoken" value="{token}">
<input name="title" value="a"><button>Send</button></form>
</body></html>"""


def planted(request: HttpRequest) -> HttpResponse:
    """Two flaws on purpose, the one in SQL behind a form with its token, as all forms of the site are."""
    name, title = request.GET.get("name", ""), request.POST.get("title", "")
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM cookie_consent_cookiegroup WHERE varname = '{title}'")
        (count,) = cursor.fetchone()
    return HttpResponse(FORM.format(name=name, count=count, token=get_token(request)))


def _never_too_often(limit: rate_limits.RateLimit, value: str, *, now: datetime) -> bool:
    return True


rate_limits.RateLimit.take = _never_too_often  # type: ignore[method-assign]
urlpatterns = [path("planted/", planted), *urls.urlpatterns]
