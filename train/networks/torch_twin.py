"""A Keras network rebuilt of plain torch modules, to train it on a GPU or a CPU.

The Keras model stays the definition, and is what is judged and exported; the twin runs the same
layers with the same weights in torch's own channels-last kernels.
"""

from typing import Any

import keras
import numpy as np
import torch
from torch import nn

from train.errors import ConfigError

# One step of the graph: the module's name, the numbers of its inputs, the number of its output.
_Step = tuple[str, tuple[int, ...], int]


class _Sum(nn.Module):
    def forward(self, *inputs: torch.Tensor) -> torch.Tensor:
        return inputs[0] + inputs[1]


class _Concatenation(nn.Module):
    def forward(self, *inputs: torch.Tensor) -> torch.Tensor:
        return torch.cat(inputs, dim=1)


class _StridedConvolution(nn.Conv2d):
    """Keras's `same` for stride 2, kernel 3 and even sides: one pixel, at the bottom right."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return super().forward(nn.functional.pad(x, (0, 1, 0, 1)))


def _convolution(layer: Any, channels: int, groups: int, out: int) -> nn.Module:
    same = layer.padding == "same"
    strided = same and layer.strides == (2, 2) and layer.kernel_size == (3, 3)
    if same and not strided and layer.strides != (1, 1):
        raise ConfigError(f"{layer.name}: torch has no twin of this strided convolution")
    kind = _StridedConvolution if strided else nn.Conv2d
    convolution = kind(
        channels,
        out,
        layer.kernel_size,
        layer.strides,
        padding=layer.kernel_size[0] // 2 if same and not strided else 0,
        groups=groups,
        bias=layer.use_bias,
    )
    kind = layer.activation.__name__
    return convolution if kind == "linear" else nn.Sequential(convolution, _activation(layer))


def _activation(layer: Any, in_place: bool = False) -> nn.Module:
    """The twin of what a layer's `activation` does to its result."""
    if layer.activation.__name__ == "relu":
        return nn.ReLU(in_place)
    if layer.activation.__name__ == "tanh":
        return nn.Tanh()
    raise ConfigError(f"{layer.name}: torch has no twin of {layer.activation.__name__}")


def _pool(layer: Any, kind: type[nn.Module]) -> nn.Module:
    if layer.padding != "valid":
        raise ConfigError(f"{layer.name}: torch has no twin of padded pooling")
    return kind(layer.pool_size, layer.strides)


def _module(layer: Any, sole_reader: bool) -> nn.Module:
    """The torch module of a Keras layer; `sole_reader`: nothing else reads the layer's input."""
    layers = keras.layers
    if isinstance(layer, layers.DepthwiseConv2D):
        channels = layer.input.shape[-1]
        return _convolution(layer, channels, channels, channels)
    if isinstance(layer, layers.Conv2D):
        return _convolution(layer, layer.input.shape[-1], 1, layer.filters)
    if isinstance(layer, layers.BatchNormalization):
        channels = layer.input.shape[-1]
        return nn.BatchNorm2d(channels, eps=layer.epsilon, momentum=1 - layer.momentum)
    if isinstance(layer, layers.ReLU) and layer.max_value in (None, 6):
        return (nn.ReLU6 if layer.max_value else nn.ReLU)(inplace=sole_reader)
    if isinstance(layer, layers.LeakyReLU):
        return nn.LeakyReLU(layer.negative_slope, inplace=sole_reader)
    if isinstance(layer, layers.Activation):
        return _activation(layer, sole_reader)
    if isinstance(layer, layers.MaxPooling2D):
        return _pool(layer, nn.MaxPool2d)
    if isinstance(layer, layers.AveragePooling2D):
        return _pool(layer, nn.AvgPool2d)
    if isinstance(layer, layers.UpSampling2D) and layer.interpolation == "bilinear":
        return nn.Upsample(scale_factor=layer.size, mode="bilinear")
    if isinstance(layer, layers.ZeroPadding2D):
        (top, bottom), (left, right) = layer.padding
        return nn.ZeroPad2d((left, right, top, bottom))
    if isinstance(layer, layers.Add):
        return _Sum()
    if isinstance(layer, layers.Concatenate):
        return _Concatenation()
    raise ConfigError(f"{layer.name}: torch has no twin of a {type(layer).__name__}")


_TO_TORCH, _TO_KERAS = (3, 2, 0, 1), (2, 3, 1, 0)  # the axes of a convolution's kernel


