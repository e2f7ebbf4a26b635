-- Payouts that are approved, exported and confirmed together.
CREATE TABLE payout_batches (
    tenant_id uuid NOT NULL DEFAULT NULLIF(current_setting('app.tenant_id', true), '')::uuid,
    id uuid NOT NULL,
    state text NOT NULL,
    note text,
    approved_at timestamptz,
    exported_at timestamptz,
    paid_at timestamptz,
    cancelled_at timestamptz,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version bigint NOT NULL,
    PRIMARY KEY (tenant_id, id),
    CHECK (state IN ('draft', 'approved', 'exported', 'paid', 'cancelled'))
);
CREATE INDEX payout_batches_state_id ON payout_batches (tenant_id, state, id);
ALTER TABLE payout_batches ENABLE ROW LEVEL SECURITY;
ALTER TABLE payout_batches FORCE ROW LEVEL SECURITY;
CREATE POLICY payout_batches_own ON payout_batches TO steading_app USING (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid) WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid);
CREATE POLICY payout_batches_operator ON payout_batches TO steading_owner USING (true) WITH CHECK (true);

-- One partner's share of a batch in one currency.
CREATE TABLE payouts (
    tenant_id uuid NOT NULL DEFAULT NULLIF(current_setting('app.tenant_id', true), '')::uuid,
    id uuid NOT NULL,
    batch_id uuid NOT NULL,
    partner_id uuid NOT NULL,
    amount_minor bigint NOT NULL,
    currency text NOT NULL,
    state text NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, batch_id, partner_id, currency),
    FOREIGN KEY (tenant_id, batch_id) REFERENCES payout_batches (tenant_id, id),
    FOREIGN KEY (tenant_id, partner_id) REFERENCES partners (tenant_id, id),
    CHECK (state IN ('draft', 'approved', 'exported', 'paid', 'cancelled'))
);
CREATE INDEX payouts_partner_id_id ON payouts (tenant_id, partner_id, id);
ALTER TABLE payouts ENABLE ROW LEVEL SECURITY;
ALTER TABLE payouts FORCE ROW LEVEL SECURITY;
CREATE POLICY payouts_own ON payouts TO steading_app USING (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid) WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid);
CREATE POLICY payouts_operator ON payouts TO steading_owner USING (true) WITH CHECK (true);

-- What partners earned: one row an event, enrolment and rule. `reversed_minor` was taken off before it was paid or bound to a
-- payout, `clawed_back_minor` after, by negative adjustments.
CREATE TABLE commissions (
    tenant_id uuid NOT NULL DEFAULT NULLIF(current_setting('app.tenant_id', true), '')::uuid,
    id uuid NOT NULL,
    event_id uuid NOT NULL,
    enrolment_id uuid NOT NULL,
    partner_id uuid NOT NULL,
    program_id uuid NOT NULL,
    rule text NOT NULL,
    base_minor bigint NOT NULL,
    amount_minor bigint NOT NULL,
    reversed_minor bigint NOT NULL,
    clawed_back_minor bigint NOT NULL,
    currency text NOT NULL,
    state text NOT NULL,
    hold_until timestamptz NOT NULL,
    approved_at timestamptz,
    paid_at timestamptz,
    reversed_at timestamptz,
    payout_id uuid,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version bigint NOT NULL,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, event_id, enrolment_id, rule),
    FOREIGN KEY (tenant_id, event_id) REFERENCES events (tenant_id, id),
    FOREIGN KEY (tenant_id, enrolment_id) REFERENCES enrolments (tenant_id, id),
    FOREIGN KEY (tenant_id, partner_id) REFERENCES partners (tenant_id, id),
    FOREIGN KEY (tenant_id, program_id) REFERENCES programs (tenant_id, id),
    FOREIGN KEY (tenant_id, payout_id) REFERENCES payouts (tenant_id, id),
    CHECK (state IN ('pending', 'approved', 'paid', 'reversed')),
    CHECK (reversed_minor >= 0 AND clawed_back_minor >= 0 AND reversed_minor + clawed_back_minor <= amount_minor)
);
CREATE INDEX commissions_state_id ON commissions (tenant_id, state, id);
CREATE INDEX commissions_state_hold_until ON commissions (tenant_id, state, hold_until);
CREATE INDEX commissions_partner_id_id ON commissions (tenant_id, partner_id, id);
CREATE INDEX commissions_program_id_id ON commissions (tenant_id, program_id, id);
CREATE INDEX commissions_enrolment_id ON commissions (tenant_id, enrolment_id);
CREATE INDEX commissions_payout_id ON commissions (tenant_id, payout_id) WHERE payout_id IS NOT NULL;
ALTER TABLE commissions ENABLE ROW LEVEL SECURITY;
ALTER TABLE commissions FORCE ROW LEVEL SECURITY;
CREATE POLICY commissions_own ON commissions TO steading_app USING (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid) WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid);
CREATE POLICY commissions_operator ON commissions TO steading_owner USING (true) WITH CHECK (true);

-- Corrections to what a partner is paid: negative after a refund of something already paid.
CREATE TABLE adjustments (
    tenant_id uuid NOT NULL DEFAULT NULLIF(current_setting('app.tenant_id', true), '')::uuid,
    id uuid NOT NULL,
    partner_id uuid NOT NULL,
    commission_id uuid,
    event_id uuid,
    amount_minor bigint NOT NULL,
    currency text NOT NULL,
    kind text NOT NULL,
    reason text NOT NULL,
    payout_id uuid,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, commission_id, event_id),
    FOREIGN KEY (tenant_id, partner_id) REFERENCES partners (tenant_id, id),
    FOREIGN KEY (tenant_id, commission_id) REFERENCES commissions (tenant_id, id),
    FOREIGN KEY (tenant_id, event_id) REFERENCES events (tenant_id, id),
    FOREIGN KEY (tenant_id, payout_id) REFERENCES payouts (tenant_id, id),
    CHECK (kind IN ('refund', 'reversal', 'manual'))
);
CREATE INDEX adjustments_partner_id_id ON adjustments (tenant_id, partner_id, id);
CREATE INDEX adjustments_event_id ON adjustments (tenant_id, event_id);
CREATE INDEX adjustments_payout_id ON adjustments (tenant_id, payout_id);
ALTER TABLE adjustments ENABLE ROW LEVEL SECURITY;
ALTER TABLE adjustments FORCE ROW LEVEL SECURITY;
CREATE POLICY adjustments_own ON adjustments TO steading_app USING (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid) WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid);
CREATE POLICY adjustments_operator ON adjustments TO steading_owner USING (true) WITH CHECK (true);
