-- What is true of the database as a whole: the probe, by which a key is known to be the
-- right one; that values are yet to be sealed anew; that a copy has not finished.

-- +goose Up
CREATE TABLE IF NOT EXISTS properties (
    `name`  VARCHAR(32) NOT NULL PRIMARY KEY,
    `value` VARBINARY(1024),
    made_at BIGINT NOT NULL DEFAULT 0
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- +goose Down
DROP TABLE properties;