def _turned(layer: Any, weights: list[np.ndarray], axes: tuple[int, ...]) -> list[np.ndarray]:
    """A layer's weights, its kernel turned from Keras's layout into torch's or back."""
    if isinstance(layer, keras.layers.DepthwiseConv2D):
        axes = (2, 3, 0, 1)  # both ways
    elif not isinstance(layer, keras.layers.Conv2D):
        return weights
    return [weights[0].transpose(axes), *weights[1:]]


class TorchTwin(nn.Module):
    """The twin of a functional Keras model; it takes pictures of any size that the strides divide.

    Args:
        model: with one output.
        frozen_to: layers up to this one, in the model's order, are not trained; None for none.
    Raises:
        ConfigError: a layer has no twin, or there is none called `frozen_to`.
    """

    def __init__(self, model: Any, frozen_to: str | None = None) -> None:
        super().__init__()
        names = [layer.name for layer in model.layers]
        if frozen_to is not None and frozen_to not in names:
            raise ConfigError(f"frozen_to: the network has no layer {frozen_to!r}")
        self._keras_layers = [layer for layer in model.layers if layer.weights]
        self._steps: list[_Step] = []
        numbers = {id(tensor): number for number, tensor in enumerate(model.inputs)}
        layers = [layer for layer in model.layers if not isinstance(layer, keras.layers.InputLayer)]
        inputs = {
            layer.name: layer.input if isinstance(layer.input, list) else [layer.input]
            for layer in layers
        }
        for layer in layers:
            readers = sum(
                id(inputs[layer.name][0]) == id(tensor)
                for read in inputs.values()
                for tensor in read
            )
            self.add_module(layer.name, _module(layer, readers == 1))
            number = numbers.setdefault(id(layer.output), len(numbers))
            read = tuple(numbers[id(tensor)] for tensor in inputs[layer.name])
            self._steps.append((layer.name, read, number))
        self.load_keras(model.get_weights())
        self.to(memory_format=torch.channels_last)
        frozen = [] if frozen_to is None else names[: names.index(frozen_to) + 1]
        self._frozen = [name for name in frozen if name in self._modules]
        for name in self._frozen:
            self.get_submodule(name).requires_grad_(False)
        self.train()

    def train(self, mode: bool = True) -> "TorchTwin":
        """As in torch; frozen layers stay as they are when they are used."""
        super().train(mode)
        for name in self._frozen:
            self.get_submodule(name).train(False)
        return self

    def forward(self, *inputs: torch.Tensor) -> torch.Tensor:
        """float32 [N, C, H, W] to the same order."""
        values = dict(enumerate(inputs))
        for name, read, number in self._steps:
            values[number] = self.get_submodule(name)(*(values[i] for i in read))
        return values[self._steps[-1][2]]

    def _tensors(self, layer: Any) -> list[torch.Tensor]:
        module = self.get_submodule(layer.name)
        if isinstance(module, nn.Sequential):  # a convolution with its activation
            module = module[0]
        tensors = [module.weight] if module.bias is None else [module.weight, module.bias]
        if isinstance(module, nn.BatchNorm2d):
            tensors += [module.running_mean, module.running_var]
        return tensors

    def tensors(self) -> list[torch.Tensor]:
        """The twin's own weights, in the order of the Keras model's, in torch's layout."""
        return [tensor for layer in self._keras_layers for tensor in self._tensors(layer)]

    def from_keras(self, weights: list[np.ndarray]) -> list[torch.Tensor]:
        """What the Keras model's `get_weights` gives, in the order and layout of `tensors`."""
        rest, tensors = list(weights), []
        for layer in self._keras_layers:
            own, rest = rest[: len(layer.weights)], rest[len(layer.weights) :]
            turned = _turned(layer, own, _TO_TORCH)
            tensors += [torch.from_numpy(np.ascontiguousarray(value)) for value in turned]
        return tensors

    def to_keras(self, tensors: list[torch.Tensor]) -> list[np.ndarray]:
        """The opposite of `from_keras`; of tensors on any device."""
        rest, weights = list(tensors), []
        for layer in self._keras_layers:
            own, rest = rest[: len(layer.weights)], rest[len(layer.weights) :]
            values = [tensor.detach().cpu().numpy() for tensor in own]
            weights += [np.array(value) for value in _turned(layer, values, _TO_KERAS)]
        return weights

    @torch.no_grad()
    def load_keras(self, weights: list[np.ndarray]) -> None:
        """Take weights as the Keras model's `get_weights` gives them."""
        for tensor, value in zip(self.tensors(), self.from_keras(weights), strict=True):
            tensor.copy_(value)
