-- What the operator's dashboard needs: sign-ins, what was sent to whom, what was
-- asked for and alerted, and ways to find parcels, calls and failing chats. The
-- column and its index are made in two statements for TiDB.

-- +goose Up
SET @change = IF((SELECT COUNT(*) FROM information_schema.columns
    WHERE table_schema = DATABASE() AND table_name = 'parcels' AND column_name = 'number_end') = 0,
    "ALTER TABLE parcels ADD COLUMN number_end VARCHAR(3) GENERATED ALWAYS AS (RIGHT(number, 3)) VIRTUAL", "SELECT 1");
PREPARE alter_parcels FROM @change;
EXECUTE alter_parcels;
DEALLOCATE PREPARE alter_parcels;

SET @change = IF((SELECT COUNT(*) FROM information_schema.statistics
    WHERE table_schema = DATABASE() AND table_name = 'parcels' AND index_name = 'parcels_number_end') = 0,
    "CREATE INDEX parcels_number_end ON parcels (number_end)", "SELECT 1");
PREPARE add_index FROM @change;
EXECUTE add_index;
DEALLOCATE PREPARE add_index;

SET @change = IF((SELECT COUNT(*) FROM information_schema.statistics
    WHERE table_schema = DATABASE() AND table_name = 'parcels' AND index_name = 'parcels_open') = 0,
    "CREATE INDEX parcels_open ON parcels (done_at, left_at, status)", "SELECT 1");
PREPARE add_index FROM @change;
EXECUTE add_index;
DEALLOCATE PREPARE add_index;

SET @change = IF((SELECT COUNT(*) FROM information_schema.statistics
    WHERE table_schema = DATABASE() AND table_name = 'calls' AND index_name = 'calls_number') = 0,
    "CREATE INDEX calls_number ON calls (number, started_at)", "SELECT 1");
PREPARE add_index FROM @change;
EXECUTE add_index;
DEALLOCATE PREPARE add_index;

SET @change = IF((SELECT COUNT(*) FROM information_schema.statistics
    WHERE table_schema = DATABASE() AND table_name = 'chats' AND index_name = 'chats_failing') = 0,
    "CREATE INDEX chats_failing ON chats (failures)", "SELECT 1");
PREPARE add_index FROM @change;
EXECUTE add_index;
DEALLOCATE PREPARE add_index;

-- How each delivery ended, one row for each outcome: a failure that repeats is
-- counted in its row. parcel_id is 0 for replies.
CREATE TABLE IF NOT EXISTS sent (
    parcel_id BIGINT NOT NULL,
    chat_id   BIGINT NOT NULL,
    upto      BIGINT NOT NULL,
    outcome   VARCHAR(16) NOT NULL,
    reason    VARCHAR(200) NOT NULL DEFAULT '',
    attempts  INT NOT NULL DEFAULT 1,
    `at`      BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (parcel_id, chat_id, upto, outcome),
    KEY sent_chat (chat_id, `at`),
    KEY sent_at (`at`)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- Under a hash of what the browser holds.
CREATE TABLE IF NOT EXISTS admin_sessions (
    id         VARCHAR(64) NOT NULL PRIMARY KEY,
    created_at BIGINT NOT NULL DEFAULT 0,
    until_at   BIGINT NOT NULL DEFAULT 0,
    KEY admin_sessions_until (until_at)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- Wrong tokens of the last minutes, by address.
CREATE TABLE IF NOT EXISTS wrong_tokens (
    id      BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    address VARCHAR(64) NOT NULL DEFAULT '',
    `at`    BIGINT NOT NULL DEFAULT 0,
    KEY wrong_tokens_address (address, `at`),
    KEY wrong_tokens_at (`at`)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- Alerts, sign-ins, and what the operator asked to see unmasked.
CREATE TABLE IF NOT EXISTS notes (
    id   BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    kind VARCHAR(16) NOT NULL DEFAULT '',
    what VARCHAR(400) NOT NULL DEFAULT '',
    `at` BIGINT NOT NULL DEFAULT 0,
    KEY notes_kind (kind, `at`),
    KEY notes_at (`at`)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- +goose Down
DROP TABLE notes;
DROP TABLE wrong_tokens;
DROP TABLE admin_sessions;
DROP TABLE sent;
DROP INDEX chats_failing ON chats;
DROP INDEX calls_number ON calls;
DROP INDEX parcels_open ON parcels;
DROP INDEX parcels_number_end ON parcels;
ALTER TABLE parcels DROP COLUMN number_end;
