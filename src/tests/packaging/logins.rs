//! The set-up of a PostgreSQL with two logins: running it again with other passwords is how they are changed.

use diesel::{Connection, PgConnection};

use crate::harness::postgres::Throwaway;

#[test]
fn running_the_set_up_again_changes_both_passwords() {
    let server = Throwaway::start();
    let enters = |user: &str, password: &str| {
        PgConnection::establish(&server.url(user, password, "books")).is_ok()
    };
    server.prepare("books", "the first owner's", "the first request's");
    assert!(enters("steading_owner", "the%20first%20owner's"));
    assert!(enters("steading_request", "the%20first%20request's"));
    server.prepare("books", "another-owner", "another-request");
    for (user, old, new) in [
        ("steading_owner", "the%20first%20owner's", "another-owner"),
        (
            "steading_request",
            "the%20first%20request's",
            "another-request",
        ),
    ] {
        assert!(enters(user, new), "{user} with the new password");
        assert!(!enters(user, old), "{user} with the old password");
    }
}
