//! Keys, sealed values, passwords and tokens, as their users see them.

mod api_key;
mod password;
mod policy;
mod ring;
mod sources;
mod token;
mod vault;

use steading::crypto::{Key32, KeyRing, SYSTEM, Vault};
use uuid::Uuid;

/// 32 bytes that count up from `first`, in base64.
const KEY_A: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
const KEY_B: &str = "ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8=";
const KEY_A_ID: &str = "39cbe0686bdddb55";

fn ring(text: &str) -> KeyRing {
    KeyRing::parse("keys.ring", text).unwrap()
}

/// A tenant nobody else has.
fn owner() -> Uuid {
    Uuid::from_slice(&Key32::random().unwrap().expose()[..16]).unwrap()
}

/// A vault with one data key for the system and for each owner.
fn vault(owners: &[Uuid]) -> Vault {
    let vault = Vault::new(ring(&format!("a:{KEY_A}")), Vec::new()).unwrap();
    for owner in [SYSTEM].iter().chain(owners) {
        vault.load([vault.new_data_key(*owner).unwrap()]);
    }
    vault
}
