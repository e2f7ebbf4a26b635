//! The stored formats, frozen for ever by known answers with fixed nonces, and AES-256-GCM against
//! the Wycheproof vectors. The answers were computed by two other implementations.

use uuid::{Uuid, uuid};

use super::{
    CryptoError, Key32, Sealed, aead,
    envelope::{self, DataKeyId, KeyId, Place},
};

const OWNER: Uuid = uuid!("018f3b2a7c1d7e21b0c44d5e6f708192");
const PLACE: Place<'static> = Place {
    service: "integrations",
    record: "42",
    field: "stripe.secret_key",
};
const WRAPPED: &str = "010139cbe0686bdddb55a0a1a2a3a4a5a6a7a8a9aaabc6395e0e61ee24984a4cadf82b57eef1409d6b23a682745ba4371cbd43964b3eb1d17e8c20919e82e8839ff6f757279b";
const FIELD: &str = "010100000001b0b1b2b3b4b5b6b7b8b9babb36f5592ccd4fa178575278826250ed5af333a29b8a489431e044af58d5270ddfc1f921b1dcc8e306956ffd025c4ebe98";
const TEXT: &str = "enc:v1:AQEAAAABsLGys7S1tre4ubq7NvVZLM1PoXhXUniCYlDtWvMzopuKSJQx4ESvWNUnDd_B-SGx3MjjBpVv_QJcTr6Y";

fn counting<const N: usize>(from: u8) -> [u8; N] {
    std::array::from_fn(|i| from + u8::try_from(i).unwrap())
}

fn kek() -> Key32 {
    Key32::from_bytes(&counting(0x00))
}

