"""Compare two pictures: python compare.py ONE OTHER; exit code 0 if they are as good as equal.

At least 99.9 % of the values may differ by one level of 255 at most.
"""

import sys

import cv2
import numpy as np

NEAR = 1
SHARE = 0.999


def main(one: str, other: str) -> int:
    pictures = [cv2.imread(path, cv2.IMREAD_UNCHANGED) for path in (one, other)]
    for path, picture in zip((one, other), pictures, strict=True):
        if picture is None:
            print(f"{path}: cannot be read", file=sys.stderr)
            return 1
    if pictures[0].shape != pictures[1].shape:
        print(f"{other}: {pictures[1].shape}, not {pictures[0].shape}", file=sys.stderr)
        return 1
    if np.ptp(pictures[0], axis=-1).max() < 10:
        print(f"{one}: has no colour to compare", file=sys.stderr)
        return 1
    difference = np.abs(pictures[0].astype(int) - pictures[1])
    share = (difference <= NEAR).mean()
    print(f"{share:.4%} of the values within {NEAR} of 255, the largest {difference.max()}")
    return 0 if share >= SHARE else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
