"""A response that a browser saves as a file."""

from urllib.parse import quote

from starlette.responses import Response

from edge_runtime.serve.piecewise import PiecewiseResponse


def download(
    data: bytes | memoryview, media_type: str, name: str, headers: dict[str, str]
) -> Response:
    """The response of a file's bytes.

    Args:
        data: the file.
        media_type: as HTTP names it.
        name: what it is to be called.
        headers: further ones.
    """
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}",
        **headers,
    }
    return PiecewiseResponse(data, media_type, headers)
