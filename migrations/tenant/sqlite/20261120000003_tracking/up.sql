-- Visits through links, as lean as can be: the id carries the time, there is no second index.
CREATE TABLE clicks (
    id BLOB NOT NULL,
    link_id BLOB NOT NULL,
    visitor BLOB,
    referrer TEXT,
    user_agent TEXT,
    query TEXT,
    flag TEXT,
    PRIMARY KEY (id)
) STRICT, WITHOUT ROWID;

-- Clicks per day and link, rolled up behind the hot path.
CREATE TABLE click_days (
    day TEXT NOT NULL,
    link_id BLOB NOT NULL,
    clicks INTEGER NOT NULL,
    flagged INTEGER NOT NULL,
    PRIMARY KEY (day, link_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX click_days_link_id ON click_days (link_id, clicks, flagged);

-- Customers of the company, by its own name for them, and the enrolment that won them: set at the first conversion,
-- so that rules which pay for later ones have somebody to pay.
CREATE TABLE customers (
    id BLOB NOT NULL,
    external_id TEXT NOT NULL,
    enrolment_id BLOB,
    converted_at TEXT,
    is_demo INTEGER NOT NULL CHECK (is_demo IN (0, 1)),
    created_at TEXT NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (external_id),
    FOREIGN KEY (enrolment_id) REFERENCES enrolments (id)
) STRICT, WITHOUT ROWID;
CREATE INDEX customers_enrolment_id ON customers (enrolment_id) WHERE enrolment_id IS NOT NULL;

-- Which customers came by which clicks, and who said so: the company's server or a visitor's browser.
CREATE TABLE identities (
    customer_id BLOB NOT NULL,
    click_id BLOB NOT NULL,
    link_id BLOB NOT NULL,
    clicked_at TEXT NOT NULL,
    source TEXT NOT NULL,
    created_at TEXT NOT NULL,
    PRIMARY KEY (customer_id, click_id),
    FOREIGN KEY (customer_id) REFERENCES customers (id) ON DELETE CASCADE,
    CHECK (source IN ('server', 'browser'))
) STRICT, WITHOUT ROWID;
CREATE INDEX identities_click_id ON identities (click_id);

-- What the company reported: sign-ups, sales, refunds.
CREATE TABLE events (
    id BLOB NOT NULL,
    kind TEXT NOT NULL,
    customer_id BLOB,
    click_id BLOB,
    refunds_event_id BLOB,
    external_id TEXT NOT NULL,
    amount_minor INTEGER,
    currency TEXT,
    occurred_at TEXT NOT NULL,
    metadata TEXT,
    fingerprint TEXT NOT NULL,
    outcome TEXT,
    created_at TEXT NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (external_id),
    FOREIGN KEY (customer_id) REFERENCES customers (id),
    FOREIGN KEY (refunds_event_id) REFERENCES events (id)
) STRICT, WITHOUT ROWID;
CREATE INDEX events_customer_id ON events (customer_id);
CREATE INDEX events_occurred_at ON events (occurred_at);
CREATE INDEX events_refunds_event_id ON events (refunds_event_id) WHERE refunds_event_id IS NOT NULL;

-- Whose work an event was.
CREATE TABLE attributions (
    id BLOB NOT NULL,
    event_id BLOB NOT NULL,
    click_id BLOB,
    link_id BLOB,
    enrolment_id BLOB NOT NULL,
    partner_id BLOB NOT NULL,
    program_id BLOB NOT NULL,
    model TEXT NOT NULL,
    weight_ppm INTEGER NOT NULL,
    created_at TEXT NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (event_id, enrolment_id),
    FOREIGN KEY (event_id) REFERENCES events (id) ON DELETE CASCADE,
    FOREIGN KEY (enrolment_id) REFERENCES enrolments (id)
) STRICT, WITHOUT ROWID;
CREATE INDEX attributions_enrolment_id ON attributions (enrolment_id);
