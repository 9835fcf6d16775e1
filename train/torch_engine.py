"""Training steps of a network's torch twin on the cores of a CPU.

Each core has its own share of every batch, with its own BatchNorm statistics, as the devices of a
data-parallel run have; the gradients are summed. One thread a core works faster than all threads
on one operation after another: the activations of a share stay nearer to its core.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import keras
import numpy as np
import torch
from torch import nn

from edge_runtime.threads import usable_cores
from train.config import FitConfig
from train.data import CropBatches
from train.engines import AfterStep, BeforeStep
from train.networks import build_network
from train.torch_learners import make_learner

_AHEAD = 4  # batches prepared before they are needed


class TorchEngine:
    """See `train.engines.Engine`.

    Args:
        config: the recipe.
        workers: cores; all of them if None. Another number trains as well, but not the same.
    """

    def __init__(self, config: FitConfig, workers: int | None = None) -> None:
        model, _ = build_network(
            keras, network=config.network, alpha=config.alpha, input_size=config.crop_sizes[0][1]
        )
        self._learners = [make_learner(config, model) for _ in range(workers or usable_cores())]
        for learner in self._learners[1:]:
            self._share_parameters(learner)
        self._parameters = self._learners[0].trainable()
        # Without weight decay AdamW is Adam.
        self._optimizer = torch.optim.AdamW(
            self._parameters,
            betas=(config.momentum, 0.999),
            eps=1e-7,
            weight_decay=config.weight_decay if config.optimizer == "adamw" else 0.0,
            fused=True,
        )
        for parameter in self._parameters:  # so that a checkpoint can fill it
            self._optimizer.state[parameter] = {
                "step": torch.zeros((), dtype=torch.float32),
                "exp_avg": torch.zeros_like(parameter),
                "exp_avg_sq": torch.zeros_like(parameter),
            }

    def _share_parameters(self, learner: nn.Module) -> None:
        for name, module in self._learners[0].named_modules():
            for key, parameter in module.named_parameters(recurse=False):
                setattr(learner.get_submodule(name), key, parameter)

    def train(self, batches: CropBatches, before: BeforeStep, after: AfterStep) -> dict[str, float]:
        """See `Engine`."""
        rows: list[dict[str, float]] = []
        # Each of the pool's threads works alone, without helpers of its own.
        with ThreadPoolExecutor(
            len(self._learners), initializer=torch.set_num_threads, initargs=(1,)
        ) as pool:
            for lightness, ab in _prefetched(batches):
                self._optimizer.param_groups[0]["lr"] = before()
                rows.append(self._step(pool, lightness, ab))
                if after(rows[-1]["loss"]):
                    break
        return {name: float(np.mean([row[name] for row in rows])) for name in rows[0]}

    def _step(
        self, pool: ThreadPoolExecutor, lightness: np.ndarray, ab: np.ndarray
    ) -> dict[str, float]:
        total = len(lightness)
        shares = zip(
            self._learners,
            np.array_split(lightness, len(self._learners)),
            np.array_split(ab, len(self._learners)),
            strict=True,
        )
        results = pool.map(lambda share: share[0].gradients(*share[1:], total), shares)
        losses: dict[str, float] = {}
        gradients = None
        for parts, own in results:
            losses = {name: losses.get(name, 0.0) + part for name, part in parts.items()}
            if gradients is None:
                gradients = own
            else:
                torch._foreach_add_(gradients, own)
        for parameter, gradient in zip(self._parameters, gradients, strict=True):
            parameter.grad = gradient
        self._optimizer.step()
        return losses

    def get_weights(self) -> list[np.ndarray]:
        """See `Engine`. The BatchNorm statistics are the mean of all cores'."""
        every = [learner.network.keras_weights() for learner in self._learners]
        return [np.mean(same, axis=0) for same in zip(*every, strict=True)]

    def set_weights(self, weights: list[np.ndarray]) -> None:
        """See `Engine`."""
        for learner in self._learners:
            learner.network.load_keras(weights)

    def _state(self) -> Iterator[tuple[str, torch.Tensor]]:
        for core, learner in enumerate(self._learners):
            for name, value in learner.state_dict().items():
                yield f"core{core}/{name}", value
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
