-- Which verdicts somebody was told of: those that stand in a room's history, found by the line under which they stand.

ALTER TABLE verdicts ADD COLUMN told INTEGER NOT NULL DEFAULT 0;

CREATE INDEX verdicts_told ON verdicts (room, last) WHERE told = 1;
