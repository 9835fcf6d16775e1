"""The routes of photos: coloured in one request, or opened once and asked for again and again."""

import asyncio
import json
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote

import numpy as np
from fastapi import Depends, FastAPI, HTTPException, Query, Request
from pydantic import BaseModel
from starlette.responses import Response

from edge_runtime.colour.hints import Hint
from edge_runtime.hints.file import Likeness, hints_of_json
from edge_runtime.hints.suggestions import MOST_SUGGESTIONS, suggested_hints
from edge_runtime.look import MAX_SATURATION
from edge_runtime.photo import PhotoResult
from edge_runtime.pictures import FORMATS, WRITTEN
from edge_runtime.serve.colours import Colours
from edge_runtime.serve.desk import Desk
from edge_runtime.serve.download import PiecewiseResponse, download
from edge_runtime.serve.errors import answers, in_range
from edge_runtime.serve.open_photo import COLOURS_NOTE
from edge_runtime.serve.settings import Settings
from edge_runtime.serve.shelf import ShelvedPhoto
from edge_runtime.serve.upload import receive_upload
from edge_runtime.serve.upload_options import SHORTEST_SIDE, read_options

COLORIZE = "/api/colorize"
PHOTOS = "/api/photos"

_GONE = "this photo is not kept any more: send it again"

_COLOURED_HEADERS = {
    "X-Picture-Size": "Width x height of the result, in pixels.",
    "X-Seconds": "What decoding, colouring and encoding took.",
    "X-Notes": "A JSON list of sentences about what was not taken or kept, percent-encoded.",
}

_COLOURED: dict[int | str, dict] = {
    200: {
        "content": {one.media_type: {} for one in WRITTEN},
        "description": "The coloured picture.",
        "headers": {
            name: {"schema": {"type": "string"}, "description": text}
            for name, text in _COLOURED_HEADERS.items()
        },
    }
}

AskedModel = Annotated[str | None, Query(description="One of the models at hand.")]
AskedSaturation = Annotated[
    float | None,
    Query(description="Factor, 0 to 3.", json_schema_extra=in_range(0, MAX_SATURATION)),
]
_Format = Annotated[
    str | None, Query(description="jpeg, png, tiff, webp or bmp; else the upload's own.")
]
_SideBySide = Annotated[bool, Query(description="Grey and colour in one picture.")]
_CornerMark = Annotated[bool, Query(description="The word 'colourized', small in a corner.")]
_Longest = Annotated[
    int | None,
    Query(ge=SHORTEST_SIDE, description="Longest side of the result, in pixels."),
]
_Count = Annotated[
    int, Query(ge=2, le=MOST_SUGGESTIONS, description="How many, the automatic one included.")
]

_Quality = Annotated[int | None, Query(ge=1, le=100, description="Of JPEG and WebP; else 95.")]


async def _options(
    model: AskedModel = None,
    saturation: AskedSaturation = None,
    format: _Format = None,
    side_by_side: _SideBySide = False,
    corner_mark: _CornerMark = False,
    longest: _Longest = None,
    quality: _Quality = None,
) -> None:
    """What OpenAPI says of a result's options; `read_options` reads them."""


_COLOURED_ROUTE: dict[str, Any] = {
    "tags": ["photos"],
    "response_class": Response,
    "dependencies": [Depends(_options)],
}
_KEPT_COLOURED = _COLOURED_ROUTE | {"responses": {**_COLOURED, **answers(404, 422, 429)}}

_AB_ROUTE: dict[str, Any] = {
    "tags": ["photos"],
    "response_class": Response,
    "responses": {
        200: {
            "content": {"application/octet-stream": {}},
            "description": "Float32, little-endian, [height, width, 2]: a* and b*.",
            "headers": {"X-Shape": {"schema": {"type": "string"}, "description": "height x width"}},
        },
        **answers(404, 422, 429),
    },
}

_HINTS_SCHEMA = {
    "requestBody": {
        "description": "A file of hints, as `tintlite colorize --save-hints` writes it.",
        "content": {"application/json": {"schema": {"type": "object"}}},
    }
}


