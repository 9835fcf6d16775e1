"""The five networks of the paper, by name."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

from train.models.ab_classifier import build_ab_classifier
from train.models.baseline_cnn import build_baseline_cnn
from train.models.inception_fusion import build_inception_fusion
from train.models.pix2pix_densenet121 import build_generator_densenet121
from train.models.pix2pix_mobilenetv2 import build_generator


@dataclass(frozen=True)
class PaperNetwork:
    """A network that can be built.

    Attributes:
        name: as in `NETWORKS`.
        build: `build(keras, input_size=S)` gives the model; other arguments have defaults.
        output_stride: S over the side of what the model gives.
        multiple_of: S is a multiple of it.
        kind: how it is trained: `regression` on ab, `classification` of ab (the model gives logits:
            see `train.models.ab_classifier.with_annealed_mean`), or `gan`: a generator of ab that
            `train.models.patch_discriminator` may judge.
        reference: the paper that it comes from.
    """

    name: str
    build: Callable[..., Any]
    output_stride: int
    multiple_of: int
    kind: Literal["regression", "classification", "gan"]
    reference: str


NETWORKS: dict[str, PaperNetwork] = {
    network.name: network
    for network in (
        PaperNetwork(
            name="baseline_cnn",
            build=build_baseline_cnn,
            output_stride=2,
            multiple_of=8,
            kind="regression",
            reference="Baldassarre et al. 2017, without its Inception branch",
        ),
        PaperNetwork(
            name="ab_classifier",
            build=build_ab_classifier,
            output_stride=4,
            multiple_of=8,
            kind="classification",
            reference="Zhang, Isola and Efros 2016, Colorful Image Colorization",
        ),
        PaperNetwork(
            name="inception_fusion",
            build=build_inception_fusion,
            output_stride=2,
            multiple_of=8,
            kind="regression",
            reference="Baldassarre et al. 2017, Deep Koalarization",
        ),
        PaperNetwork(
            name="pix2pix_mobilenetv2",
            build=partial(build_generator, alpha=1.0),
            output_stride=2,
            multiple_of=32,
            kind="gan",
            reference="Isola et al. 2017, pix2pix; Sandler et al. 2018, MobileNetV2",
        ),
        PaperNetwork(
            name="pix2pix_densenet121",
            build=build_generator_densenet121,
            output_stride=2,
            multiple_of=32,
            kind="gan",
            reference="Isola et al. 2017, pix2pix; Huang et al. 2017, DenseNet",
        ),
    )
}
