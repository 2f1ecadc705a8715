"""Posts a line and shows what is said, with nothing but the standard library: follow_and_post.py NICK TEXT [URL]"""

import http.client
import json
import sys
from urllib.request import Request, urlopen

nick, text, base = [*sys.argv[1:], "http://127.0.0.1:5003"][:3]
headers = {"Content-Type": "application/json"}


def ask(path: str, body: object = None, method: str | None = None) -> http.client.HTTPResponse:
    data = None if body is None else json.dumps(body).encode()
    answer: http.client.HTTPResponse = urlopen(Request(f"{base}/api/v1{path}", data, headers, method=method))
    return answer


headers["Authorization"] = "Bearer " + json.load(ask("/login", {"nick": nick, "bearer": True}))["token"]
ask("/rooms/lobby/membership", method="PUT")
stream = ask("/events?room=lobby")  # before the line is posted, so that it is told too
ask("/rooms/lobby/events", {"text": text})
for line in stream:
    if line.startswith(b"data: ") and (event := json.loads(line[6:]))["body"]["type"] == "message":
        print(f"{event['sender']['nick']}: {event['body']['text']}", flush=True)
