-- Journeys that have ended, for estimates and for what is normal on a route.

-- +goose Up
ALTER TABLE parcels ADD COLUMN out_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE parcels ADD COLUMN ready_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE parcels ADD COLUMN silence INTEGER NOT NULL DEFAULT 0;

-- They hold neither a waybill's number nor a chat. A parcel has one at most.
CREATE TABLE journeys (
    parcel_id        INTEGER PRIMARY KEY,
    carrier          TEXT    NOT NULL DEFAULT '',
    origin           TEXT    NOT NULL DEFAULT '',
    destination      TEXT    NOT NULL DEFAULT '',
    origin_area      TEXT    NOT NULL DEFAULT '',
    destination_area TEXT    NOT NULL DEFAULT '',
    started_at       INTEGER NOT NULL DEFAULT 0,
    out_at           INTEGER NOT NULL DEFAULT 0,
    delivered_at     INTEGER NOT NULL DEFAULT 0,
    silence          INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX journeys_route ON journeys (carrier, origin, destination, delivered_at);
CREATE INDEX journeys_areas ON journeys (carrier, origin_area, destination_area, delivered_at);
CREATE INDEX journeys_from ON journeys (carrier, origin_area, delivered_at);
CREATE INDEX journeys_carrier ON journeys (carrier, delivered_at);
CREATE INDEX journeys_delivered ON journeys (delivered_at);

-- +goose Down
DROP TABLE journeys;
ALTER TABLE parcels DROP COLUMN silence;
ALTER TABLE parcels DROP COLUMN ready_at;
ALTER TABLE parcels DROP COLUMN out_at;
