-- Journeys that have ended, for estimates and for what is normal on a route.
-- Columns are added unless they are there: MySQL knows no ADD COLUMN IF NOT EXISTS,
-- and commits each statement by itself.

-- +goose Up
SET @change = IF((SELECT COUNT(*) FROM information_schema.columns
    WHERE table_schema = DATABASE() AND table_name = 'parcels' AND column_name = 'out_at') = 0,
    "ALTER TABLE parcels ADD COLUMN out_at BIGINT NOT NULL DEFAULT 0, ADD COLUMN ready_at BIGINT NOT NULL DEFAULT 0, ADD COLUMN silence BIGINT NOT NULL DEFAULT 0", "SELECT 1");
PREPARE alter_parcels FROM @change;
EXECUTE alter_parcels;
DEALLOCATE PREPARE alter_parcels;

-- They hold neither a waybill's number nor a chat. A parcel has one at most.
CREATE TABLE IF NOT EXISTS journeys (
    parcel_id        BIGINT NOT NULL PRIMARY KEY,
    carrier          VARCHAR(32) NOT NULL DEFAULT '',
    origin           VARCHAR(64) NOT NULL DEFAULT '',
    destination      VARCHAR(64) NOT NULL DEFAULT '',
    origin_area      VARCHAR(64) NOT NULL DEFAULT '',
    destination_area VARCHAR(64) NOT NULL DEFAULT '',
    started_at       BIGINT NOT NULL DEFAULT 0,
    out_at           BIGINT NOT NULL DEFAULT 0,
    delivered_at     BIGINT NOT NULL DEFAULT 0,
    silence          BIGINT NOT NULL DEFAULT 0,
    KEY journeys_route (carrier, origin, destination, delivered_at),
    KEY journeys_areas (carrier, origin_area, destination_area, delivered_at),
    KEY journeys_from (carrier, origin_area, delivered_at),
    KEY journeys_carrier (carrier, delivered_at),
    KEY journeys_delivered (delivered_at)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- +goose Down
DROP TABLE journeys;
ALTER TABLE parcels DROP COLUMN silence, DROP COLUMN ready_at, DROP COLUMN out_at;
