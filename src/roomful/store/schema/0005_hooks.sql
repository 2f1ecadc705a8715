-- Webhooks: secret addresses that post into rooms, and addresses that are told of what happens there.

CREATE TABLE hooks_in (
    id      TEXT PRIMARY KEY,               -- participants.id
    room    INTEGER NOT NULL,               -- rooms.no
    name    TEXT NOT NULL,
    by_id   TEXT NOT NULL,
    by_nick TEXT NOT NULL,
    by_kind TEXT NOT NULL,
    created INTEGER NOT NULL,
    digest  BLOB NOT NULL UNIQUE            -- SHA-256 of the secret
) STRICT, WITHOUT ROWID;

CREATE INDEX hooks_in_by_room ON hooks_in (room);

CREATE TABLE hooks_out (
    id      TEXT PRIMARY KEY,
    room    INTEGER NOT NULL,               -- rooms.no
    url     TEXT NOT NULL,
    by_id   TEXT NOT NULL,
    by_nick TEXT NOT NULL,
    by_kind TEXT NOT NULL,
    created INTEGER NOT NULL,
    secret  TEXT NOT NULL,                  -- what is sent is signed with it
    events  TEXT NOT NULL,                  -- types, with spaces between; empty: all
    cursor  INTEGER NOT NULL,               -- the newest event that was taken there, or passed over
    failing INTEGER NOT NULL,               -- since when; 0: it is not
    tries   INTEGER NOT NULL,
    due     INTEGER NOT NULL,               -- before which it is not tried again
    reason  TEXT NOT NULL,
    off     INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX hooks_out_by_room ON hooks_out (room);

-- Work that one server at a time does.
CREATE TABLE leases (
    name  TEXT PRIMARY KEY,
    owner TEXT NOT NULL,
    until INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
