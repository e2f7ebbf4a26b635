//! Which passwords are taken.

use steading::crypto::{PersonalWords, WeakPassword, policy::check};

const NOBODY: PersonalWords<'static> = PersonalWords {
    email: "",
    company: "",
};
const PERSON: PersonalWords<'static> = PersonalWords {
    email: "marta.lindqvist@fjordkompaniet.example",
    company: "Fjord Kompaniet AS",
};

fn verdict(password: &str, person: PersonalWords<'_>) -> Result<(), WeakPassword> {
    check(&password.into(), person)
}

#[test]
fn length_counts_characters() {
    assert_eq!(
        verdict("kX9fQ2mW7vB4zT", NOBODY),
        Err(WeakPassword::TooShort)
    );
    assert_eq!(verdict("ærlig østlig", NOBODY), Err(WeakPassword::TooShort));
    assert_eq!(verdict("kX9fQ2mW7vB4zTp", NOBODY), Ok(()));
    assert_eq!(verdict(&"kX9fQ2mW".repeat(16), NOBODY), Ok(()));
    assert_eq!(
        verdict(&"kX9fQ2mWp".repeat(16), NOBODY),
        Err(WeakPassword::TooLong)
    );
}

#[test]
fn what_is_guessed_first_is_refused() {
    for password in [
        "passwordpassword",
        "Password12345678",
        "P@ssw0rd P@ssw0rd",
        "aaaaaaaaaaaaaaaaaaa",
        "123456789012345",
        "abcdefghijklmnop",
        "qwertyuiopasdfghjkl",
        "letmeinplease123",
        "correct horse battery staple",
        "iloveyouforever!",
        "administrator2024",
        "welcome-welcome-1",
        "....................",
    ] {
        assert_eq!(
            verdict(password, NOBODY),
            Err(WeakPassword::Common),
            "{password}"
        );
    }
}

#[test]
fn own_words_alone_are_refused() {
    for password in [
        "marta.lindqvist1",
        "MartaLindqvist2024",
        "marta.lindqvist@fjordkompaniet.example",
        "FjordKompaniet123",
        "fjordkompaniet-password",
        "l1ndqv1st-l1ndqv1st",
    ] {
        assert_eq!(
            verdict(password, PERSON),
            Err(WeakPassword::Personal),
            "{password}"
        );
    }
}

#[test]
fn a_phrase_of_own_words_is_taken() {
    for password in [
        "velvet tractor under the plum tree",
        "my dog ate 14 pancakes",
        "Grütze mit Zimt um elf",
        "#%&/()=?^*<>|{}~",
        "marta walks to the lighthouse",
        "каждый охотник желает",
    ] {
        assert_eq!(verdict(password, PERSON), Ok(()), "{password}");
    }
}

#[test]
fn a_missing_company_does_not_weaken_or_break() {
    assert_eq!(
        verdict(
            "velvet tractor under",
            PersonalWords {
                email: "@",
                company: " "
            }
        ),
        Ok(())
    );
    assert_eq!(WeakPassword::Common.code(), "password_common");
}
