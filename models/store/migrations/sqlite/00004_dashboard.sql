-- What the operator's dashboard needs: sign-ins, what was sent to whom, what was
-- asked for and alerted, and ways to find parcels, calls and failing chats.

-- +goose Up
ALTER TABLE parcels ADD COLUMN number_end TEXT GENERATED ALWAYS AS (substr(number, -3)) VIRTUAL;
CREATE INDEX parcels_number_end ON parcels (number_end);
CREATE INDEX parcels_open ON parcels (done_at, left_at, status);
CREATE INDEX calls_number ON calls (number, started_at) WHERE number <> '';
CREATE INDEX chats_failing ON chats (failures) WHERE failures > 0;

-- How each delivery ended, one row for each outcome: a failure that repeats is
-- counted in its row. parcel_id is 0 for replies.
CREATE TABLE sent (
    parcel_id INTEGER NOT NULL,
    chat_id   INTEGER NOT NULL,
    upto      INTEGER NOT NULL,
    outcome   TEXT    NOT NULL,
    reason    TEXT    NOT NULL DEFAULT '',
    attempts  INTEGER NOT NULL DEFAULT 1,
    at        INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (parcel_id, chat_id, upto, outcome)
) WITHOUT ROWID;
CREATE INDEX sent_chat ON sent (chat_id, at);
CREATE INDEX sent_at ON sent (at);

-- Under a hash of what the browser holds.
CREATE TABLE admin_sessions (
    id         TEXT    NOT NULL PRIMARY KEY,
    created_at INTEGER NOT NULL DEFAULT 0,
    until_at   INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE INDEX admin_sessions_until ON admin_sessions (until_at);

-- Wrong tokens of the last minutes, by address.
CREATE TABLE wrong_tokens (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    address TEXT    NOT NULL DEFAULT '',
    at      INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX wrong_tokens_address ON wrong_tokens (address, at);
CREATE INDEX wrong_tokens_at ON wrong_tokens (at);

-- Alerts, sign-ins, and what the operator asked to see unmasked.
CREATE TABLE notes (
    id   INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT    NOT NULL DEFAULT '',
    what TEXT    NOT NULL DEFAULT '',
    at   INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX notes_kind ON notes (kind, at);
CREATE INDEX notes_at ON notes (at);

-- +goose Down
DROP TABLE notes;
DROP TABLE wrong_tokens;
DROP TABLE admin_sessions;
DROP TABLE sent;
DROP INDEX chats_failing;
DROP INDEX calls_number;
DROP INDEX parcels_open;
DROP INDEX parcels_number_end;
ALTER TABLE parcels DROP COLUMN number_end;
