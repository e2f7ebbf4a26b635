-- First answers to operators' programs whose requests carry an `Idempotency-Key`. A key begins with the operator's key that sent it;
-- bodies are sealed, for one may hold a one-time link.
CREATE TABLE idempotency_keys (
    key TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    status INTEGER NOT NULL,
    body TEXT NOT NULL,
    created_at TEXT NOT NULL,
    PRIMARY KEY (key)
) STRICT;
CREATE INDEX idempotency_keys_created_at ON idempotency_keys (created_at);
