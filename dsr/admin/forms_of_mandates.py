"""What the desk asks for about a mandate."""

from django.utils.translation import gettext_lazy as _

from dsr.admin.forms import DeedForm
from privacy.documents import DocumentField
from privacy.uploads import SCANS


class HandInForm(DeedForm):
    """The mandate that came once more, by post."""

    document = DocumentField(label=_("The mandate"), kinds=SCANS)
