"""How strong the colours are: a factor on a* and b*."""

MAX_SATURATION = 3.0


def check_saturation(saturation: float) -> None:
    """See that a saturation is usable.

    Raises:
        ValueError: not 0 to `MAX_SATURATION`.
    """
    if not 0 <= saturation <= MAX_SATURATION:
        raise ValueError(f"the saturation is 0 to {MAX_SATURATION:g}, not {saturation}")
