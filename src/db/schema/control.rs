//! Tables of the control plane, as the migrations make them (without `tenant_id`, which the scope fills). A test compares.

#![expect(missing_docs, reason = "the migrations document the tables")]

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::*;

    tenants (id) {
        id -> Key,
        slug -> Text,
        name -> Text,
        status -> Text,
        currency -> Text,
        time_zone -> Text,
        locale -> Text,
        jobs_due_at -> Nullable<Instant>,
        created_at -> Instant,
        updated_at -> Instant,
        kind -> Text,
        plan -> Text,
        legal_name -> Nullable<Text>,
        tax_id -> Nullable<Text>,
        industry -> Nullable<Text>,
        logo_url -> Nullable<Text>,
        color -> Nullable<Text>,
        trial_ends_at -> Nullable<Instant>,
        contract_start -> Nullable<Text>,
        contract_end -> Nullable<Text>,
        erp_customer_id -> Nullable<Text>,
        stripe_customer_id -> Nullable<Text>,
        sales_owner -> Nullable<Text>,
        frozen_at -> Nullable<Instant>,
        archived_at -> Nullable<Instant>,
        upgrade_failed -> Nullable<Text>,
        closing_at -> Nullable<Instant>,
        status_before -> Nullable<Text>,
        closing_reason -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::*;

    data_keys (tenant_id, id) {
        tenant_id -> Key,
        id -> BigInt,
        kek_id -> Text,
        wrapped -> Binary,
        state -> Text,
        created_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::*;

    entitlements (tenant_id, product) {
        tenant_id -> Key,
        product -> Text,
        is_enabled -> Bool,
        knobs -> Text,
        expires_at -> Nullable<Instant>,
        created_at -> Instant,
        updated_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::*;

    projects (tenant_id, id) {
        id -> Key,
        tenant_id -> Key,
        slug -> Text,
        name -> Text,
        state -> Text,
        created_at -> Instant,
        updated_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::*;

    domains (id) {
        id -> Key,
        tenant_id -> Key,
        host -> Text,
        token -> Text,
        verified_at -> Nullable<Instant>,
        checked_at -> Nullable<Instant>,
        failing_since -> Nullable<Instant>,
        last_error -> Nullable<Text>,
        created_at -> Instant,
        updated_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::*;

    users (id) {
        id -> Key,
        email -> Text,
        name -> Text,
        password_hash -> Nullable<Text>,
        created_at -> Instant,
        updated_at -> Instant,
        email_proven_at -> Nullable<Instant>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::*;

    memberships (tenant_id, user_id) {
        tenant_id -> Key,
        user_id -> Key,
        roles -> Text,
        disabled_at -> Nullable<Instant>,
        created_at -> Instant,
        updated_at -> Instant,
        accepted_at -> Nullable<Instant>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::*;

    arrivals (tenant_id, user_id) {
        tenant_id -> Key,
        user_id -> Key,
        last_used_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::*;

    sessions (id) {
        id -> Key,
        user_id -> Key,
        tenant_id -> Key,
        token_hash -> Binary,
        address -> Nullable<Text>,
        user_agent -> Nullable<Text>,
        created_at -> Instant,
        last_seen_at -> Instant,
        expires_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::*;

    one_times (id) {
        id -> Key,
        purpose -> Text,
        token_hash -> Binary,
        user_id -> Nullable<Key>,
        expires_at -> Instant,
        used_at -> Nullable<Instant>,
        created_at -> Instant,
        tenant_id -> Nullable<Key>,
        proves -> Bool,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::*;

    api_keys (id) {
        id -> Key,
        tenant_id -> Key,
        name -> Text,
        public_id -> Text,
        secret_hash -> Binary,
        scopes -> Text,
        created_by -> Nullable<Text>,
        created_at -> Instant,
        last_used_at -> Nullable<Instant>,
        expires_at -> Nullable<Instant>,
        revoked_at -> Nullable<Instant>,
        project_id -> Nullable<Key>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::*;

    audit_events (id) {
        id -> Key,
        at -> Instant,
        actor_kind -> Text,
        actor_id -> Nullable<Text>,
        actor_name -> Text,
        action -> Text,
        target_kind -> Nullable<Text>,
        target_id -> Nullable<Text>,
        target_name -> Nullable<Text>,
        product -> Nullable<Text>,
        changes -> Nullable<Text>,
        address -> Nullable<Text>,
        user_agent -> Nullable<Text>,
        request_id -> Nullable<Text>,
        tenant_id -> Nullable<Key>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::*;

    jobs (id) {
        id -> Key,
        kind -> Text,
        payload -> Text,
        unique_key -> Nullable<Text>,
        state -> Text,
        run_at -> Instant,
        attempts -> BigInt,
        max_attempts -> BigInt,
        lease_until -> Nullable<Instant>,
        fence -> BigInt,
        last_error -> Nullable<Text>,
        created_at -> Instant,
        updated_at -> Instant,
        finished_at -> Nullable<Instant>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::*;

    mails (id) {
        id -> Key,
        kind -> Text,
        to_address -> Text,
        subject -> Text,
        body_text -> Text,
        body_html -> Text,
        state -> Text,
        error -> Nullable<Text>,
        attempts -> BigInt,
        created_at -> Instant,
        updated_at -> Instant,
        sent_at -> Nullable<Instant>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::*;

    operators (id) {
        id -> Key,
        email -> Text,
        name -> Text,
        password_hash -> Text,
        disabled_at -> Nullable<Instant>,
        last_login_at -> Nullable<Instant>,
        created_at -> Instant,
        updated_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::*;

    operator_sessions (id) {
        id -> Key,
        operator_id -> Key,
        token_hash -> Binary,
        address -> Nullable<Text>,
        user_agent -> Nullable<Text>,
        created_at -> Instant,
        last_seen_at -> Instant,
        expires_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::*;

    operator_keys (id) {
        id -> Key,
        name -> Text,
        public_id -> Text,
        secret_hash -> Binary,
        created_by -> Text,
        created_at -> Instant,
        last_used_at -> Nullable<Instant>,
        revoked_at -> Nullable<Instant>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::*;

    idempotency_keys (key) {
        key -> Text,
        fingerprint -> Text,
        status -> BigInt,
        body -> Text,
        created_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::*;

    signups (id) {
        id -> Key,
        company -> Text,
        slug -> Text,
        name -> Text,
        email -> Text,
        password_hash -> Text,
        token_hash -> Binary,
        state -> Text,
        reason -> Nullable<Text>,
        address -> Nullable<Text>,
        expires_at -> Instant,
        decided_by -> Nullable<Text>,
        created_at -> Instant,
        updated_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::*;

    signup_blocks (kind, value) {
        kind -> Text,
        value -> Text,
        created_by -> Text,
        created_at -> Instant,
    }
}

diesel::allow_tables_to_appear_in_same_query!(
    tenants,
    data_keys,
    entitlements,
    projects,
    domains,
    operators,
    operator_sessions,
    operator_keys,
    idempotency_keys,
    signups,
    signup_blocks,
    users,
    memberships,
    arrivals,
    sessions,
    one_times,
    api_keys,
    audit_events,
    jobs,
    mails
);
