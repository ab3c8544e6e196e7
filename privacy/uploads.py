"""Uploads stay in memory up to a cap, so that no plain copy of a document ever touches the disk."""

from io import BytesIO
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import InMemoryUploadedFile
from django.core.files.uploadhandler import FileUploadHandler


class InMemoryHandler(FileUploadHandler):
    """Keeps a file in memory; past the cap it counts on but keeps nothing more.

    The form then sees a file whose ``size`` is above the cap, and says so beside the field.
    """

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Begin a file."""
        super().new_file(*args, **kwargs)
        self.content, self.received = BytesIO(), 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Take a piece of it."""
        self.received += len(raw_data)
        if self.received <= settings.UPLOAD_MAX_BYTES:
            self.content.write(raw_data)

    def file_complete(self, file_size: int) -> InMemoryUploadedFile:
        """Hand the whole over."""
        self.content.seek(0)
        return InMemoryUploadedFile(
            file=self.content,
            field_name=self.field_name,
            name=self.file_name or "",
            content_type=self.content_type or "",
            size=self.received,
            charset=self.charset,
            content_type_extra=self.content_type_extra,
        )