class PhotoOpened(BaseModel):
    """A photo that the server keeps for a while.

    Attributes:
        id: part of the addresses at which it is asked for.
        name: what the result is called.
        width, height: in pixels, as the result has them.
        format: of the result: jpeg, png, tiff, webp or bmp.
        seconds: what decoding and colouring took.
        likeness: `picture` of a file of hints that belong to it.
        notes: sentences about what of it is not taken or kept.
    """

    id: str
    name: str
    width: int
    height: int
    format: str
    seconds: float
    likeness: Likeness
    notes: tuple[str, ...]


def add_photo_routes(app: FastAPI, desk: Desk) -> None:
    """Add the routes to an application.

    Args:
        app: where to.
        desk: what they work with.
    """

    def kept(id: str) -> ShelvedPhoto:
        photo = desk.shelf.get(id)
        if photo is None:
            raise HTTPException(404, _GONE)
        return photo

    def upload_of(photo: ShelvedPhoto) -> Any:
        upload = photo.upload()
        if upload is None:
            raise HTTPException(404, _GONE)
        return upload

    @app.post(
        COLORIZE,
        **_COLOURED_ROUTE,
        openapi_extra=_upload_schema(_OPTIONS_SCHEMA),
        responses={**_COLOURED, **answers(400, 408, 413, 422, 429, 507)},
    )
    async def colorize(request: Request) -> Response:
        """Colour a photo at its full resolution; EXIF, colour profile and transparency are kept.

        The photo is the body itself, or the file of a form, whose other fields may give the options
        too. Photos are coloured one after the other; when too many wait, the answer is 429.
        """
        async with desk.job(request), desk.received(request):
            upload = await receive_upload(request)
            try:
                given = {**upload.fields, **request.query_params}
                asked = read_options(given, desk.settings, desk.models)
                coloured = await desk.at_work(
                    request, desk.workshop.colorize, upload.file, upload.name, *asked
                )
            finally:
                upload.file.close()
        return _coloured_response(coloured, upload.name)

    @app.post(
        PHOTOS,
        tags=["photos"],
        openapi_extra=_upload_schema({"model": {"type": "string"}}),
        responses=answers(400, 408, 413, 422, 429, 507),
    )
    async def open_photo(request: Request, model: AskedModel = None) -> PhotoOpened:
        """Send a photo once, to be asked for its colours and for results as often as needed.

        It is kept for an hour after it was asked for last, or until newer ones need its room.
        """
        async with desk.job(request), desk.received(request):
            upload = await receive_upload(request)
            try:
                given = {**upload.fields, **request.query_params}
                settings, _ = read_options(given, desk.settings, desk.models)
                opened = await desk.at_work(
                    request, desk.workshop.open, upload.file, upload.name, settings
                )
            except BaseException:
                upload.file.close()
                raise
            photo = ShelvedPhoto(upload.file, upload.name, opened, settings.model)
            desk.shelf.put(photo)
        return described(photo)

    @app.get(
        PHOTOS + "/{id}/before",
        tags=["photos"],
        response_class=Response,
        responses={
            200: {"content": {"image/jpeg": {}, "image/webp": {}}, "description": "The picture."},
            **answers(404),
        },
    )
    async def before(id: str) -> Response:
        """A photo as it was, upright and no larger than a screen: what a browser paints on."""
        opened = kept(id).opened
        return PiecewiseResponse(opened.before, opened.media_type, {})

    async def said(request: Request, photo: ShelvedPhoto) -> tuple[Hint, ...]:
        """The hints for a photo that stand in a request's body, if it has one."""
        body = await request.body()
        return hints_of_json(body, photo.opened.likeness) if body else ()

    async def colours_of(request: Request, photo: ShelvedPhoto, settings: Settings) -> Colours:
        """What a model says of a photo, which is asked when it is first wanted."""
        if settings.model not in photo.colours:
            opened = await desk.at_work(
                request, desk.workshop.open, upload_of(photo), photo.name, settings
            )
            photo.colours[settings.model] = opened.colours
        return photo.colours[settings.model]

    @app.get(PHOTOS + "/{id}/suggestions", tags=["photos"], responses=answers(404, 422, 429))
    async def suggestions(
        request: Request, id: str, model: AskedModel = None, count: _Count = MOST_SUGGESTIONS
    ) -> list[list[Hint]]:
        """The hints of several colourings of a photo; the first is the automatic one, with none."""
        photo = kept(id)
        settings, _ = read_options(request.query_params, desk.settings, desk.models)
        async with desk.job(request):
            colours = await colours_of(request, photo, settings)
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(
                desk.spreading, suggested_hints, colours.view, colours.parts, count
            )

    @app.post(PHOTOS + "/{id}/ab", **_AB_ROUTE, openapi_extra=_HINTS_SCHEMA)
    @app.get(PHOTOS + "/{id}/ab", **_AB_ROUTE)
    async def ab(request: Request, id: str, model: AskedModel = None) -> Response:
        """The colours of a photo at a saturation of 1, to be stretched over all of it.

        Posted is a file of hints, by which they are.
        """
        photo = kept(id)
        settings, _ = read_options(request.query_params, desk.settings, desk.models)
        hints = await said(request, photo)
        async with desk.job(request):
            colours = await colours_of(request, photo, settings)
            loop = asyncio.get_running_loop()
            found = await loop.run_in_executor(desk.spreading, colours.ab, hints)
        shape = {"X-Shape": f"{found.shape[0]}x{found.shape[1]}"}
        data = np.ascontiguousarray(found, "<f4").tobytes()
        return PiecewiseResponse(data, "application/octet-stream", shape)

    @app.post(PHOTOS + "/{id}", **_KEPT_COLOURED, openapi_extra=_HINTS_SCHEMA)
    @app.get(PHOTOS + "/{id}", **_KEPT_COLOURED)
    async def coloured(request: Request, id: str) -> Response:
        """A photo in colour at its full resolution: what `POST /api/colorize` makes of it.

        Posted is a file of hints, by which it is coloured.
        """
        photo = kept(id)
        asked = read_options(request.query_params, desk.settings, desk.models)
        hints = await said(request, photo)
        async with desk.job(request):
            result = await desk.at_work(
                request, desk.workshop.colorize, upload_of(photo), photo.name, *asked, hints
            )
        return _coloured_response(result, photo.name)

    @app.delete(PHOTOS + "/{id}", tags=["photos"], status_code=204)
    async def forget(id: str) -> None:
        """Let the server throw a photo away."""
        desk.shelf.drop(id)


