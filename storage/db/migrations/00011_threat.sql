-- What finished reviews contribute to the threat area "fraudulent documents".
-- There is no column for anything of a person.

-- +goose Up
-- The issuing State and the document code that a zone says for sure.
CREATE TABLE document_models (
    document_id   TEXT NOT NULL PRIMARY KEY REFERENCES documents (id),
    issuing_state TEXT NOT NULL,
    type          TEXT NOT NULL
);
CREATE INDEX documents_by_screening ON documents (screened_at) WHERE page_of = '' AND screened_at > 0;

-- Lines are added and never changed. Whoever adds one holds the line of feed_head
-- until it is there, so that places are taken in the order in which they can be
-- read: a reader who goes on after the last place misses nothing.
CREATE TABLE feed (
    seq           BIGINT NOT NULL PRIMARY KEY,
    document_id   TEXT   NOT NULL REFERENCES reviews (document_id),
    revision      BIGINT NOT NULL CHECK (revision > 0),
    at            BIGINT NOT NULL,
    period        TEXT   NOT NULL,
    issuing_state TEXT   NOT NULL,
    type          TEXT   NOT NULL,
    held          BIGINT NOT NULL,
    referred      BIGINT NOT NULL,
    body          TEXT   NOT NULL,
    UNIQUE (document_id, revision)
);
CREATE INDEX feed_by_period ON feed (period, seq);
CREATE INDEX feed_by_time ON feed (at);

CREATE TABLE feed_head (
    one  BIGINT NOT NULL PRIMARY KEY CHECK (one = 1),
    last BIGINT NOT NULL
);
INSERT INTO feed_head (one, last)
VALUES (1, 0);
