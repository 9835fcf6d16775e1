"""The routes of the server, and what OpenAPI says of them."""

import asyncio
import json
import time
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import quote

from fastapi import FastAPI, HTTPException, Query, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict
from starlette.exceptions import HTTPException as AnyHTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import ASGIApp

from edge_runtime import __version__
from edge_runtime.errors import TintLiteError
from edge_runtime.photo import PhotoResult
from edge_runtime.pictures import FORMATS, WRITTEN
from edge_runtime.serve.access import HEALTH, Access
from edge_runtime.serve.body_limit import BodyLimit
from edge_runtime.serve.desk import Desk
from edge_runtime.serve.errors import busy, refusal
from edge_runtime.serve.limits import MAX_JSON_BYTES
from edge_runtime.serve.mjpeg import MEDIA_TYPE, MjpegStream
from edge_runtime.serve.page_files import PageFile, page_files
from edge_runtime.serve.piecewise import PiecewiseResponse
from edge_runtime.serve.security_headers import SecurityHeaders
from edge_runtime.serve.settings import Settings
from edge_runtime.serve.status import ServeStatus
from edge_runtime.serve.still import still_picture
from edge_runtime.serve.upload import receive_upload
from edge_runtime.serve.upload_options import read_options

_COLORIZE = "/api/colorize"

# What a form adds to the picture: boundaries, names, options.
_FORM_BYTES = 16 * 1024

_NO_CAMERA = "this server has no camera"

Layout = Literal["after", "before", "both"]


class Refusal(BaseModel):
    """What every refusal looks like."""

    error: str


class Changes(BaseModel):
    """What shall change of the controls; what is left out stays."""

    # A whole number is one, and no text that looks like one; a word that is no control is told.
    model_config = ConfigDict(strict=True, extra="forbid")

    model: str | None = None
    threads: int | None = None
    saturation: float | None = None


def make_app(desk: Desk, *, token: str | None, only_local: bool) -> ASGIApp:
    """The whole application: the routes, and around them what guards them.

    Args:
        desk: what the routes work with.
        token: what all must show, or None.
        only_local: whether no other machine can reach the server.
    """

    def most_bytes(path: str) -> int:
        if path == _COLORIZE:
            return desk.limits.upload_bytes + _FORM_BYTES
        return MAX_JSON_BYTES

    app = _routes(desk)
    return SecurityHeaders(Access(BodyLimit(app, most_bytes), token=token, only_local=only_local))


def _answers(*statuses: int) -> dict[int | str, dict]:
    return {status: {"model": Refusal} for status in statuses}


