-- +goose Up
CREATE TABLE subscriptions (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    parcel_id  INTEGER NOT NULL,
    provider   TEXT    NOT NULL,
    token      TEXT    NOT NULL,
    number     TEXT    NOT NULL DEFAULT '',
    carrier    TEXT    NOT NULL DEFAULT '',
    state      TEXT    NOT NULL DEFAULT '',
    due_at     INTEGER NOT NULL DEFAULT 4611686018427387904,
    failures   INTEGER NOT NULL DEFAULT 0,
    asked_at   INTEGER NOT NULL DEFAULT 0,
    heard_at   INTEGER NOT NULL DEFAULT 0,
    hinted_at  INTEGER NOT NULL DEFAULT 0,
    silent_at  INTEGER NOT NULL DEFAULT 0,
    idle_at    INTEGER NOT NULL DEFAULT 0,
    month      TEXT    NOT NULL DEFAULT '',
    orders     INTEGER NOT NULL DEFAULT 0,
    created_at INTEGER NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX subscriptions_token ON subscriptions (token);
CREATE INDEX subscriptions_parcel ON subscriptions (parcel_id);
CREATE INDEX subscriptions_number ON subscriptions (number);
CREATE INDEX subscriptions_due ON subscriptions (due_at);
CREATE INDEX subscriptions_idle ON subscriptions (idle_at);

-- Pushes whose form no vendor has published, for the operator to look at: the
-- newest hundred.
CREATE TABLE pushes (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    provider TEXT    NOT NULL DEFAULT '',
    at       INTEGER NOT NULL DEFAULT 0,
    body     TEXT    NOT NULL DEFAULT ''
);

-- +goose Down
DROP TABLE pushes;
DROP TABLE subscriptions;
