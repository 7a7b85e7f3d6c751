-- What operators were told of and is not over, and since when sending to a chat fails;
-- a way to those whose messages are counted.
-- The column and its index are made in two statements for TiDB.

-- +goose Up
CREATE TABLE IF NOT EXISTS incidents (
    name     VARCHAR(32) NOT NULL,
    subject  VARCHAR(64) NOT NULL,
    first_at BIGINT NOT NULL DEFAULT 0,
    bad_at   BIGINT NOT NULL DEFAULT 0,
    good_at  BIGINT NOT NULL DEFAULT 0,
    alerted_at  BIGINT NOT NULL DEFAULT 0,
    args     VARCHAR(1000) NOT NULL DEFAULT '',
    PRIMARY KEY (name, subject)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

SET @change = IF((SELECT COUNT(*) FROM information_schema.columns
    WHERE table_schema = DATABASE() AND table_name = 'chats' AND column_name = 'failing_at') = 0,
    "ALTER TABLE chats ADD COLUMN failing_at BIGINT NOT NULL DEFAULT 0", "SELECT 1");
PREPARE alter_chats FROM @change;
EXECUTE alter_chats;
DEALLOCATE PREPARE alter_chats;

SET @change = IF((SELECT COUNT(*) FROM information_schema.statistics
    WHERE table_schema = DATABASE() AND table_name = 'chats' AND index_name = 'chats_failing_at') = 0,
    "CREATE INDEX chats_failing_at ON chats (door, failing_at)", "SELECT 1");
PREPARE add_index FROM @change;
EXECUTE add_index;
DEALLOCATE PREPARE add_index;

SET @change = IF((SELECT COUNT(*) FROM information_schema.statistics
    WHERE table_schema = DATABASE() AND table_name = 'chats' AND index_name = 'chats_credit') = 0,
    "CREATE INDEX chats_credit ON chats (door, credit_epoch)", "SELECT 1");
PREPARE add_index FROM @change;
EXECUTE add_index;
DEALLOCATE PREPARE add_index;

-- +goose Down
DROP INDEX chats_credit ON chats;
DROP INDEX chats_failing_at ON chats;
ALTER TABLE chats DROP COLUMN failing_at;
DROP TABLE incidents;
