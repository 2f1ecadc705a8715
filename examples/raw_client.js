// A chat client for Node without packages: proof that docs/protocol.md suffices to write one.
// node examples/raw_client.js NICK [HOST PORT]
"use strict";
const net = require("node:net");
const readline = require("node:readline");
const { randomBytes } = require("node:crypto");

const [nick = "node", host = "127.0.0.1", port = "5002"] = process.argv.slice(2);
const prefix = randomBytes(4).toString("hex"); // nonces must be new at each start
let id = 0;
let rest = Buffer.alloc(0); // the beginning of a frame whose end has not come

const socket = net.connect(Number(port), host);

// Send one request: a 4-byte length in network order, then so many bytes of JSON.
function send(type, fields = {}) {
  const payload = Buffer.from(JSON.stringify({ type, id: ++id, ...fields }));
  const header = Buffer.alloc(4);
  header.writeUInt32BE(payload.length); // bytes, not characters
  socket.write(Buffer.concat([header, payload]));
}

// Print what others wrote, with everything a terminal would obey made harmless.
function show(text) {
  console.log(text.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, "?"));
}

function received(said) {
  if (said.type === "event" && said.body.type === "message") {
    show(`${said.sender.nick}: ${said.body.text}`);
  } else if ((said.type === "error" || said.type === "goodbye") && said.code !== "bye") {
    show(`-- ${said.message}`);
  } else if (said.idle) {
    setInterval(() => send("ping"), (said.idle * 1000) / 2); // the reply to hello says how often we must be heard
  }
}

// However the bytes are cut on the way, the frames are the same.
socket.on("data", (data) => {
  rest = Buffer.concat([rest, data]);
  while (rest.length >= 4 && rest.length >= 4 + rest.readUInt32BE()) {
    const end = 4 + rest.readUInt32BE();
    received(JSON.parse(rest.subarray(4, end).toString()));
    rest = rest.subarray(end);
  }
});
socket.on("error", (why) => show(`-- ${why.message}`));
socket.on("close", () => process.exit());

send("hello", { protocol: 1, agent: "raw_client.js" });
send("login", { nick });
send("join", { room: "#lobby", last: 20 });
readline
  .createInterface({ input: process.stdin })
  .on("line", (line) => line.trim() && send("post", { room: "#lobby", nonce: `${prefix}-${id}`, text: line }))
  .on("close", () => send("bye")); // the server answers all that was asked, says goodbye, and closes
