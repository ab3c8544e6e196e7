"""The register of a processor (GDPR article 30(2)): the work for clients, who are the controllers of the data."""

from datetime import date

from django.conf import settings
from django.utils.formats import date_format
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from privacy.register import article30
from privacy.register.article30 import Column
from privacy.register.models import Activity, ClientWork
from privacy.web import pdf, spreadsheets


def as_csv(*, day: date) -> bytes:
    """One line for each client, also of contracts that ended: the authority may ask for them."""
    found = [_columns(work) for work in ClientWork.objects.all()]
    titles = [[column.title for column in _columns(ClientWork(since=day, measures=[]))]]
    return spreadsheets.as_csv([*titles, *([column.text for column in each] for each in found)]).encode()


def as_pdf(*, day: date) -> bytes:
    """Tagged PDF (PDF/UA), in the active language."""
    data = {
        "language": get_language() or settings.LANGUAGE_CODE,
        "title": _("Register of work for clients"),
        "lead": _("Article 30(2) of the General Data Protection Regulation"),
        "page": _("page"),
        "name": _("Heading"),
        "content": _("What it says"),
        "head": article30.head(day=day),
        "entries": [
            {
                "title": work.client,
                "columns": [{"title": column.title, "lines": column.lines} for column in _columns(work)],
            }
            for work in ClientWork.objects.all()
        ],
    }
    return pdf.render("privacy/register/register", data)


def _columns(work: ClientWork) -> list[Column]:
    none = pgettext("in a column of the register", "None")
    until = date_format(work.until) if work.until else _("until further notice")
    measures = [str(each.label) for each in Activity.Measure if each in work.measures]
    return [
        Column("client", _("Client, who is the controller"), [work.client]),
        Column("contact", _("Address and contact"), work.contact.splitlines()),
        Column("officer", _("Data protection officer of the client"), [work.officer or _("none known")]),
        Column("processor", _("Processor"), [article30.contact()]),
        Column("kinds", _("Kinds of processing"), work.kinds.splitlines()),
        Column("others", _("Other processors"), work.others.splitlines() or [none]),
        Column("transfers", _("Transfers outside the European Union"), work.transfers.splitlines() or [none]),
        Column("measures", _("Security measures"), [*measures, *work.more_measures.splitlines()]),
        Column("since", _("Contract"), [date_format(work.since), until]),
    ]
