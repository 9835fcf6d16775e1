"""`pix2pix_mobilenetv2`: the GAN on MobileNetV2. Scales: see `train.fit.scales`.

`cpu_l1`, with `--encoder-weights mobilenet_v2_1.0_notop.weights.h5`: the generator alone, before
its GAN; 10 minutes of one core of a shared 2-core x86-64 machine (Zen 3, AVX2), 26,000 pictures.
Result on 400 photos of val at S = 96: +0.73 dB over grey (22.57 dB) at a colourfulness of 0.33.
`cpu`: the GAN, from there; 8 minutes, 5,952 pictures. Result on the same photos: +0.13 dB over
grey at a colourfulness of 0.55: more colour, as often right.
"""

from train.fit.scales import gan_recipes

SCALES = gan_recipes("pix2pix_mobilenetv2", alpha=1.0, rate_alone=0.0015, smoke={"alpha": 0.35})
