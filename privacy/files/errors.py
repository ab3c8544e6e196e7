"""Apart from :mod:`privacy.files.uploads`, because the examination runs without Django."""

REFUSED = 3  # the exit code of an examination that refuses its document
WALL_SECONDS = 20  # an examination has ten seconds of work; the rest is for a busy machine


class UploadRefusedError(Exception):
    """The document is refused; the argument is the code of the reason."""
