"""One button of the desk."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise

from dsr.desk.forms.base import DeedForm
from dsr.desk.forms.identity import ProofForm
from dsr.requests.models import SubjectRequest
from dsr.rules.states import Move


@dataclass(frozen=True)
class Verb:
    """One button of the desk, with an address of its own."""

    move: Move
    path: str
    act: Callable[..., None]
    consequence: str | Promise
    form_class: type[DeedForm] = DeedForm
    wakes: str = ""
    writes: bool = False  # to the person: what it would send can be read first
    applies: Callable[[SubjectRequest], bool] | None = None  # beyond what the state allows

    @property
    def url_name(self) -> str:
        return f"dsr_subjectrequest_{self.path}"

    @property
    def preview_name(self) -> str:
        return f"{self.url_name}_preview"

    @property
    def letter_name(self) -> str:
        return f"{self.url_name}_letter"

    def form(self, request: SubjectRequest, data: Any = None, files: Any = None) -> DeedForm:
        """The form to fill in; a proof that is awaited also asks for the day on which it came."""
        awaited = self.move == Move.CHECK_IDENTITY and request.clock().is_suspended
        kind = ProofForm if awaited else self.form_class
        return kind(data, files, asked=request, auto_id=f"{self.path}_%s", label_suffix="")
