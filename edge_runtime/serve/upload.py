"""Take an uploaded picture from a request: the body itself, or a file in a form."""

import logging
import tempfile
from dataclasses import dataclass, field
from typing import BinaryIO, cast

from fastapi import HTTPException, Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile

_log = logging.getLogger(__name__)

# Larger uploads lie on the disk while they wait.
_MEMORY_BYTES = 2**20

_LONGEST_NAME = 100
_FORM = "multipart/form-data"


@dataclass(frozen=True)
class Upload:
    """An upload that has come whole.

    Attributes:
        file: its bytes, to be closed.
        name: the file's name as the sender calls it, without folders and control characters; it is
            shown and given back, never opened.
        fields: the other fields of the form.
    """

    file: BinaryIO
    name: str = "picture"
    fields: dict[str, str] = field(default_factory=dict)


async def receive_upload(request: Request) -> Upload:
    """Receive a picture; how large it may be is seen to by `BodyLimit`.

    Raises:
        HTTPException: 400 for a form that is broken or holds no file, or two; 507 where the
            temporary folder does not take it.
        starlette.requests.ClientDisconnect: the sender has gone.
    """
    try:
        return await _receive(request)
    except OSError as error:
        _log.error("an upload cannot be kept: %s", error)
        raise HTTPException(507, "the server has no room for this photo just now") from None


async def _receive(request: Request) -> Upload:
    if request.headers.get("content-type", "").split(";")[0].strip().lower() == _FORM:
        return await _from_form(request)
    file = tempfile.SpooledTemporaryFile(max_size=_MEMORY_BYTES)  # noqa: SIM115
    try:
        async for chunk in request.stream():
            if file.tell() + len(chunk) > _MEMORY_BYTES:
                await run_in_threadpool(file.write, chunk)
            else:
                file.write(chunk)
    except BaseException:
        file.close()
        raise
    return Upload(cast(BinaryIO, file))


async def _from_form(request: Request) -> Upload:
    form = await request.form(max_files=1, max_fields=16)
    fields = {}
    upload = None
    for name, value in form.multi_items():
        if isinstance(value, UploadFile):
            upload = value
        else:
            fields[name] = value
    if upload is None:
        raise HTTPException(400, "the form holds no file: send the picture as 'picture'")
    return Upload(upload.file, clean_name(upload.filename or ""), fields)


def clean_name(name: str) -> str:
    """The last part of a file name from outside, of printable characters only."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    kept = "".join(c for c in last if c.isprintable() and c not in '"<>|:*?').strip(". ")
    return kept[-_LONGEST_NAME:] or "picture"