def _routes(desk: Desk) -> FastAPI:
    app = FastAPI(
        title="TintLite",
        version=__version__,
        summary="Colour for black-and-white photos and live cameras, offline.",
        # The usual page of documents loads its scripts from elsewhere.
        docs_url=None,
        redoc_url=None,
        responses=_answers(401, 403),
    )
    _answer_errors(app)
    for path, file in page_files().items():
        app.get(path, include_in_schema=False)(_giving(file))

    @app.get(HEALTH, tags=["state"])
    async def healthz() -> dict[str, str]:
        """Says that the server answers. Needs no token."""
        return {"status": "ok"}

    @app.get("/api/status", tags=["state"])
    async def status() -> ServeStatus:
        """The live view's state, the controls, the models at hand and the limits."""
        return desk.status()

    @app.post("/api/settings", tags=["state"], responses=_answers(422, 429))
    async def settings(changes: Changes) -> Settings:
        """Change model, threads or saturation: of the live view, and as defaults for photos."""
        return await desk.configure(changes.model, changes.threads, changes.saturation)

    @app.get(
        "/stream",
        tags=["live"],
        response_class=Response,
        responses={
            200: {"content": {MEDIA_TYPE.split(";")[0]: {}}, "description": "JPEG after JPEG."},
            **_answers(404, 503),
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
            200: {"content": {"image/jpeg": {}, "image/png": {}}, "description": "The picture."},
            **_answers(404, 429, 503),
        },
    )
    async def still(layout: Layout = "after", format: Literal["jpeg", "png"] = "jpeg") -> Response:
        """The newest frame at the camera's own size; `both` is side by side."""
        if desk.view is None:
            raise HTTPException(404, _NO_CAMERA)
        async with desk.job():
            frame = await asyncio.to_thread(desk.view.wait_frame, -1, 0.5)
            if frame is None:
                raise busy(503, "the camera has given no picture yet", 2)
            data = await asyncio.to_thread(still_picture, frame, layout, format)
        name = time.strftime("tintlite-%Y%m%d-%H%M%S") + (".jpg" if format == "jpeg" else ".png")
        return _download(data, f"image/{format}", name, {})

    @app.post(
        _COLORIZE,
        tags=["photos"],
        response_class=Response,
        openapi_extra=_upload_schema(),
        responses={
            200: {
                "content": {one.media_type: {} for one in WRITTEN},
                "description": "The coloured picture.",
                "headers": {
                    name: {"schema": {"type": "string"}, "description": text}
                    for name, text in _COLOURED_HEADERS.items()
                },
            },
            **_answers(400, 408, 413, 422, 429),
        },
    )
    async def colorize(
        request: Request,
        model: Annotated[str | None, Query(description="One of the models at hand.")] = None,
        saturation: Annotated[float | None, Query(description="Factor, 0 to 3.")] = None,
        format: Annotated[
            str | None, Query(description="jpeg, png, tiff, webp or bmp; else the upload's own.")
        ] = None,
        side_by_side: Annotated[bool, Query(description="Grey and colour in one picture.")] = False,
        longest: Annotated[
            int | None, Query(ge=16, description="Longest side of the result, in pixels.")
        ] = None,
    ) -> Response:
        """Colour a photo at its full resolution; EXIF, colour profile and transparency are kept.

        The photo is the body itself, or the file of a form, whose other fields may give the options
        too. Photos are coloured one after the other; when too many wait, the answer is 429.
        """
        async with desk.job(), desk.received():
            upload = await receive_upload(request)
            try:
                given = {**upload.fields, **request.query_params}
                settings, options = read_options(given, desk.settings, desk.models)
                async with desk.turn():
                    if await request.is_disconnected():
                        raise HTTPException(400, "the sender has gone")
                    work = partial(
                        desk.studio.colorize, upload.file, upload.name, settings, options
                    )
                    coloured = await asyncio.get_running_loop().run_in_executor(desk.worker, work)
            finally:
                upload.file.close()
        return _coloured_response(coloured, upload.name)

    return app


_COLOURED_HEADERS = {
    "X-Picture-Size": "Width x height of the result, in pixels.",
    "X-Seconds": "What decoding, colouring and encoding took.",
    "X-Notes": "A JSON list of sentences about what was not taken or kept, percent-encoded.",
}


def _coloured_response(coloured: PhotoResult, name: str) -> Response:
    notes = coloured.notes
    if coloured.coloured:
        notes += ("it has colours already: only its lightness was used",)
    headers = {
        "X-Picture-Size": f"{coloured.width}x{coloured.height}",
        "X-Seconds": f"{coloured.seconds:.3f}",
        "X-Notes": quote(json.dumps(notes, ensure_ascii=False)),
    }
    name = f"{Path(name).stem}.colour{coloured.format.endings[0]}"
    return _download(coloured.data or b"", coloured.format.media_type, name, headers)


def _download(
    data: bytes | memoryview, media_type: str, name: str, headers: dict[str, str]
) -> Response:
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}",
        **headers,
    }
    return PiecewiseResponse(data, media_type, headers)


def _upload_schema() -> dict:
    """What OpenAPI says of the body of an upload, which FastAPI does not read itself."""
    binary = {"type": "string", "format": "binary"}
    form = {
        "type": "object",
        "required": ["picture"],
        "properties": {
            "picture": binary,
            "model": {"type": "string"},
            "saturation": {"type": "number"},
            "format": {"type": "string"},
            "side_by_side": {"type": "boolean"},
            "longest": {"type": "integer"},
        },
    }
    raw = {one.media_type: {"schema": binary} for one in FORMATS}
    content = {
        "multipart/form-data": {"schema": form},
        "application/octet-stream": {"schema": binary},
    }
    return {"requestBody": {"required": True, "content": content | raw}}


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
