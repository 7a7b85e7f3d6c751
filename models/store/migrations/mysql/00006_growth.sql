-- What keeps the cost of a message and of a round from growing with what is finished:
-- which of a chat's follows are of finished parcels, and ways to find what has to end.

-- +goose Up
-- When the parcel was finished, as parcels.done_at says; zero while it lives. A row
-- that says zero may be of a finished parcel all the same: Followed and Sweep set it right.
SET @change = IF((SELECT COUNT(*) FROM information_schema.columns
    WHERE table_schema = DATABASE() AND table_name = 'follows' AND column_name = 'done_at') = 0,
    "ALTER TABLE follows ADD COLUMN done_at BIGINT NOT NULL DEFAULT 0", "SELECT 1");
PREPARE alter_follows FROM @change;
EXECUTE alter_follows;
DEALLOCATE PREPARE alter_follows;

SET @change = IF((SELECT COUNT(*) FROM information_schema.columns
    WHERE table_schema = DATABASE() AND table_name = 'stopped' AND column_name = 'done_at') = 0,
    "ALTER TABLE stopped ADD COLUMN done_at BIGINT NOT NULL DEFAULT 0", "SELECT 1");
PREPARE alter_stopped FROM @change;
EXECUTE alter_stopped;
DEALLOCATE PREPARE alter_stopped;

SET @change = IF((SELECT COUNT(*) FROM information_schema.statistics
    WHERE table_schema = DATABASE() AND table_name = 'follows' AND index_name = 'follows_chat_done') = 0,
    "CREATE INDEX follows_chat_done ON follows (chat_id, done_at)", "SELECT 1");
PREPARE add_index FROM @change;
EXECUTE add_index;
DEALLOCATE PREPARE add_index;

SET @change = IF((SELECT COUNT(*) FROM information_schema.statistics
    WHERE table_schema = DATABASE() AND table_name = 'parcels' AND index_name = 'parcels_finished') = 0,
    "CREATE INDEX parcels_finished ON parcels (left_at, done_at)", "SELECT 1");
PREPARE add_index FROM @change;
EXECUTE add_index;
DEALLOCATE PREPARE add_index;

SET @change = IF((SELECT COUNT(*) FROM information_schema.statistics
    WHERE table_schema = DATABASE() AND table_name = 'chats' AND index_name = 'chats_gone') = 0,
    "CREATE INDEX chats_gone ON chats (gone_at)", "SELECT 1");
PREPARE add_index FROM @change;
EXECUTE add_index;
DEALLOCATE PREPARE add_index;

-- +goose Down
DROP INDEX chats_gone ON chats;
DROP INDEX parcels_finished ON parcels;
DROP INDEX follows_chat_done ON follows;
ALTER TABLE stopped DROP COLUMN done_at;
ALTER TABLE follows DROP COLUMN done_at;
