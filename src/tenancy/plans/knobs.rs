//! Knobs of an entitlement: limits of one company's own, as JSON. Pure.

use crate::gate::Counted;

/// What was decided, by the word of each. What is not named stays with the plan.
pub type Knobs = Vec<(Counted, u64)>;

/// From the text stored. Knobs of other versions are passed over: they are no reason to lock a company out.
pub(super) fn read(text: &str) -> Knobs {
    let held: serde_json::Map<String, serde_json::Value> =
        serde_json::from_str(text).unwrap_or_default();
    held.iter()
        .filter_map(|(word, value)| Some((Counted::read(word)?, value.as_u64()?)))
        .collect()
}

/// The text stored, with what this version does not know left as it was.
pub(super) fn changed(text: &str, knobs: &[(Counted, Option<u64>)]) -> String {
    let mut held: serde_json::Map<String, serde_json::Value> =
        serde_json::from_str(text).unwrap_or_default();
    for (what, most) in knobs {
        match most {
            Some(most) => held.insert(what.as_str().to_owned(), (*most).into()),
            None => held.shift_remove(what.as_str()),
        };
    }
    serde_json::Value::Object(held).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knobs_of_other_versions_stay_and_do_nothing() {
        let text = r#"{"modules":["crm"],"partners":50,"links":"many"}"#;
        assert_eq!(read(text), [(Counted::Partners, 50)]);
        let after = changed(
            text,
            &[(Counted::Members, Some(5)), (Counted::Partners, None)],
        );
        assert_eq!(after, r#"{"modules":["crm"],"links":"many","members":5}"#);
        assert!(read("no json").is_empty());
    }
}
