"""The table of suggestions, of regions whose truth is known."""

import numpy as np

from train.fit.moods import moods_of


def test_moods_are_found_again():
    rng = np.random.default_rng(5)
    # Two kinds of regions; in the one mood they are red and yellow, in the other green and blue.
    colours = np.float32([[[50, 10], [0, 50]], [[-40, 30], [10, -50]]])
    pictures, each = 60, 8
    mood = np.arange(pictures) % 3 == 0
    picture = np.repeat(np.arange(pictures), each)
    kind = rng.integers(0, 2, pictures * each)
    true = colours[mood[picture].astype(int), kind] + rng.normal(0, 2, (len(kind), 2))
    features = np.zeros((len(kind), 7), np.float32)
    features[:, 0] = kind * 8
    features += rng.normal(0, 0.3, features.shape)
    areas = np.full(len(kind), 1 / each, np.float32)
    own = np.zeros_like(true)
    table = moods_of(features, own, areas, picture, np.float32(true), (2, 2, 2))
    for number in (0, 1):  # of a kind, in the order of the table
        of_kind = int(table["kinds"][number, 0] > 4)
        likeliest = table["moods"][:, number].argmax(axis=1)
        assert table["moods"][:, number].max(axis=1).min() > 0.9
        # The commoner mood comes first: that of the two thirds that are red and yellow.
        assert np.allclose(table["colours"][number, likeliest], colours[:, of_kind], atol=3)
        usual = table["usual"][number, likeliest]
        assert np.allclose(usual, [2 / 3, 1 / 3], atol=0.1)
