"""What an examination raises. It stands alone, because the examination runs without Django."""


class UploadRefusedError(Exception):
    """The document is not taken; the argument is the code of the reason."""
