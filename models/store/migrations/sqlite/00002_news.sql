-- How much a chat hears, what a journey is about, and stops that can be undone.

-- +goose Up
ALTER TABLE chats ADD COLUMN news TEXT NOT NULL DEFAULT '';
ALTER TABLE chats ADD COLUMN news_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE parcels ADD COLUMN origin TEXT NOT NULL DEFAULT '';
ALTER TABLE parcels ADD COLUMN destination TEXT NOT NULL DEFAULT '';
ALTER TABLE parcels ADD COLUMN started_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE parcels ADD COLUMN estimate TEXT NOT NULL DEFAULT '';
ALTER TABLE parcels ADD COLUMN newest_seq INTEGER NOT NULL DEFAULT 0;
ALTER TABLE parcels ADD COLUMN lang TEXT NOT NULL DEFAULT '';

-- Follows as they were when their chats stopped them.
CREATE TABLE stopped (
    id         INTEGER PRIMARY KEY,
    chat_id    INTEGER NOT NULL,
    parcel_id  INTEGER NOT NULL,
    name       TEXT    NOT NULL DEFAULT '',
    muted      INTEGER NOT NULL DEFAULT 0,
    tail       BLOB,
    tail_state INTEGER NOT NULL DEFAULT 0,
    delivered_seq INTEGER NOT NULL DEFAULT 0,
    pending_seq   INTEGER NOT NULL DEFAULT 0,
    awaited    INTEGER NOT NULL DEFAULT 0,
    failures   INTEGER NOT NULL DEFAULT 0,
    push_to    TEXT    NOT NULL DEFAULT '',
    created_at INTEGER NOT NULL DEFAULT 0,
    stopped_at INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX stopped_chat ON stopped (chat_id);
CREATE INDEX stopped_at ON stopped (stopped_at);

-- +goose Down
DROP TABLE stopped;
ALTER TABLE parcels DROP COLUMN lang;
ALTER TABLE parcels DROP COLUMN newest_seq;
ALTER TABLE parcels DROP COLUMN estimate;
ALTER TABLE parcels DROP COLUMN started_at;
ALTER TABLE parcels DROP COLUMN destination;
ALTER TABLE parcels DROP COLUMN origin;
ALTER TABLE chats DROP COLUMN news_at;
ALTER TABLE chats DROP COLUMN news;
