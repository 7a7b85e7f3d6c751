-- Tables whose parcels a chat follows together: how far their first checks have come.
-- follows.imported_at names the table (imports.started_at) until it is summed up.

-- +goose Up
ALTER TABLE follows ADD COLUMN imported_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE stopped ADD COLUMN imported_at INTEGER NOT NULL DEFAULT 0;

CREATE TABLE imports (
    chat_id    INTEGER NOT NULL,
    started_at INTEGER NOT NULL,
    total      INTEGER NOT NULL DEFAULT 0,
    checked    INTEGER NOT NULL DEFAULT 0,
    token      TEXT    NOT NULL DEFAULT '',
    reported_at INTEGER NOT NULL DEFAULT 0,
    summed_at  INTEGER NOT NULL DEFAULT 0,
    due_at     INTEGER NOT NULL DEFAULT 4611686018427387904,
    PRIMARY KEY (chat_id, started_at)
) WITHOUT ROWID;
CREATE INDEX imports_due ON imports (due_at);

-- +goose Down
DROP TABLE imports;
ALTER TABLE stopped DROP COLUMN imported_at;
ALTER TABLE follows DROP COLUMN imported_at;
