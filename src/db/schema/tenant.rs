//! Tables of the tenant plane, as the migrations make them (without `tenant_id`, which the scope fills). A test compares.

#![expect(missing_docs, reason = "the migrations document the tables")]

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

    settings (name) {
        name -> Text,
        value -> Text,
        updated_at -> Instant,
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

    programs (id) {
        id -> Key,
        name -> Text,
        state -> Text,
        commission_kind -> Text,
        rate_ppm -> Nullable<BigInt>,
        fixed_minor -> Nullable<BigInt>,
        currency -> Text,
        attribution_window_days -> BigInt,
        holding_days -> BigInt,
        auto_approve -> Bool,
        event_type -> Nullable<Text>,
        destination_url -> Text,
        is_demo -> Bool,
        created_at -> Instant,
        updated_at -> Instant,
        version -> BigInt,
        project_id -> Nullable<Key>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::*;

    partners (id) {
        id -> Key,
        name -> Text,
        email -> Text,
        company -> Nullable<Text>,
        website -> Nullable<Text>,
        state -> Text,
        note -> Nullable<Text>,
        search_text -> Text,
        payee_sealed -> Nullable<Text>,
        payee_hint -> Nullable<Text>,
        is_demo -> Bool,
        created_at -> Instant,
        updated_at -> Instant,
        version -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::*;

    enrolments (id) {
        id -> Key,
        partner_id -> Key,
        program_id -> Key,
        state -> Text,
        commission_kind -> Nullable<Text>,
        rate_ppm -> Nullable<BigInt>,
        fixed_minor -> Nullable<BigInt>,
        currency -> Nullable<Text>,
        holding_days -> Nullable<BigInt>,
        created_at -> Instant,
        updated_at -> Instant,
        version -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::*;

    links (id) {
        id -> Key,
        enrolment_id -> Key,
        partner_id -> Key,
        program_id -> Key,
        key -> Text,
        destination_url -> Nullable<Text>,
        label -> Nullable<Text>,
        state -> Text,
        created_at -> Instant,
        updated_at -> Instant,
        version -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::*;

    clicks (id) {
        id -> Key,
        link_id -> Key,
        visitor -> Nullable<Binary>,
        referrer -> Nullable<Text>,
        user_agent -> Nullable<Text>,
        query -> Nullable<Text>,
        flag -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::*;

    click_days (day, link_id) {
        day -> Text,
        link_id -> Key,
        clicks -> BigInt,
        flagged -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::*;

    customers (id) {
        id -> Key,
        external_id -> Text,
        enrolment_id -> Nullable<Key>,
        converted_at -> Nullable<Instant>,
        is_demo -> Bool,
        created_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::*;

    identities (customer_id, click_id) {
        customer_id -> Key,
        click_id -> Key,
        link_id -> Key,
        clicked_at -> Instant,
        source -> Text,
        created_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::*;

    events (id) {
        id -> Key,
        kind -> Text,
        customer_id -> Nullable<Key>,
        click_id -> Nullable<Key>,
        refunds_event_id -> Nullable<Key>,
        external_id -> Text,
        amount_minor -> Nullable<BigInt>,
        currency -> Nullable<Text>,
        occurred_at -> Instant,
        metadata -> Nullable<Text>,
        fingerprint -> Text,
        outcome -> Nullable<Text>,
        created_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::*;

    attributions (id) {
        id -> Key,
        event_id -> Key,
        click_id -> Nullable<Key>,
        link_id -> Nullable<Key>,
        enrolment_id -> Key,
        partner_id -> Key,
        program_id -> Key,
        model -> Text,
        weight_ppm -> BigInt,
        created_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::*;

    payout_batches (id) {
        id -> Key,
        state -> Text,
        note -> Nullable<Text>,
        approved_at -> Nullable<Instant>,
        exported_at -> Nullable<Instant>,
        paid_at -> Nullable<Instant>,
        cancelled_at -> Nullable<Instant>,
        created_at -> Instant,
        updated_at -> Instant,
        version -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::*;

    payouts (id) {
        id -> Key,
        batch_id -> Key,
        partner_id -> Key,
        amount_minor -> BigInt,
        currency -> Text,
        state -> Text,
        created_at -> Instant,
        updated_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::*;

    commissions (id) {
        id -> Key,
        event_id -> Key,
        enrolment_id -> Key,
        partner_id -> Key,
        program_id -> Key,
        rule -> Text,
        base_minor -> BigInt,
        amount_minor -> BigInt,
        reversed_minor -> BigInt,
        clawed_back_minor -> BigInt,
        currency -> Text,
        state -> Text,
        hold_until -> Instant,
        approved_at -> Nullable<Instant>,
        paid_at -> Nullable<Instant>,
        reversed_at -> Nullable<Instant>,
        payout_id -> Nullable<Key>,
        created_at -> Instant,
        updated_at -> Instant,
        version -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::*;

    adjustments (id) {
        id -> Key,
        partner_id -> Key,
        commission_id -> Nullable<Key>,
        event_id -> Nullable<Key>,
        amount_minor -> BigInt,
        currency -> Text,
        kind -> Text,
        reason -> Text,
        payout_id -> Nullable<Key>,
        created_at -> Instant,
        updated_at -> Instant,
    }
}

diesel::allow_tables_to_appear_in_same_query!(
    audit_events,
    jobs,
    mails,
    settings,
    idempotency_keys,
    programs,
    partners,
    enrolments,
    links,
    clicks,
    click_days,
    customers,
    identities,
    events,
    attributions,
    payout_batches,
    payouts,
    commissions,
    adjustments
);
