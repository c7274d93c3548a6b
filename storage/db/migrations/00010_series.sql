-- Series of documents that people tie together, and what people of encounters are to
-- each other. Lines are added and never changed: the newest counts.

-- +goose Up
CREATE TABLE series (
    id        TEXT   NOT NULL PRIMARY KEY,
    title     TEXT   NOT NULL CHECK (title <> ''),
    opened_by TEXT   NOT NULL,
    opened_at BIGINT NOT NULL
);
CREATE INDEX series_by_time ON series (opened_at, id);

CREATE TABLE series_entries (
    seq            BIGINT NOT NULL,
    series         TEXT   NOT NULL REFERENCES series (id),
    kind           TEXT   NOT NULL CHECK (kind IN ('added', 'taken_out', 'state', 'business_model', 'observation')),
    document       TEXT   NOT NULL,
    state          TEXT   NOT NULL,
    business_model TEXT   NOT NULL,
    labels         TEXT   NOT NULL,
    observation    TEXT   NOT NULL,
    handed_to      TEXT   NOT NULL,
    source         TEXT   NOT NULL,
    grade          TEXT   NOT NULL,
    words          TEXT   NOT NULL CHECK (words <> ''),
    by_whom        TEXT   NOT NULL,
    at             BIGINT NOT NULL,
    PRIMARY KEY (series, seq)
);
CREATE INDEX series_entries_by_hand_over ON series_entries (handed_to) WHERE handed_to <> '';

-- Where a document belongs now, which follows from the entries: to one series at most.
CREATE TABLE series_documents (
    document TEXT NOT NULL PRIMARY KEY REFERENCES documents (id),
    series   TEXT NOT NULL REFERENCES series (id)
);
CREATE INDEX series_documents_by_series ON series_documents (series, document);

ALTER TABLE referrals ADD COLUMN series TEXT NOT NULL DEFAULT '';
CREATE INDEX referrals_by_series ON referrals (series, sent_at, id) WHERE series <> '';

CREATE TABLE person_links (
    seq            BIGINT NOT NULL,
    from_encounter TEXT   NOT NULL REFERENCES casefiles (encounter),
    from_person    BIGINT NOT NULL CHECK (from_person > 0),
    to_encounter   TEXT   NOT NULL REFERENCES casefiles (encounter),
    to_person      BIGINT NOT NULL CHECK (to_person > 0),
    kind           TEXT   NOT NULL,
    status         TEXT   NOT NULL CHECK (status IN ('claimed', 'verified', 'rejected')),
    words          TEXT   NOT NULL CHECK (words <> ''),
    source         TEXT   NOT NULL,
    grade          TEXT   NOT NULL,
    by_whom        TEXT   NOT NULL,
    at             BIGINT NOT NULL,
    PRIMARY KEY (from_encounter, from_person, to_encounter, to_person, kind, seq)
);
CREATE INDEX person_links_by_end ON person_links (to_encounter, to_person);

-- What people said of addresses and telephones, as keyed hashes: who shares one can
-- be told, and nothing can be looked up.
CREATE TABLE person_traces (
    kind      TEXT   NOT NULL CHECK (kind IN ('same_address', 'same_telephone')),
    mark      TEXT   NOT NULL,
    encounter TEXT   NOT NULL REFERENCES casefiles (encounter),
    person    BIGINT NOT NULL,
    at        BIGINT NOT NULL,
    PRIMARY KEY (kind, mark, encounter, person)
);
CREATE INDEX person_traces_by_person ON person_traces (encounter, person);
CREATE INDEX holdings_by_document ON holdings (document);
