"""Bring text subtitles from the kind of one container to that of another, by FFmpeg's codecs."""

import av

from edge_runtime.video.formats import FilmFormat

# What FFmpeg decodes to text, and the kind that each container plays.
_TEXT = {"mov_text", "subrip", "srt", "ass", "ssa", "webvtt", "text"}
_KINDS = {"mp4": "mov_text", "mov": "mov_text", "matroska": "subrip", "webm": "webvtt"}


def text_kind(format: FilmFormat, stream: av.stream.Stream) -> str | None:
    """The kind that a stream's subtitles are brought to for a container; None where it cannot be.

    Args:
        format: the container, which does not hold the stream as it is.
        stream: anything.
    """
    context = stream.codec_context
    if stream.type != "subtitle" or context is None or context.name not in _TEXT:
        return None
    # Older PyAVs do not encode subtitles.
    return _KINDS.get(format.name) if hasattr(context, "encode_subtitle") else None


class TextSubtitles:
    """One stream of subtitles on its way from one kind to another."""

    def __init__(
        self, container: av.container.OutputContainer, source: av.stream.Stream, kind: str
    ):
        """Add a stream.

        Args:
            container: the new film, not begun yet.
            source: the subtitles.
            kind: FFmpeg's name of the new kind.
        Raises:
            av.FFmpegError, ValueError: FFmpeg does not take them.
        """
        self._decoder = source.codec_context
        self._decoder.open(strict=False)
        self.stream = container.add_stream(kind)
        self.stream.time_base = source.time_base
        self._encoder = self.stream.codec_context
        self._encoder.time_base = source.time_base
        # The styles of the words, which the encoder asks for.
        self._encoder.subtitle_header = self._decoder.subtitle_header

    def convert(self, packet: av.Packet) -> av.Packet | None:
        """The packet of the new kind, for the same time; None where it has no words.

        Raises:
            av.FFmpegError: the packet cannot be read.
        """
        words = self._decoder.decode2(packet)
        if not words or not len(words):
            return None
        made = self._encoder.encode_subtitle(words)
        made.pts, made.dts, made.duration = packet.pts, packet.dts, packet.duration
        made.time_base = packet.time_base
        made.is_keyframe = True
        return made
