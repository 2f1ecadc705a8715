"""Bots in words: what they run on and where lines go, when they speak, why they did or did not, what they have used. Pure."""

from collections.abc import Iterable, Sequence

from roomful.domain.verdicts import BotInfo, Used, Verdict
from roomful.terminal.durations import spoken

OFFLINE = "offline"  # the provider of models that are none
HERE = "this machine"
_VERBS = {
    "answered": "answered",
    "passed": "said nothing",
    "over_budget": "kept silent: a budget is spent",
    "failed": "could not answer",
}
_MODES = {
    "off": "is switched off here",
    "mention": "answers when it is named",
    "lines": "speaks every {value} lines",
    "interval": "speaks every {value} s",
    "keywords": "speaks at the words {value}",
    "schedule": "speaks at the times {value}",
    "lively": "looks in now and then",
}


def whereabouts(bot: BotInfo) -> str:
    """'openai:gpt-5-mini → api.openai.com', 'offline, this machine': what it is, and where the lines go that it reads."""
    model = OFFLINE if bot.model.partition(":")[0] == OFFLINE else bot.model or "model not known"
    here = not bot.destination or bot.destination == HERE
    return f"{model}, {HERE}" if here else f"{model} → {bot.destination}"


def manner(bot: BotInfo, room: str) -> str:
    """'answers when it is named, and whoever is alone with it': when it speaks in a room."""
    place = next((place for place in bot.places if place.room == room), None)
    if place is None:
        return "answers when it is named"
    name, _, value = place.mode.partition(":")
    said = _MODES.get(name, place.mode).format(value=value)
    return f"{said}, and whoever is alone with it" if place.host else said


# -- why --------------------------------------------------------------------------------------------


def reason(verdict: Verdict, nick: str) -> str:
    """'eliza kept silent: two people here, nobody named it (0 tokens)', in the bot host's words where it gave any."""
    if verdict.words:
        return verdict.words
    tokens = verdict.tokens_in + verdict.tokens_out
    said = _VERBS.get(verdict.verdict, f"kept silent: {verdict.rule.replace('_', ' ')}")
    return f"{nick or 'a bot'} {said} ({spent(tokens, verdict.cost)})"


def about(verdict: Verdict) -> str:
    """The lines that a verdict is about: 'line 41', 'lines 38–41'; empty: none."""
    if not verdict.first:
        return ""
    return f"line {verdict.first}" if verdict.first == verdict.last else f"lines {verdict.first}–{verdict.last}"


def details(verdict: Verdict) -> list[str]:
    """What else is known of a verdict: its rule, and of a model that was asked, its name, its tokens and its times."""
    found = [f"rule {verdict.rule}"]
    if verdict.answer:
        found.append(f"answered in {verdict.answer}")
    if verdict.model:
        found.append(verdict.model)
    if verdict.tokens_in or verdict.tokens_out:
        found.append(f"{verdict.tokens_in:,} tokens in, {verdict.tokens_out:,} out")
    if verdict.first_token:
        found.append(f"first word after {verdict.first_token:.1f} s")
    if verdict.took:
        found.append(f"{verdict.took:.1f} s in all")
    return found


# -- for how much -------------------------------------------------------------------------------------


def spent(tokens: int, cost: float) -> str:
    """'0 tokens', '908 tokens, $0.0004'."""
    said = f"{tokens:,} token{'' if tokens == 1 else 's'}"
    return f"{said}, {dollars(cost)}" if cost > 0 else said


def dollars(cost: float) -> str:
    """'$0.0004', '$1.20', 'under $0.0001'."""
    if 0 < cost < 0.0001:
        return "under $0.0001"
    return f"${cost:.2f}" if cost >= 1 else f"${cost:.4f}"


def total(used: Iterable[Used]) -> str:
    """'3 answers, 908 tokens, $0.0004', and speech: '; 2 clips, 9 seconds, $0.0009'."""
    rows = list(used)
    bots, speech = [one for one in rows if not one.speech], [one for one in rows if one.speech]
    turns = sum(one.turns for one in bots)
    tokens = sum(one.tokens_in + one.tokens_out for one in bots)
    said = f"{turns:,} answer{'' if turns == 1 else 's'}, {spent(tokens, sum(one.cost for one in bots))}"
    by_what = [speech_total([one for one in speech if one.speech == what]) for what in ("listen", "speak")]
    return "; ".join([*([said] if bots or not speech else []), *filter(None, by_what)])


def speech_total(used: Sequence[Used]) -> str:
    """'2 clips, 9 seconds, $0.0009', '14 texts read out, 1,204 characters, $0.0181'; empty: nothing was used."""
    if not used:
        return ""
    times, amount = sum(one.turns for one in used), sum(one.amount for one in used)
    some = "" if times == 1 else "s"
    if used[0].speech == "listen":
        said = f"{times:,} clip{some}, {spoken(round(amount))}"
    else:
        said = f"{times:,} text{some} read out, {amount:,.0f} characters"
    cost = sum(one.cost for one in used)
    return f"{said}, {dollars(cost)}" if cost > 0 else said


def days(count: int) -> str:
    """'today', 'in 30 days'."""
    return "today" if count == 1 else f"in {count} days"


# -- letting them talk ----------------------------------------------------------------------------------


def declared(bots: Sequence[str], topic: str, turns: int, seconds: int) -> str:
    """'eliza and parry talk about tea (12 lines or 10 minutes at most; /stop ends it)'."""
    who = " and ".join([", ".join(bots[:-1]), bots[-1]] if len(bots) > 1 else bots)
    what = f" about {topic}" if topic else ""
    return f"{who} talk{what} ({turns} lines or {spoken(seconds)} at most; /stop ends it)"


_ENDS = {
    "settled": "the bots have settled it: they had said what there was",
    "turns": "the bots' conversation is over: it has had all its lines",
    "time": "the bots' conversation is over: its time is up",
    "tokens": "the bots' conversation is over: its tokens are spent",
}


def concluded(how: str, turns: int) -> str:
    """How a conversation came to its end: settled is told apart from cut off."""
    said = _ENDS.get(how, "the bots' conversation is over: one of them could not answer")
    return f"{said} ({turns} line{'' if turns == 1 else 's'})"
