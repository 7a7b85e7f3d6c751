-- What keeps the cost of a message and of a round from growing with what is finished:
-- which of a chat's follows are of finished parcels, and ways to find what has to end.

-- +goose Up
-- When the parcel was finished, as parcels.done_at says; zero while it lives. A row
-- that says zero may be of a finished parcel all the same: Followed and Sweep set it right.
ALTER TABLE follows ADD COLUMN done_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE stopped ADD COLUMN done_at INTEGER NOT NULL DEFAULT 0;
CREATE INDEX follows_chat_done ON follows (chat_id, done_at);
CREATE INDEX parcels_finished ON parcels (left_at, done_at) WHERE left_at = 0 AND done_at > 0;
CREATE INDEX chats_gone ON chats (gone_at) WHERE gone_at > 0;

-- +goose Down
DROP INDEX chats_gone;
DROP INDEX parcels_finished;
DROP INDEX follows_chat_done;
ALTER TABLE stopped DROP COLUMN done_at;
ALTER TABLE follows DROP COLUMN done_at;
