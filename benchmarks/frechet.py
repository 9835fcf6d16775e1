"""MobileNetV2 Fréchet distance: how far a set of pictures is from the true set, taken as wholes.

The formula is that of FID (Heusel et al. 2017, section 2). The features are others: the last ones
of MobileNetV2 1.0, averaged over the picture, [1280]. So are its values: nothing here can be
compared with an FID. It falls with the number of pictures: compare rows over the same ones only.
"""

from typing import Any

import cv2
import numpy as np

FEATURES_SIDE = 224  # what MobileNetV2 was trained at, in pixels


def frechet_distance(true: np.ndarray, ours: np.ndarray) -> float:
    """The squared distance of the means plus tr(A + B - 2 (A B)^(1/2)) of the covariances.

    tr (A B)^(1/2) is taken as the sum of the roots of the eigenvalues of A^(1/2) B A^(1/2), which
    is symmetric: no complex rounding errors.

    Args:
        true, ours: float [N, size], the features of each picture of both sets; N is two or more.
    Returns:
        0 for equal sets.
    """
    (true_mean, a), (our_mean, b) = map(_moments, (true, ours))
    values, vectors = np.linalg.eigh(a)
    root = (vectors * np.sqrt(np.maximum(values, 0))) @ vectors.T
    shared = np.sqrt(np.maximum(np.linalg.eigvalsh(root @ b @ root), 0)).sum()
    apart = ((true_mean - our_mean) ** 2).sum()
    return max(0.0, float(apart + np.trace(a) + np.trace(b) - 2 * shared))


def _moments(features: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The mean [size] and the unbiased covariance [size, size], float64."""
    mean = features.mean(axis=0, dtype=np.float64)
    centred = features - mean
    return mean, centred.T @ centred / (len(features) - 1)


class FrechetFeatures:
    """The network whose features are compared.

    Args:
        weights: `imagenet` (Keras downloads them) or a `.weights.h5` of MobileNetV2 1.0 without its
            classifier.
    Raises:
        WeightsError: the file is missing or holds another network, or the download failed.
    """

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
