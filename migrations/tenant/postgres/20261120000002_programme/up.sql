-- Partner programmes.
CREATE TABLE programs (
    tenant_id uuid NOT NULL DEFAULT NULLIF(current_setting('app.tenant_id', true), '')::uuid,
    id uuid NOT NULL,
    name text NOT NULL,
    state text NOT NULL,
    commission_kind text NOT NULL,
    rate_ppm bigint,
    fixed_minor bigint,
    currency text NOT NULL,
    attribution_window_days bigint NOT NULL,
    holding_days bigint NOT NULL,
    auto_approve boolean NOT NULL,
    event_type text,
    destination_url text NOT NULL,
    is_demo boolean NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version bigint NOT NULL,
    PRIMARY KEY (tenant_id, id),
    CHECK (state IN ('active', 'archived')),
    CHECK (commission_kind IN ('percent', 'fixed')),
    CHECK ((commission_kind = 'percent') = (rate_ppm IS NOT NULL)),
    CHECK ((commission_kind = 'fixed') = (fixed_minor IS NOT NULL))
);
CREATE INDEX programs_state_id ON programs (tenant_id, state, id);
CREATE INDEX programs_name_id ON programs (tenant_id, name, id);
ALTER TABLE programs ENABLE ROW LEVEL SECURITY;
ALTER TABLE programs FORCE ROW LEVEL SECURITY;
CREATE POLICY programs_own ON programs TO steading_app USING (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid) WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid);
CREATE POLICY programs_operator ON programs TO steading_owner USING (true) WITH CHECK (true);

-- Partners. Payee details are sealed; the hint is what may be shown.
CREATE TABLE partners (
    tenant_id uuid NOT NULL DEFAULT NULLIF(current_setting('app.tenant_id', true), '')::uuid,
    id uuid NOT NULL,
    name text NOT NULL,
    email text NOT NULL,
    company text,
    website text,
    state text NOT NULL,
    note text,
    search_text text NOT NULL,
    payee_sealed text,
    payee_hint text,
    is_demo boolean NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version bigint NOT NULL,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, email),
    CHECK (state IN ('applied', 'approved', 'declined', 'suspended', 'archived'))
);
CREATE INDEX partners_state_id ON partners (tenant_id, state, id);
CREATE INDEX partners_name_id ON partners (tenant_id, name, id);
ALTER TABLE partners ENABLE ROW LEVEL SECURITY;
ALTER TABLE partners FORCE ROW LEVEL SECURITY;
CREATE POLICY partners_own ON partners TO steading_app USING (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid) WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid);
CREATE POLICY partners_operator ON partners TO steading_owner USING (true) WITH CHECK (true);

-- A partner in a programme, with terms of its own where set.
CREATE TABLE enrolments (
    tenant_id uuid NOT NULL DEFAULT NULLIF(current_setting('app.tenant_id', true), '')::uuid,
    id uuid NOT NULL,
    partner_id uuid NOT NULL,
    program_id uuid NOT NULL,
    state text NOT NULL,
    commission_kind text,
    rate_ppm bigint,
    fixed_minor bigint,
    currency text,
    holding_days bigint,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version bigint NOT NULL,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, partner_id, program_id),
    FOREIGN KEY (tenant_id, partner_id) REFERENCES partners (tenant_id, id),
    FOREIGN KEY (tenant_id, program_id) REFERENCES programs (tenant_id, id),
    CHECK (state IN ('active', 'ended'))
);
CREATE INDEX enrolments_program_id_id ON enrolments (tenant_id, program_id, id);
ALTER TABLE enrolments ENABLE ROW LEVEL SECURITY;
ALTER TABLE enrolments FORCE ROW LEVEL SECURITY;
CREATE POLICY enrolments_own ON enrolments TO steading_app USING (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid) WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid);
CREATE POLICY enrolments_operator ON enrolments TO steading_owner USING (true) WITH CHECK (true);

-- Tracked links.
CREATE TABLE links (
    tenant_id uuid NOT NULL DEFAULT NULLIF(current_setting('app.tenant_id', true), '')::uuid,
    id uuid NOT NULL,
    enrolment_id uuid NOT NULL,
    partner_id uuid NOT NULL,
    program_id uuid NOT NULL,
    key text NOT NULL,
    destination_url text,
    label text,
    state text NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version bigint NOT NULL,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, key),
    FOREIGN KEY (tenant_id, enrolment_id) REFERENCES enrolments (tenant_id, id),
    FOREIGN KEY (tenant_id, partner_id) REFERENCES partners (tenant_id, id),
    FOREIGN KEY (tenant_id, program_id) REFERENCES programs (tenant_id, id),
    CHECK (state IN ('active', 'archived'))
);
CREATE INDEX links_enrolment_id ON links (tenant_id, enrolment_id);
CREATE INDEX links_partner_id_id ON links (tenant_id, partner_id, id);
CREATE INDEX links_program_id_id ON links (tenant_id, program_id, id);
CREATE INDEX links_state_id ON links (tenant_id, state, id);
ALTER TABLE links ENABLE ROW LEVEL SECURITY;
ALTER TABLE links FORCE ROW LEVEL SECURITY;
CREATE POLICY links_own ON links TO steading_app USING (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid) WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid);
CREATE POLICY links_operator ON links TO steading_owner USING (true) WITH CHECK (true);
