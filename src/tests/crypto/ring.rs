//! Reading the key ring.

use proptest::prelude::*;
use steading::crypto::{CryptoError, KeyRing};

use super::{KEY_A, KEY_A_ID, KEY_B, ring};

#[test]
fn the_first_key_is_active_and_ids_come_from_the_keys() {
    let ring = ring(&format!("new:{KEY_A}, old:{KEY_B}"));
    let keys: Vec<_> = ring
        .keys()
        .map(|(label, id)| (label.to_owned(), id.to_string()))
        .collect();
    assert_eq!(
        keys.iter()
            .map(|(label, _)| label.as_str())
            .collect::<Vec<_>>(),
        ["new", "old"]
    );
    assert_eq!(keys.first().unwrap().1, KEY_A_ID);
    assert_eq!(ring.active_id().to_string(), KEY_A_ID);
}

#[test]
fn a_file_may_have_comments_and_empty_lines() {
    let text = format!(
        "# keys\n\n a:{KEY_A} \n  # older\nb:{}\n",
        KEY_B.trim_end_matches('=')
    );
    assert_eq!(
        KeyRing::parse_lines("keys", &text).unwrap().keys().count(),
        2
    );
}

#[test]
fn a_bad_entry_is_named_by_its_place_and_never_shown() {
    let canary = "Q0FOQVJZ";
    let repeated = format!("{}=", "A".repeat(43));
    for (text, place) in [
        (format!("{canary}{canary}"), 1),
        (format!("a:{canary}"), 1),
        (
            format!("a:{KEY_A},b:{canary}{canary}{canary}{canary}{canary}{canary}"),
            2,
        ),
        (format!("a:{KEY_A},b:!{canary}"), 2),
        (format!("{KEY_A}:{canary}"), 1),
        (format!(":{KEY_A}"), 1),
        (format!("a b:{KEY_A}"), 1),
        (format!("a:{KEY_A},a:{KEY_B}"), 2),
        (format!("a:{KEY_A},b:{KEY_A}"), 2),
        (format!("a:{repeated}"), 1),
    ] {
        let error = KeyRing::parse("keys.ring", &text).unwrap_err();
        assert!(
            matches!(error, CryptoError::RingEntry { position, .. } if position == place),
            "{error:?}"
        );
        assert!(error.is_configuration());
        for shown in [error.to_string(), format!("{error:?}")] {
            for secret in [canary, KEY_A, KEY_B, &repeated] {
                assert!(!shown.contains(secret.trim_end_matches('=')), "{shown}");
            }
        }
    }
}

#[test]
fn an_empty_ring_is_refused() {
    for text in ["", " ", ","] {
        assert!(matches!(
            KeyRing::parse("keys.ring", text),
            Err(CryptoError::EmptyRing { .. })
        ));
    }
    assert!(matches!(
        KeyRing::parse_lines("keys", "# none\n"),
        Err(CryptoError::EmptyRing { .. })
    ));
}

#[test]
fn a_ring_prints_ids_only() {
    assert_eq!(
        format!("{:?}", ring(&format!("a:{KEY_A}"))),
        format!("KeyRing[KeyId({KEY_A_ID})]")
    );
}

proptest! {
    #[test]
    fn any_text_is_read_without_panic(text in "\\PC{0,200}", lines in "([a-z]{0,3}:[A-Za-z0-9+/=]{0,90}[,\n]?){0,4}") {
        for text in [text, lines] {
            let _ = KeyRing::parse("ring", &text);
            let _ = KeyRing::parse_lines("ring", &text);
        }
    }
}
