-- What operators were told of and is not over, and since when sending to a chat fails;
-- a way to those whose messages are counted.

-- +goose Up
CREATE TABLE incidents (
    name     TEXT    NOT NULL,
    subject  TEXT    NOT NULL,
    first_at INTEGER NOT NULL DEFAULT 0,
    bad_at   INTEGER NOT NULL DEFAULT 0,
    good_at  INTEGER NOT NULL DEFAULT 0,
    alerted_at  INTEGER NOT NULL DEFAULT 0,
    args     TEXT    NOT NULL DEFAULT '',
    PRIMARY KEY (name, subject)
) WITHOUT ROWID;

ALTER TABLE chats ADD COLUMN failing_at INTEGER NOT NULL DEFAULT 0;
CREATE INDEX chats_failing_at ON chats (door, failing_at) WHERE failing_at > 0;
CREATE INDEX chats_credit ON chats (door, credit_epoch) WHERE credit_epoch > 0;

-- +goose Down
DROP INDEX chats_credit;
DROP INDEX chats_failing_at;
ALTER TABLE chats DROP COLUMN failing_at;
DROP TABLE incidents;
