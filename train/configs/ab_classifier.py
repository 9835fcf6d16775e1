"""`ab_classifier`: 313 colours, softly encoded, by SGD. Scales: see `train.fit.scales`.

`cpu`: 12 minutes of one core of a shared 2-core x86-64 machine (Zen 3, AVX2). Result after 12 and,
from there, 17 minutes (`--start-from`, `--minutes 17`), 2,448 pictures, on 400 photos of val at
S = 96: +0.17 dB over grey (22.57 dB) at a colourfulness of 0.15: it has learnt next to nothing from
so few pictures, of which each takes 4.5 GMAC.
"""

from train.fit.scales import recipes

SCALES = recipes(
    "ab_classifier",
    optimizer="sgd",
    learning_rate=0.01,
    cpu={"minutes": 12.0, "batch_size": 8, "learning_rate": 0.05, "round_steps": 200},
)
