"""The peer is answered as docs/protocol.md says, in whatever order it asks."""

import pytest

from roomful.domain import answers, commands
from roomful.domain.commands import Post, Request
from roomful.errors import RoomfulError
from roomful.terminal.pair.answering import Answering

HELLO = commands.Hello(1, 1)
LOGIN = commands.Login(2, "bob")
JOIN = commands.Join(3, "#pair")


def after(*requests: Request) -> Answering:
    answering = Answering("alice", "listener", "caller")
    for request in requests:
        answering.answer(request)
    return answering


def test_the_three_steps_lead_in() -> None:
    answering = after(HELLO)
    login = answering.answer(LOGIN)
    join = answering.answer(JOIN)
    assert isinstance(login, answers.LoggedIn)
    assert login.participant.nick == "bob"
    assert isinstance(join, answers.Joined)
    assert [member.nick for member in join.members] == ["alice", "bob"]
    answering.check(Post(4, "#pair", "n", "hi\n"))


@pytest.mark.parametrize(
    ("done", "request_", "code"),
    [
        ((), LOGIN, "hello_required"),
        ((), commands.Hello(1, 2), "unsupported_protocol"),
        ((HELLO,), JOIN, "login_required"),
        ((HELLO,), commands.Login(2, "Alice"), "nick_taken"),
        ((HELLO,), commands.Login(2, "a b"), "bad_name"),
        ((HELLO,), commands.Login(2), "bad_name"),
        ((HELLO, LOGIN), LOGIN, "logged_in"),
        ((HELLO, LOGIN), commands.Join(3, "#lobby"), "no_such_room"),
        ((HELLO, LOGIN, JOIN), commands.Rooms(4), "forbidden"),
        ((HELLO, LOGIN, JOIN), commands.Nick(4, "eve"), "forbidden"),
    ],
)
def test_what_is_out_of_order_or_not_there_is_refused(done: tuple[Request, ...], request_: Request, code: str) -> None:
    answering = after(*done)
    with pytest.raises(RoomfulError) as refused:
        answering.answer(request_)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("done", "post", "code"),
    [
        ((HELLO, LOGIN), Post(4, "#pair", "n", "hi"), "not_member"),
        ((HELLO, LOGIN, JOIN), Post(4, "#lobby", "n", "hi"), "no_such_room"),
        ((HELLO, LOGIN, JOIN), Post(4, "#pair", "n", ""), "bad_text"),
        ((HELLO, LOGIN, JOIN), Post(4, "#pair", "n", "ü" * 8_001), "bad_text"),
    ],
)
def test_a_post_that_cannot_be_taken_is_refused(done: tuple[Request, ...], post: Post, code: str) -> None:
    with pytest.raises(RoomfulError) as refused:
        after(*done).check(post)
    assert refused.value.code == code
