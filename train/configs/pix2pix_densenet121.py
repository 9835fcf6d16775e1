"""`pix2pix_densenet121`: the GAN on DenseNet121. Scales: see `train.fit.scales`.

`cpu_l1`, with `--encoder-weights none`: the generator alone, before its GAN; 10 minutes of one core
of a shared 2-core x86-64 machine (Zen 3, AVX2), 6,368 pictures. DenseNet121 starts from random
numbers, as if its ImageNet weights could not be had.
Result on 400 photos of val at S = 96: -0.03 dB against grey (22.57 dB) at a colourfulness of 0.24.
`cpu`: the GAN, from there; 8 minutes, 1,472 pictures. Result on the same photos: +0.25 dB over
grey at a colourfulness of 0.32.
"""

from train.fit.scales import gan_recipes

SCALES = gan_recipes("pix2pix_densenet121", rate_alone=0.001)
