-- The secret of an endpoint can be changed: for a while, what is sent is signed
-- with the one before too.

-- +goose Up
ALTER TABLE endpoints ADD COLUMN old_secret TEXT NOT NULL DEFAULT '';
ALTER TABLE endpoints ADD COLUMN old_until BIGINT NOT NULL DEFAULT 0;
