-- Rooms, their logs, who is in them, and the receipts of what was posted.

CREATE TABLE meta (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE rooms (
    no      INTEGER PRIMARY KEY,            -- short, for the keys of events
    id      TEXT NOT NULL UNIQUE,
    key     TEXT NOT NULL UNIQUE,           -- folded name, or a direct room's pair of participants
    name    TEXT NOT NULL,
    kind    TEXT NOT NULL,
    topic   TEXT NOT NULL DEFAULT '',
    created INTEGER NOT NULL                -- ms since 1970 UTC, as all times here
) STRICT;

-- A room's log lies in one piece: the key is the room's number << 32 | the event's number in the room.
CREATE TABLE events (
    key    INTEGER PRIMARY KEY,
    at     INTEGER NOT NULL,
    sender TEXT NOT NULL,
    nick   TEXT NOT NULL,                   -- the sender's, when it was recorded
    kind   TEXT NOT NULL,
    nonce  TEXT NOT NULL,
    body   BLOB NOT NULL                    -- JSON in UTF-8, as it is sent
) STRICT;

CREATE TABLE members (
    room        INTEGER NOT NULL,           -- rooms.no
    participant TEXT NOT NULL,
    role        TEXT NOT NULL,
    PRIMARY KEY (room, participant)
) STRICT, WITHOUT ROWID;

CREATE INDEX members_by_participant ON members (participant);

CREATE TABLE participants (
    id     TEXT PRIMARY KEY,
    nick   TEXT NOT NULL,                   -- the last one it had
    folded TEXT UNIQUE,                     -- NULL: it has no claim to the nick any more
    kind   TEXT NOT NULL,
    until  INTEGER NOT NULL                 -- when the claim ends
) STRICT, WITHOUT ROWID;

CREATE INDEX participants_by_until ON participants (until);

-- Appended to only. One row holds the receipts of a batch, or of several small ones: see store/sqlite/receipts.py.
CREATE TABLE receipts (
    batch   INTEGER PRIMARY KEY,
    at      INTEGER NOT NULL,               -- of the newest event among them
    entries BLOB NOT NULL
) STRICT;
