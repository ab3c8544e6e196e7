"""Apart from :mod:`privacy.files.uploads`, because the examination runs without Django."""


class UploadRefusedError(Exception):
    """The document is refused; the argument is the code of the reason."""
