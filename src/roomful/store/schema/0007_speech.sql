-- What services of speech were used for, and what that cost: a row a day, summed up as it is written.

CREATE TABLE speech_used (
    day    INTEGER NOT NULL,                -- since 1970, UTC
    room   INTEGER NOT NULL,                -- rooms.no
    person TEXT NOT NULL,                   -- who spoke, or was the first to have a text read out
    what   TEXT NOT NULL,                   -- listen, speak
    model  TEXT NOT NULL,
    times  INTEGER NOT NULL,
    amount REAL NOT NULL,                   -- seconds of clips, characters of texts
    cost   REAL NOT NULL,                   -- USD
    PRIMARY KEY (day, room, person, what, model)
) STRICT, WITHOUT ROWID;
