-- +goose Up
-- How far the messages of accounts that hand them out on request are fetched.
CREATE TABLE mails (
    account       VARCHAR(64) NOT NULL PRIMARY KEY,
    next_cursor   VARCHAR(128) NOT NULL DEFAULT '',
    token         VARCHAR(128) NOT NULL DEFAULT '',
    token_at      BIGINT NOT NULL DEFAULT 0,
    first_at      BIGINT NOT NULL DEFAULT 0,
    announced     BIGINT NOT NULL DEFAULT 0,
    fetched       BIGINT NOT NULL DEFAULT 0
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- What a platform still lets the bot send to a chat. Serial 0: it does not count.
ALTER TABLE chats ADD COLUMN credit_left INT NOT NULL DEFAULT 0;
ALTER TABLE chats ADD COLUMN credit_until BIGINT NOT NULL DEFAULT 0;
ALTER TABLE chats ADD COLUMN credit_serial BIGINT NOT NULL DEFAULT 0;
ALTER TABLE chats ADD COLUMN spoke_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE chats ADD KEY chats_forgotten (forgotten);

-- Up to where somebody waits for news.
ALTER TABLE follows ADD COLUMN promised BIGINT NOT NULL DEFAULT 0;

-- When the customer's next message last made a postponed update due.
ALTER TABLE arrivals ADD COLUMN freed_at BIGINT NOT NULL DEFAULT 0;

ALTER TABLE tries ADD KEY tries_chat (chat_id);

-- +goose Down
ALTER TABLE tries DROP KEY tries_chat;
ALTER TABLE arrivals DROP COLUMN freed_at;
ALTER TABLE follows DROP COLUMN promised;
ALTER TABLE chats DROP KEY chats_forgotten;
ALTER TABLE chats DROP COLUMN spoke_at;
ALTER TABLE chats DROP COLUMN credit_serial;
ALTER TABLE chats DROP COLUMN credit_until;
ALTER TABLE chats DROP COLUMN credit_left;
DROP TABLE mails;
