"""A chat client with nothing but sockets and JSON: proof that docs/protocol.md suffices to write one."""

import json
import os
import secrets
import socket
import sys
import threading
import time

# python examples/raw_client.py NICK [HOST PORT]
nick = sys.argv[1] if len(sys.argv) > 1 else "raw"
host, port = sys.argv[2:4] or ("127.0.0.1", "5002")
sock = socket.create_connection((host, int(port)))
sending = threading.Lock()  # two threads send, and a frame must not begin inside another
ids = iter(range(1, 2**53))


def send(type: str, **fields: object) -> None:
    """Send one request: a 4-byte length in network order, then so many bytes of JSON."""
    with sending:
        payload = json.dumps({"type": type, "id": next(ids), **fields}).encode()
        sock.sendall(len(payload).to_bytes(4, "big") + payload)


def keep_alive(interval: float) -> None:
    """Show the server, every so many seconds, that we are still there."""
    while True:
        time.sleep(interval)
        send("ping")


def post_lines() -> None:
    """Post what is typed. At its end say bye: the server answers what was asked, says goodbye, and closes."""
    prefix = secrets.token_hex(4)  # nonces must be new at each start
    for number, line in enumerate(sys.stdin):
        if line.strip():
            send("post", room="#lobby", nonce=f"{prefix}-{number}", text=line.rstrip("\n"))
    send("bye")


def show(text: str) -> None:
    """Print what others wrote, with everything a terminal would obey made harmless."""
    print("".join(c if c.isprintable() else "?" for c in text), flush=True)


send("hello", protocol=1, agent="raw_client.py")
send("login", nick=nick)
send("join", room="#lobby", last=20)
threading.Thread(target=post_lines, daemon=True).start()
stream = sock.makefile("rb")  # its `read(n)` waits for n bytes, however they are cut on the way
while header := stream.read(4):
    said = json.loads(stream.read(int.from_bytes(header, "big")))
    if said["type"] == "event" and said["body"]["type"] == "message":
        show(f"{said['sender']['nick']}: {said['body']['text']}")
    elif said["type"] in ("error", "goodbye") and said["code"] != "bye":
        show(f"-- {said['message']}")
    elif "idle" in said:  # the reply to hello
        threading.Thread(target=keep_alive, args=(said["idle"] / 2,), daemon=True).start()
os._exit(0)  # at once: the other thread may still wait for somebody to type
