"""One button of the desk."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise

from dsr.desk.forms.base import AdminActionForm
from dsr.desk.forms.identity import IdentityProofReceivedForm
from dsr.requests.models import SubjectRequest
from dsr.rules.states import Transition


@dataclass(frozen=True)
class AdminAction:
    """One button of the desk, with an address of its own."""

    transition: Transition
    path: str
    execute: Callable[..., None]
    consequence: str | Promise
    form_class: type[AdminActionForm] = AdminActionForm
    task: str = ""
    sends_message: bool = False  # to the person: what it would send can be read first
    is_available: Callable[[SubjectRequest], bool] | None = None  # beyond what the state allows

    @property
    def url_name(self) -> str:
        return f"dsr_subjectrequest_{self.path}"

    @property
    def preview_name(self) -> str:
        return f"{self.url_name}_preview"

    @property
    def letter_name(self) -> str:
        return f"{self.url_name}_letter"

    def form(self, request: SubjectRequest, data: Any = None, files: Any = None) -> AdminActionForm:
        """The form to fill in; a proof that is awaited also asks for the day on which it came."""
        awaited = self.transition == Transition.CHECK_IDENTITY and request.clock().is_suspended
        form_class = IdentityProofReceivedForm if awaited else self.form_class
        return form_class(data, files, subject_request=request, auto_id=f"{self.path}_%s", label_suffix="")
