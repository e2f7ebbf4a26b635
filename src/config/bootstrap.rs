//! The first owner, for set-ups without a browser. Read only while no user exists.

use super::key::{Fallback, Key, Kind, Secrecy};
use super::mail::plain_address;
use super::reader::Reader;
use super::secret::Secret;

/// The first owner; `None` where somebody opens the setup link instead.
#[derive(Debug, Clone)]
pub struct Bootstrap {
    /// Address and password, only ever both.
    pub owner: Option<FirstOwner>,
}

/// Who owns a new instance.
#[derive(Debug, Clone)]
pub struct FirstOwner {
    /// The address to sign in with.
    pub email: String,
    /// The first password; its strength is judged where the user is made.
    pub password: Secret,
}

pub(super) const KEYS: &[Key] = &[
    Key::new("bootstrap.owner_email", Kind::Email, Fallback::Unset("the first visitor with the setup link becomes the owner"))
        .example("ada@example.com")
        .doc("The address of the first owner. Read only while no user exists; needs `bootstrap.owner_password`."),
    Key::new("bootstrap.owner_password", Kind::Text, Fallback::Unset("the first visitor with the setup link becomes the owner"))
        .secrecy(Secrecy::Secret)
        .doc("The password of the first owner. Read only while no user exists; change it after the first sign-in and remove it here."),
];

impl Bootstrap {
    pub(super) fn read(reader: &mut Reader) -> Option<Self> {
        let email = reader.parse_with("bootstrap.owner_email", plain_address);
        let password = reader.secret("bootstrap.owner_password");
        let half = match (
            reader.is_given("bootstrap.owner_email"),
            reader.is_given("bootstrap.owner_password"),
        ) {
            (true, false) => Some(("bootstrap.owner_email", "bootstrap.owner_password")),
            (false, true) => Some(("bootstrap.owner_password", "bootstrap.owner_email")),
            _ => None,
        };
        if let Some((given, missing)) = half {
            reader
                .warnings
                .push(format!("{given} has no effect without {missing}"));
        }
        Some(Self {
            owner: email
                .zip(password)
                .map(|(email, password)| FirstOwner { email, password }),
        })
    }
}
