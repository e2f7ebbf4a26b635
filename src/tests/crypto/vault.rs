//! Sealing and opening, and what is refused.

use std::collections::HashSet;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use proptest::prelude::*;
use steading::crypto::{
    CryptoError, KeyRing, Place, SYSTEM, Sealed, Vault, WrappedKey, vault::purpose,
};
use uuid::Uuid;

use super::{KEY_A, KEY_A_ID, KEY_B, ring, vault};

const PLACE: Place<'static> = Place {
    service: "integrations",
    record: "42",
    field: "stripe.secret_key",
};

fn two_owners() -> [Uuid; 2] {
    [super::owner(), super::owner()]
}

#[test]
fn a_secret_comes_back_in_its_place() {
    let [owner, _] = two_owners();
    let vault = vault(&[owner]);
    let longest = vec![7; 65_535];
    for plain in [&b""[..], b"x", b"sk_live_example", &[0; 64], &longest] {
        let sealed = vault.seal(owner, PLACE, plain).unwrap();
        assert!(sealed.as_str().starts_with("enc:v1:"));
        let stored = Sealed::parse(sealed.as_str()).unwrap();
        assert_eq!(vault.open(owner, PLACE, &stored).unwrap().expose(), plain);
    }
    let too_long = vec![7; 65_536];
    assert!(matches!(
        vault.seal(owner, PLACE, &too_long),
        Err(CryptoError::TooLong)
    ));
    let record = "r".repeat(65_536);
    let place = Place {
        record: &record,
        ..PLACE
    };
    assert!(matches!(
        vault.seal(owner, place, b"x"),
        Err(CryptoError::TooLong)
    ));
}

#[test]
fn the_length_of_a_secret_is_hidden() {
    let vault = vault(&[]);
    let length = |plain: &[u8]| vault.seal(SYSTEM, PLACE, plain).unwrap().as_str().len();
    assert_eq!(length(b""), length(&[1; 30]));
    assert!(length(&[1; 31]) > length(&[1; 30]));
}

#[test]
fn a_nonce_is_never_used_twice() {
    let vault = vault(&[]);
    let nonces: HashSet<Vec<u8>> = (0..100_000)
        .map(|_| {
            let sealed = vault.seal(SYSTEM, PLACE, b"").unwrap();
            let bytes = URL_SAFE_NO_PAD
                .decode(sealed.as_str().strip_prefix("enc:v1:").unwrap())
                .unwrap();
            bytes.get(6..18).unwrap().to_vec()
        })
        .collect();
    assert_eq!(nonces.len(), 100_000);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]
    #[test]
    fn a_moved_value_is_refused(
        names in prop::array::uniform3("[a-z0-9._]{0,12}"),
        other in prop::array::uniform3("[a-z0-9._]{0,12}"),
        plain in prop::collection::vec(any::<u8>(), 0..100),
    ) {
        let [owner, stranger] = two_owners();
        let vault = vault(&[owner, stranger]);
        vault.load([vault.new_data_key(owner).unwrap()]);
        let [service, record, field] = &names;
        let place = Place { service, record, field };
        let sealed = vault.seal(owner, place, &plain).unwrap();
        let opened = vault.open(owner, place, &sealed).unwrap();
        prop_assert_eq!(opened.expose(), &plain[..]);

        let refused = |owner, place, sealed: &Sealed| matches!(vault.open(owner, place, sealed), Err(CryptoError::Refused));
        let [other_service, other_record, other_field] = &other;
        prop_assert!(vault.open(stranger, place, &sealed).is_err());
        prop_assert!(vault.open(SYSTEM, place, &sealed).is_err());
        let moved = Place { service: other_service, ..place };
        prop_assert!(service == other_service || refused(owner, moved, &sealed));
        let moved = Place { record: other_record, ..place };
        prop_assert!(record == other_record || refused(owner, moved, &sealed));
        let moved = Place { field: other_field, ..place };
        prop_assert!(field == other_field || refused(owner, moved, &sealed));
        // The same letters cut elsewhere are another place.
        let (joined, rest) = (format!("{service}{record}"), "");
        let shifted = Place { service: &joined, record: rest, field };
        prop_assert!(record.is_empty() || refused(owner, shifted, &sealed));
        // The owner's other data key, named in the header.
        let mut bytes = URL_SAFE_NO_PAD.decode(sealed.as_str().strip_prefix("enc:v1:").unwrap()).unwrap();
        prop_assert_eq!(bytes.get(2..6), Some(&[0, 0, 0, 2][..]));
        bytes.splice(2..6, [0, 0, 0, 1]);
        let relabelled = Sealed::parse(&format!("enc:v1:{}", URL_SAFE_NO_PAD.encode(&bytes))).unwrap();
        prop_assert!(refused(owner, place, &relabelled));
    }

    #[test]
    fn any_input_is_read_without_panic(
        text in "\\PC{0,120}",
        bytes in prop::collection::vec(any::<u8>(), 0..200),
        block in prop::collection::vec(any::<u8>(), 60..70),
        id in any::<u32>(),
    ) {
        let vault = vault(&[]);
        let headed = [&[1, 1, 0, 0, 0, 1][..], &block].concat();
        for text in [text, format!("enc:v1:{}", URL_SAFE_NO_PAD.encode(&bytes)), format!("enc:v1:{}", URL_SAFE_NO_PAD.encode(&headed))] {
            if let Ok(sealed) = Sealed::parse(&text) {
                prop_assert!(vault.open(SYSTEM, PLACE, &sealed).is_err());
            }
        }
        let (id, ring) = (steading::crypto::DataKeyId::new(id), ring(&format!("a:{KEY_A}")));
        for wrapped in [bytes, [&[1, 1][..], &headed].concat()] {
            let key = WrappedKey { owner: SYSTEM, id, wrapped, active: true };
            prop_assert!(ring.check([&key]).is_err());
        }
    }
}

