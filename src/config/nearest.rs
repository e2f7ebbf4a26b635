//! The name somebody probably meant.

/// The candidate closest to `name`, if one is close enough to be worth offering.
/// A name that is exact but stands in the wrong section is found by its last part.
pub fn nearest(
    name: &str,
    candidates: impl Iterator<Item = String>,
    separator: &str,
) -> Option<String> {
    let candidates: Vec<String> = candidates.collect();
    let bound = (name.chars().count() / 4).clamp(2, 6);
    let close = candidates
        .iter()
        .map(|candidate| {
            (
                strsim::damerau_levenshtein(&name.to_lowercase(), &candidate.to_lowercase()),
                candidate,
            )
        })
        .filter(|(distance, _)| *distance <= bound)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate.clone());
    close.or_else(|| {
        let last = |text: &str| text.rsplit(separator).next().unwrap_or(text).to_lowercase();
        let mut same_leaf = candidates
            .iter()
            .filter(|candidate| last(candidate) == last(name));
        match (same_leaf.next(), same_leaf.next()) {
            (Some(only), None) => Some(only.clone()),
            _ => None,
        }
    })
}
