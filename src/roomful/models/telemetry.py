"""Spans of requests to providers, by OpenTelemetry's conventions for generative AI. Off unless somebody collects them.

They tell model, tokens, times and errors, and never what was said.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from roomful.errors import ExtraMissing

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider
    from pydantic_ai.models.instrumented import InstrumentationSettings

WHERE = "OTEL_EXPORTER_OTLP_ENDPOINT"
WHERE_TRACES = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"


class _Telemetry:
    """What this process tells: one for all models, as OpenTelemetry has it."""

    provider: TracerProvider | None = None
    settings: InstrumentationSettings | None = None


def start(variables: Mapping[str, str], service: str = "roomful") -> bool:
    """Tell the collector that the variables of OpenTelemetry name; False: they name none.

    Raises:
        ExtraMissing: one is named, and what speaks with it is not installed.
    """
    base = variables.get(WHERE, "").rstrip("/")
    address = variables.get(WHERE_TRACES) or (f"{base}/v1/traces" if base else "")
    if not address:
        return False
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
        from pydantic_ai.models.instrumented import InstrumentationSettings
    except ImportError:
        raise ExtraMissing(f"{WHERE} is set, and telemetry not installed: pip install 'roomful[ai,otel]'.") from None
    provider = TracerProvider(resource=Resource.create({"service.name": service}), shutdown_on_exit=False)
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=address)))
    _Telemetry.provider = provider
    _Telemetry.settings = InstrumentationSettings(
        tracer_provider=provider,
        include_content=False,
        include_binary_content=False,
        include_model_request_parameters=False,
    )
    return True


def stop() -> None:
    """Send what is left, and tell no more. It waits for the collector: call it at the end, in a thread."""
    provider, _Telemetry.provider, _Telemetry.settings = _Telemetry.provider, None, None
    if provider is not None:
        provider.shutdown()


def instrumentation() -> InstrumentationSettings | bool:
    """How requests are told, for pydantic-ai; False: they are not."""
    return _Telemetry.settings or False
