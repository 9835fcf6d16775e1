"""Training steps of a network's torch twin on the cores of a CPU.

Each core has its own share of every batch, with its own BatchNorm statistics, as the devices of a
data-parallel run have; the gradients are summed. One thread a core works faster than all threads
on one operation after another: the activations of a share stay nearer to its core.
"""

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import keras
import numpy as np
import torch

from train.config import FitConfig
from train.data import CropBatches
from train.engines import AfterStep, BeforeStep
from train.networks import build_network
from train.torch_twin import TorchTwin
from train.trainable import ab_loss

_AHEAD = 4  # batches prepared before they are needed


class TorchEngine:
    """See `train.engines.Engine`.

    Args:
        config: the recipe.
        workers: cores; all of them if None. Another number trains as well, but not the same.
    """

    def __init__(self, config: FitConfig, workers: int | None = None) -> None:
        workers = workers or os.cpu_count() or 1
        self._loss = ab_loss(config)
        model, _ = build_network(
            keras, network=config.network, alpha=config.alpha, input_size=config.crop_sizes[0][1]
        )
        self._twins = [TorchTwin(model, config.frozen_to) for _ in range(workers)]
        for twin in self._twins[1:]:
            self._share_parameters(twin)
        self._parameters = [p for p in self._twins[0].parameters() if p.requires_grad]
        self._optimizer = torch.optim.AdamW(
            self._parameters,
            betas=(config.momentum, 0.999),
            eps=1e-7,
            weight_decay=config.weight_decay,
            fused=True,
        )
        for parameter in self._parameters:  # so that a checkpoint can fill it
            self._optimizer.state[parameter] = {
                "step": torch.zeros((), dtype=torch.float32),
                "exp_avg": torch.zeros_like(parameter),
                "exp_avg_sq": torch.zeros_like(parameter),
            }

    def _share_parameters(self, twin: TorchTwin) -> None:
        for name, module in self._twins[0].named_modules():
            for key, parameter in module.named_parameters(recurse=False):
                setattr(twin.get_submodule(name), key, parameter)

    def train(self, batches: CropBatches, before: BeforeStep, after: AfterStep) -> dict[str, float]:
        """See `Engine`."""
        losses: list[float] = []
        # Each of the pool's threads works alone, without helpers of its own.
        with ThreadPoolExecutor(
            len(self._twins), initializer=torch.set_num_threads, initargs=(1,)
        ) as pool:
            for lightness, ab in _prefetched(batches):
                self._optimizer.param_groups[0]["lr"] = before()
                losses.append(self._step(pool, lightness, ab))
                if after(losses[-1]):
                    break
        return {"loss": float(np.mean(losses))}

    def _step(self, pool: ThreadPoolExecutor, lightness: np.ndarray, ab: np.ndarray) -> float:
        total = len(lightness)
        shares = zip(
            self._twins,
            np.array_split(lightness, len(self._twins)),
            np.array_split(ab, len(self._twins)),
            strict=True,
        )
        results = pool.map(lambda share: self._gradients(*share, total), shares)
        loss, gradients = 0.0, None
        for part, own in results:
            loss += part
            if gradients is None:
                gradients = own
            else:
                torch._foreach_add_(gradients, own)
        for parameter, gradient in zip(self._parameters, gradients, strict=True):
            parameter.grad = gradient
        self._optimizer.step()
        return loss

    def _gradients(
        self, twin: TorchTwin, lightness: np.ndarray, ab: np.ndarray, total: int
    ) -> tuple[float, list[torch.Tensor]]:
        """The loss of a share of the batch, as its part of the batch's mean, and the gradients."""
        ours = twin(torch.from_numpy(lightness).permute(0, 3, 1, 2)).permute(0, 2, 3, 1)
        loss = self._loss(torch.from_numpy(ab), ours).sum() / total
        return loss.item(), list(torch.autograd.grad(loss, self._parameters))

    def get_weights(self) -> list[np.ndarray]:
        """See `Engine`. The BatchNorm statistics are the mean of all cores'."""
        every = [twin.keras_weights() for twin in self._twins]
        return [np.mean(same, axis=0) for same in zip(*every, strict=True)]

    def set_weights(self, weights: list[np.ndarray]) -> None:
        """See `Engine`."""
        for twin in self._twins:
            twin.load_keras(weights)

    def _state(self) -> Iterator[tuple[str, torch.Tensor]]:
        for core, twin in enumerate(self._twins):
            for name, value in twin.state_dict().items():
                yield f"twin{core}/{name}", value
        for number, state in enumerate(self._optimizer.state.values()):
            for name, value in state.items():
                yield f"optimizer{number}/{name}", value

    def save(self, folder: Path) -> None:
        """See `Engine`."""
        np.savez(folder / "torch.npz", **{name: v.numpy() for name, v in self._state()})

    @torch.no_grad()
    def load(self, folder: Path) -> None:
        """See `Engine`."""
        with np.load(folder / "torch.npz", allow_pickle=False) as file:
            for name, value in self._state():
                value.copy_(torch.from_numpy(file[name]))


def _prefetched(batches: CropBatches) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """The batches in order, prepared in a thread of their own while the network works."""
    with ThreadPoolExecutor(1) as pool:
        waiting = [pool.submit(batches.__getitem__, i) for i in range(min(_AHEAD, len(batches)))]
        try:
            for ahead in range(len(waiting), len(waiting) + len(batches)):
                batch = waiting.pop(0).result()
                if ahead < len(batches):
                    waiting.append(pool.submit(batches.__getitem__, ahead))
                yield batch
        finally:
            for future in waiting:
                future.cancel()
