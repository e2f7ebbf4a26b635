-- Partner programmes.
CREATE TABLE programs (
    id BLOB NOT NULL,
    name TEXT NOT NULL,
    state TEXT NOT NULL,
    commission_kind TEXT NOT NULL,
    rate_ppm INTEGER,
    fixed_minor INTEGER,
    currency TEXT NOT NULL,
    attribution_window_days INTEGER NOT NULL,
    holding_days INTEGER NOT NULL,
    auto_approve INTEGER NOT NULL CHECK (auto_approve IN (0, 1)),
    event_type TEXT,
    destination_url TEXT NOT NULL,
    is_demo INTEGER NOT NULL CHECK (is_demo IN (0, 1)),
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    version INTEGER NOT NULL,
    PRIMARY KEY (id),
    CHECK (state IN ('active', 'archived')),
    CHECK (commission_kind IN ('percent', 'fixed')),
    CHECK ((commission_kind = 'percent') = (rate_ppm IS NOT NULL)),
    CHECK ((commission_kind = 'fixed') = (fixed_minor IS NOT NULL))
) STRICT;
CREATE INDEX programs_state_id ON programs (state, id);
CREATE INDEX programs_name_id ON programs (name, id);

-- Partners. Payee details are sealed; the hint is what may be shown.
CREATE TABLE partners (
    id BLOB NOT NULL,
    name TEXT NOT NULL,
    email TEXT NOT NULL,
    company TEXT,
    website TEXT,
    state TEXT NOT NULL,
    note TEXT,
    search_text TEXT NOT NULL,
    payee_sealed TEXT,
    payee_hint TEXT,
    is_demo INTEGER NOT NULL CHECK (is_demo IN (0, 1)),
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    version INTEGER NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (email),
    CHECK (state IN ('applied', 'approved', 'declined', 'suspended', 'archived'))
) STRICT;
CREATE INDEX partners_state_id ON partners (state, id);
CREATE INDEX partners_name_id ON partners (name, id);

-- A partner in a programme, with terms of its own where set.
CREATE TABLE enrolments (
    id BLOB NOT NULL,
    partner_id BLOB NOT NULL,
    program_id BLOB NOT NULL,
    state TEXT NOT NULL,
    commission_kind TEXT,
    rate_ppm INTEGER,
    fixed_minor INTEGER,
    currency TEXT,
    holding_days INTEGER,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    version INTEGER NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (partner_id, program_id),
    FOREIGN KEY (partner_id) REFERENCES partners (id),
    FOREIGN KEY (program_id) REFERENCES programs (id),
    CHECK (state IN ('active', 'ended'))
) STRICT;
CREATE INDEX enrolments_program_id_id ON enrolments (program_id, id);

-- Tracked links.
CREATE TABLE links (
    id BLOB NOT NULL,
    enrolment_id BLOB NOT NULL,
    partner_id BLOB NOT NULL,
    program_id BLOB NOT NULL,
    key TEXT NOT NULL,
    destination_url TEXT,
    label TEXT,
    state TEXT NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    version INTEGER NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (key),
    FOREIGN KEY (enrolment_id) REFERENCES enrolments (id),
    FOREIGN KEY (partner_id) REFERENCES partners (id),
    FOREIGN KEY (program_id) REFERENCES programs (id),
    CHECK (state IN ('active', 'archived'))
) STRICT;
CREATE INDEX links_enrolment_id ON links (enrolment_id);
CREATE INDEX links_partner_id_id ON links (partner_id, id);
CREATE INDEX links_program_id_id ON links (program_id, id);
CREATE INDEX links_state_id ON links (state, id);
