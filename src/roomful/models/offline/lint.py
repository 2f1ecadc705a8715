"""What is wrong with a script that can be read: rules that nothing reaches, and replies that come out badly.

python -m roomful.models.offline.lint FILE …
"""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from .pattern import ANY, Pattern, Reply
from .script import NEXT, Key, Rule, Script, parse
from .words import Word

FEWEST_NONE = 7  # replies without a keyword: with fewer, the same comes back within six lines
STRANGE = ("xyzzy", "plugh", "frotz")  # words that no script knows: what a star may stand for

Finding = tuple[int, str]  # the line, and what is wrong there


def lint(script: Script) -> list[Finding]:
    """What is wrong, by line; empty: nothing."""
    keys = list({key.word: key for key in script.keys.values()}.values())
    found = [*_lists(script), *_swapped(script, keys), *_twice(script, keys)]
    for key in keys:
        found += _hidden(key.rules)
        found += _without(key)
        found += (finding for rule in key.rules for finding in _slots(rule))
    found += _cycles(script, keys)
    for rules in script.memory.values():
        found += _hidden(rules)
    return sorted(found)


def _lists(script: Script) -> Iterator[Finding]:
    for name, replies in script.lines.items():
        slots = {1} if name == "topic" else set()
        if all(reply.slots for reply in replies) and name != "topic":
            yield replies[0].line, f"Every reply of {name!r} has a slot: one of them must do without."
        for reply in replies:
            if set(reply.slots) - {0} - slots:
                yield reply.line, f"{name!r} has no parts: only {{who}} can stand in it."
    if len(script.lines["none"]) < FEWEST_NONE:
        yield script.lines["none"][0].line, f"'none' has fewer than {FEWEST_NONE} replies: they will come back soon."


def _swapped(script: Script, keys: Sequence[Key]) -> Iterator[Finding]:
    """Words that a substitution takes away before anybody looks for them."""
    gone = {words[0] for words in script.swaps if len(words) == 1}
    gone -= {word.casefold() for instead in script.swaps.values() for word in instead}
    gone |= {word for word in script.stops if word.isalpha()}
    for key in keys:
        for word in gone.intersection(key.words):
            yield key.line, f"The keyword {word!r} is never seen: it is substituted, or separates clauses."
        for rule in key.rules:
            for element in rule.pattern.elements:
                if not isinstance(element, str) and element <= gone:
                    yield rule.pattern.line, f"{_shown(rule.pattern)!r} never fits: {sorted(element)} is never seen."


def _hidden(rules: Sequence[Rule]) -> Iterator[Finding]:
    """Rules behind one that takes all they could take."""
    for at, rule in enumerate(rules):
        examples = list(_examples(rule.pattern))
        for before in rules[:at]:
            if all(before.pattern.match(words) is not None for words in examples):
                line = before.pattern.line
                yield rule.pattern.line, f"Nothing gets to {_shown(rule.pattern)!r}: line {line} takes it all."
                break


def _examples(pattern: Pattern) -> Iterator[list[Word]]:
    """Clauses that the pattern fits: its stars as nothing, as one word, as three; each of its choices."""
    widest = max((len(one) for one in pattern.elements if not isinstance(one, str)), default=1)
    for stars in (0, 1, 3):
        for choice in range(widest):
            words: list[str] = []
            for element in pattern.elements:
                if element == ANY:
                    words += STRANGE[:stars]
                elif isinstance(element, str):
                    words.append(STRANGE[0])
                else:
                    words.append(sorted(element)[choice % len(element)])
            yield [Word(word, word) for word in words]


def _without(key: Key) -> Iterator[Finding]:
    """Patterns begun with a word, and so fit only at the beginning of a clause, are fine; ones that are empty are not."""
    for rule in key.rules:
        if not rule.pattern.elements:
            yield rule.pattern.line, "This pattern fits nothing: write `*` for anything."


def _slots(rule: Rule) -> Iterator[Finding]:
    for reply in rule.replies:
        for slot in reply.slots:
            element = rule.pattern.elements[slot - 1] if slot else ANY
            if not isinstance(element, str) and len(element) == 1:
                yield reply.line, f"{{{slot}}} is always {next(iter(element))!r}: is another part meant?"
        if reply.goto == NEXT and reply.parts:
            yield reply.line, "Text before `=> next` is never said."


def _twice(script: Script, keys: Sequence[Key]) -> Iterator[Finding]:
    """The same reply twice within a rule; two that differ are never mistaken for each other."""
    groups = [rule.replies for key in keys for rule in key.rules]
    groups += [rule.replies for rules in script.memory.values() for rule in rules]
    for replies in (*groups, *script.lines.values()):
        seen: set[tuple[object, ...]] = set()
        for reply in replies:
            if (*reply.parts, reply.goto) in seen:
                yield reply.line, "This reply stands twice in its rule."
            seen.add((*reply.parts, reply.goto))


def _cycles(script: Script, keys: Sequence[Key]) -> Iterator[Finding]:
    """Keywords that only send each other on."""
    for key in keys:
        for rule in key.rules:
            if all(_leads_back(script, key, reply, []) for reply in rule.replies):
                yield rule.pattern.line, f"From {key.word!r} this goes round in a circle, and nobody answers."


def _leads_back(script: Script, key: Key, reply: Reply, way: list[str]) -> bool:
    if not reply.goto or reply.goto == NEXT:
        return False
    target = script.keys[reply.goto]
    if target.word == key.word or target.word in way:
        return True
    return all(_leads_back(script, key, one, [*way, target.word]) for rule in target.rules for one in rule.replies)


def _shown(pattern: Pattern) -> str:
    return " ".join(one if isinstance(one, str) else "|".join(sorted(one)) for one in pattern.elements)


def main(files: Sequence[str]) -> int:
    """Print what is wrong with each script; the exit code is 1 where anything is."""
    wrong = 0
    for file in files:
        try:
            found = lint(parse(Path(file).read_text(encoding="utf-8"), file))
        except (OSError, ValueError) as why:
            sys.stdout.write(f"{why}\n")
            wrong += 1
            continue
        for line, what in found:
            sys.stdout.write(f"{file}, line {line}: {what}\n")
        wrong += len(found)
    return min(wrong, 1)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
