-- When carriers move, as their scans have shown: counts, nothing of any parcel.

-- +goose Up
CREATE TABLE rhythm (
    carrier  TEXT    NOT NULL DEFAULT '',
    leg      TEXT    NOT NULL,
    slot     INTEGER NOT NULL,
    scans    REAL    NOT NULL DEFAULT 0,
    exposure REAL    NOT NULL DEFAULT 0,
    faded_at INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (carrier, leg, slot)
) WITHOUT ROWID;

-- +goose Down
DROP TABLE rhythm;
