"""What aiohttp has to say, into the server's log: by itself it writes a trace for whatever strangers send that is no HTTP."""

import logging
import re
import traceback

from aiohttp.http_exceptions import HttpProcessingError

from roomful.log import Log


class ToLog(logging.Handler):
    """Takes records to our log."""

    def __init__(self, log: Log) -> None:
        super().__init__(logging.WARNING)
        self._log = log

    def emit(self, record: logging.LogRecord) -> None:
        """One record: what was no request is told in a line, and a fault of ours with its trace."""
        error = record.exc_info[1] if record.exc_info else None
        if isinstance(error, HttpProcessingError):
            self._log.info("no request", status=error.code, reason=_unquoted(error.message))
            return
        trace = "".join(traceback.format_exception(error)) if error else ""
        self._log.error("fault over http", reason=record.getMessage(), trace=trace)


def _unquoted(message: str) -> str:
    """What a parser says, without what it quotes: a secret address, a token, a cookie stand in what it could not read."""
    return " ".join(re.split(r"[:'\"]", message, maxsplit=1)[0].split())[:80]


def logger(log: Log) -> logging.Logger:
    """For aiohttp."""
    found = logging.Logger("roomful.http")
    found.addHandler(ToLog(log))
    return found