#[test]
fn every_changed_letter_of_the_text_is_refused() {
    let vault = vault(&[]);
    let text = vault
        .seal(SYSTEM, PLACE, b"sk_live_example")
        .unwrap()
        .into_string();
    for at in 0..text.len() {
        for letter in ['A', 'B', 'g', '_', '=', ' '] {
            let changed: String = text
                .chars()
                .enumerate()
                .map(|(i, c)| if i == at { letter } else { c })
                .collect();
            let opens = Sealed::parse(&changed)
                .and_then(|sealed| vault.open(SYSTEM, PLACE, &sealed))
                .is_ok();
            assert!(changed == text || !opens, "letter {at}");
        }
    }
}

#[test]
fn a_store_reopens_with_its_ring_and_with_a_new_active_key() {
    let [owner, _] = two_owners();
    let first = Vault::new(ring(&format!("a:{KEY_A}")), Vec::new()).unwrap();
    let stored = [SYSTEM, owner]
        .map(|owner| first.new_data_key(owner).unwrap())
        .to_vec();
    first.load(stored.clone());
    assert_eq!(stored.first().unwrap().wrapped.len(), 70);
    assert_eq!(
        stored.first().unwrap().kek_id().unwrap().to_string(),
        KEY_A_ID
    );
    let sealed = first.seal(owner, PLACE, b"kept").unwrap();
    let pepper = first.derive(purpose::API_KEY).unwrap();

    for text in [format!("a:{KEY_A}"), format!("new:{KEY_B},a:{KEY_A}")] {
        let again = Vault::new(ring(&text), stored.clone()).unwrap();
        assert_eq!(again.open(owner, PLACE, &sealed).unwrap().expose(), b"kept");
        assert!(again.derive(purpose::API_KEY).unwrap() == pepper);
    }
}

#[test]
fn a_ring_without_the_stores_key_makes_no_vault() {
    let [owner, _] = two_owners();
    let first = vault(&[]);
    let (system, tenant) = (
        first.new_data_key(SYSTEM).unwrap(),
        first.new_data_key(owner).unwrap(),
    );
    for keys in [vec![system.clone()], vec![tenant]] {
        let error = Vault::new(ring(&format!("b:{KEY_B}")), keys).unwrap_err();
        assert!(
            matches!(&error, CryptoError::MissingKey { kek_id, .. } if kek_id.to_string() == KEY_A_ID)
        );
        assert!(error.is_configuration());
        let b = ring(&format!("b:{KEY_B}")).active_id().to_string();
        assert!(
            error.to_string().contains(KEY_A_ID) && error.to_string().contains(&b),
            "{error}"
        );
    }
    // A damaged system key stops the start; its own header must not be believed.
    let mut damaged = system;
    *damaged.wrapped.last_mut().unwrap() ^= 1;
    assert!(matches!(
        Vault::new(ring(&format!("a:{KEY_A}")), vec![damaged]),
        Err(CryptoError::Refused)
    ));
}

