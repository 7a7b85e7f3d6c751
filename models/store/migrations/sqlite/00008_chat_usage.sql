-- What asking for each chat has cost, by day ("d2026-11-28") and by month ("m2026-11")
-- in Shanghai.

-- +goose Up
-- Shares of calls in thousandths, cost in millionths of a yuan. Chat 0 stands for what
-- no chat follows.
CREATE TABLE chat_usage (
    period  TEXT    NOT NULL,
    chat_id INTEGER NOT NULL,
    calls   INTEGER NOT NULL DEFAULT 0,
    billed  INTEGER NOT NULL DEFAULT 0,
    cost    INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (period, chat_id)
) WITHOUT ROWID;
CREATE INDEX chat_usage_most ON chat_usage (period, cost, billed, calls);
CREATE INDEX chat_usage_chat ON chat_usage (chat_id);

-- +goose Down
DROP TABLE chat_usage;
