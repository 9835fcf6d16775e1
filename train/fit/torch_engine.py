"""Training steps of a network's torch twin, on a GPU or on the cores of a CPU.

On a CPU each core has its own share of every batch, with its own BatchNorm statistics, as the
devices of a data-parallel run have; the gradients are summed. One thread a core works faster than
all threads on one operation after another: the activations of a share stay nearer to its core.

On a GPU the batches are made where they are used, and nothing is read back within a step.
"""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import keras
import numpy as np
import torch
from torch import nn

from edge_runtime.engine.threads import usable_cores
from train.config import SOFT_CROSS_ENTROPY, FitConfig
from train.data.batches import RoundBatches
from train.fit.ema import decay_at
from train.fit.engines import AfterStep, BeforeStep, TrainingEngine
from train.fit.torch_learners import Losses, Regression, make_learner
from train.fit.vivid import Vgg16
from train.networks.load import build_network
from train.networks.registry import NETWORKS
from train.networks.torch_twin import TorchTwin

_AHEAD = 4  # batches prepared before they are needed, on a CPU
_READ_EVERY = 50  # steps between two looks at the loss, on a GPU


def has_engine(config: FitConfig) -> bool:
    """Whether a recipe can be trained by its network's twin."""
    plain = config.loss != SOFT_CROSS_ENTROPY and config.optimizer in ("adamw", "adam")
    return plain and NETWORKS[config.network].torch_twin


