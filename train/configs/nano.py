"""`nano`: MobileNetV2 0.35, for a Pi Zero 2 or Pi 3 and for live video."""
from train.config import FitConfig
CONFIG = FitConfig(name="nano", alpha=0.35, minutes=25)
