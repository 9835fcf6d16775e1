"""TintLite as a function of VapourSynth: put this file beside your script.

    from vapoursynth_tintlite import colorize

    clip = colorize(core.bs.VideoSource("old.mkv"), model="nano", saturation=1.2)

Of YUV it gives YUV of the same format, whose luma is the clip's own; of GRAY and RGB it gives
RGB48. Each frame is coloured by itself, in any order: what keeps colours steady from frame to frame
needs frames in their order, and is in `tintlite colorize film.mkv`.

Run: VapourSynth R81 of PyPI on Python 3.12, x86-64 (`make test-plugins`).
"""

import numpy as np
import vapoursynth as vs

from tintlite import Colorizer, Device, Look


def colorize(
    clip: vs.VideoNode,
    model: str = "standard",
    saturation: float = 1.0,
    matrix: str = "709",
    full: bool = False,
    device: Device | None = None,
) -> vs.VideoNode:
    """Colour a clip.

    Args:
        clip: of a constant format, GRAY, YUV or RGB.
        model: as for `Colorizer`.
        saturation: factor on the colours, 0 to 3.
        matrix: of a YUV clip, by its name in VapourSynth's resize.
        full: whether a GRAY or YUV clip has the full range, whatever its frames say.
        device: what it runs on.
    Raises:
        TintLiteError: the model, the saturation or the device cannot be had.
    """
    colorizer, look = Colorizer(model, device), Look(saturation=saturation, whole=True)
    resize = vs.core.resize.Bicubic
    levels = "full" if full else "limited"
    if clip.format.color_family == vs.RGB:
        rgb = resize(clip, format=vs.RGB48)
    else:
        rgb = resize(clip, format=vs.RGB48, matrix_in_s=matrix, range_in_s=levels)

    def paint(n: int, f: vs.VideoFrame) -> vs.VideoFrame:
        picture = np.stack([np.asarray(f[plane]) for plane in range(3)], axis=-1)
        result, coloured = colorizer.colorize(picture, look), f.copy()
        for plane in range(3):
            np.copyto(np.asarray(coloured[plane]), result[..., plane])
        return coloured

    coloured = rgb.std.ModifyFrame(rgb, paint)
    if clip.format.color_family != vs.YUV:
        return coloured
    chroma = resize(coloured, format=clip.format.id, matrix_s=matrix, range_s=levels)
    return vs.core.std.ShufflePlanes([clip, chroma], [0, 1, 2], vs.YUV)
