"""One button of the desk: what the table of transitions says of it, with its function and its form."""

from collections.abc import Callable
from dataclasses import dataclass

from celery import Task
from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.functional import Promise

from dsr.desk.forms.base import (
    AdminActionForm,
    AssignmentForm,
    DecisionForm,
    LiftingForm,
    MessageActionForm,
    ReasonActionForm,
    RefusalForm,
    WithholdForm,
)
from dsr.desk.forms.correction import CorrectionForm
from dsr.desk.forms.identity import IdentityCheckForm
from dsr.desk.forms.mandate import InstructionsForm, MandateCheckForm, MandateResubmissionForm
from dsr.desk.forms.notification import RecipientNotificationForm
from dsr.desk.forms.post import ExtensionForm, InternalNoteForm, LetterPostedForm
from dsr.requests.models import SubjectRequest
from dsr.rules.transitions import DeskButton, DeskForm, Transition

FORM_CLASSES: dict[DeskForm, type[AdminActionForm]] = {
    DeskForm.NOTHING: AdminActionForm,
    DeskForm.REASON: ReasonActionForm,
    DeskForm.MESSAGE: MessageActionForm,
    DeskForm.REFUSAL: RefusalForm,
    DeskForm.IDENTITY_CHECK: IdentityCheckForm,
    DeskForm.MANDATE: MandateResubmissionForm,
    DeskForm.MANDATE_CHECK: MandateCheckForm,
    DeskForm.INSTRUCTIONS: InstructionsForm,
    DeskForm.DECISION: DecisionForm,
    DeskForm.CORRECTION: CorrectionForm,
    DeskForm.WITHHOLDING: WithholdForm,
    DeskForm.EXTENSION: ExtensionForm,
    DeskForm.LIFTING: LiftingForm,
    DeskForm.ASSIGNMENT: AssignmentForm,
    DeskForm.LETTER_POSTED: LetterPostedForm,
    DeskForm.RECIPIENT_NOTIFICATION: RecipientNotificationForm,
    DeskForm.INTERNAL_NOTE: InternalNoteForm,
}


@dataclass(frozen=True)
class AdminAction:
    """``task`` is woken once the transaction stands."""

    transition: Transition
    button: DeskButton
    execute: Callable[..., None]
    task: "Task[[], None] | None" = None

    @property
    def path(self) -> str:
        return self.button.path

    @property
    def consequence(self) -> str | Promise:
        return self.button.consequence

    @property
    def sends_message(self) -> bool:
        """Whether the person is written to; the message can then be previewed."""
        return self.button.sends_message

    @property
    def url_name(self) -> str:
        return f"dsr_subjectrequest_{self.path}"

    @property
    def preview_name(self) -> str:
        return f"{self.url_name}_preview"

    @property
    def letter_name(self) -> str:
        return f"{self.url_name}_letter"

    def form(
        self,
        request: SubjectRequest,
        data: QueryDict | None = None,
        files: MultiValueDict[str, "UploadedFile[bytes]"] | None = None,
    ) -> AdminActionForm:
        form_class = FORM_CLASSES[self.button.form]
        return form_class(data, files, subject_request=request, auto_id=f"{self.path}_%s", label_suffix="")
