//! The name somebody probably meant.

/// The candidate closest to `name`, if one is close enough to be worth offering.
/// A name that is exact but stands in the wrong section is found by its last part, one cut short by its beginning.
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
    let last = |text: &str| text.rsplit(separator).next().unwrap_or(text).to_lowercase();
    let only = |fits: &dyn Fn(&str) -> bool| {
        let mut fitting = candidates.iter().filter(|candidate| fits(candidate));
        match (fitting.next(), fitting.next()) {
            (Some(only), None) => Some(only.clone()),
            _ => None,
        }
    };
    close
        .or_else(|| only(&|candidate| last(candidate) == last(name)))
        .or_else(|| only(&|candidate| candidate.starts_with(name)))
}
