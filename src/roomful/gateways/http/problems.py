"""Errors as RFC 9457 has them: `application/problem+json`, with our codes."""

import math
from typing import Annotated

import msgspec
from aiohttp import web
from msgspec import Meta, Struct

from roomful.errors import (
    AccountGone,
    BadCredentials,
    BadFileType,
    BadRequest,
    BadResume,
    BodyTooLarge,
    Conflict,
    Ended,
    FileTooLarge,
    LoginRequired,
    ModelError,
    ModelTrouble,
    NoSpace,
    NoSuchDevice,
    NoSuchEvent,
    NoSuchFile,
    NoSuchNick,
    NoSuchPath,
    NoSuchRoom,
    NoSuchVoice,
    NoSuchWebhook,
    NotAllowed,
    NoThumbnail,
    OverBudget,
    RateLimited,
    RoomfulError,
    SpeechError,
    SpeechTrouble,
    TooManyWrong,
    TryLater,
    WrongMedia,
    WrongMethod,
)

TYPE = "/api/v1/errors#"  # where the code is explained


class Problem(Struct, frozen=True, omit_defaults=True):
    """Why a request is refused."""

    type: Annotated[str, Meta(description="Where the code is explained.")]
    title: Annotated[str, Meta(description="What the code means.")]
    status: Annotated[int, Meta(description="The answer's status.")]
    detail: Annotated[str, Meta(description="What was wrong and what would be right: for people.")]
    code: Annotated[str, Meta(description="From the table of codes: for programs.")]
    field: Annotated[str, Meta(description="The field at fault.")] = ""
    retry_after: Annotated[float, Meta(description="When to try again, seconds from now.")] | None = None


# The first row that an error is of.
STATUS: tuple[tuple[tuple[type[RoomfulError], ...], int], ...] = (
    ((NoSuchPath,), 404),
    ((WrongMethod,), 405),
    ((BodyTooLarge,), 413),
    ((WrongMedia,), 415),
    ((FileTooLarge,), 413),
    ((BadFileType,), 415),
    ((NoSuchFile, NoThumbnail), 404),
    ((NoSpace,), 507),
    ((LoginRequired, BadCredentials, BadResume, AccountGone), 401),
    ((NoSuchRoom, NoSuchNick, NoSuchEvent, NoSuchDevice, NoSuchWebhook), 404),
    ((BadRequest, NoSuchVoice), 400),
    ((SpeechTrouble, ModelTrouble), 503),
    ((OverBudget,), 429),
    ((SpeechError, ModelError), 502),
    ((NotAllowed,), 403),
    ((Conflict,), 409),
    ((RateLimited, TooManyWrong), 429),
    ((TryLater, Ended), 503),
)


def status_of(error: RoomfulError) -> int:
    """With which status an error is answered."""
    return next((status for kinds, status in STATUS if isinstance(error, kinds)), 500)


def written(error: RoomfulError) -> bytes:
    """The whole answer, for whoever is not let in to ask."""
    answer = problem(error)
    body = answer.body
    assert isinstance(body, bytes)
    answer.headers.update({"Content-Length": str(len(body)), "Connection": "close"})
    lines = [
        f"HTTP/1.1 {answer.status} {answer.reason}",
        *(f"{name}: {value}" for name, value in answer.headers.items()),
    ]
    return "\r\n".join([*lines, "", ""]).encode() + body


def problem(error: RoomfulError, *, status: int | None = None) -> web.Response:
    """The answer to a request that is refused."""
    status = status or status_of(error)
    message = error.message.encode(errors="replace").decode()  # it may quote a header, which need not be UTF-8
    told = Problem(TYPE + error.code, error.summary, status, message, error.code, error.field or "", error.retry_after)
    headers = {"Cache-Control": "no-store"}
    if error.retry_after is not None:
        headers["Retry-After"] = str(math.ceil(error.retry_after))
    if status == 401:
        headers["WWW-Authenticate"] = 'Bearer realm="roomful"'
    body = msgspec.json.encode(told)
    return web.Response(body=body, status=status, content_type="application/problem+json", headers=headers)
