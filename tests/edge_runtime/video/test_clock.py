"""Times as people write them."""

import pytest

from edge_runtime.video.clock import parse_time


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("0", 0),
        ("12", 12),
        ("12.5", 12.5),
        (".5", 0.5),
        ("1:02", 62),
        ("01:02.25", 62.25),
        ("1:02:03.5", 3723.5),
        ("90:00", 5400),
        (" 7 ", 7),
    ],
)
def test_times(text, seconds):
    assert parse_time(text) == seconds


@pytest.mark.parametrize("text", ["", "x", "1:", ":1", "1:2:3:4", "-1", "1e3", "nan", "1:2:x"])
def test_what_is_no_time(text):
    with pytest.raises(ValueError, match="is no time"):
        parse_time(text)