fn dek() -> Key32 {
    Key32::from_bytes(&counting(0x20))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(text: &str) -> Vec<u8> {
    (0..text.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap())
        .collect()
}

#[test]
fn key_id() {
    assert_eq!(KeyId::of(&kek()).to_string(), "39cbe0686bdddb55");
}

#[test]
fn wrapped_key() {
    let wrapped =
        envelope::wrap_key(&kek(), OWNER, DataKeyId::FIRST, &counting(0xa0), &dek()).unwrap();
    assert_eq!(hex(&wrapped), WRAPPED);
    assert_eq!(
        envelope::wrapped_under(&wrapped).unwrap(),
        KeyId::of(&kek())
    );
    assert!(envelope::unwrap_key(&kek(), OWNER, DataKeyId::FIRST, &wrapped).unwrap() == dek());
}

#[test]
fn sealed_field() {
    let nonce = counting(0xb0);
    let bytes = envelope::seal_field(
        &dek(),
        OWNER,
        DataKeyId::FIRST,
        PLACE,
        &nonce,
        b"sk_live_example",
    )
    .unwrap();
    assert_eq!(hex(&bytes), FIELD);
    assert_eq!(Sealed::from_bytes(&bytes).as_str(), TEXT);
    let sealed = Sealed::parse(TEXT).unwrap();
    assert_eq!(sealed.data_key_id().unwrap(), DataKeyId::FIRST);
    let plain = envelope::open_field(&dek(), OWNER, PLACE, &sealed.to_bytes().unwrap()).unwrap();
    assert_eq!(plain.expose(), b"sk_live_example");
}

#[test]
fn derived_key() {
    // HKDF-Expand of the data key, computed by another implementation.
    let key = super::DataKey::from(dek()).derive("api-key");
    assert_eq!(
        hex(key.expose()),
        "67c88a5ad86a4f8029c78437de33e60c706cc915ad45f971d16b05eff15e54c9"
    );
}

#[test]
fn every_flipped_bit_of_a_field_is_refused() {
    let field = unhex(FIELD);
    assert_eq!(field.len(), 66);
    for bit in 0..field.len() * 8 {
        let mut flipped = field.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        let opened = envelope::open_field(&dek(), OWNER, PLACE, &flipped);
        assert!(
            matches!(opened, Err(CryptoError::Refused | CryptoError::Malformed)),
            "bit {bit}"
        );
    }
}

#[test]
fn every_flipped_bit_of_a_wrapped_key_is_refused() {
    let wrapped = unhex(WRAPPED);
    assert_eq!(wrapped.len(), 70);
    for bit in 0..wrapped.len() * 8 {
        let mut flipped = wrapped.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        assert!(
            envelope::unwrap_key(&kek(), OWNER, DataKeyId::FIRST, &flipped).is_err(),
            "bit {bit}"
        );
    }
}

#[test]
fn every_cut_is_refused() {
    let (field, wrapped) = (unhex(FIELD), unhex(WRAPPED));
    for length in 0..field.len() {
        assert!(envelope::open_field(&dek(), OWNER, PLACE, &field[..length]).is_err());
    }
    for length in 0..wrapped.len() {
        assert!(envelope::unwrap_key(&kek(), OWNER, DataKeyId::FIRST, &wrapped[..length]).is_err());
    }
    let longer = |bytes: &[u8]| [bytes, &[0]].concat();
    assert!(envelope::open_field(&dek(), OWNER, PLACE, &longer(&field)).is_err());
    assert!(envelope::unwrap_key(&kek(), OWNER, DataKeyId::FIRST, &longer(&wrapped)).is_err());
}

#[test]
fn another_data_key_is_refused_even_under_its_number() {
    let other = Key32::random().unwrap();
    assert!(matches!(
        envelope::open_field(&other, OWNER, PLACE, &unhex(FIELD)),
        Err(CryptoError::Refused)
    ));
    assert!(envelope::unwrap_key(&other, OWNER, DataKeyId::FIRST, &unhex(WRAPPED)).is_err());
    let second = DataKeyId::new(2);
    assert!(envelope::unwrap_key(&kek(), OWNER, second, &unhex(WRAPPED)).is_err());
    assert!(envelope::unwrap_key(&kek(), Uuid::nil(), DataKeyId::FIRST, &unhex(WRAPPED)).is_err());
}

#[test]
fn every_part_of_the_place_is_bound() {
    let place = |service, record, field| Place {
        service,
        record,
        field,
    };
    let nobody = Uuid::nil();
    for (owner, place) in [
        (nobody, PLACE),
        (OWNER, place("integration", "42", "stripe.secret_key")),
        (OWNER, place("integrations", "43", "stripe.secret_key")),
        (OWNER, place("integrations", "42", "stripe.webhook_key")),
        (OWNER, place("integrations4", "2", "stripe.secret_key")),
        (OWNER, place("integrations", "42s", "tripe.secret_key")),
    ] {
        let opened = envelope::open_field(&dek(), owner, place, &unhex(FIELD));
        assert!(
            matches!(opened, Err(CryptoError::Refused)),
            "{owner} {place:?}"
        );
    }
}

#[test]
fn wycheproof() {
    use wycheproof::{
        TestResult,
        aead::{TestName, TestSet},
    };
    let set = TestSet::load(TestName::AesGcm).unwrap();
    let mut vectors = 0;
    for group in set
        .test_groups
        .iter()
        .filter(|g| g.key_size == 256 && g.nonce_size == 96 && g.tag_size == 128)
    {
        for test in &group.tests {
            vectors += 1;
            let (key, nonce) = (
                test.key[..].try_into().unwrap(),
                test.nonce[..].try_into().unwrap(),
            );
            let tag: [u8; 16] = test.tag[..].try_into().unwrap();
            let mut text = test.ct.to_vec();
            let opened = aead::decrypt(&key, &nonce, &test.aad, &mut text, &tag);
            if test.result == TestResult::Invalid {
                assert!(opened.is_err(), "vector {}", test.tc_id);
                assert_eq!(
                    text,
                    test.ct[..],
                    "vector {} was decrypted before its tag was checked",
                    test.tc_id
                );
                continue;
            }
            opened.unwrap();
            assert_eq!(text, test.pt[..], "vector {}", test.tc_id);
            assert_eq!(
                aead::encrypt(&key, &nonce, &test.aad, &mut text).unwrap(),
                tag,
                "vector {}",
                test.tc_id
            );
            assert_eq!(text, test.ct[..], "vector {}", test.tc_id);
        }
    }
    assert!(
        vectors >= 66,
        "only {vectors} vectors of 256-bit keys and 96-bit nonces"
    );
}
