-- Visits through links, as lean as can be: the id carries the time, there is no second index.
CREATE TABLE clicks (
    tenant_id uuid NOT NULL DEFAULT NULLIF(current_setting('app.tenant_id', true), '')::uuid,
    id uuid NOT NULL,
    link_id uuid NOT NULL,
    visitor bytea,
    referrer text,
    user_agent text,
    query text,
    flag text,
    PRIMARY KEY (tenant_id, id)
);
ALTER TABLE clicks ENABLE ROW LEVEL SECURITY;
ALTER TABLE clicks FORCE ROW LEVEL SECURITY;
CREATE POLICY clicks_own ON clicks TO steading_app USING (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid) WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid);
CREATE POLICY clicks_operator ON clicks TO steading_owner USING (true) WITH CHECK (true);

-- Clicks per day and link, rolled up behind the hot path.
CREATE TABLE click_days (
    tenant_id uuid NOT NULL DEFAULT NULLIF(current_setting('app.tenant_id', true), '')::uuid,
    day text NOT NULL,
    link_id uuid NOT NULL,
    clicks bigint NOT NULL,
    flagged bigint NOT NULL,
    PRIMARY KEY (tenant_id, day, link_id)
);
CREATE INDEX click_days_link_id ON click_days (tenant_id, link_id, clicks, flagged);
ALTER TABLE click_days ENABLE ROW LEVEL SECURITY;
ALTER TABLE click_days FORCE ROW LEVEL SECURITY;
CREATE POLICY click_days_own ON click_days TO steading_app USING (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid) WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid);
CREATE POLICY click_days_operator ON click_days TO steading_owner USING (true) WITH CHECK (true);

-- Customers of the company, by its own name for them, and the enrolment that won them: set at the first conversion,
-- so that rules which pay for later ones have somebody to pay.
CREATE TABLE customers (
    tenant_id uuid NOT NULL DEFAULT NULLIF(current_setting('app.tenant_id', true), '')::uuid,
    id uuid NOT NULL,
    external_id text NOT NULL,
    enrolment_id uuid,
    converted_at timestamptz,
    is_demo boolean NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, external_id),
    FOREIGN KEY (tenant_id, enrolment_id) REFERENCES enrolments (tenant_id, id)
);
CREATE INDEX customers_enrolment_id ON customers (tenant_id, enrolment_id) WHERE enrolment_id IS NOT NULL;
ALTER TABLE customers ENABLE ROW LEVEL SECURITY;
ALTER TABLE customers FORCE ROW LEVEL SECURITY;
CREATE POLICY customers_own ON customers TO steading_app USING (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid) WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid);
CREATE POLICY customers_operator ON customers TO steading_owner USING (true) WITH CHECK (true);

-- Which customers came by which clicks, and who said so: the company's server or a visitor's browser.
CREATE TABLE identities (
    tenant_id uuid NOT NULL DEFAULT NULLIF(current_setting('app.tenant_id', true), '')::uuid,
    customer_id uuid NOT NULL,
    click_id uuid NOT NULL,
    link_id uuid NOT NULL,
    clicked_at timestamptz NOT NULL,
    source text NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, customer_id, click_id),
    FOREIGN KEY (tenant_id, customer_id) REFERENCES customers (tenant_id, id) ON DELETE CASCADE,
    CHECK (source IN ('server', 'browser'))
);
CREATE INDEX identities_click_id ON identities (tenant_id, click_id);
ALTER TABLE identities ENABLE ROW LEVEL SECURITY;
ALTER TABLE identities FORCE ROW LEVEL SECURITY;
CREATE POLICY identities_own ON identities TO steading_app USING (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid) WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid);
CREATE POLICY identities_operator ON identities TO steading_owner USING (true) WITH CHECK (true);

-- What the company reported: sign-ups, sales, refunds.
CREATE TABLE events (
    tenant_id uuid NOT NULL DEFAULT NULLIF(current_setting('app.tenant_id', true), '')::uuid,
    id uuid NOT NULL,
    kind text NOT NULL,
    customer_id uuid,
    click_id uuid,
    refunds_event_id uuid,
    external_id text NOT NULL,
    amount_minor bigint,
    currency text,
    occurred_at timestamptz NOT NULL,
    metadata text,
    fingerprint text NOT NULL,
    outcome text,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, external_id),
    FOREIGN KEY (tenant_id, customer_id) REFERENCES customers (tenant_id, id),
    FOREIGN KEY (tenant_id, refunds_event_id) REFERENCES events (tenant_id, id)
);
CREATE INDEX events_customer_id ON events (tenant_id, customer_id);
CREATE INDEX events_occurred_at ON events (tenant_id, occurred_at);
CREATE INDEX events_refunds_event_id ON events (tenant_id, refunds_event_id) WHERE refunds_event_id IS NOT NULL;
ALTER TABLE events ENABLE ROW LEVEL SECURITY;
ALTER TABLE events FORCE ROW LEVEL SECURITY;
CREATE POLICY events_own ON events TO steading_app USING (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid) WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid);
CREATE POLICY events_operator ON events TO steading_owner USING (true) WITH CHECK (true);

-- Whose work an event was.
CREATE TABLE attributions (
    tenant_id uuid NOT NULL DEFAULT NULLIF(current_setting('app.tenant_id', true), '')::uuid,
    id uuid NOT NULL,
    event_id uuid NOT NULL,
    click_id uuid,
    link_id uuid,
    enrolment_id uuid NOT NULL,
    partner_id uuid NOT NULL,
    program_id uuid NOT NULL,
    model text NOT NULL,
    weight_ppm bigint NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, event_id, enrolment_id),
    FOREIGN KEY (tenant_id, event_id) REFERENCES events (tenant_id, id) ON DELETE CASCADE,
    FOREIGN KEY (tenant_id, enrolment_id) REFERENCES enrolments (tenant_id, id)
);
CREATE INDEX attributions_enrolment_id ON attributions (tenant_id, enrolment_id);
ALTER TABLE attributions ENABLE ROW LEVEL SECURITY;
ALTER TABLE attributions FORCE ROW LEVEL SECURITY;
CREATE POLICY attributions_own ON attributions TO steading_app USING (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid) WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid);
CREATE POLICY attributions_operator ON attributions TO steading_owner USING (true) WITH CHECK (true);
