"""The errors that the exporter raises on purpose: each message is one sentence for a person."""

from train.errors import TrainError


class ExportError(TrainError):
    """Something that the user can mend: weights, recipes, pictures, or the target folder."""
