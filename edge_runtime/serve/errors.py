"""What the server answers when it refuses: always the same JSON, one sentence for a person."""

from fastapi import HTTPException
from starlette.responses import JSONResponse


def refusal(status: int, message: str, headers: dict[str, str] | None = None) -> JSONResponse:
    """A refusing response.

    Args:
        status: the HTTP status.
        message: one sentence, shown to the user as `error`.
        headers: further headers.
    """
    return JSONResponse({"error": message}, status, headers)


def busy(status: int, message: str, seconds: int) -> HTTPException:
    """The refusal of one who may come back in so many seconds."""
    return HTTPException(status, message, {"Retry-After": str(seconds)})
