"""The errors that the workshop raises on purpose: each message is one sentence for a person."""


class TrainError(Exception):
    """Something that the user can mend: bad pictures, data, weights or recipes."""


class PictureSourceError(TrainError):
    """A source of pictures that is missing, unreadable or empty."""


class StoreError(TrainError):
    """A folder that is no prepared data, or is cut off."""


class ConfigError(TrainError):
    """A recipe that does not exist or does not make sense."""


class WeightsError(TrainError):
    """Weights that are missing or do not fit the network."""


class FitError(TrainError):
    """A run that cannot start or go on."""


class RunError(TrainError):
    """A folder that is no run, or a run that has nothing to show yet or is damaged."""
