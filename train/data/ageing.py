"""Age the lightness of whole batches, by chance, as `OldFilm` says. Colour stays the truth."""

import math

import torch
from torch.nn.functional import conv2d, interpolate, pad

from edge_runtime.colour.cielab import LUMINANCE
from train.data.old_film import OldFilm

_EPSILON = 216 / 24389  # CIE: (6/29)^3
_SLOPE = 24389 / 27 / 116  # of f below it


class _Chance:
    """Random numbers of a generator, one for each of N pictures, as [N, 1, 1, 1]."""

    def __init__(self, count: int, generator: torch.Generator) -> None:
        self._like = {"generator": generator, "device": generator.device}
        self._count = count

    def between(self, low: float, high: float) -> torch.Tensor:
        return low + (high - low) * torch.rand(self._count, 1, 1, 1, **self._like)

    def normal(self, deviation: float) -> torch.Tensor:
        return deviation * torch.randn(self._count, 1, 1, 1, **self._like)

    def happens(self, share: float) -> torch.Tensor:
        """bool [N, 1, 1, 1]."""
        return torch.rand(self._count, 1, 1, 1, **self._like) < share

    def noise(self, side: int, coarse: int = 1) -> torch.Tensor:
        """White noise of deviation 1, float32 [N, 1, side, side]; `coarse` pixels wide."""
        small = torch.randn(
            self._count, 1, math.ceil(side / coarse), math.ceil(side / coarse), **self._like
        )
        if coarse == 1:
            return small
        return interpolate(small, scale_factor=coarse, mode="nearest")[..., :side, :side]


def f_of_linear(values: torch.Tensor) -> torch.Tensor:
    """CIE's f of linear light over white (CIE 15:2004, 8.2.1), any shape.

    Written without a branch: below epsilon f is a straight line.
    """
    return values.clamp(min=_EPSILON).pow(1 / 3) + _SLOPE * (values - _EPSILON).clamp(max=0)


def lightness_of(luminance: torch.Tensor) -> torch.Tensor:
    """CIE L* (0..100) of relative luminance (0..1), any shape."""
    return 116 * f_of_linear(luminance) - 16


def film_lightness(linear: torch.Tensor, film: OldFilm, generator: torch.Generator) -> torch.Tensor:
    """The lightness of a batch, as film of the time may have seen and kept it.

    Args:
        linear: float32 [N, 3, S, S], linear RGB 0..1.
        film: what may happen; zeros do nothing.
        generator: where chance comes from, of the same device.
    Returns:
        float32 [N, 1, S, S], L* 0..100.
    """
    count, _, side, _ = linear.shape
    chance = _Chance(count, generator)
    aged = chance.happens(film.share)
    luma = torch.tensor(LUMINANCE.tolist(), device=linear.device).view(1, 3, 1, 1)
    weights = luma
    if film.spectral:
        weights = torch.where(aged, _spectrum(luma, film.spectral, chance), luma)
    plain = lightness_of((linear * weights).sum(1, keepdim=True))
    if not film.share:
        return plain
    tone = plain / 100
    tone = _exposed(tone, film, chance)
    if film.blur:
        tone = _blurred(tone, chance.between(0, film.blur))
    if film.dust:
        tone = _dusty(tone, chance.happens(film.dust), generator)
    if film.grain:
        grain = _blurred(chance.noise(side), chance.between(0.3, 1.2))
        grain = grain / grain.std(dim=(1, 2, 3), keepdim=True)
        tone = tone + grain * chance.between(0, film.grain / 100)
    if film.fading:
        kept = 1 - chance.between(0, film.fading)
        # Towards a tone between black and white, which differs from film to film.
        middle = chance.between(0, 1)
        tone = middle + kept * (tone - middle)
    return torch.where(aged, 100 * tone.clamp(0, 1), plain)


def _spectrum(luma: torch.Tensor, share: float, chance: _Chance) -> torch.Tensor:
    """What each film sees of linear RGB: [N, 3, 1, 1], sums to 1.

    A mixture between luma and 0 to 0.05 of red, 0.15 to 0.5 of green and the rest of blue; half of
    those that are not luma alone are not mixed with it at all.
    """
    red, green = chance.between(0, 0.05), chance.between(0.15, 0.5)
    ortho = torch.cat([red, green, 1 - red - green], 1)
    mixed = torch.where(chance.happens(0.5), 1.0, chance.between(0, 1))
    mixed = torch.where(chance.happens(share), mixed, 0.0)
    return luma + mixed * (ortho - luma)


