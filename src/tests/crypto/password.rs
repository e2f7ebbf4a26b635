//! Hashing and checking passwords.

use std::iter::repeat_n;

use futures_util::future::join_all;
use steading::crypto::{
    CryptoError, HashedPassword, PasswordHasher, PlainPassword, password::HashCost,
};

const CHEAP: HashCost = HashCost {
    memory_kib: 64,
    passes: 1,
};

fn hasher() -> PasswordHasher {
    PasswordHasher::with(CHEAP, 2, 64).unwrap()
}

#[actix_web::test]
async fn a_password_is_known_again_by_its_hash() {
    let hasher = hasher();
    let password = PlainPassword::from("velvet tractor under the plum tree");
    let stored = HashedPassword::parse(hasher.hash(&password).await.unwrap().as_str()).unwrap();
    assert!(hasher.verify(&stored, &password).await.unwrap());
    assert!(
        !hasher
            .verify(&stored, &"velvet tractor under the plum tre".into())
            .await
            .unwrap()
    );
    assert!(
        hasher.hash(&password).await.unwrap() != stored,
        "each hash has its own salt"
    );
}

#[actix_web::test]
async fn the_standard_is_argon2id_with_19_mib_and_two_passes() {
    let hash = PasswordHasher::new()
        .unwrap()
        .hash(&"velvet tractor".into())
        .await
        .unwrap();
    assert!(
        hash.as_str().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"),
        "{}",
        hash.as_str()
    );
}

#[actix_web::test]
async fn an_unknown_user_costs_the_same_work_and_never_enters() {
    let hasher = hasher();
    let password = PlainPassword::from("velvet tractor");
    let stored = hasher.hash(&password).await.unwrap();
    let before = hasher.operations();
    assert!(
        hasher
            .verify_or_dummy(Some(&stored), &password)
            .await
            .unwrap()
    );
    assert_eq!(hasher.operations() - before, 1);
    assert!(!hasher.verify_or_dummy(None, &password).await.unwrap());
    assert_eq!(hasher.operations() - before, 2);
    assert!(
        !hasher
            .verify_or_dummy(Some(&stored), &"wrong".into())
            .await
            .unwrap()
    );
    assert_eq!(hasher.operations() - before, 3);
}

#[actix_web::test]
async fn beyond_the_queue_the_hasher_is_busy() {
    let hasher = PasswordHasher::with(CHEAP, 1, 2).unwrap();
    let password = PlainPassword::from("velvet tractor");
    let results = join_all(repeat_n(&password, 5).map(|password| hasher.hash(password))).await;
    let busy = results
        .iter()
        .filter(|result| matches!(result, Err(CryptoError::Busy)))
        .count();
    assert_eq!(
        (results.iter().filter(|result| result.is_ok()).count(), busy),
        (3, 2)
    );
    assert!(
        hasher.hash(&password).await.is_ok(),
        "room again once the queue has drained"
    );
}

#[actix_web::test]
async fn an_older_cost_asks_for_a_new_hash() {
    let (old, new) = (
        hasher(),
        PasswordHasher::with(
            HashCost {
                memory_kib: 128,
                passes: 1,
            },
            1,
            1,
        )
        .unwrap(),
    );
    let password = PlainPassword::from("velvet tractor");
    let stored = old.hash(&password).await.unwrap();
    assert!(!old.needs_rehash(&stored));
    assert!(new.needs_rehash(&stored));
    assert!(
        new.verify(&stored, &password).await.unwrap(),
        "the old hash still opens"
    );
}

#[test]
fn hashes_of_another_kind_or_of_boundless_work_are_refused() {
    let tail = "c2FsdHNhbHRzYWx0c2FsdA$Wlpaa2tra2tra2tra2tra2tra2tra2tra2tra2tra2s";
    assert!(HashedPassword::parse(&format!("$argon2id$v=19$m=19456,t=2,p=1${tail}")).is_ok());
    for wrong in [
        "",
        "velvet tractor",
        "$2b$12$abcdefghijklmnopqrstuu",
        "$argon2id$v=19$m=19456,t=2,p=1",
        &format!("$argon2i$v=19$m=19456,t=2,p=1${tail}"),
        &format!("$argon2id$v=19$m=4194304,t=2,p=1${tail}"),
        &format!("$argon2id$v=19$m=19456,t=100000,p=1${tail}"),
    ] {
        assert!(HashedPassword::parse(wrong).is_err(), "{wrong}");
    }
}

#[actix_web::test]
async fn passwords_do_not_print_themselves() {
    let password = PlainPassword::from("velvet tractor");
    let hash = hasher().hash(&password).await.unwrap();
    assert_eq!(
        format!("{password:?} {hash:?}"),
        "PlainPassword HashedPassword"
    );
}