#[test]
fn a_damaged_tenant_key_hurts_that_tenant_alone() {
    let [damaged, healthy] = two_owners();
    let first = vault(&[]);
    let mut keys: Vec<_> = [SYSTEM, damaged, healthy]
        .map(|owner| first.new_data_key(owner).unwrap())
        .into();
    keys.iter_mut()
        .filter(|key| key.owner == damaged)
        .for_each(|key| *key.wrapped.last_mut().unwrap() ^= 1);
    let vault = Vault::new(ring(&format!("a:{KEY_A}")), keys).unwrap();
    assert!(matches!(
        vault.seal(damaged, PLACE, b"x"),
        Err(CryptoError::Refused)
    ));
    assert!(vault.seal(healthy, PLACE, b"x").is_ok());
}

#[test]
fn a_new_data_key_takes_over_and_the_old_still_opens() {
    let [owner, _] = two_owners();
    let vault = vault(&[owner]);
    let old = vault.seal(owner, PLACE, b"old").unwrap();
    let next = vault.new_data_key(owner).unwrap();
    assert_eq!(next.id.get(), 2);
    assert_eq!(
        vault.active_key(owner).unwrap().get(),
        1,
        "not before it is stored and loaded"
    );
    vault.load([next]);
    let new = vault.seal(owner, PLACE, b"new").unwrap();
    assert_eq!(new.data_key_id().unwrap().get(), 2);
    assert_eq!(vault.open(owner, PLACE, &old).unwrap().expose(), b"old");
    assert_eq!(vault.open(owner, PLACE, &new).unwrap().expose(), b"new");
}

#[test]
fn a_forgotten_owner_is_shredded() {
    let [owner, other] = two_owners();
    let vault = vault(&[owner, other]);
    let (sealed, kept) = (
        vault.seal(owner, PLACE, b"x").unwrap(),
        vault.seal(other, PLACE, b"y").unwrap(),
    );
    vault.forget(owner);
    assert!(matches!(
        vault.open(owner, PLACE, &sealed),
        Err(CryptoError::DataKeyUnknown { .. })
    ));
    assert!(matches!(
        vault.seal(owner, PLACE, b"x"),
        Err(CryptoError::NoActiveKey { .. })
    ));
    assert!(vault.open(other, PLACE, &kept).is_ok());
}

#[test]
fn more_owners_than_the_cache_holds_all_open() {
    let owners: Vec<Uuid> = (0..1_500).map(|_| super::owner()).collect();
    let vault = vault(&owners);
    let sealed: Vec<Sealed> = owners
        .iter()
        .map(|owner| vault.seal(*owner, PLACE, b"x").unwrap())
        .collect();
    assert!(
        owners
            .iter()
            .zip(&sealed)
            .all(|(owner, sealed)| vault.open(*owner, PLACE, sealed).is_ok())
    );
}

#[test]
fn derived_keys_differ_by_purpose_and_outlive_a_new_data_key() {
    let vault = vault(&[]);
    let [a, b] = [purpose::API_KEY, purpose::CSRF].map(|purpose| vault.derive(purpose).unwrap());
    assert!(a != b);
    vault.load([vault.new_data_key(SYSTEM).unwrap()]);
    assert!(vault.derive(purpose::API_KEY).unwrap() == a);
    assert!(self::vault(&[]).derive(purpose::API_KEY).unwrap() != a);
}

#[test]
fn nothing_prints_a_secret() {
    let vault = vault(&[]);
    let sealed = vault.seal(SYSTEM, PLACE, b"canary").unwrap();
    let opened = vault.open(SYSTEM, PLACE, &sealed).unwrap();
    let key = vault.derive(purpose::CSRF).unwrap();
    assert_eq!(
        format!("{vault:?} {sealed:?} {opened:?} {key:?}"),
        "Vault Sealed PlainSecret Key32"
    );
    assert_eq!(opened.expose_str(), Some("canary"));
}

#[test]
fn a_generated_ring_differs_each_time() {
    let ids: HashSet<String> = (0..4)
        .map(|_| {
            let folder = tempfile::TempDir::new().unwrap();
            let sources = steading::crypto::KeySources {
                credentials_directory: None,
                file: folder.path().join("keys"),
                ring: None,
            };
            let ring: KeyRing = sources.load_or_generate(false).unwrap();
            ring.active_id().to_string()
        })
        .collect();
    assert_eq!(ids.len(), 4);
}