class TorchEngine(TrainingEngine):
    """See `train.fit.engines.TrainingEngine`.

    Args:
        config: the recipe.
        device: a GPU or the CPU.
        teacher: a Keras network to learn from as well (see `train.fit.torch_learners.Regression`).
        vgg16: the file of its weights, for the recipe's `feature_weight`.
        workers: cores of a CPU; all of them if None. Another number trains as well, but not the
            same.
    """

    def __init__(
        self,
        config: FitConfig,
        device: torch.device | str = "cpu",
        teacher: Any = None,
        vgg16: Path | None = None,
        workers: int | None = None,
    ) -> None:
        self.data_device = torch.device(device)
        on_cpu = self.data_device.type == "cpu"
        # Crops have one or two sizes in a run: let cuDNN try its kernels for them.
        torch.backends.cudnn.benchmark = not on_cpu
        count = (workers or usable_cores()) if on_cpu else 1
        model, _ = build_network(
            keras, network=config.network, alpha=config.alpha, input_size=config.crop_sizes[0][1]
        )
        shown = None if teacher is None else TorchTwin(teacher).eval().to(device)
        features = None if vgg16 is None else Vgg16(vgg16).to(device)
        self._learners = [
            make_learner(config, model, shown, features).to(device) for _ in range(count)
        ]
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
                "step": torch.zeros((), dtype=torch.float32, device=device),
                "exp_avg": torch.zeros_like(parameter),
                "exp_avg_sq": torch.zeros_like(parameter),
            }
        self._decay = config.ema
        self._averaged_steps = 0
        self._average = [tensor.clone() for tensor in self._weights()]
        name = f"{count} CPU cores" if on_cpu else torch.cuda.get_device_name(device)
        precision = "bfloat16" if config.dtype_policy == "mixed_bfloat16" else "float32"
        self.device_name = f"{name}, torch {torch.__version__.split('+')[0]}, {precision}"

    def _share_parameters(self, learner: nn.Module) -> None:
        for name, module in self._learners[0].named_modules():
            for key, parameter in module.named_parameters(recurse=False):
                setattr(learner.get_submodule(name), key, parameter)

    def train(
        self, batches: RoundBatches, before: BeforeStep, after: AfterStep
    ) -> dict[str, float]:
        if self.data_device.type == "cpu":
            # Each of the pool's threads works alone, without helpers of its own.
            with ThreadPoolExecutor(
                len(self._learners), initializer=torch.set_num_threads, initargs=(1,)
            ) as pool:
                return self._rounds(_prefetched(batches), before, after, pool.map, 1)
        return self._rounds(batches, before, after, map, _READ_EVERY)

    def _rounds(
        self,
        batches: Iterable[tuple[torch.Tensor, torch.Tensor]],
        before: BeforeStep,
        after: AfterStep,
        run: Callable[..., Iterable],
        read_every: int,
    ) -> dict[str, float]:
        """`run`: map over the learners; `read_every`: steps between two looks at the loss."""
        total: Losses = {}
        steps, loss = 0, 0.0
        for steps, (lightness, ab) in enumerate(batches, 1):
            self._optimizer.param_groups[0]["lr"] = before()
            losses = self._step(run, lightness, ab)
            total = {name: total.get(name, 0) + value for name, value in losses.items()}
            if steps % read_every == 0 or steps == 1:
                loss = losses["loss"].item()
            if after(loss):
                break
        return {name: float(value) / steps for name, value in total.items()}

    def _step(
        self, run: Callable[..., Iterable], lightness: torch.Tensor, ab: torch.Tensor
    ) -> Losses:
        shares = zip(
            self._learners,
            lightness.tensor_split(len(self._learners)),
            ab.tensor_split(len(self._learners)),
            strict=True,
        )

        def gradients_of(
            share: tuple[Regression, torch.Tensor, torch.Tensor],
        ) -> tuple[Losses, list[torch.Tensor]]:
            learner, *pictures = share
            with keras.device(self.data_device.type):  # else Keras's losses take any GPU
                return learner.gradients(*pictures, len(lightness))

        results = run(gradients_of, shares)
        losses: Losses = {}
        gradients: list[torch.Tensor] = []
        for parts, own in results:
            losses = {name: losses.get(name, 0) + part for name, part in parts.items()}
            if gradients:
                torch._foreach_add_(gradients, own)
            else:
                gradients = own
        for parameter, gradient in zip(self._parameters, gradients, strict=True):
            parameter.grad = gradient
        self._optimizer.step()
        self._move_average()
        return losses

    @torch.no_grad()
    def _move_average(self) -> None:
        self._averaged_steps += 1
        kept = decay_at(self._averaged_steps, self._decay)
        if kept is not None:
            torch._foreach_lerp_(self._average, self._weights(), 1 - kept)

    @torch.no_grad()
    def _weights(self) -> list[torch.Tensor]:
        """In the twin's order; BatchNorm's statistics are the mean of the cores'."""
        own = self._learners[0].network.tensors()
        if len(self._learners) == 1:
            return own
        others = [learner.network.tensors() for learner in self._learners[1:]]
        return [
            tensor if isinstance(tensor, nn.Parameter) else torch.stack([tensor, *rest]).mean(0)
            for tensor, *rest in zip(own, *others, strict=True)
        ]

    def get_weights(self) -> list[np.ndarray]:
        return self._learners[0].network.to_keras(self._weights())

    def set_weights(self, weights: list[np.ndarray]) -> None:
        for learner in self._learners:
            learner.network.load_keras(weights)
        self.set_average(weights, 0)

    def get_average(self) -> list[np.ndarray]:
        return self._learners[0].network.to_keras(self._average)

    @torch.no_grad()
    def set_average(self, weights: list[np.ndarray], steps: int) -> None:
        for ours, given in zip(
            self._average, self._learners[0].network.from_keras(weights), strict=True
        ):
            ours.copy_(given)
        self._averaged_steps = steps

    def _state(self) -> Iterator[tuple[str, torch.Tensor]]:
        for core, learner in enumerate(self._learners):
            for name, value in learner.state_dict().items():
                yield f"core{core}/{name}", value
        for number, state in enumerate(self._optimizer.state.values()):
            for name, value in state.items():
                yield f"optimizer{number}/{name}", value

    def save(self, folder: Path) -> None:
        np.savez(folder / "torch.npz", **{name: v.cpu().numpy() for name, v in self._state()})

    @torch.no_grad()
    def load(self, folder: Path) -> None:
        with np.load(folder / "torch.npz", allow_pickle=False) as file:
            for name, value in self._state():
                value.copy_(torch.from_numpy(file[name]))


def _prefetched(batches: RoundBatches) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
    """The batches in order, prepared in a thread of their own while the network works."""
    with ThreadPoolExecutor(1, initializer=torch.set_num_threads, initargs=(1,)) as pool:
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
