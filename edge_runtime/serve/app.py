"""The routes of the server, and what OpenAPI says of them."""

import asyncio
import time
from typing import Any, Literal

from fastapi import FastAPI, HTTPException, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException as AnyHTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import ASGIApp

from edge_runtime import __version__
from edge_runtime.engine.threads import MAX_THREADS
from edge_runtime.errors import TintLiteError
from edge_runtime.hints.file import MOST_BYTES
from edge_runtime.look import MAX_SATURATION
from edge_runtime.serve.access import HEALTH, Access
from edge_runtime.serve.base_path import BasePath
from edge_runtime.serve.body_limit import BodyLimit
from edge_runtime.serve.desk import Desk
from edge_runtime.serve.download import download
from edge_runtime.serve.errors import answers, busy, in_range, refusal
from edge_runtime.serve.film_routes import FILMS, KIND, add_film_routes
from edge_runtime.serve.limits import MAX_JSON_BYTES
from edge_runtime.serve.listener import Listener
from edge_runtime.serve.mjpeg import MEDIA_TYPE, MjpegStream
from edge_runtime.serve.page_files import PageFile, page_files
from edge_runtime.serve.photo_routes import COLORIZE, PHOTOS, add_photo_routes
from edge_runtime.serve.security_headers import SecurityHeaders
from edge_runtime.serve.settings import Settings
from edge_runtime.serve.status import ServeStatus
from edge_runtime.serve.still import still_picture, time_of

# What a form adds to the picture: boundaries, names, options.
_FORM_BYTES = 16 * 1024

# A frame is waited for where nobody has watched before.
_STILL_SECONDS = 2.0

_NO_CAMERA = "this server has no camera"

Layout = Literal["after", "before", "both"]


class Changes(BaseModel):
    """What shall change of the controls; what is left out stays."""

    # A whole number is one, and no text that looks like one; a word that is no control is told.
    model_config = ConfigDict(strict=True, extra="forbid")

    model: str | None = None
    # Ranges are told here, and checked where photos' are, in the same words.
    threads: int | None = Field(None, json_schema_extra=in_range(1, MAX_THREADS))
    saturation: float | None = Field(None, json_schema_extra=in_range(0, MAX_SATURATION))


def make_app(desk: Desk, listener: Listener) -> ASGIApp:
    """The whole application: the routes, and around them what guards them.

    Args:
        desk: what the routes work with.
        listener: where it is served, and to whom.
    """

    def most_bytes(path: str) -> int:
        if path in (COLORIZE, PHOTOS):
            return desk.limits.upload_bytes + _FORM_BYTES
        if path == FILMS and desk.limits.film_bytes:
            return desk.limits.film_bytes
        with_hints = path.startswith((PHOTOS + "/", FILMS + "/")) and path != KIND
        return MOST_BYTES if with_hints else MAX_JSON_BYTES

    app = _routes(desk)
    guarded = Access(BodyLimit(app, most_bytes), listener)
    return SecurityHeaders(BasePath(guarded, listener.base_path))


