"""What the server answers when it refuses: always the same JSON, one sentence for a person."""

from fastapi import HTTPException
from pydantic import BaseModel
from starlette.responses import JSONResponse


class Refusal(BaseModel):
    """What every refusal looks like."""

    error: str


def answers(*statuses: int) -> dict[int | str, dict]:
    """What OpenAPI says of the refusals that a route may give."""
    return {status: {"model": Refusal} for status in statuses}


def in_range(least: float, most: float | None = None) -> dict:
    """What OpenAPI says of a number's range."""
    return {"minimum": least} | ({} if most is None else {"maximum": most})


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
