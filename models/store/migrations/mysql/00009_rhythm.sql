-- When carriers move, as their scans have shown: counts, nothing of any parcel.

-- +goose Up
CREATE TABLE IF NOT EXISTS rhythm (
    carrier  VARCHAR(32) NOT NULL DEFAULT '',
    leg      VARCHAR(16) NOT NULL,
    slot     INT         NOT NULL,
    scans    DOUBLE      NOT NULL DEFAULT 0,
    exposure DOUBLE      NOT NULL DEFAULT 0,
    faded_at BIGINT      NOT NULL DEFAULT 0,
    PRIMARY KEY (carrier, leg, slot)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- +goose Down
DROP TABLE rhythm;
