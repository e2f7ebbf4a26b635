-- First answers to operators' programs whose requests carry an `Idempotency-Key`. A key begins with the operator's key that sent it;
-- bodies are sealed, for one may hold a one-time link.
CREATE TABLE idempotency_keys (
    key text NOT NULL,
    fingerprint text NOT NULL,
    status bigint NOT NULL,
    body text NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (key)
);
CREATE INDEX idempotency_keys_created_at ON idempotency_keys (created_at);
