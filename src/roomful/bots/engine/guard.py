"""The server's guard over what bots say, asked beforehand: no turn is paid for whose line the server would refuse."""

from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from roomful.domain.talk import Talk, TalkLimits
from roomful.errors import BadCauses, BotPace, BounceSpent, ConversationOver, LetPeopleSpeak

EVER = 10**9


class Objection(Struct, frozen=True):
    """Why a bot may not speak, or not yet."""

    rule: str
    seconds: float = 0.0  # until it may; 0: waiting does not help


def objection(
    talk: Talk, bot: str, causes: Sequence[int], conversation: int | None, utc: int, max_bounce: int, limits: TalkLimits
) -> Objection | None:
    """What the guard would object to a line of this bot, said now; None: nothing."""
    try:
        talk.bounce(bot, causes, conversation, utc, max_bounce, limits)
    except BotPace as why:
        rule = _which_pace(talk, bot, causes, utc, max_bounce, limits)
        return Objection(rule, max(0.05, why.retry_after or 0.0))
    except LetPeopleSpeak:
        return Objection("run_of_bots")
    except (BounceSpent, BadCauses):
        return Objection("bounce_spent")
    except ConversationOver:
        return Objection("conversation_over")
    return None


def _which_pace(talk: Talk, bot: str, causes: Sequence[int], utc: int, max_bounce: int, limits: TalkLimits) -> str:
    """The guard has one error for all its rates: which it was is found by leaving them out."""
    for rule, without in (("room_pace", replace(limits, minute=EVER)), ("pace", replace(limits, pace=0))):
        try:
            talk.bounce(bot, causes, None, utc, max_bounce, without)
        except BotPace:
            continue
        return rule
    return "pair_cools"
