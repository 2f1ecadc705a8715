"""A room that is moderated: who may enter, speak and read, and until when."""

import pytest

from roomful.domain import events
from roomful.domain.events import timestamp
from roomful.domain.room import NO_END, changed, sanction
from roomful.domain.settings import RoomSettings
from roomful.errors import Archived, Banned, InviteOnly, Muted, NotAllowed, SlowMode

from .people import ALICE, BOB, CAROL, GUS, arriving, follow, named, post, room, topic

NOON = 1_795_168_800_000  # ms

# -- who may enter ------------------------------------------------------------------------------------


def test_a_banned_member_is_none_any_more_and_may_not_come_back_until_then() -> None:
    state = room(ALICE, BOB)
    follow(state, ALICE, events.Ban(named(BOB), until=timestamp(NOON), reason="spam"))
    assert "p2" not in state.members
    with pytest.raises(Banned, match="spam") as refused:
        state.decide_join(arriving(BOB), NOON - 1500)
    assert refused.value.retry_after == 1.5
    state.decide_join(arriving(BOB), NOON)
    state.decide_join(arriving(CAROL), 0)


def test_a_ban_without_an_end_names_none() -> None:
    state = room(ALICE)
    follow(state, ALICE, events.Ban(mask="bo*"))
    with pytest.raises(Banned) as refused:
        state.decide_join(arriving(BOB), NOON)
    assert refused.value.retry_after is None


def test_a_ban_is_lifted_by_its_number() -> None:
    state = room(ALICE)
    follow(state, ALICE, events.Ban(named(BOB)))
    follow(state, ALICE, events.Ban(mask="gus"))
    follow(state, ALICE, events.Unban(2, named(BOB)))
    state.decide_join(arriving(BOB), NOON)
    with pytest.raises(Banned):
        state.decide_join(arriving(GUS), NOON)


def test_a_ban_that_another_hub_recorded_must_be_looked_up() -> None:
    state = room(ALICE)
    follow(state, ALICE, events.Ban(address="hidden"))
    assert state.partial
    known = sanction(2, ALICE, events.Ban(named(BOB)))
    state.sanctioned([known, sanction(3, ALICE, events.Mute(named(GUS)))])
    assert (state.partial, state.bans, set(state.mutes), state.quiet) == (False, (known,), {"p4"}, True)


def test_whoever_owns_the_server_enters_everywhere_but_direct_rooms() -> None:
    state = room(ALICE, kind="private")
    follow(state, ALICE, events.Ban(named(BOB)))
    state.decide_join(arriving(BOB), NOON, server_owner=True)
    direct = room(ALICE, kind="direct")
    follow(direct, ALICE, events.Ban(named(BOB)))
    with pytest.raises(Banned):
        direct.decide_join(arriving(BOB), NOON, server_owner=True)


def test_a_private_room_is_for_those_invited_once() -> None:
    state = room(ALICE, kind="private")
    with pytest.raises(InviteOnly):
        state.decide_join(arriving(BOB), NOON)
    follow(state, ALICE, events.Invite(named(BOB)))
    state.decide_join(arriving(BOB), NOON)
    follow(state, BOB, events.Join())
    follow(state, ALICE, events.Kick(named(BOB)))
    assert "p2" not in state.members
    with pytest.raises(InviteOnly):
        state.decide_join(arriving(BOB), NOON)


def test_a_room_becomes_private_and_public_again() -> None:
    state = room(ALICE)
    follow(state, ALICE, events.Changed(kind="private"))
    with pytest.raises(InviteOnly):
        state.decide_join(arriving(BOB), NOON)
    follow(state, ALICE, events.Changed(kind="public"))
    state.decide_join(arriving(BOB), NOON)


# -- who may speak ------------------------------------------------------------------------------------


def test_a_mute_lasts_until_it_ends_or_is_lifted() -> None:
    state = room(ALICE, BOB)
    follow(state, ALICE, events.Mute(named(BOB), timestamp(NOON), "shouting"))
    with pytest.raises(Muted, match="shouting") as refused:
        state.decide_post(BOB, post(), NOON - 2000)
    assert refused.value.retry_after == 2
    state.decide_post(BOB, post(), NOON)
    state.decide_post(ALICE, post(), 0)
    follow(state, ALICE, events.Mute(named(BOB)))
    with pytest.raises(Muted) as refused:
        state.decide_post(BOB, post(), NO_END - 1)
    assert refused.value.retry_after is None
    follow(state, ALICE, events.Unmute(named(BOB)))
    assert not state.quiet
    state.decide_post(BOB, post(), 0)


