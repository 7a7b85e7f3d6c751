-- +goose Up
-- How far the messages of accounts that hand them out on request are fetched.
CREATE TABLE mails (
    account     TEXT    NOT NULL PRIMARY KEY,
    next_cursor TEXT    NOT NULL DEFAULT '',
    token       TEXT    NOT NULL DEFAULT '',
    token_at    INTEGER NOT NULL DEFAULT 0,
    first_at    INTEGER NOT NULL DEFAULT 0,
    announced   INTEGER NOT NULL DEFAULT 0,
    fetched     INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;

-- What a platform still lets the bot send to a chat. Serial 0: it does not count.
ALTER TABLE chats ADD COLUMN credit_left INTEGER NOT NULL DEFAULT 0;
ALTER TABLE chats ADD COLUMN credit_until INTEGER NOT NULL DEFAULT 0;
ALTER TABLE chats ADD COLUMN credit_serial INTEGER NOT NULL DEFAULT 0;
ALTER TABLE chats ADD COLUMN spoke_at INTEGER NOT NULL DEFAULT 0;
CREATE INDEX chats_forgotten ON chats (forgotten) WHERE forgotten = 1;

-- Up to where somebody waits for news.
ALTER TABLE follows ADD COLUMN promised INTEGER NOT NULL DEFAULT 0;

-- When the customer's next message last made a postponed update due.
ALTER TABLE arrivals ADD COLUMN freed_at INTEGER NOT NULL DEFAULT 0;

CREATE INDEX tries_chat ON tries (chat_id);

-- +goose Down
DROP INDEX tries_chat;
ALTER TABLE arrivals DROP COLUMN freed_at;
ALTER TABLE follows DROP COLUMN promised;
DROP INDEX chats_forgotten;
ALTER TABLE chats DROP COLUMN spoke_at;
ALTER TABLE chats DROP COLUMN credit_serial;
ALTER TABLE chats DROP COLUMN credit_until;
ALTER TABLE chats DROP COLUMN credit_left;
DROP TABLE mails;
