-- +goose Up
CREATE TABLE subscriptions (
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
    KEY subscriptions_due (due_at),
    KEY subscriptions_idle (idle_at)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- Pushes whose form no vendor has published, for the operator to look at: the
-- newest hundred.
CREATE TABLE pushes (
    id       BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    provider VARCHAR(16) NOT NULL DEFAULT '',
    `at`     BIGINT NOT NULL DEFAULT 0,
    body     TEXT
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- +goose Down
DROP TABLE pushes;
DROP TABLE subscriptions;