def _exposed(tone: torch.Tensor, film: OldFilm, chance: _Chance) -> torch.Tensor:
    """Gamma, levels that are cut off, and light that is not even. [N, 1, S, S], 0..1."""
    if film.unequal:
        side = tone.shape[-1]
        line = torch.linspace(-1, 1, side, device=tone.device)
        x, y = line.view(1, 1, 1, side), line.view(1, 1, side, 1)
        angle = chance.between(0, 2 * math.pi)
        slope = (angle.cos() * x + angle.sin() * y) / math.sqrt(2)
        corners = (x * x + y * y) / 2
        amount = chance.between(0, film.unequal)
        field = torch.where(chance.happens(0.5), slope, 0.5 - corners)
        tone = tone * (1 + amount * field)
    if film.tone:
        # Black and white are clipped by up to a tenth of the range.
        low, high = chance.between(-0.05, 0.1), chance.between(0.9, 1.05)
        tone = ((tone - low) / (high - low)).clamp(1e-4, 1)
        tone = tone.pow(chance.normal(film.tone).exp())
    return tone


def _blurred(tone: torch.Tensor, sigma: torch.Tensor) -> torch.Tensor:
    """A Gaussian of its own deviation, [N, 1, 1, 1] pixels, over each plane [N, 1, S, S]."""
    reach = 3
    steps = torch.arange(-reach, reach + 1, device=tone.device, dtype=torch.float32)
    kernel = (-0.5 * (steps / sigma.view(-1, 1).clamp(min=0.05)) ** 2).exp()
    kernel = kernel / kernel.sum(1, keepdim=True)
    count = len(tone)
    planes = pad(tone, (reach,) * 4, mode="replicate").transpose(0, 1)
    planes = conv2d(planes, kernel.view(count, 1, 1, -1), groups=count)
    planes = conv2d(planes, kernel.view(count, 1, -1, 1), groups=count)
    return planes.transpose(0, 1)


def _dusty(tone: torch.Tensor, dusty: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    """Specks and upright scratches, white or black, on those that are `dusty`."""
    count, _, side, _ = tone.shape
    like = {"generator": generator, "device": tone.device}
    specks = torch.rand(count, 1, side, side, **like) < 0.0008
    specks = torch.nn.functional.max_pool2d(specks.float(), 3, 1, 1) > 0
    scratches = torch.rand(count, 1, 1, side, **like) < 0.008
    bright = (torch.rand(count, 1, 1, 1, **like) < 0.6).float()
    hurt = dusty & (specks | scratches)
    return torch.where(hurt, 0.3 * tone + 0.7 * bright, tone)


def without_colour(
    lightness: torch.Tensor, ab: torch.Tensor, film: OldFilm, generator: torch.Generator
) -> tuple[torch.Tensor, torch.Tensor]:
    """Give some pictures a margin, and replace some by one tone: neither has a colour.

    Args:
        lightness: float32 [N, 1, S, S], L*.
        ab: float32 [N, 2, S/2, S/2].
        film: with the shares `border` and `flat`.
        generator: where chance comes from.
    Returns:
        both, of the same shapes.
    """
    count, _, side, _ = lightness.shape
    chance = _Chance(count, generator)
    if film.border:
        lightness, ab = _bordered(lightness, ab, chance.happens(film.border), chance)
    if film.flat:
        # Paper and film are never quite even: grain, clouds, a slope.
        flat = chance.happens(film.flat)
        clouds = _blurred(chance.noise(side, 8), chance.between(1, 3))
        plane = chance.between(0, 100)
        plane = plane + chance.between(0, 3) * chance.noise(side) + chance.between(0, 3) * clouds
        plane = torch.where(chance.happens(0.3), chance.between(0, 100).expand_as(plane), plane)
        lightness = torch.where(flat, plane.clamp(0, 100), lightness)
        ab = torch.where(flat, torch.zeros_like(ab), ab)
    return lightness, ab


def _bordered(
    lightness: torch.Tensor, ab: torch.Tensor, bordered: torch.Tensor, chance: _Chance
) -> tuple[torch.Tensor, torch.Tensor]:
    side = lightness.shape[-1]
    place = torch.arange(side, device=lightness.device)
    x, y = place.view(1, 1, 1, side), place.view(1, 1, side, 1)
    # Even numbers of pixels, so that the cells of ab lie within or without.
    left, right, top, bottom = (
        2 * (chance.between(-0.02, 0.06) * side).clamp(min=0).round() for _ in range(4)
    )
    outside = (x < left) | (x >= side - right) | (y < top) | (y >= side - bottom)
    outside = outside & bordered
    white, black = chance.between(85, 100), chance.between(0, 12)
    level = torch.where(chance.happens(0.5), white, black)
    level = torch.where(chance.happens(0.15), chance.between(0, 100), level)
    lightness = torch.where(outside, level, lightness)
    return lightness, torch.where(outside[..., ::2, ::2], torch.zeros_like(ab), ab)
