"""The routes of films: sent whole, coloured while one watches, fetched as a file."""

import io
import json
import logging
from pathlib import Path
from typing import Annotated, Any

from fastapi import FastAPI, HTTPException, Query, Request
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect
from starlette.responses import FileResponse, Response

from edge_runtime.hints.file import hints_of_json
from edge_runtime.serve.desk import Desk
from edge_runtime.serve.errors import answers
from edge_runtime.serve.films import Film, FilmState
from edge_runtime.serve.photo_routes import AskedModel, AskedSaturation, PhotoOpened, described
from edge_runtime.serve.shelf import ShelvedPhoto
from edge_runtime.serve.upload import clean_name
from edge_runtime.serve.upload_options import read_options
from edge_runtime.video.sniff import is_film

FILMS = "/api/films"
KIND = f"{FILMS}/kind"

_GONE = "this film is not kept any more: send it again"
_NO_ROOM = "the server has no room for this film just now"

_BINARY = {"type": "string", "format": "binary"}
_BODY = {"requestBody": {"required": True, "content": {"video/*": {"schema": _BINARY}}}}

# Frames of one film of which colours are said.
MOST_FRAMES = 50

_log = logging.getLogger(__name__)


class Kind(BaseModel):
    """What the beginning of a file is the beginning of."""

    film: bool


class SaidFrame(BaseModel):
    """What is said of the colours of a frame.

    Attributes:
        seconds: its time, from the film's beginning.
        hints: a file of hints, as `tintlite colorize --save-hints` writes it for that frame.
    """

    seconds: float = Field(ge=0, allow_inf_nan=False)
    hints: dict[str, Any]


class SaidFrames(BaseModel):
    """What is said of the colours of a film."""

    frames: list[SaidFrame] = Field(max_length=MOST_FRAMES)


def add_film_routes(app: FastAPI, desk: Desk) -> None:
    """Add the routes to an application.

    Args:
        app: where to.
        desk: what they work with.
    """
    films = desk.films

    def kept(id: str) -> Film:
        film = films.get(id)
        if film is None:
            raise HTTPException(404, _GONE)
        return film

    @app.post(KIND, tags=["films"], openapi_extra=_BODY, responses=answers(413))
    async def kind(request: Request) -> Kind:
        """Whether a file whose first kilobyte is sent is a film; else it may be a photo."""
        return Kind(film=is_film(await request.body()))

    @app.post(
        FILMS,
        tags=["films"],
        status_code=202,
        openapi_extra=_BODY,
        responses=answers(400, 408, 413, 422, 429, 507),
    )
    async def open_film(
        request: Request,
        name: Annotated[str, Query(description="What the film is called.")] = "film.mp4",
        model: AskedModel = None,
        saturation: AskedSaturation = None,
    ) -> FilmState:
        """Send a film, as the body itself; it is coloured while its state is asked for.

        The server has one at a time, for others the answer is 429. A film is given up when nobody
        has asked for its state for ten minutes; a result is kept for an hour.
        """
        settings, _ = read_options(request.query_params, desk.settings, desk.models)
        name = clean_name(name)
        try:
            film = films.begin(name)
        except OSError:
            raise HTTPException(507, _NO_ROOM) from None
        try:
            await _receive(request, film)
        except BaseException:
            films.give_up(film)
            raise
        films.start(film, settings)
        return film.state

    @app.post(
        FILMS + "/{id}",
        tags=["films"],
        status_code=202,
        responses=answers(404, 422, 429, 507),
    )
    async def colour_anew(
        request: Request,
        id: str,
        said: SaidFrames,
        model: AskedModel = None,
        saturation: AskedSaturation = None,
    ) -> FilmState:
        """Colour a film anew, by what is said of some of its frames; each holds for its shot.

        What is under way of the film ends, and a result that there is goes.
        """
        film = kept(id)
        settings, _ = read_options(request.query_params, desk.settings, desk.models)
        files = []
        for frame in said.frames:
            data = json.dumps(frame.hints).encode()
            hints_of_json(data, None, f"the hints at {frame.seconds:g} s")
            files.append((frame.seconds, data))
        try:
            films.restart(film, settings, files)
        except OSError:
            raise HTTPException(507, _NO_ROOM) from None
        return film.state

    @app.post(FILMS + "/{id}/frames", tags=["films"], responses=answers(404, 422, 429))
    async def open_frame(
        request: Request,
        id: str,
        seconds: Annotated[float, Query(ge=0, description="From the film's beginning.")],
        model: AskedModel = None,
    ) -> PhotoOpened:
        """Open a frame of a film as a photo, to say its colours; the luma alone is taken."""
        film = kept(id)
        settings, _ = read_options(request.query_params, desk.settings, desk.models)
        if not seconds <= desk.limits.film_seconds:
            raise HTTPException(422, f"at most {desk.limits.film_seconds:g} s of a film are taken")

        async with desk.job(request):
            opened, picture = await desk.at_work(
                request, desk.workshop.open_frame, film.source, film.name, seconds, settings
            )
        name = f"{Path(film.name).stem} {seconds:g} s.png"
        photo = ShelvedPhoto(io.BytesIO(picture), name, opened, settings.model)
        desk.shelf.put(photo)
        return described(photo)

    @app.get(FILMS + "/{id}", tags=["films"], responses=answers(404))
    async def state(id: str) -> FilmState:
        """How far a film is."""
        return kept(id).state

    @app.get(
        FILMS + "/{id}/preview",
        tags=["films"],
        response_class=Response,
        responses={
            200: {"content": {"image/jpeg": {}}, "description": "The picture."},
            **answers(404),
        },
    )
    async def preview(id: str) -> Response:
        """A coloured frame: the first one, later one of its middle."""
        film = kept(id)
        if not film.state.preview:
            raise HTTPException(404, "there is no picture of this film yet")
        return FileResponse(film.preview, media_type="image/jpeg")

    @app.get(
        FILMS + "/{id}/result",
        tags=["films"],
        response_class=Response,
        responses={
            200: {"content": {"video/*": {}}, "description": "The film in colour."},
            **answers(404),
        },
    )
    async def result(id: str) -> Response:
        """The film in colour, once its state is done."""
        film = kept(id)
        if film.state.state != "done":
            raise HTTPException(404, "this film is not done")
        return FileResponse(film.target, filename=film.state.name)

    @app.delete(FILMS + "/{id}", tags=["films"], status_code=204)
    async def forget(id: str) -> None:
        """Break a film off, and let the server throw it away."""
        films.drop(id)


async def _receive(request: Request, film: Film) -> None:
    """Write a film's body to its file; how large it may be is seen to by `BodyLimit`.

    Raises:
        HTTPException: 400 for no body, 507 where the folder does not take it.
        ClientDisconnect: the sender has gone.
    """
    try:
        with film.source.open("wb") as file:
            async for chunk in request.stream():
                await run_in_threadpool(file.write, chunk)
            empty = not file.tell()
    except ClientDisconnect:
        raise
    except OSError as error:
        _log.error("a film cannot be kept: %s", error)
        raise HTTPException(507, _NO_ROOM) from None
    if empty:
        raise HTTPException(400, "the request holds no film: send it as the body")
