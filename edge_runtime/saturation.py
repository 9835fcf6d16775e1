"""How strong the colours are: a factor on a* and b*."""

from numbers import Real

from edge_runtime.errors import ArgumentError, ArgumentTypeError

MAX_SATURATION = 3.0


def check_saturation(saturation: float) -> None:
    """See that a saturation is usable.

    Raises:
        TypeError: not a number.
        ValueError: not 0 to `MAX_SATURATION`.
    """
    if isinstance(saturation, bool) or not isinstance(saturation, Real):
        raise ArgumentTypeError(f"the saturation is a number, not {type(saturation).__name__}")
    if not 0 <= saturation <= MAX_SATURATION:
        raise ArgumentError(f"the saturation is 0 to {MAX_SATURATION:g}, not {saturation}")
