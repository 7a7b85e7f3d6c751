-- Times are milliseconds since 1970 UTC; 4611686018427387904 is "never".

-- Migrations are append-only: what has been released never changes.
-- MySQL commits each statement by itself, so every one can be run again after
-- a migration that broke off.

-- +goose Up
CREATE TABLE IF NOT EXISTS parcels (
    id            BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    number        VARCHAR(40) NOT NULL DEFAULT '',
    carrier       VARCHAR(32) NOT NULL DEFAULT '',
    `status`      VARCHAR(24) NOT NULL DEFAULT '',
    detail        VARCHAR(255) NOT NULL DEFAULT '',
    provider      VARCHAR(16) NOT NULL DEFAULT '',
    tail_needed   BOOLEAN NOT NULL DEFAULT 0,
    final         BOOLEAN NOT NULL DEFAULT 0,
    seq           BIGINT NOT NULL DEFAULT 0,
    version       BIGINT NOT NULL DEFAULT 0,
    due_at        BIGINT NOT NULL DEFAULT 4611686018427387904,
    next_at       BIGINT NOT NULL DEFAULT 0,
    asked_at      BIGINT NOT NULL DEFAULT 0,
    asked_by      VARCHAR(80) NOT NULL DEFAULT '',
    settled_at    BIGINT NOT NULL DEFAULT 0,
    heard_at      BIGINT NOT NULL DEFAULT 0,
    corrected_at  BIGINT NOT NULL DEFAULT 0,
    failures      INT NOT NULL DEFAULT 0,
    event_at      BIGINT NOT NULL DEFAULT 0,
    news_at       BIGINT NOT NULL DEFAULT 0,
    status_at     BIGINT NOT NULL DEFAULT 0,
    since         BIGINT NOT NULL DEFAULT 0,
    done_at       BIGINT NOT NULL DEFAULT 0,
    digest        VARCHAR(64) NOT NULL DEFAULT '',
    noticed       INT NOT NULL DEFAULT 0,
    left_at       BIGINT NOT NULL DEFAULT 0,
    created_at    BIGINT NOT NULL DEFAULT 0,
    UNIQUE KEY parcels_number_carrier (number, carrier),
    KEY parcels_due (due_at, version),
    KEY parcels_left (left_at)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- What was handed out for checking and has not begun yet. Parcels stay as they
-- are until they begin, so that handing out a million costs as little each as
-- handing out a thousand: this table and the head of parcels_due are small.
CREATE TABLE IF NOT EXISTS dispatched (
    parcel_id     BIGINT NOT NULL PRIMARY KEY,
    version       BIGINT NOT NULL,
    until_at      BIGINT NOT NULL,
    KEY dispatched_until (until_at)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

CREATE TABLE IF NOT EXISTS events (
    parcel_id     BIGINT NOT NULL,
    seq           BIGINT NOT NULL,
    `kind`        VARCHAR(16) NOT NULL DEFAULT '',
    identity      VARCHAR(64) NOT NULL DEFAULT '',
    `at`          BIGINT NOT NULL DEFAULT 0,
    `text`        VARCHAR(1000) NOT NULL DEFAULT '',
    place         VARCHAR(200) NOT NULL DEFAULT '',
    `status`      VARCHAR(24) NOT NULL DEFAULT '',
    code          VARCHAR(64) NOT NULL DEFAULT '',
    extra         VARCHAR(2000) NOT NULL DEFAULT '',
    urgent        BOOLEAN NOT NULL DEFAULT 0,
    stored_at     BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (parcel_id, seq),
    UNIQUE KEY events_identity (parcel_id, identity)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

CREATE TABLE IF NOT EXISTS follows (
    id            BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    chat_id       BIGINT NOT NULL,
    parcel_id     BIGINT NOT NULL,
    `name`        VARCHAR(80) NOT NULL DEFAULT '',
    muted         BOOLEAN NOT NULL DEFAULT 0,
    tail          VARBINARY(255),
    tail_state    INT NOT NULL DEFAULT 0,
    delivered_seq BIGINT NOT NULL DEFAULT 0,
    pending_seq   BIGINT NOT NULL DEFAULT 0,
    awaited       BOOLEAN NOT NULL DEFAULT 0,
    failures      INT NOT NULL DEFAULT 0,
    push_to       VARCHAR(64) NOT NULL DEFAULT '',
    created_at    BIGINT NOT NULL DEFAULT 0,
    UNIQUE KEY follows_chat_parcel (chat_id, parcel_id),
    KEY follows_parcel (parcel_id),
    KEY follows_pending (chat_id, pending_seq)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

CREATE TABLE IF NOT EXISTS chats (
    id            BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    door          VARCHAR(24) NOT NULL DEFAULT '',
    conversation  VARCHAR(128) NOT NULL DEFAULT '',
    thread        VARCHAR(32) NOT NULL DEFAULT '',
    is_group      BOOLEAN NOT NULL DEFAULT 0,
    lang          VARCHAR(12) NOT NULL DEFAULT '',
    spoken        VARCHAR(12) NOT NULL DEFAULT '',
    tail          VARBINARY(255),
    listed        MEDIUMTEXT,
    failures      INT NOT NULL DEFAULT 0,
    gone_at       BIGINT NOT NULL DEFAULT 0,
    retry_at      BIGINT NOT NULL DEFAULT 0,
    work_at       BIGINT NOT NULL DEFAULT 4611686018427387904,
    claim_owner   VARCHAR(80) NOT NULL DEFAULT '',
    claim_until   BIGINT NOT NULL DEFAULT 0,
    claim_epoch   BIGINT NOT NULL DEFAULT 0,
    credit_left   INT NOT NULL DEFAULT 0,
    credit_until  BIGINT NOT NULL DEFAULT 0,
    credit_epoch  BIGINT NOT NULL DEFAULT 0,
    spoke_at      BIGINT NOT NULL DEFAULT 0,
    forgotten     BOOLEAN NOT NULL DEFAULT 0,
    created_at    BIGINT NOT NULL DEFAULT 0,
    UNIQUE KEY chats_address (door, conversation, thread),
    KEY chats_work (door, work_at),
    KEY chats_claimed (claim_until),
    KEY chats_forgotten (forgotten)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

CREATE TABLE IF NOT EXISTS questions (
    chat_id       BIGINT NOT NULL PRIMARY KEY,
    asking        VARCHAR(12) NOT NULL DEFAULT '',
    nonce         VARCHAR(16) NOT NULL DEFAULT '',
    items         MEDIUMTEXT,
    `rest`        MEDIUMTEXT,
    asked_at      BIGINT NOT NULL DEFAULT 0,
    expires_at    BIGINT NOT NULL DEFAULT 0,
    changed_by    BIGINT NOT NULL DEFAULT 0,
    previous      MEDIUMTEXT,
    KEY questions_expires (expires_at)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

CREATE TABLE IF NOT EXISTS arrivals (
    id            BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    door          VARCHAR(24) NOT NULL,
    update_key    VARCHAR(128) NOT NULL,
    chat_id       BIGINT NOT NULL,
    pos           BIGINT NOT NULL DEFAULT 0,
    body          MEDIUMBLOB,
    replies       MEDIUMBLOB,
    answered      BOOLEAN NOT NULL DEFAULT 0,
    sent          INT NOT NULL DEFAULT 0,
    failures      INT NOT NULL DEFAULT 0,
    due_at        BIGINT NOT NULL DEFAULT 0,
    `at`          BIGINT NOT NULL DEFAULT 0,
    UNIQUE KEY arrivals_door_key (door, update_key),
    KEY arrivals_open (due_at),
    KEY arrivals_chat (chat_id, due_at),
    KEY arrivals_at (at)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- When a provider was last asked about a waybill, and until when it is locked there.
CREATE TABLE IF NOT EXISTS provider_calls (
    number        VARCHAR(40) NOT NULL,
    provider      VARCHAR(16) NOT NULL,
    started_at    BIGINT NOT NULL DEFAULT 0,
    locked_until  BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (number, provider)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- The exempt calls about a waybill that were made inside the floor in the last 24 hours.
CREATE TABLE IF NOT EXISTS floor_exemptions (
    number        VARCHAR(40) NOT NULL PRIMARY KEY,
    times         VARCHAR(200)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

CREATE TABLE IF NOT EXISTS budgets (
    `day`         VARCHAR(10) NOT NULL,
    provider      VARCHAR(16) NOT NULL,
    used          BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (day, provider)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- One row per call, or per day and kind of call once they are folded (started_at is 0 then).
CREATE TABLE IF NOT EXISTS calls (
    id            BIGINT NOT NULL PRIMARY KEY,
    `day`         VARCHAR(10) NOT NULL DEFAULT '',
    provider      VARCHAR(16) NOT NULL DEFAULT '',
    `kind`        VARCHAR(16) NOT NULL DEFAULT '',
    outcome       VARCHAR(16) NOT NULL DEFAULT '',
    billed        BOOLEAN NOT NULL DEFAULT 0,
    `count`       BIGINT NOT NULL DEFAULT 1,
    number        VARCHAR(40) NOT NULL DEFAULT '',
    purpose       VARCHAR(12) NOT NULL DEFAULT '',
    started_at    BIGINT NOT NULL DEFAULT 0,
    finished_at   BIGINT NOT NULL DEFAULT 0,
    KEY calls_day_provider (day, provider),
    KEY calls_started (started_at)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

CREATE TABLE IF NOT EXISTS tail_attempts (
    number        VARCHAR(40) NOT NULL,
    `day`         VARCHAR(10) NOT NULL,
    chat_id       BIGINT NOT NULL,
    `count`       BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (number, day, chat_id),
    KEY tail_attempts_day (day),
    KEY tail_attempts_chat (chat_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

CREATE TABLE IF NOT EXISTS leases (
    `name`        VARCHAR(80) NOT NULL PRIMARY KEY,
    `owner`       VARCHAR(80) NOT NULL DEFAULT '',
    fence         BIGINT NOT NULL DEFAULT 0,
    expires_at    BIGINT NOT NULL DEFAULT 0
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- The next free slot of a rate, in microseconds since 1970.
CREATE TABLE IF NOT EXISTS rates (
    `name`        VARCHAR(80) NOT NULL PRIMARY KEY,
    next_us       BIGINT NOT NULL DEFAULT 0
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

CREATE TABLE IF NOT EXISTS cache (
    `kind`        VARCHAR(16) NOT NULL,
    cache_key     VARCHAR(190) NOT NULL,
    `value`       MEDIUMBLOB,
    until_at      BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (kind, cache_key),
    KEY cache_until (until_at)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

CREATE TABLE IF NOT EXISTS counters (
    `name`        VARCHAR(80) NOT NULL PRIMARY KEY,
    `value`       BIGINT NOT NULL DEFAULT 0
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

CREATE TABLE IF NOT EXISTS subscriptions (
    id            BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    parcel_id     BIGINT NOT NULL,
    provider      VARCHAR(16) NOT NULL,
    token         VARCHAR(64) NOT NULL,
    `number`      VARCHAR(40) NOT NULL DEFAULT '',
    carrier       VARCHAR(32) NOT NULL DEFAULT '',
    state         VARCHAR(16) NOT NULL DEFAULT '',
    due_at        BIGINT NOT NULL DEFAULT 4611686018427387904,
    failures      INT NOT NULL DEFAULT 0,
    asked_at      BIGINT NOT NULL DEFAULT 0,
    heard_at      BIGINT NOT NULL DEFAULT 0,
    hinted_at     BIGINT NOT NULL DEFAULT 0,
    silent_at     BIGINT NOT NULL DEFAULT 0,
    idle_at       BIGINT NOT NULL DEFAULT 0,
    `month`       VARCHAR(7) NOT NULL DEFAULT '',
    orders        INT NOT NULL DEFAULT 0,
    created_at    BIGINT NOT NULL DEFAULT 0,
    UNIQUE KEY subscriptions_token (token),
    KEY subscriptions_parcel (parcel_id),
    KEY subscriptions_number (`number`),
    KEY subscriptions_due (idle_at, due_at)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- Pushes whose form no vendor has published, for the operator to look at: the
-- newest hundred.
CREATE TABLE IF NOT EXISTS raw_pushes (
    id       BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    provider VARCHAR(16) NOT NULL DEFAULT '',
    `at`     BIGINT NOT NULL DEFAULT 0,
    body     TEXT,
    KEY raw_pushes_at (`at`)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- How far the messages of accounts that hand them out on request are fetched.
CREATE TABLE IF NOT EXISTS sync_cursors (
    account       VARCHAR(64) NOT NULL PRIMARY KEY,
    next_cursor   VARCHAR(128) NOT NULL DEFAULT '',
    token         VARCHAR(128) NOT NULL DEFAULT '',
    token_at      BIGINT NOT NULL DEFAULT 0,
    first_at      BIGINT NOT NULL DEFAULT 0,
    announced     BIGINT NOT NULL DEFAULT 0,
    fetched       BIGINT NOT NULL DEFAULT 0
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

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
