"""What the site would hold after years: run on its data by ``manage.py shell``, before the purge of a journey."""

from datetime import date, datetime, timedelta
from uuid import uuid4

from django.utils import timezone

from privacy.audit import trail
from privacy.files import storage
from privacy.files.models import StoredFile
from privacy.oversight import reports
from privacy.oversight.models import LookReport
from privacy.visits import partitions
from privacy.visits.models import Visit
from recruitment.applications.models import Application
from tests import documents

OLD, YOUNG = "old@example.org", "young@example.org"
YEAR = timedelta(days=366)


def make(language: str) -> None:
    """An application and a visit past their periods, and one of each within them."""
    now = timezone.now()
    apply(f"{language}.{OLD}", now - 5 * YEAR)
    apply(f"{language}.{YOUNG}", now - 4 * YEAR)
    due = partitions.first_kept(now) - timedelta(days=1)
    visit(due, f"/old/{language}/")
    visit(now.date() - timedelta(days=1), f"/young/{language}/")


def apply(email: str, at: datetime) -> Application:
    """An application whose last contact was ``at``."""
    return Application.objects.create(
        surname="Example",
        first_name="Past",
        email=email,
        qualifications="A diploma",
        experience="Ten years",
        cv=storage.store(documents.pdf(), name="cv.pdf", media_type="application/pdf", now=at),
        language="en",
        received_at=at,
        last_contact_at=at,
    )


def visit(day: date, path: str) -> None:
    """A visit at the end of ``day``."""
    partitions.prepare([day])
    at = partitions.begin(day) + timedelta(hours=23)
    Visit.objects.create(
        at=at, number=uuid4().int >> 65, visitor=uuid4(), has_cookie=True, path=path, language="en"
    )


def report() -> None:
    """Write the report of looks of this month, as on the first day of the next one; print its number."""
    with trail.acting("system", "test"):
        for at in (timezone.now(), timezone.now() + timedelta(days=31)):
            reports.write_due(now=at)
    print(LookReport.objects.latest("month").pk)  # noqa: T201


def new_application(email: str) -> None:
    """Print its number."""
    print(apply(email, timezone.now()).pk)  # noqa: T201


def show() -> None:
    """Print what is there, a line each: applications, visits, files by row and on disk."""
    emails = Application.objects.order_by("email").values_list("email", flat=True)
    paths = Visit.objects.filter(path__regex="^/(old|young)/").order_by("path").values_list("path", flat=True)
    files = list(StoredFile.objects.values_list("pk", flat=True))
    on_disk = {path.name for path in storage.path_of(uuid4()).parents[1].rglob("*") if path.is_file()}
    print(*emails, *paths, sep="\n")  # noqa: T201
    print("files", on_disk == {pk.hex for pk in files})  # noqa: T201
