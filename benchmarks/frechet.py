"""MobileNetV2 Frechet distance: how far a set of pictures is from the true set, taken as wholes.

The formula is that of FID (Heusel et al. 2017, section 2): the squared distance of the means of
network features, plus tr(A + B - 2 (A B)^(1/2)) of their covariances. The features are others: the
last ones of MobileNetV2 1.0, averaged over the picture, [1280]. So are its values: nothing here can
be compared with an FID. It falls with the number of pictures: compare rows over the same pictures
only.
"""

from typing import Any

import cv2
import numpy as np

FEATURES_SIDE = 224  # what MobileNetV2 was trained at, in pixels

# Pictures whose features are kept before they are added up: one matrix product in place of many.
_BUFFERED = 64


class FeatureMoments:
    """Mean and covariance of features that come in piece by piece; float64 throughout."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._sum = np.zeros(size)
        self._products: np.ndarray | None = None  # 13 MB: only where there is something to add
        self._waiting: list[np.ndarray] = []
        self.count = 0

    def add(self, features: np.ndarray) -> None:
        """One picture's features: [size]."""
        self._waiting.append(features.astype(np.float64))
        self.count += 1
        if len(self._waiting) == _BUFFERED:
            self._flush()

    def _flush(self) -> None:
        if not self._waiting:
            return
        rows = np.stack(self._waiting)
        self._waiting.clear()
        self._sum += rows.sum(axis=0)
        products = rows.T @ rows
        self._products = products if self._products is None else self._products + products

    def mean(self) -> np.ndarray:
        """[size]."""
        self._flush()
        return self._sum / self.count

    def covariance(self) -> np.ndarray:
        """Unbiased, [size, size]; of two pictures or more."""
        mean = self.mean()
        return (self._products - self.count * np.outer(mean, mean)) / (self.count - 1)


class TrueSet:
    """The true pictures' features, ready to be compared with several other sets.

    Args:
        moments: of at least two pictures.
    """

    def __init__(self, moments: FeatureMoments) -> None:
        covariance = moments.covariance()
        values, vectors = np.linalg.eigh(covariance)
        self._mean, self._trace = moments.mean(), float(np.trace(covariance))
        self._root = (vectors * np.sqrt(np.maximum(values, 0))) @ vectors.T

    def distance(self, ours: FeatureMoments) -> float:
        """The Frechet distance of a set of at least two pictures; 0 for an equal one.

        tr (A B)^(1/2) is taken as the sum of the roots of the eigenvalues of A^(1/2) B A^(1/2),
        which is symmetric: no complex rounding errors.
        """
        covariance = ours.covariance()
        values = np.linalg.eigvalsh(self._root @ covariance @ self._root)
        shared = float(np.sqrt(np.maximum(values, 0)).sum())
        apart = float(((self._mean - ours.mean()) ** 2).sum())
        return max(0.0, apart + self._trace + float(np.trace(covariance)) - 2 * shared)


class FrechetFeatures:
    """The network whose features are compared.

    Args:
        weights: `imagenet` (Keras downloads them) or a `.weights.h5` of MobileNetV2 1.0 without its
            classifier.
    Raises:
        WeightsError: the file is missing or holds another network, or the download failed.
    """

    size = 1280

    def __init__(self, weights: str) -> None:
        import keras

        from train.networks.encoder_weights import load_application

        network = load_application("MobileNetV2", 1.0, weights)
        pooled = keras.ops.mean(network.output, axis=(1, 2))
        self._model: Any = keras.Model(network.input, pooled)
        self._to_numpy = keras.ops.convert_to_numpy

    def __call__(self, pictures: list[np.ndarray]) -> np.ndarray:
        """Features of uint8 [H, W, 3] RGB pictures: float32 [N, 1280]."""
        size = (FEATURES_SIDE, FEATURES_SIDE)
        batch = [cv2.resize(picture, size, interpolation=cv2.INTER_AREA) for picture in pictures]
        scaled = np.stack(batch).astype(np.float32) / np.float32(127.5) - 1
        return self._to_numpy(self._model.predict_on_batch(scaled))
