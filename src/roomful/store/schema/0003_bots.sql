-- Bots: who they are, how they are in rooms, why they spoke or were silent, what that used, and what they keep.

CREATE TABLE bots (
    id          TEXT PRIMARY KEY,           -- accounts.id
    model       TEXT NOT NULL,
    destination TEXT NOT NULL,
    max_bounce  INTEGER NOT NULL,
    settings    TEXT NOT NULL               -- JSON, for the bot host
) STRICT, WITHOUT ROWID;

CREATE TABLE places (
    room     INTEGER NOT NULL,              -- rooms.no
    bot      TEXT NOT NULL,
    mode     TEXT NOT NULL,
    host     INTEGER NOT NULL,
    settings TEXT NOT NULL,                 -- JSON, for the bot host
    PRIMARY KEY (room, bot)
) STRICT, WITHOUT ROWID;

CREATE INDEX places_by_bot ON places (bot);

CREATE TABLE verdicts (
    no          INTEGER PRIMARY KEY,        -- in the order in which they were recorded
    at          INTEGER NOT NULL,
    day         INTEGER NOT NULL,           -- of `at`, since 1970, UTC
    room        INTEGER NOT NULL,           -- rooms.no
    bot         TEXT NOT NULL,
    first       INTEGER NOT NULL,           -- numbers of the room's lines
    last        INTEGER NOT NULL,
    width       INTEGER NOT NULL,           -- bits of last - first: see store/sqlite/bots.py
    verdict     TEXT NOT NULL,
    rule        TEXT NOT NULL,
    words       TEXT NOT NULL,
    answer      INTEGER NOT NULL,
    model       TEXT NOT NULL,
    person      TEXT NOT NULL,
    tokens_in   INTEGER NOT NULL,
    tokens_out  INTEGER NOT NULL,
    cost        REAL NOT NULL,              -- USD
    first_token REAL NOT NULL,              -- s
    took        REAL NOT NULL               -- s
) STRICT;

CREATE INDEX verdicts_by_line ON verdicts (room, width, first, last);
CREATE INDEX verdicts_by_bot ON verdicts (bot, room);
CREATE INDEX verdicts_silent ON verdicts (at) WHERE tokens_in + tokens_out = 0;
-- Holds all that is summed up, in the order in which it is: nothing is looked up, and nothing is sorted.
CREATE INDEX verdicts_used ON verdicts (day, model, bot, room, person, at, tokens_in, tokens_out, cost)
    WHERE tokens_in + tokens_out > 0;

CREATE TABLE memories (
    no     INTEGER PRIMARY KEY,             -- in the order in which they were put
    room   INTEGER NOT NULL,                -- rooms.no
    id     TEXT NOT NULL,
    bot    TEXT NOT NULL,
    at     INTEGER NOT NULL,
    kind   TEXT NOT NULL,                   -- summary, note, or another word for that
    seq    INTEGER NOT NULL,                -- the line that it comes from, or up to which it goes; 0: none
    author TEXT NOT NULL,                   -- of that line
    text   TEXT NOT NULL,
    UNIQUE (room, id)
) STRICT;

CREATE INDEX memories_by_bot ON memories (bot, room);
CREATE INDEX memories_by_line ON memories (room, seq);
CREATE INDEX memories_summaries ON memories (room, seq) WHERE kind = 'summary';

CREATE TABLE kept (
    participant TEXT NOT NULL,
    key         TEXT NOT NULL,
    value       TEXT NOT NULL,
    version     INTEGER NOT NULL,
    PRIMARY KEY (participant, key)
) STRICT, WITHOUT ROWID;
