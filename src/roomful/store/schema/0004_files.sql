-- Files that were uploaded. Their bytes lie in a folder beside the database, under their SHA-256.

CREATE TABLE files (
    id       TEXT PRIMARY KEY,
    room     INTEGER NOT NULL,              -- rooms.no
    uploader TEXT NOT NULL,                 -- participants.id
    digest   BLOB NOT NULL,                 -- SHA-256
    name     TEXT NOT NULL,
    type     TEXT NOT NULL,
    size     INTEGER NOT NULL,              -- bytes
    width    INTEGER NOT NULL,              -- pixels; 0: no image
    height   INTEGER NOT NULL,
    created  INTEGER NOT NULL,
    seq      INTEGER NOT NULL DEFAULT 0     -- of the message that it hangs on; 0: none yet
) STRICT, WITHOUT ROWID;

CREATE INDEX files_by_line ON files (room, seq);
CREATE INDEX files_by_digest ON files (digest);
CREATE INDEX files_by_uploader ON files (uploader, created, size);
CREATE INDEX files_waiting ON files (created) WHERE seq = 0;

-- Digests to which a row referred that is gone: perhaps nobody needs the bytes any more.
CREATE TABLE loose (
    digest BLOB PRIMARY KEY
) STRICT, WITHOUT ROWID;

CREATE TRIGGER files_gone AFTER DELETE ON files BEGIN
    INSERT OR IGNORE INTO loose (digest) VALUES (old.digest);
END;
