//! The rules of a company's name in addresses and of its tax number, over everything that may be typed.

use proptest::prelude::*;
use steading::tenancy::{NotASlug, Slug, tax_id};

use crate::harness::engine::Engine;

use super::{create, multi};

proptest! {
    #[test]
    fn a_slug_is_exactly_what_the_rule_says(text in "\\PC{0,45}|[a-zA-Z0-9_-]{0,45}|[a-z][a-z0-9]*(-[a-z0-9]+)*") {
        let is_one = (3..=40).contains(&text.len())
            && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
            && text.starts_with(|c: char| c.is_ascii_lowercase())
            && !text.ends_with('-')
            && !text.contains("--");
        match Slug::parse(&text) {
            Ok(slug) => {
                prop_assert!(is_one);
                prop_assert_eq!(slug.as_str(), text);
            }
            Err(NotASlug::Reserved) => prop_assert!(is_one),
            Err(NotASlug::Form) => prop_assert!(!is_one),
        }
    }

    #[test]
    fn what_is_stored_of_a_tax_number_is_taken_again_as_it_is(text in "\\PC{0,20}|[A-Z]{2}[0-9A-Z]{2,12}|(RO ?)?[0-9]{2,10}") {
        if let Ok(kept) = tax_id(&text) {
            prop_assert_eq!(tax_id(&kept), Ok(kept.clone()));
            prop_assert!(kept.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit()));
        }
    }

    #[test]
    fn a_cif_has_one_check_digit(body in 1_u32..999_999_999) {
        let right: Vec<u32> = (0..10).filter(|digit| tax_id(&format!("RO{body}{digit}")).is_ok()).collect();
        prop_assert_eq!(right.len(), 1);
    }
}

#[test]
fn no_company_takes_the_first_word_of_a_path() {
    for route in steading::routes::all() {
        let first = route
            .path
            .trim_start_matches('/')
            .split('/')
            .next()
            .unwrap();
        assert!(Slug::parse(first).is_err(), "{} can be a slug", route.path);
    }
    for word in ["default", "public", "admin", "operator", "signup", "hooks"] {
        assert_eq!(Slug::parse(word), Err(NotASlug::Reserved), "{word}");
    }
}

#[test]
fn bad_slugs_and_numbers_are_refused_with_the_rule() {
    let home = multi(Engine::Sqlite);
    create(&home, "acme");
    let long = "a".repeat(51);
    for bad in [
        "123x", "My-Brand", "a", "ab", "a_b_c", "acme-", "a--b", &long,
    ] {
        let refused = home.run(&["tenant", "create", bad]).expect_code(65);
        assert!(
            refused
                .stderr
                .contains("3 to 40 small letters, digits and single hyphens"),
            "{refused:?}"
        );
    }
    for word in ["default", "public", "admin"] {
        let refused = home.run(&["tenant", "create", word]).expect_code(65);
        assert!(refused.stderr.contains("meaning of its own"), "{refused:?}");
    }
    for (flag, value, field) in [
        ("--tax-id", "RO18547291", "tax_id"),
        ("--color", "#ffee00", "color"),
        ("--color", "green", "color"),
        ("--logo-url", "http://acme.example/logo.png", "logo_url"),
        ("--name", "", "name"),
        ("--plan", "the best", "plan"),
        ("--owner-email", "ada", "owner_email"),
        ("--time-zone", "Mars/Olympus", "time_zone"),
    ] {
        let refused = home
            .run(&["tenant", "create", "beta", flag, value])
            .expect_code(65);
        assert!(refused.stderr.contains(field), "{flag}: {refused:?}");
    }
    let listed = home
        .run(&["tenant", "list", "--json"])
        .expect_code(0)
        .json();
    assert_eq!(listed.as_array().unwrap().len(), 2, "{listed}");
}
