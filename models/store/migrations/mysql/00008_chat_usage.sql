-- What asking for each chat has cost, by day ("d2026-11-28") and by month ("m2026-11")
-- in Shanghai.

-- +goose Up
-- Shares of calls in thousandths, cost in millionths of a yuan. Chat 0 stands for what
-- no chat follows.
CREATE TABLE IF NOT EXISTS chat_usage (
    period  VARCHAR(12) NOT NULL,
    chat_id BIGINT NOT NULL,
    calls   BIGINT NOT NULL DEFAULT 0,
    billed  BIGINT NOT NULL DEFAULT 0,
    cost    BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (period, chat_id),
    KEY chat_usage_most (period, cost, billed, calls),
    KEY chat_usage_chat (chat_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- +goose Down
DROP TABLE chat_usage;
