"""Why a Linux video device cannot be used, asked of the kernel before OpenCV tries."""

import errno
import os
import struct
from pathlib import Path

# linux/videodev2.h: VIDIOC_QUERYCAP reads a struct v4l2_capability of 104 bytes, VIDIOC_REQBUFS
# reads and writes a struct v4l2_requestbuffers of 20.
_QUERYCAP = 0x80685600
_CAPABILITY_BYTES = 104
_REQBUFS = 0xC0145608
# V4L2_CAP_VIDEO_CAPTURE and V4L2_CAP_VIDEO_CAPTURE_MPLANE, each with its type of buffers.
_BUFFER_TYPES = {0x00000001: 1, 0x00001000: 9}
_MEMORY_MAP = 1


def why_not_usable(device: Path) -> str:
    """Look at a device, without starting it.

    Args:
        device: as /dev/video0.
    Returns:
        why it cannot be used, or an empty text.
    """
    import fcntl  # there is none on Windows

    try:
        handle = os.open(device, os.O_RDWR | os.O_NONBLOCK)
    except OSError as error:
        return _why_not_open(error)
    try:
        capability = bytearray(_CAPABILITY_BYTES)
        fcntl.ioctl(handle, _QUERYCAP, capability)
        # struct v4l2_capability: driver 16, card 32, bus 32, version 4, capabilities 4, those of
        # this device node 4: a USB camera has a second node, for metadata alone.
        able = struct.unpack_from("I", capability, 88)[0]
        types = [kind for flag, kind in _BUFFER_TYPES.items() if able & flag]
        if not types:
            return "not a camera, but another device of one (its neighbours may be the camera)"
        # Asking for no buffers changes nothing, and fails where another program has some.
        fcntl.ioctl(
            handle, _REQBUFS, bytearray(struct.pack("IIIII", 0, types[0], _MEMORY_MAP, 0, 0))
        )
    except OSError as error:
        if error.errno == errno.EBUSY:
            return "the camera is in use by another program"
        return "not a camera"
    finally:
        os.close(handle)
    return ""


def _why_not_open(error: OSError) -> str:
    if error.errno in (errno.ENOENT, errno.ENODEV, errno.ENXIO):
        return "no such camera"
    if error.errno == errno.EBUSY:
        return "the camera is in use by another program"
    if error.errno in (errno.EACCES, errno.EPERM):
        return "no permission to use the camera (is this user in the group 'video'?)"
    return error.strerror or str(error)
