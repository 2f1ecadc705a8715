"""A chat client with nothing but sockets and JSON: proof that docs/protocol.md suffices to write one.

python examples/raw_client.py NICK [HOST PORT]
"""

import json
import secrets
import socket
import struct
import sys
import threading

nick = sys.argv[1] if len(sys.argv) > 1 else "raw"
host, port = sys.argv[2:4] or ("127.0.0.1", "5002")
sock = socket.create_connection((host, int(port)))
ids = iter(range(1, 2**53))
over = threading.Event()


def send(type: str, **fields: object) -> None:
    """Send one request: a 4-byte length in network order, then so many bytes of JSON."""
    payload = json.dumps({"type": type, "id": next(ids), **fields}).encode()
    sock.sendall(struct.pack("!I", len(payload)) + payload)  # whole frames: sendall goes on until all is sent


def show(text: str) -> None:
    """Print what others wrote, with everything a terminal would obey made harmless."""
    print("".join(c if c.isprintable() else "?" for c in text), flush=True)


def receive(stream) -> None:  # type: ignore[no-untyped-def]
    """Print what comes. A buffered stream's `read(n)` waits for n bytes, however they are cut on the way."""
    while len(header := stream.read(4)) == 4:
        said = json.loads(stream.read(struct.unpack("!I", header)[0]))
        if said["type"] == "event" and said["body"]["type"] == "message":
            show(f"{said['sender']['nick']}: {said['body']['text']}")
        elif said["type"] in ("error", "goodbye") and said["code"] != "bye":
            show(f"-- {said['message']}")
    over.set()


def keep_alive() -> None:
    """Send something at least every `idle` seconds, which are 120 unless `hello` says otherwise."""
    while not over.wait(60):
        send("ping")


threading.Thread(target=receive, args=(sock.makefile("rb"),), daemon=True).start()
send("hello", protocol=1, agent="raw_client.py")
send("login", nick=nick)
send("join", room="#lobby", last=20)
threading.Thread(target=keep_alive, daemon=True).start()
prefix = secrets.token_hex(4)  # nonces must be new at each start
for number, line in enumerate(sys.stdin):
    if line.strip():
        send("post", room="#lobby", nonce=f"{prefix}-{number}", text=line.rstrip("\n"))
send("bye")
over.wait(10)  # the server answers all that was asked, says goodbye, and closes
