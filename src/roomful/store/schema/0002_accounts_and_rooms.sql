-- Accounts, their devices, and the codes with which they are made; rooms that people can run; what was read.

ALTER TABLE rooms ADD COLUMN settings TEXT NOT NULL DEFAULT '{}';  -- JSON: domain/settings.py
ALTER TABLE members ADD COLUMN since INTEGER NOT NULL DEFAULT 0;   -- number of the event with which it began
ALTER TABLE participants ADD COLUMN seen INTEGER NOT NULL DEFAULT 0;
ALTER TABLE participants ADD COLUMN skeleton TEXT;                 -- of an account's nick: what looks like it is refused

CREATE INDEX participants_by_skeleton ON participants (skeleton) WHERE skeleton IS NOT NULL;

-- Who came before there were accounts is a guest.
UPDATE participants SET kind = 'guest' WHERE kind = 'person';
UPDATE members SET role = 'guest' WHERE role = 'member';

-- Names that rooms had, for those who look for them.
CREATE TABLE old_names (
    key  TEXT PRIMARY KEY,
    room INTEGER NOT NULL                   -- rooms.no
) STRICT, WITHOUT ROWID;

-- Numbers of deleted rooms whose events are still to be erased.
CREATE TABLE dropped (
    no INTEGER PRIMARY KEY
) STRICT;

CREATE TABLE sanctions (
    room        INTEGER NOT NULL,           -- rooms.no
    seq         INTEGER NOT NULL,           -- of the event
    what        TEXT NOT NULL,              -- ban, mute
    by_id       TEXT NOT NULL,
    by_nick     TEXT NOT NULL,
    by_kind     TEXT NOT NULL,
    until       INTEGER NOT NULL,
    reason      TEXT NOT NULL,
    participant TEXT NOT NULL,
    nick        TEXT NOT NULL,
    mask        TEXT NOT NULL,
    address     TEXT NOT NULL,
    covers      TEXT NOT NULL,              -- addresses, with spaces between
    PRIMARY KEY (room, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE room_invites (
    room        INTEGER NOT NULL,           -- rooms.no
    participant TEXT NOT NULL,
    PRIMARY KEY (room, participant)
) STRICT, WITHOUT ROWID;

CREATE INDEX room_invites_by_participant ON room_invites (participant);

-- Which events are about which: edits, reactions, redactions, threads, pins.
CREATE TABLE relations (
    room   INTEGER NOT NULL,                -- rooms.no
    target INTEGER NOT NULL,
    what   TEXT NOT NULL,
    seq    INTEGER NOT NULL,
    PRIMARY KEY (room, target, what, seq)
) STRICT, WITHOUT ROWID;

CREATE INDEX relations_by_what ON relations (room, what, seq);

CREATE TABLE mentions (
    participant TEXT NOT NULL,              -- '*': everybody in the room
    room        INTEGER NOT NULL,           -- rooms.no
    seq         INTEGER NOT NULL,
    sender      TEXT NOT NULL,              -- of the event: nobody calls itself
    PRIMARY KEY (participant, room, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE markers (
    participant TEXT NOT NULL,
    room        INTEGER NOT NULL,           -- rooms.no
    thread      INTEGER NOT NULL,           -- 0: the room
    seq         INTEGER NOT NULL,           -- 0: nothing was read of a thread that the participant takes part in
    PRIMARY KEY (participant, room, thread)
) STRICT, WITHOUT ROWID;

CREATE TABLE acts (
    room INTEGER NOT NULL,                  -- rooms.no
    seq  INTEGER NOT NULL,
    PRIMARY KEY (room, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE accounts (
    id       TEXT PRIMARY KEY,              -- participants.id
    name     TEXT NOT NULL,
    folded   TEXT NOT NULL UNIQUE,
    skeleton TEXT NOT NULL,
    kind     TEXT NOT NULL,
    hash     TEXT NOT NULL,                 -- argon2id; empty: no password
    owner    INTEGER NOT NULL,
    disabled INTEGER NOT NULL DEFAULT 0,
    created  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX accounts_by_skeleton ON accounts (skeleton);

CREATE TABLE tokens (
    id      TEXT PRIMARY KEY,
    account TEXT NOT NULL,
    name    TEXT NOT NULL,
    hash    BLOB,                           -- SHA-256 of the secret; NULL: none was given out
    created INTEGER NOT NULL,
    seen    INTEGER NOT NULL,
    until   INTEGER NOT NULL,
    lasts   INTEGER NOT NULL,
    address TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX tokens_by_hash ON tokens (hash) WHERE hash IS NOT NULL;
CREATE INDEX tokens_by_account ON tokens (account);

CREATE TABLE codes (
    hash    BLOB PRIMARY KEY,               -- SHA-256 of the code
    created INTEGER NOT NULL,
    until   INTEGER NOT NULL,
    uses    INTEGER NOT NULL,
    account TEXT NOT NULL,
    owner   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
