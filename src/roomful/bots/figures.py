"""What a bot host tells of itself to those who watch over it: figures for Prometheus, spans for OpenTelemetry. Both are off
unless somebody asks for them, and neither tells what was said.
"""

import asyncio
import contextlib
import socket
import threading
from collections.abc import AsyncIterator, Callable, Mapping

from roomful.domain.verdicts import Verdict
from roomful.errors import ExtraMissing
from roomful.log import Log
from roomful.models import telemetry

SECONDS = (0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0)
END_WITHIN = 1.0  # s for the last spans

Watch = Callable[[str, str, Verdict], None]  # the bot's nick, the room, what it decided


class Figures:
    """Counts verdicts. Rooms are no label: there may be too many of them."""

    def __init__(self) -> None:
        from prometheus_client import CollectorRegistry, Counter, Histogram

        of = self.registry = CollectorRegistry()
        self._turns = Counter("roomful_bot_turns", "Turns, by what came of them", ("bot", "verdict"), registry=of)
        self._silent = Counter(
            "roomful_bot_silent_lines", "Lines that a bot let pass, by rule", ("bot", "rule"), registry=of
        )
        self._tokens = Counter(
            "roomful_bot_tokens", "Tokens, read (in) and written (out)", ("bot", "model", "way"), registry=of
        )
        self._cost = Counter("roomful_bot_cost_usd", "USD, as budgets count them", ("bot", "model"), registry=of)
        self._first = Histogram(
            "roomful_bot_first_token_seconds", "Until a model's first word", ("model",), registry=of, buckets=SECONDS
        )
        self._took = Histogram(
            "roomful_bot_answer_seconds", "Until a model's last word", ("model",), registry=of, buckets=SECONDS
        )

    def count(self, bot: str, room: str, verdict: Verdict) -> None:
        """One more. See `Watch`."""
        if verdict.verdict == "not_addressed":
            self._silent.labels(bot, verdict.rule.partition(":")[0]).inc(verdict.last - verdict.first + 1)
            return
        self._turns.labels(bot, verdict.verdict).inc()
        if not verdict.model:
            return
        self._tokens.labels(bot, verdict.model, "in").inc(verdict.tokens_in)
        self._tokens.labels(bot, verdict.model, "out").inc(verdict.tokens_out)
        self._cost.labels(bot, verdict.model).inc(verdict.cost)
        self._took.labels(verdict.model).observe(verdict.took)
        if verdict.first_token:
            self._first.labels(verdict.model).observe(verdict.first_token)


@contextlib.asynccontextmanager
async def told(metrics: str, variables: Mapping[str, str], log: Log) -> AsyncIterator[Watch | None]:
    """Tell of the host while it runs, as far as somebody asked for it. What cannot be told is logged: bots go on without.

    Args:
        metrics: HOST:PORT; empty: no figures.
        variables: OpenTelemetry's, which name a collector or not.
    """
    traced = await _traced(variables, log)
    async with contextlib.AsyncExitStack() as stack:
        watch = None
        if metrics:
            watch = await asyncio.to_thread(_served, metrics, stack, log)
        try:
            yield watch
        finally:
            if traced:
                await _stop_telling()


async def _traced(variables: Mapping[str, str], log: Log) -> bool:
    try:
        return await asyncio.to_thread(telemetry.start, variables, "roomful-bots")
    except ExtraMissing as why:
        log.error("no spans are told", reason=why.message)
        return False


async def _stop_telling() -> None:
    """Send the last spans; a collector that does not answer holds up nobody's end."""
    sending = threading.Thread(target=telemetry.stop, name="last spans", daemon=True)
    sending.start()
    await asyncio.to_thread(sending.join, END_WITHIN)


def _served(address: str, stack: contextlib.AsyncExitStack, log: Log) -> Watch | None:
    """Serve figures in a thread of their own; they are asked for a few times a minute."""
    from prometheus_client import start_http_server

    figures = Figures()
    host, _, port = address.rpartition(":")
    try:
        server, thread = start_http_server(int(port), host.strip("[]"), figures.registry)
    except (OSError, ValueError, socket.gaierror) as why:
        log.error("no figures are served", address=address, reason=str(why))
        return None
    stack.callback(thread.join, END_WITHIN)
    stack.callback(server.server_close)
    stack.callback(server.shutdown)
    where, number = server.server_address[:2]
    log.info("figures are served", address=f"http://{where!s}:{number}/metrics")
    return figures.count
