"""What a notice will say, read at the desk before it leaves."""

from collections.abc import Sequence
from dataclasses import dataclass

from privacy.recipients import disclosure_forms, notices
from privacy.recipients.disclosure_forms import DecisionForm, DisclosureForm, NoticeForm
from privacy.recipients.models import Disclosure
from privacy.recipients.notice_models import DisclosureNotice, Way
from privacy.recipients.notices import Addressee


@dataclass(frozen=True)
class NoticePreview:
    """The one text, and to whom it goes; no text where nothing leaves now."""

    people: Sequence[Addressee]
    subject: str = ""
    text: str = ""

    @property
    def digest(self) -> str:
        return disclosure_forms.digest([*map(str, self.people), self.subject, self.text])

    def is_confirmed(self, form: NoticeForm) -> bool:
        """Whether exactly this was read. If not, the form shown next carries the proof that it was."""
        if not self.text or form.was_previewed(self.digest):
            return True
        form.show_previewed(self.digest)
        return False


def of_new(form: DisclosureForm) -> NoticePreview:
    """Of a valid form."""
    return _of(form, form.facts().row(""))


def of_entered(form: DecisionForm, disclosure: Disclosure) -> NoticePreview:
    """Of a valid form."""
    return _of(form, disclosure)


def initial(notice: DisclosureNotice | None) -> dict[str, object]:
    """What is known already of somebody who waits."""
    if notice is None:
        return {}
    names = ("email", "name", "postal_address", "language", "explanation", "until", "silence", "reason")
    return {name: getattr(notice, name) for name in names}


def _of(form: NoticeForm, disclosure: Disclosure) -> NoticePreview:
    plan, people = form.plan(), form.people()
    if plan.way != Way.NOW:
        return NoticePreview(people)
    message = notices.render(disclosure, language=plan.language, explanation=plan.explanation)
    return NoticePreview(people, message.subject, message.text())
