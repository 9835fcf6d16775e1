"""`standard` on one large GPU: nine minutes, some millions of crops, film and plates among them.

    KERAS_BACKEND=torch python -m train fit standard_gpu --data data/photos --extra data/plates \\
        --out runs/standard_gpu --start-from weights/standard/best.weights.h5

Cost: nine minutes of a GPU with 24 GB or more. It was rehearsed on a CPU (tests/gpu/rehearse.sh)
and has not been run on a GPU yet.
"""

from train.config import FitConfig
from train.data.old_film import REAL_FILM

CONFIG = FitConfig(
    name="standard",
    alpha=1.0,
    until_seconds=540,
    batch_size=256,
    crop_sizes=((1.0, 128),),
    learning_rate=3e-3,
    film=REAL_FILM,
    extra_share=0.1,
    tone_view=True,
    ema=0.9995,
    checkpoint_seconds=90,
    val_size=160,
    val_pictures=979,
    dtype_policy="mixed_bfloat16",
)
