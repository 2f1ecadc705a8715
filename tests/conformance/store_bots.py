"""What every store must do with bots: who they are, why they spoke, what they used, and what they keep."""

from msgspec.structs import replace

from roomful.domain.events import Message, Redaction, Sender, encode_body, timestamp
from roomful.domain.verdicts import Kept, Memory, Used, Verdict
from roomful.store import (
    FOREVER,
    Blank,
    BotRecord,
    Change,
    DeleteRoom,
    DropAccount,
    DropMember,
    DropMemory,
    Late,
    PlaceRecord,
    PutBot,
    PutKept,
    PutMember,
    PutMemory,
    PutPlace,
    PutVerdict,
    Relate,
    Row,
    Store,
    UseSpeech,
)

from .changes import ALICE, BOB, NOW, OpenStore, begin, claim, made, posts, said

DAY = 86_400_000  # ms
ECHO = Sender("b-echo", "echo", "bot")
SAGE = Sender("b-sage", "Sage", "bot")


def rows(*rows: Row) -> Change:
    return Change((), rows)


def bot(who: Sender, model: str = "offline:echo", **fields: str) -> PutBot:
    return PutBot(who.id, model, fields.get("destination", ""), 3, fields.get("settings", "{}"))


def known(*bots: Sender) -> list[Change]:
    """Bots that have their nicks."""
    return [rows(claim(one, until=FOREVER), bot(one)) for one in bots]


def brought(room: str, who: Sender, mode: str = "mention", *, host: bool = False) -> Change:
    """The bot is a member, and how."""
    return rows(PutMember(room, who.id, "bot"), PutPlace(room, who.id, mode, host, '{"every":5}'))


def silent(
    first: int, last: int, rule: str = "nobody_named_it", *, who: Sender = ECHO, room: str = "r", at: int = NOW
) -> PutVerdict:
    return PutVerdict(room, at, Verdict(who.id, first, last, "not_addressed", rule))


def told(first: int, last: int, rule: str = "two_people", *, who: Sender = ECHO, room: str = "r") -> PutVerdict:
    return PutVerdict(room, NOW, Verdict(who.id, first, last, "not_addressed", rule, told=True))


def paid(day: int, *, who: Sender = ECHO, room: str = "r", model: str = "a:b", person: str = ALICE.id) -> PutVerdict:
    """A turn of 10 and 5 tokens, for 25 cents, so many days from now."""
    lines = Verdict(who.id, 1, 1, "answered", "named", "", 2, model, person, 10, 5, 0.25, 0.5, 1.5)
    return PutVerdict(room, NOW + day * DAY, lines)


def note(
    id: str, seq: int = 0, *, who: Sender = ECHO, room: str = "r", kind: str = "note", text: str = ""
) -> PutMemory:
    return PutMemory(room, NOW + seq, Memory(id, who.id, text or f"of {seq}", kind, seq, ALICE.id if seq else ""))


async def lines(store: Store, seq: int, room: str = "r") -> list[tuple[int, int]]:
    """The ranges of the verdicts on a line."""
    return [(one.first, one.last) for one in await store.verdicts(room, seq)]


async def ids(store: Store, room: str = "r", **which: str) -> list[str]:
    """Of a room's memories."""
    return [one.memory for one in await store.memories(room, **which)]  # type: ignore[arg-type]


def day(days: int) -> str:
    return timestamp(NOW + days * DAY)[:10]


