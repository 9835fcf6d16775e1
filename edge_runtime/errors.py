"""The errors that TintLite raises on purpose: each message is one sentence for a person."""


class TintLiteError(Exception):
    """Something that the user can mend: a bad file, a bad option, a missing package."""


class ModelError(TintLiteError):
    """A model file that is cut off, unknown, without contract or not ours."""


class PictureError(TintLiteError):
    """A picture that cannot be read, is too large, or cannot be written."""


class ArgumentError(TintLiteError, ValueError):
    """A value that a function does not take: out of range, or of another shape."""


class ArgumentTypeError(ArgumentError, TypeError):
    """A value of another type than a function takes."""
