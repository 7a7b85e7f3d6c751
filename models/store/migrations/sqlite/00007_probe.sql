-- What is true of the database as a whole: the probe, by which a key is known to be the
-- right one; that values are yet to be sealed anew; that a copy has not finished.

-- +goose Up
CREATE TABLE properties (
    name    TEXT    NOT NULL PRIMARY KEY,
    value   BLOB,
    made_at INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;

-- +goose Down
DROP TABLE properties;