class BotSuite:
    """Part of `StoreSuite`."""

    # -- who they are ------------------------------------------------------------------------------------------

    async def test_bots_are_known_by_nick_with_the_rooms_that_they_are_in(self, store: Store) -> None:
        await made(store, *begin("r", "s", "t"), *known(SAGE, ECHO))
        await made(store, brought("s", ECHO, "chatty", host=True), brought("r", ECHO))
        await made(store, rows(PutPlace("t", ECHO.id, "mention", False, "{}")))
        places = PlaceRecord("r", "mention", False, '{"every":5}'), PlaceRecord("s", "chatty", True, '{"every":5}')
        assert await store.bots() == [
            BotRecord(ECHO.id, "echo", "offline:echo", "", 3, "{}", places),
            BotRecord(SAGE.id, "Sage", "offline:echo", "", 3, "{}"),
        ], "a room that it is no member of is no place of it"

    async def test_a_bot_and_its_place_are_described_anew(self, store: Store) -> None:
        await made(store, *begin("r"), *known(ECHO), brought("r", ECHO))
        again = bot(ECHO, "openai:new", destination="api.openai.com", settings='{"budget":1}')
        await made(store, rows(again, PutPlace("r", ECHO.id, "all", True, "{}"), claim(replace(ECHO, nick="Echo2"))))
        (found,) = await store.bots()
        place = PlaceRecord("r", "all", True, "{}")
        assert found == BotRecord(ECHO.id, "Echo2", "openai:new", "api.openai.com", 3, '{"budget":1}', (place,))

    async def test_a_bot_that_leaves_is_known_still_and_finds_its_place_when_it_is_back(self, store: Store) -> None:
        await made(store, *begin("r"), *known(ECHO), brought("r", ECHO, "chatty"))
        await made(store, rows(DropMember("r", ECHO.id)))
        assert [one.places for one in await store.bots()] == [()]
        await made(store, rows(PutMember("r", ECHO.id, "bot")))
        assert [place.mode for one in await store.bots() for place in one.places] == ["chatty"]

    async def test_with_its_account_goes_all_that_names_a_bot(self, store: Store) -> None:
        await made(store, *begin("r"), *known(ECHO, SAGE), brought("r", ECHO), brought("r", SAGE))
        for who in (ECHO, SAGE):
            of_one = (paid(0, who=who), silent(3, 4, who=who), note(f"m-{who.id}", 1, who=who))
            await made(store, rows(*of_one, PutKept(who.id, "k", "v", 0)))
        await made(store, rows(DropMember("r", ECHO.id), DropAccount(ECHO.id)))
        assert [one.id for one in await store.bots()] == [SAGE.id]
        assert [one.bot for one in await store.verdicts("r")] == [SAGE.id]
        assert [one.bot for one in await store.verdicts("r", 1)] == [SAGE.id]
        assert [one.bot for one in await store.used(None, 0)] == [SAGE.id]
        assert await ids(store) == ["m-b-sage"]
        assert (await store.kept(ECHO.id), await store.kept(SAGE.id)) == ([], [Kept("k", "v", 1)])
        await made(store, *known(ECHO), rows(PutMember("r", ECHO.id, "bot")))
        assert (await store.bots())[0].places == (), "one of the same id is another bot"

    async def test_with_a_room_goes_what_bots_did_there(self, store: Store) -> None:
        await made(store, *begin("r", "s"), *known(ECHO), brought("r", ECHO), brought("s", ECHO))
        for room in ("r", "s"):
            await made(store, rows(paid(0, room=room), note("m", 1, room=room)))
        await made(store, rows(DeleteRoom("r")))
        await store.purge()
        assert [place.room for one in await store.bots() for place in one.places] == ["s"]
        assert [one.room for one in await store.used(None, 0)] == ["s"]
        assert [len(await store.verdicts(room)) for room in ("r", "s")] == [0, 1]
        assert [await ids(store, room) for room in ("r", "s")] == [[], ["m"]]
        await made(store, *begin("r"))
        assert (await store.verdicts("r", 1), await ids(store), await store.memory("r", "m")) == ([], [], None)

    async def test_rows_of_a_room_that_does_not_exist_are_late(self, store: Store) -> None:
        of_none = (silent(1, 1), note("m"), DropMemory("r", "m"), PutPlace("r", ECHO.id, "mention", False, "{}"))
        late = (await store.append([rows(row) for row in of_none])).late
        assert list(late) == [Late(index) for index in range(len(of_none))]

    # -- why they spoke ------------------------------------------------------------------------------------------

    async def test_a_verdict_is_found_by_each_line_that_it_is_about(self, store: Store) -> None:
        await made(store, *begin("r", "s"))
        ranges = [(1, 1), (2, 9), (10, 10), (11, 1_000), (5, 5), (999, 1_001), (1, 70_000), (8, 9)]
        await made(store, rows(*(silent(first, last) for first, last in ranges)))
        for seq in (0, 1, 2, 5, 8, 9, 10, 11, 12, 512, 999, 1_000, 1_001, 1_002, 70_000, 70_001):
            expected = [(first, last) for first, last in reversed(ranges) if first <= seq <= last]
            assert await lines(store, seq) == expected, seq
        assert await lines(store, 5, "s") == await lines(store, 5, "nothing") == []
        assert len(await store.verdicts("r", 5, limit=2)) == 2

    async def test_a_verdict_comes_back_as_it_was_with_its_time(self, store: Store) -> None:
        said = "Three answers in a row."
        full = Verdict(
            ECHO.id,
            3,
            7,
            "capped",
            "runs",
            said,
            8,
            "gpt",
            ALICE.id,
            2**40,
            12,
            0.125,
            0.5,
            2.25,
            at="never",
            told=True,
        )
        least = Verdict(SAGE.id, 0, 0, "failed", "no_model")
        await made(store, *begin("r"), rows(PutVerdict("r", NOW, full), PutVerdict("r", NOW + 1, least)))
        assert await store.verdicts("r", 4) == [replace(full, at=timestamp(NOW))]
        assert await store.verdicts("r", 0) == [replace(least, at=timestamp(NOW + 1))]

    async def test_without_a_line_the_newest_of_each_bot_is_given(self, store: Store) -> None:
        await made(store, *begin("r", "s"))
        await made(store, rows(silent(1, 1), silent(1, 2, who=SAGE), silent(2, 2), silent(9, 9, room="s", who=SAGE)))
        await made(store, rows(silent(3, 3, who=ALICE), silent(4, 4)))
        found = [(one.bot, one.first) for one in await store.verdicts("r")]
        assert found == [(ECHO.id, 4), (ALICE.id, 3), (SAGE.id, 1)]
        assert [one.bot for one in await store.verdicts("r", limit=1)] == [ECHO.id]
        assert await store.verdicts("nothing") == []

    async def test_what_people_were_told_is_found_by_the_lines_under_which_it_stands(self, store: Store) -> None:
        await made(store, *begin("r", "s"))
        shown = [told(1, 4), told(2, 6, "paused"), told(7, 7, who=SAGE), told(8, 9), told(9, 9, who=SAGE)]
        await made(store, rows(silent(1, 9), *shown, told(5, 5, room="s"), silent(5, 5, who=ALICE)))
        found, rest = await store.told("r", 5, 9)
        assert [(one.bot, one.first, one.last) for one in found] == [(SAGE.id, 7, 9), (ECHO.id, 8, 9), (ECHO.id, 2, 6)]
        assert all(one.told and one.at == timestamp(NOW) for one in found)
        assert rest == 0
        assert await store.told("r", 10, 99) == await store.told("nothing", 1, 9) == ([], 0)

    async def test_silences_by_one_rule_that_follow_each_other_are_one(self, store: Store) -> None:
        await made(store, *begin("r"), rows(told(1, 1), silent(2, 5, "two_people"), told(6, 6, who=SAGE), told(7, 7)))
        assert [(one.bot, one.first) for one in (await store.told("r", 1, 9))[0]] == [(ECHO.id, 1), (SAGE.id, 6)]
        assert [one.first for one in (await store.told("r", 5, 9))[0]] == [7, 6], "of the lines asked for"
        await made(store, rows(paid(0), told(8, 8), told(9, 9)))
        found = [(one.bot, one.first, one.last) for one in (await store.told("r", 1, 9))[0]]
        assert found == [(ECHO.id, 8, 9), (ECHO.id, 1, 7), (SAGE.id, 6, 6)], "it has answered in between"

    async def test_what_was_told_comes_in_parts_of_whole_lines(self, store: Store) -> None:
        both = [told(line, line, f"rule {line}", who=who) for line in (1, 2, 3) for who in (ECHO, SAGE)]
        await made(store, *begin("r"), rows(*both))
        parts, last = [], 3
        while last:
            found, last = await store.told("r", 1, last, limit=3)
            parts.append([one.last for one in found])
        assert parts == [[3, 3], [2, 2], [1, 1]]
        found, rest = await store.told("r", 1, 3, limit=1)
        assert ([one.last for one in found], rest) == ([3], 2), "what never fits holds nothing up"

    async def test_verdicts_that_cost_nothing_are_pruned_and_those_that_did_stay_a_year(self, store: Store) -> None:
        await made(store, *begin("r"), rows(silent(1, 1), silent(1, 1, at=NOW + 1), paid(0), paid(1)))
        await store.prune(NOW + 1)
        assert len(await store.verdicts("r", 1)) == 3
        await store.prune(NOW + 400 * DAY)
        assert [one.verdict for one in await store.verdicts("r", 1)] == ["answered", "answered"]
        await store.prune(NOW + 400 * DAY + 1)
        assert [one.at for one in await store.verdicts("r", 1)] == [timestamp(NOW + DAY)]
        await store.prune(NOW + 500 * DAY)
        assert (await store.verdicts("r"), await store.used(None, 0)) == ([], [])

    # -- what they used ------------------------------------------------------------------------------------------

    async def test_what_was_used_is_summed_up_the_newest_day_first(self, store: Store) -> None:
        await made(store, *begin("r", "s"))
        await made(store, rows(paid(0), paid(0), silent(1, 1), paid(1), paid(0, model="a:c"), paid(0, who=SAGE)))
        await made(store, rows(paid(0, room="s"), paid(0, person=BOB.id), paid(0, person="")))
        once = (1, 10, 5, 0.25)
        assert await store.used(None, NOW) == [
            Used(day(1), ECHO.id, "a:b", "r", ALICE.id, *once),
            Used(day(0), ECHO.id, "a:b", "r", "", *once),
            Used(day(0), ECHO.id, "a:b", "r", ALICE.id, 2, 20, 10, 0.5),
            Used(day(0), ECHO.id, "a:b", "r", BOB.id, *once),
            Used(day(0), ECHO.id, "a:b", "s", ALICE.id, *once),
            Used(day(0), SAGE.id, "a:b", "r", ALICE.id, *once),
            Used(day(0), ECHO.id, "a:c", "r", ALICE.id, *once),
        ]

    async def test_what_was_decided_is_added_up_by_bot_and_rule(self, store: Store) -> None:
        await made(store, *begin("r", "s"))
        await made(store, rows(silent(1, 5), silent(6, 6), paid(0), paid(1), silent(1, 9, room="s")))
        found = await store.totals("r", 0)
        assert [(one.bot, one.verdict, one.lines, one.tokens, one.cost) for one in found] == [
            (ECHO.id, "not_addressed", 6, 0, 0.0),
            (ECHO.id, "answered", 2, 30, 0.5),
        ]
        assert await store.totals("r", NOW + 10**12) == await store.totals("nothing", 0) == []

    async def test_what_was_used_is_asked_by_room_and_from_a_time_on(self, store: Store) -> None:
        await made(store, *begin("r", "s", "t"), rows(paid(0), paid(1), paid(0, room="s"), paid(0, room="t")))
        found = [(one.day, one.room) for one in await store.used(["s", "r", "nothing"], NOW)]
        assert found == [(day(1), "r"), (day(0), "r"), (day(0), "s")]
        assert await store.used([], NOW) == []
        assert [one.turns for one in await store.used(["r"], NOW + 1)] == [1], "a day counts from that time on"
        assert await store.used(["r"], NOW + DAY + 1) == []
        assert len(await store.used(None, 0)) == 4

    async def test_what_speech_was_used_for_is_part_of_it_summed_up_by_day(self, store: Store) -> None:
        clip = UseSpeech("r", NOW, ALICE.id, "listen", "azure", 5.0, 0.25)
        await made(store, *begin("r", "s"), rows(clip, clip, paid(0)))
        await made(store, rows(replace(clip, at=NOW + DAY), replace(clip, room="s", what="speak", amount=100.0)))
        listened = Used(day(0), "", "azure", "r", ALICE.id, 2, 0, 0, 0.5, "listen", 10.0)
        assert await store.used(["r"], NOW) == [
            Used(day(1), "", "azure", "r", ALICE.id, 1, 0, 0, 0.25, "listen", 5.0),
            Used(day(0), ECHO.id, "a:b", "r", ALICE.id, 1, 10, 5, 0.25),
            listened,
        ]
        assert [(one.room, one.speech) for one in await store.used(None, NOW)] == [
            ("r", "listen"), ("r", ""), ("r", "listen"), ("s", "speak"),
        ]  # fmt: skip
        await store.prune(NOW + 401 * DAY)
        assert [(one.day, one.speech) for one in await store.used(None, 0)] == [(day(1), "listen")]
        await made(store, rows(DeleteRoom("r")))
        await store.purge()
        assert await store.used(None, 0) == []
        late = (await store.append([rows(clip)])).late
        assert list(late) == [Late(0)]

    async def test_a_day_ends_at_midnight_utc(self, store: Store) -> None:
        midnight = NOW - NOW % DAY
        late, early = (PutVerdict("r", at, paid(0).verdict) for at in (midnight - 1, midnight))
        await made(store, *begin("r"), rows(late, early))
        assert [one.day for one in await store.used(None, 0)] == [
            timestamp(midnight)[:10],
            timestamp(midnight - 1)[:10],
        ]
        assert [one.day for one in await store.used(None, midnight)] == [timestamp(midnight)[:10]]

    # -- what they remember --------------------------------------------------------------------------------------

    async def test_memories_are_listed_the_newest_first_and_changed(self, store: Store) -> None:
        await made(store, *begin("r", "s"))
        await made(store, rows(note("a", 1), note("b", 2, who=SAGE), note("c", 3), note("a", 9, room="s")))
        assert await ids(store) == ["c", "b", "a"]
        assert await ids(store, bot=ECHO.id) == ["c", "a"]
        assert [one.memory for one in await store.memories("r", bot=ECHO.id, limit=1)] == ["c"]
        assert await store.memory("r", "b") == Memory("b", SAGE.id, "of 2", "note", 2, ALICE.id, timestamp(NOW + 2))
        await made(store, rows(note("a", 4, text="otherwise")))
        assert await ids(store) == ["a", "c", "b"], "what was put anew is the newest"
        assert (await store.memories("r", limit=1))[0].text == "otherwise"
        assert [one.text for one in await store.memories("s")] == ["of 9"], "of another room"
        assert await store.memory("r", "none") is await store.memory("nothing", "a") is None

    async def test_a_bot_forgets(self, store: Store) -> None:
        await made(store, *begin("r", "s"), rows(note("a"), note("b"), note("a", room="s")))
        await made(store, rows(DropMemory("r", "a"), DropMemory("r", "never was")))
        assert [await ids(store, room) for room in ("r", "s")] == [["b"], ["a"]]

    async def test_a_summary_replaces_the_one_before_of_its_bot(self, store: Store) -> None:
        await made(store, *begin("r", "s"), rows(note("n", 1)))
        for id, who, room in (("1", ECHO, "r"), ("2", SAGE, "r"), ("3", ECHO, "s"), ("4", ECHO, "r")):
            await made(store, rows(note(id, int(id), who=who, room=room, kind="summary")))
        assert [await ids(store, room) for room in ("r", "s")] == [["4", "2", "n"], ["3"]]

    async def test_of_a_redacted_line_no_bot_remembers_anything(self, store: Store) -> None:
        await made(store, *begin("r", "s"), *posts("r", 1, 9))
        await made(store, rows(note("of 2", 2), note("of 3", 3), note("fact of 3", 3, who=SAGE, kind="fact")))
        await made(store, rows(note("to 2", 2, kind="summary"), note("to 8", 8, who=SAGE, kind="summary")))
        await made(store, rows(note("of none", 0), note("of 8", 8), note("elsewhere", 3, room="s")))
        await made(store, Change([replace(said("r", 10), data=encode_body(Redaction(3)))], [Blank("r", 3, 10)]))
        assert sorted(await ids(store)) == ["of 2", "of 8", "of none", "to 2"]
        assert await ids(store, "s") == ["elsewhere"]
        assert (await store.events("r", [3]))[0].body == Message(redacted=10)

    async def test_nor_of_its_edits(self, store: Store) -> None:
        await made(store, *begin("r"), *posts("r", 1, 3), rows(Relate("r", 1, 3, "edit")))
        await made(store, rows(note("of 2", 2), note("of the edit", 3)))
        await made(store, rows(Blank("r", 1, 0)))
        assert await ids(store) == ["of 2"]

    async def test_nor_of_texts_that_have_expired(self, store: Store) -> None:
        for seq in range(1, 6):
            await made(store, *(begin("r") if seq == 1 else ()), *posts("r", seq, seq, at=NOW + seq))
        await made(store, rows(note("of 2", 2), note("of 5", 5), note("to 5", 5, kind="summary")))
        assert await store.expire_texts("r", NOW + 4) == [1, 2, 3]
        assert await ids(store) == ["of 5"]

    async def test_a_change_that_is_late_makes_no_bot_forget(self, store: Store) -> None:
        await made(store, *begin("r"), *posts("r", 1, 2), rows(note("of 1", 1)))
        assert (await store.append([Change([said("r", 2)], [Blank("r", 1, 2)])])).late == [Late(0)]
        assert await ids(store) == ["of 1"]

    # -- what they keep ------------------------------------------------------------------------------------------

    async def test_values_are_kept_by_participant_and_name(self, store: Store) -> None:
        values = {"tea": "hot", "tea/green": "", "teapot": "Ω\n", "tea%": "%", "coffee": "no"}
        await made(store, rows(*(PutKept(ECHO.id, *one, 0) for one in values.items()), PutKept(SAGE.id, "tea", "x", 0)))
        assert await store.kept(ECHO.id) == [Kept(name, values[name], 1) for name in sorted(values)]
        assert [one.key for one in await store.kept(ECHO.id, "tea")] == ["tea", "tea%", "tea/green", "teapot"]
        assert [one.key for one in await store.kept(ECHO.id, "tea", after="tea%")] == ["tea/green", "teapot"]
        assert [one.key for one in await store.kept(ECHO.id, limit=2)] == ["coffee", "tea"]
        assert [one.key for one in await store.kept(ECHO.id, "coffee", after="tea")] == []
        assert await store.kept(ALICE.id) == await store.kept(ECHO.id, "milk") == []

    async def test_of_two_who_put_a_value_the_second_is_told(self, open_store: OpenStore) -> None:
        one, other = await open_store(), await open_store()
        await made(one, rows(PutKept(ECHO.id, "k", "first", 0)))
        assert (await other.append([rows(PutKept(ECHO.id, "k", "late", 0))])).late == [Late(0, "kept")]
        await made(other, rows(PutKept(ECHO.id, "k", "second", 1)))
        for version in (0, 1, 3):
            late = (await one.append([rows(PutKept(ECHO.id, "k", "no", version))])).late
            assert list(late) == [Late(0, "kept")]
        assert (await one.append([rows(PutKept(ECHO.id, "new", "no", 1))])).late == [Late(0, "kept")]
        assert await one.kept(ECHO.id) == [Kept("k", "second", 2)]

    async def test_a_change_whose_value_is_taken_does_nothing(self, store: Store) -> None:
        await made(store, *begin("r"), rows(PutKept(ECHO.id, "k", "v", 0)))
        change = Change([said("r", 1)], [note("m"), PutKept(ECHO.id, "k", "w", 0)])
        assert (await store.append([change])).late == [Late(0, "kept")]
        assert (await store.heads(["r"]), await ids(store)) == ({"r": 0}, [])
