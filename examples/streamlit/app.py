"""A whole client in one page.  streamlit run examples/streamlit/app.py [-- ADDRESS]"""

import sys
from collections.abc import Callable
from datetime import UTC, datetime

import streamlit as st
from live import Live, Shown

from roomful.client import BadAddress, ConnectFailed, ConnectionLost, Line
from roomful.domain.events import Sender
from roomful.errors import RoomfulError

ADDRESS = sys.argv[1] if len(sys.argv) > 1 else "127.0.0.1:5002"
LOOK_EVERY = 0.4  # s between looks at what is new
ASK_EVERY = 3.0  # s between looks at what bots have decided
FAILURES = (RoomfulError, ConnectFailed, ConnectionLost, BadAddress, TimeoutError, ValueError)
MARKS = {"bot": "🤖", "webhook": "🔗", "service": "🔗"}


def main() -> None:
    st.set_page_config(page_title="Roomful", page_icon="💬")
    live: Live | None = st.session_state.get("live")
    if live is None:
        entry()
        return
    if "room" not in st.session_state:
        enter(live, "#lobby")
    room: str = st.session_state.get("room", "")
    sidebar(live, room)
    if not room:
        return
    st.header(room)
    st.fragment(drawn, run_every=LOOK_EVERY)(timeline, room)
    if text := st.chat_input(f"Say something in {room}"):
        say(live, room, text)


def drawn(part: Callable[..., None], *more: str) -> None:
    """Draw a part of the page; what it cannot do is said in its place."""
    try:
        part(*more)
    except FAILURES as why:
        st.warning(str(why) or "The server does not answer.")


# -- coming in ----------------------------------------------------------------------------------------------


def entry() -> None:
    """Be a guest, log in, or make an account."""
    st.title("Roomful")
    guest, login, register = st.tabs(["Guest", "Log in", "New account"])
    with guest, st.form("guest"):
        nick = st.text_input("Nick")
        if st.form_submit_button("Enter"):
            come_in(nick=nick)
    with login, st.form("login"):
        account, password = st.text_input("Account"), st.text_input("Password", type="password")
        if st.form_submit_button("Log in"):
            come_in(account=account, password=password)
    with register, st.form("register"):
        account = st.text_input("Account", key="new account")
        password = st.text_input("Password", type="password", key="new password")
        invite = st.text_input("Code, where the server wants one")
        if st.form_submit_button("Make it"):
            come_in(account=account, password=password, register=True, invite=invite or None)


def come_in(**who: str | bool | None) -> None:
    try:
        st.session_state.live = Live(ADDRESS, **who)
    except FAILURES as why:
        st.error(str(why))
    else:
        st.rerun()


# -- rooms and bots -----------------------------------------------------------------------------------------


def sidebar(live: Live, here: str) -> None:
    """Who one is, which rooms there are, and which bots are in this one."""
    with st.sidebar:
        st.caption(f"You are {live.me.nick} ({live.me.kind}).")
        for room in live.rooms():
            title = f"@{room.peer.nick}" if room.peer else room.room
            kind = "primary" if room.room == here else "secondary"
            if st.button(f"{title} · {room.count}", key=f"room {room.room}", type=kind, width="stretch"):
                enter(live, room.room)
        with st.form("another", clear_on_submit=True):
            name = st.text_input("Another room, or @somebody", placeholder="#tea")
            if st.form_submit_button("Enter") and name:
                enter(live, name)
        if here:
            st.fragment(drawn, run_every=ASK_EVERY)(bots, here)
        if st.button("Leave", key="leave"):
            live.close()
            st.session_state.clear()
            st.rerun()


def enter(live: Live, room: str) -> None:
    try:
        st.session_state.room = live.enter(room)
    except FAILURES as why:
        st.error(str(why))
    else:
        st.rerun()


def bots(room: str) -> None:
    """Which bots read here, where the lines go, and why they spoke or kept silent."""
    live: Live = st.session_state.live
    here = live.bots(room)
    if not here:
        return
    st.subheader("Bots")
    for bot in here:
        st.caption(f"🤖 {bot.nick}: {bot.model} → {bot.destination or 'this machine'}")
    if st.button("Let them be quiet", key="stop"):
        live.stop(room)
    with st.expander("Why?"):
        for verdict in live.why(room) or [None]:
            st.caption((verdict.words or verdict.rule) if verdict else "Nothing was decided yet.")


# -- what is said ---------------------------------------------------------------------------------------------


def timeline(room: str) -> None:
    """The room's lines: the part of the page that is drawn anew by itself, so that answers grow."""
    live: Live = st.session_state.live
    if live.trouble:
        st.warning(live.trouble)
    shown = live.look(room)
    if shown.lines and shown.lines[0].seq > 2 and st.button("Earlier", key="earlier"):
        live.older(room)
    if not shown.lines:
        st.caption("Nothing was said here yet.")
    for line in shown.lines:
        draw(line, shown)
    for growing in shown.growing:
        with bubble(growing.sender):
            st.caption(named(growing.sender))
            st.markdown(growing.text + " ▍")


def draw(line: Line, shown: Shown) -> None:
    with bubble(line.sender):
        edited = " · edited" if line.edited else ""
        st.caption(f"{named(line.sender)} · {datetime.fromtimestamp(line.at / 1000, UTC).astimezone():%H:%M}{edited}")
        if line.redacted:
            st.caption("*redacted*")
        elif line.style == "action":
            st.markdown(f"*{line.sender.nick} {line.text}*")
        else:
            st.markdown(line.text)
        if line.reactions:
            st.caption("  ".join(f"{emoji} {len(senders)}" for emoji, senders in line.reactions))
        for words in shown.silences.get(line.seq, ()):
            st.caption(f"🤫 {words}")


def bubble(sender: Sender) -> "st.delta_generator.DeltaGenerator":
    return st.chat_message("assistant" if sender.kind in MARKS else "user")


def named(sender: Sender) -> str:
    return f"{MARKS.get(sender.kind, '')} **{sender.nick}**".strip()


def say(live: Live, room: str, text: str) -> None:
    try:
        live.post(room, text)
    except FAILURES as why:
        st.error(str(why))
    else:
        st.rerun()


drawn(main)
