"""The rules by which bots speak or keep silent: each has a stable name, and one plain sentence that clients show.

    eliza kept silent: two people here, nobody named it (0 tokens)

Some names bear a value after a colon: `lines:5`, `budget:room`. What stands before it is looked up here.
"""

from typing import Any, Literal

VerdictName = Literal["answered", "passed", "not_addressed", "capped", "cooling", "over_budget", "failed"]

# Of asks: whoever said the line addressed the bot, and waits for an answer.
ADDRESSED = frozenset({"mention", "reply", "direct", "follow_up", "host_alone"})

VERBS: dict[str, str] = {
    "answered": "answered",
    "passed": "said nothing",
    "not_addressed": "kept silent",
    "capped": "kept silent",
    "cooling": "waits",
    "over_budget": "kept silent",
    "failed": "could not answer",
}

WHY: dict[str, str] = {
    # Why it spoke.
    "mention": "{who} named it",
    "reply": "{who} replied to it",
    "direct": "this room is for the two of you",
    "follow_up": "{who} went on talking with it",
    "host_alone": "{who} is alone with it",
    "lines": "{value} line{s} since it last spoke",
    "interval": "it speaks every {value} s",
    "keywords": "somebody said “{word}”",
    "schedule": "its schedule says so",
    "lively": "it looks in every {count} lines",
    "conversation": "its turn in the conversation",
    # Why it kept silent: the line was not for it.
    "off": "it is switched off here",
    "notice": "a notice wakes no bot",
    "two_people": "{people} people here, nobody named it",
    "nobody_named_it": "nobody named it",
    "named_without_at": "its name needs an @ in front, as in @{nick}",
    "named_only_people": "the line names people only",
    "named_another_bot": "the line names {who}, not {nick}",
    "named_everybody": "@room calls people, not bots",
    "replied_to_another": "the line replies to {who}",
    "not_allowed": "it does not answer {who} here",
    "said_by_bot": "a bot said it, and did not name it",
    "said_by_webhook": "a webhook said it, which wakes no bot",
    "conversation_line": "the line belongs to a conversation of bots",
    "waiting_lines": "{have} of {count} lines since it last spoke",
    "waiting_lively": "{have} of {count} lines before it looks in",
    "waiting_gap": "enough lines to speak; it waits for a pause",
    "no_keyword": "none of its words was said",
    # Why it kept silent: enough was said.
    "bounce_spent": "a bot named it, and no more answers of bots may hang on that line",
    "run_of_bots": "bots have said {count} lines in a row; a person speaks first, or types /continue",
    "conversation_over": "the conversation is over",
    "too_old": "more than {count} lines have been said since",
    "server_pace": "the server took no more lines of bots just then",
    # Why nothing came of its turn.
    "nothing_to_say": "it had nothing to add",
    "same_again": "it would have said nearly the same again",
    "interrupted": "{who} spoke first",
    "stopped": "{who} typed /stop",
    "redacted": "the line was redacted",
    "switched_off": "it was switched off meanwhile",
    # Why it waits.
    "pace": "a bot says a line every {limit} s, unless a person asks; {seconds} to go",
    "pair_cools": "it and {who} have said {count} lines to each other within a minute; {seconds} to go",
    "room_pace": "bots have said {count} lines here within a minute; {seconds} to go",
    "idle": "no person has spoken here for {minutes} minutes; the next line wakes it",
    "nobody_here": "no person is here; it goes on when somebody comes",
    "inactive": "it speaks from {hours} only",
    # Why it was not let.
    "budget": "{level}",
    "model_failed": "{words}",
    "refused": "{words}",
    "late": "its turn came to an end after it had been given up",
    "lost": "its turn did not come to an end within {minutes} minutes",
}

BUDGETS: dict[str, str] = {
    "server": "today's budget of this server",
    "room": "today's budget of this room",
    "bot": "its budget for today",
    "person": "today's budget of {who}",
    "run": "the budget of this conversation",
}

NUMBERS = "no one two three four five six seven eight nine ten eleven twelve".split()  # noqa: SIM905


def number(count: int) -> str:
    """Small numbers as words: two, twelve, 13."""
    return NUMBERS[count] if 0 <= count < len(NUMBERS) else f"{count:,}"


class _Known(dict[str, Any]):
    """What is not known is said vaguely; a sentence is never lost for want of a name."""

    def __missing__(self, key: str) -> str:
        return {"who": "somebody"}.get(key, "some")


def reason(rule: str, nick: str = "", **detail: Any) -> str:
    """Why, as a clause: `two people here, nobody named it`."""
    name, _, value = rule.partition(":")
    known = _Known(detail, nick=nick or "it", value=value, s="" if value == "1" else "s")
    if "seconds" in detail:
        known["seconds"] = f"{max(1, round(detail['seconds']))} s"
    if "people" in detail:
        known["people"] = number(detail["people"])
    if name == "budget":
        known["level"] = BUDGETS.get(value, "a budget").format_map(known) + " is spent"
    template = WHY.get(name)
    return template.format_map(known) if template else name.replace("_", " ")


# What a mode's name says depends on whether the bot spoke by it.
SILENT_BY = {"lines": "waiting_lines", "lively": "waiting_lively", "keywords": "no_keyword"}


def words(verdict: VerdictName, rule: str, nick: str, tokens: int = 0, cost: float = 0.0, **detail: Any) -> str:
    """The sentence: `eliza kept silent: two people here, nobody named it (0 tokens)`."""
    spent = f"{tokens:,} token{'' if tokens == 1 else 's'}"
    if cost > 0:
        spent += f", ${cost:.4f}" if cost >= 0.0001 else ", under $0.0001"
    verb = VERBS[verdict]
    if detail.get("cut") and verdict == "answered":
        verb = "broke off its answer"
    if verdict == "not_addressed":
        name = rule.partition(":")[0]
        rule = "waiting_gap" if detail.get("ripe") else SILENT_BY.get(name, rule)
    why = reason(rule, nick, **detail).rstrip(".")
    return f"{nick} {verb}: {why} ({spent})"[:500]