def _routes(desk: Desk) -> FastAPI:
    app = FastAPI(
        title="TintLite",
        version=__version__,
        summary="Colour for black-and-white photos and live cameras, offline.",
        # The usual page of documents loads its scripts from elsewhere.
        docs_url=None,
        redoc_url=None,
        responses=answers(401, 403),
    )
    _answer_errors(app)
    for path, file in page_files().items():
        app.api_route(path, methods=["GET", "HEAD"], include_in_schema=False)(_giving(file))

    @app.head(HEALTH, include_in_schema=False)
    @app.get(HEALTH, tags=["state"])
    async def healthz() -> dict[str, str]:
        """Says that the server answers. Needs no token."""
        return {"status": "ok"}

    @app.get("/api/status", tags=["state"])
    async def status() -> ServeStatus:
        """The live view's state, the controls, the models at hand and the limits."""
        return desk.status()

    @app.post("/api/settings", tags=["live"], responses=answers(404, 422, 429))
    async def settings(changes: Changes) -> Settings:
        """Change model, threads or saturation of the live view, for all who watch.

        Photos are coloured as each request says, and else as the server was started.
        """
        if desk.view is None:
            raise HTTPException(404, _NO_CAMERA)
        return await desk.configure(desk.view, changes.model, changes.threads, changes.saturation)

    @app.get(
        "/stream",
        tags=["live"],
        response_class=Response,
        responses={
            200: {"content": {MEDIA_TYPE.split(";")[0]: {}}, "description": "JPEG after JPEG."},
            **answers(404, 503),
        },
    )
    async def stream(layout: Layout = "after") -> Response:
        """The live view as motion JPEG, which an `<img>` shows.

        `both` is one picture with the camera's above the coloured one: the first `h` rows and the
        last `h` rows, where `X-Frame-Size: <w>x<h>` stands in the head of each part beside
        `X-Frame`, the frame's number. A slow reader gets fewer frames, never older ones.
        """
        if desk.feed is None:
            raise HTTPException(404, _NO_CAMERA)
        if not desk.feed.enter():
            raise busy(503, f"all {desk.limits.viewers} places for viewers are taken", 5)
        return MjpegStream(desk.feed, layout, desk.stopping)

    @app.get(
        "/api/still",
        tags=["live"],
        response_class=Response,
        responses={
            200: {
                "content": {"image/jpeg": {}, "image/png": {}},
                "description": "The picture.",
                "headers": {
                    "X-Captured": {
                        "schema": {"type": "string", "format": "date-time"},
                        "description": "When the frame was read; in its EXIF too.",
                    }
                },
            },
            **answers(404, 429, 503),
        },
    )
    async def still(
        request: Request, layout: Layout = "after", format: Literal["jpeg", "png"] = "jpeg"
    ) -> Response:
        """The newest frame at the camera's own size; `both` is side by side.

        From a camera that has been lost for longer than it is waited for there is none.
        """
        if desk.view is None:
            raise HTTPException(404, _NO_CAMERA)
        async with desk.job(request):
            frame = await asyncio.to_thread(desk.view.wait_frame, -1, _STILL_SECONDS)
            if frame is None:
                raise busy(503, "the camera has given no picture yet", 2)
            age = time.monotonic() - frame.captured
            if desk.view.status().state == "reopening" and age > desk.view.patience:
                raise busy(503, f"the camera is lost: its last picture is {age:.0f} s old", 5)
            taken = time_of(frame)
            data = await asyncio.to_thread(still_picture, frame, layout, format, taken)
        name = taken.strftime("tintlite-%Y%m%d-%H%M%S") + (".jpg" if format == "jpeg" else ".png")
        headers = {"X-Captured": taken.isoformat(timespec="milliseconds")}
        return download(data, f"image/{format}", name, headers)

    add_photo_routes(app, desk)
    if desk.limits.film_bytes:
        add_film_routes(app, desk)
    return app


def _giving(file: PageFile):
    # Asked for anew each time: after an update the page must fit the server.
    headers = {"Cache-Control": "no-cache"}

    async def give() -> Response:
        return Response(file.data, media_type=file.media_type, headers=headers)

    return give


def _answer_errors(app: FastAPI) -> None:
    """Let every error be one sentence in JSON."""

    async def http(request: Request, error: Any) -> Response:
        return refusal(error.status_code, str(error.detail), dict(error.headers or {}))

    async def invalid(request: Request, error: Any) -> Response:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"][1:]) or "the request"
        return refusal(422, f"{where}: {first['msg']}")

    async def users_mistake(request: Request, error: Any) -> Response:
        return refusal(422, str(error))

    async def gone(request: Request, error: Any) -> Response:
        return refusal(400, "the sender has gone")  # nobody reads it

    app.add_exception_handler(AnyHTTPException, http)
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(TintLiteError, users_mistake)
    app.add_exception_handler(ClientDisconnect, gone)