def described(photo: ShelvedPhoto) -> PhotoOpened:
    """What is told of a photo that was opened."""
    opened = photo.opened
    return PhotoOpened(
        id=photo.id,
        name=_result_name(photo.name, opened.ending),
        width=opened.width,
        height=opened.height,
        format=opened.format.lower(),
        seconds=round(opened.seconds, 3),
        likeness=opened.likeness,
        notes=opened.notes,
    )


def _coloured_response(coloured: PhotoResult, name: str) -> Response:
    notes = coloured.notes + ((COLOURS_NOTE,) if coloured.coloured else ())
    headers = {
        "X-Picture-Size": f"{coloured.width}x{coloured.height}",
        "X-Seconds": f"{coloured.seconds:.3f}",
        "X-Notes": quote(json.dumps(notes, ensure_ascii=False)),
    }
    name = _result_name(name, coloured.format.endings[0])
    return download(coloured.data or b"", coloured.format.media_type, name, headers)


def _result_name(name: str, ending: str) -> str:
    return f"{Path(name).stem}.colour{ending}"


_OPTIONS_SCHEMA = {
    "model": {"type": "string"},
    "saturation": {"type": "number", **in_range(0, MAX_SATURATION)},
    "format": {"type": "string"},
    "side_by_side": {"type": "boolean"},
    "corner_mark": {"type": "boolean"},
    "longest": {"type": "integer", **in_range(SHORTEST_SIDE)},
    "quality": {"type": "integer", **in_range(1, 100)},
}


def _upload_schema(options: dict[str, dict]) -> dict:
    """What OpenAPI says of the body of an upload, which FastAPI does not read itself."""
    binary = {"type": "string", "format": "binary"}
    form = {
        "type": "object",
        "required": ["picture"],
        "properties": {"picture": binary, **options},
    }
    raw = {one.media_type: {"schema": binary} for one in FORMATS}
    content = {
        "multipart/form-data": {"schema": form},
        "application/octet-stream": {"schema": binary},
    }
    return {"requestBody": {"required": True, "content": content | raw}}
