-- How much a chat hears, what a journey is about, and stops that can be undone.
-- Columns are added unless they are there: MySQL knows no ADD COLUMN IF NOT EXISTS,
-- and commits each statement by itself.

-- +goose Up
SET @change = IF((SELECT COUNT(*) FROM information_schema.columns
    WHERE table_schema = DATABASE() AND table_name = 'chats' AND column_name = 'news') = 0,
    "ALTER TABLE chats ADD COLUMN news VARCHAR(12) NOT NULL DEFAULT '', ADD COLUMN news_at INT NOT NULL DEFAULT 0", "SELECT 1");
PREPARE alter_chats FROM @change;
EXECUTE alter_chats;
DEALLOCATE PREPARE alter_chats;

SET @change = IF((SELECT COUNT(*) FROM information_schema.columns
    WHERE table_schema = DATABASE() AND table_name = 'parcels' AND column_name = 'origin') = 0,
    "ALTER TABLE parcels ADD COLUMN origin VARCHAR(64) NOT NULL DEFAULT '', ADD COLUMN destination VARCHAR(64) NOT NULL DEFAULT '', ADD COLUMN started_at BIGINT NOT NULL DEFAULT 0, ADD COLUMN estimate VARCHAR(200) NOT NULL DEFAULT '', ADD COLUMN newest_seq BIGINT NOT NULL DEFAULT 0, ADD COLUMN lang VARCHAR(12) NOT NULL DEFAULT ''", "SELECT 1");
PREPARE alter_parcels FROM @change;
EXECUTE alter_parcels;
DEALLOCATE PREPARE alter_parcels;

-- Follows as they were when their chats stopped them.
CREATE TABLE IF NOT EXISTS stopped (
    id            BIGINT NOT NULL PRIMARY KEY,
    chat_id       BIGINT NOT NULL,
    parcel_id     BIGINT NOT NULL,
    `name`        VARCHAR(80) NOT NULL DEFAULT '',
    muted         TINYINT NOT NULL DEFAULT 0,
    tail          VARBINARY(255),
    tail_state    INT NOT NULL DEFAULT 0,
    delivered_seq BIGINT NOT NULL DEFAULT 0,
    pending_seq   BIGINT NOT NULL DEFAULT 0,
    awaited       BOOLEAN NOT NULL DEFAULT 0,
    failures      INT NOT NULL DEFAULT 0,
    push_to       VARCHAR(64) NOT NULL DEFAULT '',
    created_at    BIGINT NOT NULL DEFAULT 0,
    stopped_at    BIGINT NOT NULL DEFAULT 0,
    KEY stopped_chat (chat_id),
    KEY stopped_at (stopped_at)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- +goose Down
DROP TABLE stopped;
ALTER TABLE parcels DROP COLUMN lang, DROP COLUMN newest_seq, DROP COLUMN estimate, DROP COLUMN started_at, DROP COLUMN destination, DROP COLUMN origin;
ALTER TABLE chats DROP COLUMN news_at, DROP COLUMN news;
