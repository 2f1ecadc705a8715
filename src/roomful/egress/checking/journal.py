"""Results in a file as they come, so that a check that was interrupted goes on where it was."""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import TracebackType
from typing import IO, Self

import msgspec

from ..proxy import Proxy
from ..result import Result

_ENCODER = msgspec.json.Encoder()
_DECODER = msgspec.json.Decoder(Result)


class Journal:
    """A file with one result a line (JSON). It holds passwords of proxies, so nobody but its owner may read it.

    with Journal(path) as journal:
        async for result in check(journal.missing(proxies), target=target):
            journal.add(result)
    results = journal.results
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: IO[bytes] | None = None
        self.results: dict[Proxy, Result] = {}

    def __enter__(self) -> Self:
        """Read what is there, and open it for more. Raises OSError, and ValueError when it is another kind of file."""
        if self._path.exists():
            self._load(self._path.read_bytes())
        self._file = os.fdopen(os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, why: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file is not None:
            self._file.close()

    def missing(self, proxies: Iterable[Proxy]) -> Iterator[Proxy]:
        """Those of which there is no result yet."""
        return (proxy for proxy in proxies if proxy not in self.results)

    def add(self, result: Result) -> None:
        """Write one down. A proxy that could not be judged for want of sockets is left to be tried again. Raises OSError."""
        if result.failure == "no_sockets":
            return
        assert self._file is not None, "the journal is entered first"
        self._file.write(_ENCODER.encode(result) + b"\n")
        self._file.flush()
        self.results[result.proxy] = result

    def _load(self, data: bytes) -> None:
        *lines, torn = data.split(b"\n")
        try:
            results = [_DECODER.decode(line) for line in lines if line]
        except msgspec.DecodeError:
            raise ValueError(f"{self._path} holds something else than results of a check: name another file.") from None
        self.results = {result.proxy: result for result in results}
        if torn:  # the process died while it wrote: that one is checked again
            os.truncate(self._path, len(data) - len(torn))