def test_a_mute_outlasts_leaving() -> None:
    state = room(ALICE, BOB)
    follow(state, ALICE, events.Mute(named(BOB)))
    follow(state, BOB, events.Leave())
    follow(state, BOB, events.Join())
    with pytest.raises(Muted):
        state.decide_post(BOB, post(), NOON)


def test_slow_mode_lets_each_member_speak_now_and_then_and_does_not_slow_moderators() -> None:
    state = room(ALICE, BOB, CAROL)
    follow(state, ALICE, events.Changed(slow=10), at=NOON)
    state.decide_post(BOB, post(), NOON)
    follow(state, BOB, events.Message("hi"), at=NOON)
    follow(state, ALICE, events.Message("hi"), at=NOON)
    with pytest.raises(SlowMode, match="wait 8 s") as refused:
        state.decide_post(BOB, post(), NOON + 2_000)
    assert refused.value.retry_after == 8
    state.decide_post(CAROL, post(), NOON + 2_000)
    state.decide_post(ALICE, post(), NOON)
    state.decide_post(BOB, post(), NOON + 10_000)
    follow(state, ALICE, events.Changed(slow=0))
    assert (state.spoke, state.quiet) == ({}, False)
    state.decide_post(BOB, post(), NOON)


def test_an_archived_room_is_read_and_not_written() -> None:
    state = room(ALICE)
    follow(state, ALICE, events.Changed(archived=True))
    for ask in (lambda: state.decide_post(ALICE, post()), lambda: state.decide_topic(ALICE, topic("tea"))):
        with pytest.raises(Archived):
            ask()
    follow(state, ALICE, events.Changed(archived=False))
    state.decide_post(ALICE, post())


def test_who_stands_above_whom_is_asked_of_the_role() -> None:
    state = room(ALICE, BOB, GUS)
    follow(state, ALICE, events.Promoted(named(BOB), "moderator"))
    state.require_over("moderator", state.members["p4"], "kick")
    state.require_over("owner", state.members["p1"], "kick")
    with pytest.raises(NotAllowed, match="As a moderator you may not kick an owner") as refused:
        state.require_over("moderator", state.members["p1"], "kick")
    assert refused.value.field == "who"
    with pytest.raises(NotAllowed):
        state.require_over("moderator", state.members["p2"], "kick")


# -- who may read what ----------------------------------------------------------------------------------


def test_history_begins_with_the_log_or_with_joining() -> None:
    state = room(ALICE, BOB)
    assert state.first_of("p2") == 1
    follow(state, ALICE, events.Changed(history="joined"))
    assert (state.first_of("p1"), state.first_of("p2")) == (1, 2)
    follow(state, BOB, events.Leave())
    follow(state, BOB, events.Join())
    assert state.first_of("p2") == 5
    follow(state, ALICE, events.Promoted(named(BOB), "moderator"))
    assert state.first_of("p2") == 5, "another role is no new membership"


# -- settings ---------------------------------------------------------------------------------------------


def test_a_change_changes_what_it_names() -> None:
    before = RoomSettings("tea", "joined", 5, 30, archived=True)
    assert changed(before, events.Changed()) == before
    assert changed(before, events.Changed(description="", slow=0, archived=False)) == RoomSettings(
        "", "joined", 0, 30, archived=False
    )
    assert changed(before, events.Changed(history="all", retention=0)) == RoomSettings(
        "tea", "all", 5, 0, archived=True
    )


def test_what_an_event_tells_of_a_sanction() -> None:
    told = sanction(3, ALICE, events.Ban(named(BOB), until=timestamp(NOON), reason="spam"))
    assert (told.seq, told.what, told.by, told.until, told.reason) == (3, "ban", ALICE, NOON, "spam")
    assert (told.participant, told.nick, told.mask, told.address, told.covers) == ("p2", "Bob", "", "", ())
    assert sanction(3, ALICE, events.Mute(named(BOB))).until == NO_END
    assert sanction(3, ALICE, events.Ban(mask="b*")).mask == "b*"
