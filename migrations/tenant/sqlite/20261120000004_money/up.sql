-- Payouts that are approved, exported and confirmed together.
CREATE TABLE payout_batches (
    id BLOB NOT NULL,
    state TEXT NOT NULL,
    note TEXT,
    approved_at TEXT,
    exported_at TEXT,
    paid_at TEXT,
    cancelled_at TEXT,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    version INTEGER NOT NULL,
    PRIMARY KEY (id),
    CHECK (state IN ('draft', 'approved', 'exported', 'paid', 'cancelled'))
) STRICT;
CREATE INDEX payout_batches_state_id ON payout_batches (state, id);

-- One partner's share of a batch in one currency.
CREATE TABLE payouts (
    id BLOB NOT NULL,
    batch_id BLOB NOT NULL,
    partner_id BLOB NOT NULL,
    amount_minor INTEGER NOT NULL,
    currency TEXT NOT NULL,
    state TEXT NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (batch_id, partner_id, currency),
    FOREIGN KEY (batch_id) REFERENCES payout_batches (id),
    FOREIGN KEY (partner_id) REFERENCES partners (id),
    CHECK (state IN ('draft', 'approved', 'exported', 'paid', 'cancelled'))
) STRICT;
CREATE INDEX payouts_partner_id_id ON payouts (partner_id, id);

-- What partners earned: one row an event, enrolment and rule. `reversed_minor` was taken off before it was paid or bound to a
-- payout, `clawed_back_minor` after, by negative adjustments.
CREATE TABLE commissions (
    id BLOB NOT NULL,
    event_id BLOB NOT NULL,
    enrolment_id BLOB NOT NULL,
    partner_id BLOB NOT NULL,
    program_id BLOB NOT NULL,
    rule TEXT NOT NULL,
    base_minor INTEGER NOT NULL,
    amount_minor INTEGER NOT NULL,
    reversed_minor INTEGER NOT NULL,
    clawed_back_minor INTEGER NOT NULL,
    currency TEXT NOT NULL,
    state TEXT NOT NULL,
    hold_until TEXT NOT NULL,
    approved_at TEXT,
    paid_at TEXT,
    reversed_at TEXT,
    payout_id BLOB,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    version INTEGER NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (event_id, enrolment_id, rule),
    FOREIGN KEY (event_id) REFERENCES events (id),
    FOREIGN KEY (enrolment_id) REFERENCES enrolments (id),
    FOREIGN KEY (partner_id) REFERENCES partners (id),
    FOREIGN KEY (program_id) REFERENCES programs (id),
    FOREIGN KEY (payout_id) REFERENCES payouts (id),
    CHECK (state IN ('pending', 'approved', 'paid', 'reversed')),
    CHECK (reversed_minor >= 0 AND clawed_back_minor >= 0 AND reversed_minor + clawed_back_minor <= amount_minor)
) STRICT, WITHOUT ROWID;
CREATE INDEX commissions_state_id ON commissions (state, id);
CREATE INDEX commissions_state_hold_until ON commissions (state, hold_until);
CREATE INDEX commissions_partner_id_id ON commissions (partner_id, id);
CREATE INDEX commissions_program_id_id ON commissions (program_id, id);
CREATE INDEX commissions_enrolment_id ON commissions (enrolment_id);
CREATE INDEX commissions_payout_id ON commissions (payout_id) WHERE payout_id IS NOT NULL;

-- Corrections to what a partner is paid: negative after a refund of something already paid.
CREATE TABLE adjustments (
    id BLOB NOT NULL,
    partner_id BLOB NOT NULL,
    commission_id BLOB,
    event_id BLOB,
    amount_minor INTEGER NOT NULL,
    currency TEXT NOT NULL,
    kind TEXT NOT NULL,
    reason TEXT NOT NULL,
    payout_id BLOB,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (commission_id, event_id),
    FOREIGN KEY (partner_id) REFERENCES partners (id),
    FOREIGN KEY (commission_id) REFERENCES commissions (id),
    FOREIGN KEY (event_id) REFERENCES events (id),
    FOREIGN KEY (payout_id) REFERENCES payouts (id),
    CHECK (kind IN ('refund', 'reversal', 'manual'))
) STRICT;
CREATE INDEX adjustments_partner_id_id ON adjustments (partner_id, id);
CREATE INDEX adjustments_event_id ON adjustments (event_id);
CREATE INDEX adjustments_payout_id ON adjustments (payout_id);
