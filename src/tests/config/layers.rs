//! default < file < environment < flag.

use steading::config::{Config, Layer};

use super::{setting, sources};

const FILE: &str = "[server]\nlisten = \"127.0.0.1:2\"\n";
const VARIABLE: (&str, &str) = ("STEADING_SERVER__LISTEN", "127.0.0.1:3");
const FLAG: (&str, &str) = ("server.listen", "127.0.0.1:4");

#[track_caller]
fn listen(file: &str, variables: &[(&str, &str)], flags: &[(&str, &str)]) -> (u16, Layer, String) {
    let loaded = Config::load(&sources(file, variables, flags)).unwrap();
    let origin = setting(&loaded.settings, "server.listen").origin.clone();
    (
        loaded.config.server.listen.port(),
        origin.layer,
        origin.place,
    )
}

#[test]
fn each_layer_overrules_the_one_before() {
    assert_eq!(listen("", &[], &[]), (8080, Layer::Default, String::new()));
    assert_eq!(
        listen(FILE, &[], &[]),
        (2, Layer::File, "steading.toml:2".to_owned())
    );
    let variable = "STEADING_SERVER__LISTEN".to_owned();
    assert_eq!(
        listen(FILE, &[VARIABLE], &[]),
        (3, Layer::Environment, variable.clone())
    );
    assert_eq!(
        listen(FILE, &[VARIABLE], &[FLAG]),
        (4, Layer::Flag, "--listen".to_owned())
    );
    assert_eq!(
        listen("", &[VARIABLE], &[]),
        (3, Layer::Environment, variable)
    );
    assert_eq!(
        listen(FILE, &[], &[FLAG]),
        (4, Layer::Flag, "--listen".to_owned())
    );
}

#[test]
fn an_empty_value_counts_as_not_given() {
    assert_eq!(
        listen(FILE, &[("STEADING_SERVER__LISTEN", "")], &[]).1,
        Layer::File
    );
    assert_eq!(
        listen("[server]\nlisten = \"\"", &[], &[]).1,
        Layer::Default
    );
}

#[test]
fn a_wrong_value_that_a_stronger_layer_replaces_does_no_harm() {
    assert_eq!(listen("[server]\nlisten = \"nonsense\"", &[], &[FLAG]).0, 4);
}
