"""What goes wrong between a client and its server. What the server refuses has its classes in roomful.errors."""

from typing import Literal

from roomful import errors
from roomful.errors import Refused, RoomfulError, TryLater
from roomful.protocol.native import Error, Goodbye

TRY_AGAIN = 1.0  # s after a refusal that says "later", but not when

Cause = Literal["refused", "unreachable", "timeout", "unknown_host", "not_roomful", "closed", "untrusted"]


class ConnectFailed(ConnectionError):
    """There is no connection to the server.

    `cause` tells programs why: `refused` (nobody listens there), `unreachable`, `timeout`, `unknown_host`, `not_roomful`
    (something else listens there, or one that wants TLS), `closed` (it hung up), `untrusted` (nobody vouches for its
    certificate, or it is not the pinned one). `message` is one sentence for people.
    """

    def __init__(self, cause: Cause, message: str) -> None:
        super().__init__(message)
        self.cause = cause
        self.message = message


class ConnectionLost(ConnectionError):
    """The connection ended before the reply came: whether the request was done is unknown. `message` is for people."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


_BY_CODE: dict[str, type[RoomfulError]] = {error.code: error for error in errors.codes()}


def refusal(error: Error) -> RoomfulError:
    """The exception for an `error` reply. A code that this release does not know makes a Refused that bears it."""
    return _with_code(_BY_CODE.get(error.code, Refused), error.code, error.message, error.retry_after, error.field)


def farewell(goodbye: Goodbye) -> RoomfulError:
    """The exception for a `goodbye`; likewise an Ended."""
    return _with_code(_BY_CODE.get(goodbye.code, errors.Ended), goodbye.code, goodbye.message, goodbye.retry_after)


def delay(why: TryLater) -> float:
    """Seconds to wait after a refusal that says "later"."""
    return TRY_AGAIN if why.retry_after is None else why.retry_after


def _with_code(
    kind: type[RoomfulError], code: str, message: str, retry_after: float | None, field: str | None = None
) -> RoomfulError:
    error = kind(message, field=field, retry_after=retry_after)
    if kind.code != code:
        vars(error)["code"] = code  # the class's own code is for those that know the class
    return error
