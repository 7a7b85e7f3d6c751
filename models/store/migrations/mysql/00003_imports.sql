-- Tables whose parcels a chat follows together: how far their first checks have come.
-- follows.imported_at names the table (imports.started_at) until it is summed up.
-- Columns are added unless they are there: MySQL knows no ADD COLUMN IF NOT EXISTS,
-- and commits each statement by itself.

-- +goose Up
SET @change = IF((SELECT COUNT(*) FROM information_schema.columns
    WHERE table_schema = DATABASE() AND table_name = 'follows' AND column_name = 'imported_at') = 0,
    "ALTER TABLE follows ADD COLUMN imported_at BIGINT NOT NULL DEFAULT 0", "SELECT 1");
PREPARE alter_follows FROM @change;
EXECUTE alter_follows;
DEALLOCATE PREPARE alter_follows;

SET @change = IF((SELECT COUNT(*) FROM information_schema.columns
    WHERE table_schema = DATABASE() AND table_name = 'stopped' AND column_name = 'imported_at') = 0,
    "ALTER TABLE stopped ADD COLUMN imported_at BIGINT NOT NULL DEFAULT 0", "SELECT 1");
PREPARE alter_stopped FROM @change;
EXECUTE alter_stopped;
DEALLOCATE PREPARE alter_stopped;

CREATE TABLE IF NOT EXISTS imports (
    chat_id    BIGINT NOT NULL,
    started_at BIGINT NOT NULL,
    total      INT NOT NULL DEFAULT 0,
    checked    INT NOT NULL DEFAULT 0,
    token      VARCHAR(128) NOT NULL DEFAULT '',
    reported_at BIGINT NOT NULL DEFAULT 0,
    summed_at  BIGINT NOT NULL DEFAULT 0,
    due_at     BIGINT NOT NULL DEFAULT 4611686018427387904,
    PRIMARY KEY (chat_id, started_at),
    KEY imports_due (due_at)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- +goose Down
DROP TABLE imports;
ALTER TABLE stopped DROP COLUMN imported_at;
ALTER TABLE follows DROP COLUMN imported_at;
