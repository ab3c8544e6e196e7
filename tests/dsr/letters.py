"""Letters as they were sent, and the words in them."""

import pypdfium2

from dsr.messages.letter_models import SentLetter
from dsr.requests.models import SubjectRequest


def words_of(content: bytes) -> str:
    document = pypdfium2.PdfDocument(content)
    try:
        pages = [document[number].get_textpage().get_text_range() for number in range(len(document))]
    finally:
        document.close()
    return plain(" ".join(pages))


def plain(text: str) -> str:
    """The words alone: a line of a letter breaks where it likes."""
    return " ".join(text.replace("\u00a0", " ").replace("\u202f", " ").replace("\ufffe", "-").split())


def last_letter(subject_request: SubjectRequest) -> SentLetter:
    return (
        SentLetter.objects.filter(request=subject_request).select_related("file").latest("written_at", "id")
    )
