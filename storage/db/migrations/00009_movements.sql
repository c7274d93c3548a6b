-- How the people of an encounter came, went or stayed, the threat areas that it
-- belongs to, and the incidents that encounters have in common. Lines are added and
-- never changed: the newest counts.

-- +goose Up
CREATE TABLE movements (
    seq              BIGINT NOT NULL,
    encounter        TEXT   NOT NULL REFERENCES encounters (reference),
    direction        TEXT   NOT NULL CHECK (direction IN ('entry', 'arrival', 'exit', 'in_country')),
    purpose          TEXT   NOT NULL,
    modes            TEXT   NOT NULL, -- JSON
    mode_words       TEXT   NOT NULL,
    clandestine      TEXT   NOT NULL CHECK (clandestine IN ('yes', 'no', 'unknown')),
    actor_scope      TEXT   NOT NULL CHECK (actor_scope IN ('individual', 'network', 'unknown')),
    destination      TEXT   NOT NULL,
    boundary_crossed TEXT   NOT NULL CHECK (boundary_crossed IN ('yes', 'no', 'unknown')),
    by_whom          TEXT   NOT NULL,
    at               BIGINT NOT NULL,
    PRIMARY KEY (encounter, seq)
);
CREATE INDEX movements_by_time ON movements (at, encounter);

CREATE TABLE threat_areas (
    seq            BIGINT NOT NULL,
    encounter      TEXT   NOT NULL REFERENCES encounters (reference),
    primary_area   TEXT   NOT NULL CHECK (primary_area IN ('OIC-FAC', 'OIC-DOC', 'OIC-ABU')),
    secondary_area TEXT   NOT NULL, -- JSON
    labels         TEXT   NOT NULL, -- version of what areas are called
    by_whom        TEXT   NOT NULL,
    at             BIGINT NOT NULL,
    PRIMARY KEY (encounter, seq)
);

CREATE TABLE incidents (
    id        TEXT   NOT NULL PRIMARY KEY,
    title     TEXT   NOT NULL CHECK (title <> ''),
    site      TEXT   NOT NULL,
    marking   TEXT   NOT NULL CHECK (marking IN ('OFFICIAL', 'OFFICIAL-SENSITIVE')),
    guidance  TEXT   NOT NULL,
    opened_by TEXT   NOT NULL,
    opened_at BIGINT NOT NULL
);
CREATE INDEX incidents_by_time ON incidents (opened_at, id);

-- An encounter belongs to one incident at most.
CREATE TABLE incident_encounters (
    encounter TEXT   NOT NULL PRIMARY KEY REFERENCES encounters (reference),
    incident  TEXT   NOT NULL REFERENCES incidents (id),
    by_whom   TEXT   NOT NULL,
    at        BIGINT NOT NULL
);
CREATE INDEX incident_encounters_by_incident ON incident_encounters (incident, at, encounter);
