"""Colour the frames of your own OpenCV loop: python examples/opencv_loop.py in.avi out.avi"""

import sys

import cv2

from tintlite import Colorizer, Device, Look

source, target = sys.argv[1:]
colorizer, look = Colorizer("nano", Device(threads=2)), Look(whole=True)
film = cv2.VideoCapture(source)
size = int(film.get(cv2.CAP_PROP_FRAME_WIDTH)), int(film.get(cv2.CAP_PROP_FRAME_HEIGHT))
out = cv2.VideoWriter(target, cv2.VideoWriter.fourcc(*"MJPG"), film.get(cv2.CAP_PROP_FPS), size)
while True:
    there, bgr = film.read()
    if not there:
        break
    grey = cv2.cvtColor(bgr, cv2.COLOR_BGR2GRAY)  # uint8 [H, W]; [H, W, 3] RGB is taken too
    rgb = colorizer.colorize(grey, look)
    out.write(cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR))
out.release()
