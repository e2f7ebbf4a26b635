//! Files that hold values: what is read of them, and what is refused.

use std::path::Path;

use super::{load, refusal, setting};

fn with_file(variable: &str, path: &Path) -> [(String, String); 1] {
    [(variable.to_owned(), path.display().to_string())]
}

#[track_caller]
fn refusal_of(path: &Path) -> String {
    let [(name, path)] = with_file("STEADING_MAIL__SMTP_URL_FILE", path);
    refusal("", &[(&name, &path)])
}

#[test]
fn the_line_end_is_not_part_of_the_value() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("password");
    std::fs::write(&path, "  correct horse  \r\n").unwrap();
    let path = path.display().to_string();
    let loaded = load("", &[("STEADING_DATA_DIR_FILE", path.as_str())]).unwrap();
    assert_eq!(loaded.config.data_dir.to_str(), Some("correct horse"));
    assert_eq!(
        setting(&loaded.settings, "data_dir").origin.place,
        "STEADING_DATA_DIR_FILE"
    );
}

#[test]
fn missing_empty_binary_and_endless_files_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let said = refusal_of(&at("missing"));
    assert!(
        said.contains("missing (from STEADING_MAIL__SMTP_URL_FILE)")
            && said.contains("No such file"),
        "{said}"
    );
    std::fs::write(at("empty"), "\n").unwrap();
    assert!(refusal_of(&at("empty")).contains("it is empty"));
    std::fs::write(at("binary"), [0xff, 0xfe]).unwrap();
    assert!(refusal_of(&at("binary")).contains("UTF-8"));
    assert!(refusal_of(Path::new("/dev/zero")).contains("longer than"));
}
