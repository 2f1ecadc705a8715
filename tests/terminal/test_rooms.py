"""What the client knows of a room, from events and signals in the order they come."""

from roomful.domain import events
from roomful.domain.answers import Joined
from roomful.domain.events import KnownBody, Sender
from roomful.domain.signals import Presence, State
from roomful.protocol.native import Told
from roomful.terminal.rooms import RECENT, SPARE, Room

ALICE = Sender("p1", "alice", "person")
BOB = Sender("p2", "bob", "person")


def room() -> Room:
    return Room(Joined("#lobby", 10, 2, (ALICE, BOB), "tea"))


def told(seq: int, body: KnownBody, sender: Sender = BOB) -> Told:
    return Told("#lobby", seq, 1_000 * seq, sender, "", body)


def test_events_are_followed() -> None:
    lobby = room()
    lobby.take(told(11, events.Nick("robert")))
    lobby.take(told(12, events.Topic("coffee"), Sender("p2", "robert", "person")))
    lobby.take(told(13, events.Join(), Sender("p3", "carol", "person")))
    assert lobby.members == {"p1": "alice", "p2": "robert", "p3": "carol"}
    assert (lobby.topic, lobby.shown, lobby.here) == ("coffee", 13, {"p3"})
    lobby.take(told(14, events.Leave(), Sender("p3", "carol", "person")))
    assert lobby.members.keys() == {"p1", "p2"}
    assert not lobby.here


def test_the_last_line_of_somebody_else_is_answered() -> None:
    lobby = room()
    assert lobby.last_line("p1") is None
    lobby.take(told(11, events.Message("hi")))
    lobby.take(told(12, events.Message("mine"), ALICE))
    found = lobby.last_line("p1")
    assert found is not None
    assert found.seq == 11


def test_only_so_many_lines_are_kept() -> None:
    lobby = room()
    last = 11 + RECENT + SPARE
    for seq in range(11, last + 1):
        lobby.take(told(seq, events.Message("x")))
    assert [line.seq for line in lobby.timeline.lines()] == list(range(last - RECENT + 1, last + 1))


def test_arrivals_and_departures_are_told_once() -> None:
    lobby = room()
    lobby.state(State(here=(ALICE,), count=1), 0)
    assert lobby.presence(Presence(online=(BOB,), count=2)) == (["p2"], [])
    assert lobby.presence(Presence(online=(BOB,), count=2)) == ([], [])
    assert lobby.presence(Presence(reconnecting=("p2",), count=1)) == ([], [])
    assert lobby.presence(Presence(gone=("p2",), count=1)) == ([], ["p2"])
    assert lobby.presence(Presence(gone=("p2",), count=1)) == ([], [])


def test_who_joins_is_told_by_the_event_and_not_by_presence_too() -> None:
    lobby, carol = room(), Sender("p3", "carol", "person")
    lobby.take(told(11, events.Join(), carol))
    assert lobby.presence(Presence(online=(carol,), count=3)) == ([], [])
    lobby.take(told(12, events.Leave("bye"), carol))
    assert lobby.presence(Presence(gone=("p3",), count=2)) == ([], [])


def test_typing_is_forgotten_in_time_and_with_the_line() -> None:
    lobby = room()
    lobby.typing["p2"] = 6.0
    assert lobby.typists(5.9) == ["bob"]
    assert lobby.typists(6.0) == []
    lobby.take(told(11, events.Message("there")))
    assert lobby.typists(0.0) == []


def test_a_direct_room_is_called_by_the_other_ones_nick() -> None:
    direct = Room(Joined("!r1", 2, 2, (ALICE, BOB), peer=BOB))
    assert direct.title == "@bob"
    direct.rename("p2", "robert")
    assert direct.title == "@robert"
    assert room().title == "#lobby"
