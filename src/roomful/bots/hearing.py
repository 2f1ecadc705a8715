"""What the SDK tells, as the turn engine is told it."""

from collections.abc import Callable

from roomful.domain import events
from roomful.protocol.native import Told

from .engine import inputs
from .engine.inputs import Input, Line

Whose = Callable[[int], str]  # the id of whoever said the line with this number; empty: not known


def heard(told: Told, whose: Whose) -> Input:
    """What an event is to the engine."""
    seq, at, body = told.seq, told.at, told.body
    match body:
        case events.Message(redacted=None):
            return _line(told, body, whose)
        case events.Redaction(target=target):
            return inputs.Redacted(seq, target)
        case events.Conversation():
            bots = tuple(bot.id for bot in body.bots)
            return inputs.ConversationOpened(
                seq, at, told.sender, bots, body.topic, body.turns, body.seconds, body.tokens
            )
        case events.Concluded():
            return inputs.ConversationConcluded(seq, at, body.conversation, body.how)
        case events.Stopped():
            return inputs.Stopped(seq, at, told.sender)
        case events.Continued():
            return inputs.Continued(seq, at, told.sender)
    return inputs.Passed(seq)


def _line(told: Told, body: events.Message, whose: Whose) -> Line:
    return Line(
        told.seq,
        told.at,
        told.sender,
        body.text,
        body.style,
        body.mentions,
        body.everybody,
        body.reply_to,
        whose(body.reply_to) if body.reply_to else "",
        body.thread,
        body.causes,
        body.bounce,
        body.conversation,
    )
