from django.utils.translation import gettext_lazy as _

from dsr.desk.forms.base import AdminActionForm
from privacy.files.fields import DocumentField
from privacy.files.uploads import SCANS


class MandateResubmissionForm(AdminActionForm):
    """The mandate that came once more, by post."""

    document = DocumentField(label=_("The mandate"), kinds=SCANS)
