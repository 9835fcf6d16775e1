"""The routes of films: sent whole, coloured while one watches, fetched as a file."""

import logging
from typing import Annotated

from fastapi import FastAPI, HTTPException, Query, Request
from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect
from starlette.responses import FileResponse, Response

from edge_runtime.look import MAX_SATURATION
from edge_runtime.serve.desk import Desk
from edge_runtime.serve.errors import answers, in_range
from edge_runtime.serve.films import Film, FilmState
from edge_runtime.serve.upload import clean_name
from edge_runtime.serve.upload_options import read_options
from edge_runtime.video.sniff import is_film

FILMS = "/api/films"

_GONE = "this film is not kept any more: send it again"
_NO_ROOM = "the server has no room for this film just now"

_BINARY = {"type": "string", "format": "binary"}
_BODY = {"requestBody": {"required": True, "content": {"video/*": {"schema": _BINARY}}}}

_log = logging.getLogger(__name__)


class Kind(BaseModel):
    """What the beginning of a file is the beginning of."""

    film: bool


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

    @app.post(f"{FILMS}/kind", tags=["films"], openapi_extra=_BODY, responses=answers(413))
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
        model: Annotated[str | None, Query(description="One of the models at hand.")] = None,
        saturation: Annotated[
            float | None,
            Query(description="Factor, 0 to 3.", json_schema_extra=in_range(0, MAX_SATURATION)),
        ] = None,
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
        films.start(film, name, settings)
        return film.state

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
