-- Times are milliseconds since 1970 UTC; 4611686018427387904 is "never".

-- Migrations are append-only: what has been released never changes.

-- +goose Up
CREATE TABLE parcels (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    number      TEXT    NOT NULL DEFAULT '',
    carrier     TEXT    NOT NULL DEFAULT '',
    status      TEXT    NOT NULL DEFAULT '',
    detail      TEXT    NOT NULL DEFAULT '',
    provider    TEXT    NOT NULL DEFAULT '',
    tail_needed INTEGER NOT NULL DEFAULT 0,
    final       INTEGER NOT NULL DEFAULT 0,
    seq         INTEGER NOT NULL DEFAULT 0,
    version     INTEGER NOT NULL DEFAULT 0,
    due_at      INTEGER NOT NULL DEFAULT 4611686018427387904,
    next_at     INTEGER NOT NULL DEFAULT 0,
    asked_at    INTEGER NOT NULL DEFAULT 0,
    asked_by    TEXT    NOT NULL DEFAULT '',
    settled_at  INTEGER NOT NULL DEFAULT 0,
    heard_at    INTEGER NOT NULL DEFAULT 0,
    corrected_at INTEGER NOT NULL DEFAULT 0,
    failures    INTEGER NOT NULL DEFAULT 0,
    event_at    INTEGER NOT NULL DEFAULT 0,
    news_at     INTEGER NOT NULL DEFAULT 0,
    status_at   INTEGER NOT NULL DEFAULT 0,
    since       INTEGER NOT NULL DEFAULT 0,
    done_at     INTEGER NOT NULL DEFAULT 0,
    digest      TEXT    NOT NULL DEFAULT '',
    noticed     INTEGER NOT NULL DEFAULT 0,
    left_at     INTEGER NOT NULL DEFAULT 0,
    created_at  INTEGER NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX parcels_number_carrier ON parcels (number, carrier);
CREATE INDEX parcels_due ON parcels (due_at, version);
CREATE INDEX parcels_left ON parcels (left_at) WHERE left_at > 0;

-- What was handed out for checking and has not begun yet. Parcels stay as they
-- are until they begin, so that handing out a million costs as little each as
-- handing out a thousand: this table and the head of parcels_due are small.
CREATE TABLE dispatched (
    parcel_id INTEGER PRIMARY KEY,
    version   INTEGER NOT NULL,
    until_at  INTEGER NOT NULL
);
CREATE INDEX dispatched_until ON dispatched (until_at);

CREATE TABLE events (
    parcel_id INTEGER NOT NULL,
    seq       INTEGER NOT NULL,
    kind      TEXT    NOT NULL DEFAULT '',
    identity  TEXT    NOT NULL DEFAULT '',
    at        INTEGER NOT NULL DEFAULT 0,
    text      TEXT    NOT NULL DEFAULT '',
    place     TEXT    NOT NULL DEFAULT '',
    status    TEXT    NOT NULL DEFAULT '',
    code      TEXT    NOT NULL DEFAULT '',
    extra     TEXT    NOT NULL DEFAULT '',
    urgent    INTEGER NOT NULL DEFAULT 0,
    stored_at INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (parcel_id, seq)
) WITHOUT ROWID;
CREATE UNIQUE INDEX events_identity ON events (parcel_id, identity);

CREATE TABLE follows (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    chat_id    INTEGER NOT NULL,
    parcel_id  INTEGER NOT NULL,
    name       TEXT    NOT NULL DEFAULT '',
    muted      INTEGER NOT NULL DEFAULT 0,
    tail       BLOB,
    tail_state INTEGER NOT NULL DEFAULT 0,
    delivered_seq INTEGER NOT NULL DEFAULT 0,
    pending_seq   INTEGER NOT NULL DEFAULT 0,
    awaited    INTEGER NOT NULL DEFAULT 0,
    failures   INTEGER NOT NULL DEFAULT 0,
    push_to    TEXT    NOT NULL DEFAULT '',
    created_at INTEGER NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX follows_chat_parcel ON follows (chat_id, parcel_id);
CREATE INDEX follows_parcel ON follows (parcel_id);
CREATE INDEX follows_pending ON follows (chat_id, pending_seq) WHERE pending_seq > 0;

CREATE TABLE chats (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    door         TEXT    NOT NULL DEFAULT '',
    conversation TEXT    NOT NULL DEFAULT '',
    thread       TEXT    NOT NULL DEFAULT '',
    is_group     INTEGER NOT NULL DEFAULT 0,
    lang         TEXT    NOT NULL DEFAULT '',
    spoken       TEXT    NOT NULL DEFAULT '',
    tail         BLOB,
    listed       TEXT,
    failures     INTEGER NOT NULL DEFAULT 0,
    gone_at      INTEGER NOT NULL DEFAULT 0,
    retry_at     INTEGER NOT NULL DEFAULT 0,
    work_at      INTEGER NOT NULL DEFAULT 4611686018427387904,
    claim_owner  TEXT    NOT NULL DEFAULT '',
    claim_until  INTEGER NOT NULL DEFAULT 0,
    claim_epoch  INTEGER NOT NULL DEFAULT 0,
    credit_left  INTEGER NOT NULL DEFAULT 0,
    credit_until INTEGER NOT NULL DEFAULT 0,
    credit_epoch INTEGER NOT NULL DEFAULT 0,
    spoke_at     INTEGER NOT NULL DEFAULT 0,
    forgotten    INTEGER NOT NULL DEFAULT 0,
    created_at   INTEGER NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX chats_address ON chats (door, conversation, thread);
CREATE INDEX chats_work ON chats (door, work_at);
CREATE INDEX chats_claimed ON chats (claim_until) WHERE claim_until > 0;
CREATE INDEX chats_forgotten ON chats (forgotten) WHERE forgotten = 1;

CREATE TABLE questions (
    chat_id    INTEGER PRIMARY KEY,
    asking     TEXT    NOT NULL DEFAULT '',
    nonce      TEXT    NOT NULL DEFAULT '',
    items      TEXT,
    rest       TEXT,
    asked_at   INTEGER NOT NULL DEFAULT 0,
    expires_at INTEGER NOT NULL DEFAULT 0,
    changed_by INTEGER NOT NULL DEFAULT 0,
    previous   TEXT
);
CREATE INDEX questions_expires ON questions (expires_at);

CREATE TABLE arrivals (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    door       TEXT    NOT NULL,
    update_key TEXT    NOT NULL,
    chat_id    INTEGER NOT NULL,
    pos        INTEGER NOT NULL DEFAULT 0,
    body       BLOB,
    replies    BLOB,
    answered   INTEGER NOT NULL DEFAULT 0,
    sent       INTEGER NOT NULL DEFAULT 0,
    failures   INTEGER NOT NULL DEFAULT 0,
    due_at     INTEGER NOT NULL DEFAULT 0,
    at         INTEGER NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX arrivals_door_key ON arrivals (door, update_key);
CREATE INDEX arrivals_open ON arrivals (due_at);
CREATE INDEX arrivals_chat ON arrivals (chat_id, due_at);
CREATE INDEX arrivals_at ON arrivals (at);

-- When a provider was last asked about a waybill, and until when it is locked there.
CREATE TABLE provider_calls (
    number       TEXT    NOT NULL,
    provider     TEXT    NOT NULL,
    started_at   INTEGER NOT NULL DEFAULT 0,
    locked_until INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (number, provider)
) WITHOUT ROWID;

-- The exempt calls about a waybill that were made inside the floor in the last 24 hours.
CREATE TABLE floor_exemptions (
    number TEXT NOT NULL PRIMARY KEY,
    times  TEXT
) WITHOUT ROWID;

CREATE TABLE budgets (
    day      TEXT    NOT NULL,
    provider TEXT    NOT NULL,
    used     INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (day, provider)
) WITHOUT ROWID;

-- One row per call, or per day and kind of call once they are folded (started_at is 0 then).
CREATE TABLE calls (
    id          INTEGER PRIMARY KEY,
    day         TEXT    NOT NULL DEFAULT '',
    provider    TEXT    NOT NULL DEFAULT '',
    kind        TEXT    NOT NULL DEFAULT '',
    outcome     TEXT    NOT NULL DEFAULT '',
    billed      INTEGER NOT NULL DEFAULT 0,
    count       INTEGER NOT NULL DEFAULT 1,
    number      TEXT    NOT NULL DEFAULT '',
    purpose     TEXT    NOT NULL DEFAULT '',
    started_at  INTEGER NOT NULL DEFAULT 0,
    finished_at INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX calls_day_provider ON calls (day, provider);
CREATE INDEX calls_started ON calls (started_at);

CREATE TABLE tail_attempts (
    number  TEXT    NOT NULL,
    day     TEXT    NOT NULL,
    chat_id INTEGER NOT NULL,
    count   INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (number, day, chat_id)
) WITHOUT ROWID;
CREATE INDEX tail_attempts_day ON tail_attempts (day);
CREATE INDEX tail_attempts_chat ON tail_attempts (chat_id);

CREATE TABLE leases (
    name       TEXT    NOT NULL PRIMARY KEY,
    owner      TEXT    NOT NULL DEFAULT '',
    fence      INTEGER NOT NULL DEFAULT 0,
    expires_at INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;

-- The next free slot of a rate, in microseconds since 1970.
CREATE TABLE rates (
    name    TEXT    NOT NULL PRIMARY KEY,
    next_us INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;

CREATE TABLE cache (
    kind      TEXT    NOT NULL,
    cache_key TEXT    NOT NULL,
    value     BLOB,
    until_at  INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (kind, cache_key)
) WITHOUT ROWID;
CREATE INDEX cache_until ON cache (until_at);

CREATE TABLE counters (
    name  TEXT    NOT NULL PRIMARY KEY,
    value INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;

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
CREATE INDEX subscriptions_due ON subscriptions (idle_at, due_at);

-- Pushes whose form no vendor has published, for the operator to look at: the
-- newest hundred.
CREATE TABLE raw_pushes (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    provider TEXT    NOT NULL DEFAULT '',
    at       INTEGER NOT NULL DEFAULT 0,
    body     TEXT    NOT NULL DEFAULT ''
);
CREATE INDEX raw_pushes_at ON raw_pushes (at);

-- How far the messages of accounts that hand them out on request are fetched.
CREATE TABLE sync_cursors (
    account     TEXT    NOT NULL PRIMARY KEY,
    next_cursor TEXT    NOT NULL DEFAULT '',
    token       TEXT    NOT NULL DEFAULT '',
    token_at    INTEGER NOT NULL DEFAULT 0,
    first_at    INTEGER NOT NULL DEFAULT 0,
    announced   INTEGER NOT NULL DEFAULT 0,
    fetched     INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;

-- +goose Down
DROP TABLE sync_cursors;
DROP TABLE raw_pushes;
DROP TABLE subscriptions;
DROP TABLE counters;
DROP TABLE cache;
DROP TABLE rates;
DROP TABLE leases;
DROP TABLE tail_attempts;
DROP TABLE calls;
DROP TABLE budgets;
DROP TABLE floor_exemptions;
DROP TABLE provider_calls;
DROP TABLE arrivals;
DROP TABLE questions;
DROP TABLE chats;
DROP TABLE follows;
DROP TABLE events;
DROP TABLE dispatched;
DROP TABLE parcels;
