//! Chance from a seed: the same seed draws the same, on every machine (SplitMix64, integers and exact fractions only).

use crate::clock::Timestamp;
use crate::id::Id;

/// A row of draws.
#[derive(Debug, Clone)]
pub(super) struct Random(u64);

impl Random {
    /// The row that begins at a seed.
    pub(super) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next 64 bits.
    pub(super) fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `end`; zero where there is none.
    pub(super) fn below(&mut self, end: u64) -> u64 {
        let product = u128::from(self.bits()) * u128::from(end);
        u64::try_from(product >> 64).unwrap_or(0)
    }

    /// A number of `from..=until`.
    pub(super) fn between(&mut self, from: i64, until: i64) -> i64 {
        let width = u64::try_from(until.saturating_sub(from).saturating_add(1)).unwrap_or(0);
        from.saturating_add(i64::try_from(self.below(width)).unwrap_or(0))
    }

    /// True in so many of a thousand draws.
    pub(super) fn chance(&mut self, per_mille: u64) -> bool {
        self.below(1_000) < per_mille
    }

    /// One of these.
    pub(super) fn pick<T: Copy + Default>(&mut self, of: &[T]) -> T {
        let place = self.below(u64::try_from(of.len()).unwrap_or(0));
        usize::try_from(place)
            .ok()
            .and_then(|place| of.get(place))
            .copied()
            .unwrap_or_default()
    }

    /// The place of one of these weights, heavier ones more often.
    pub(super) fn weighted(&mut self, weights: &[u64]) -> usize {
        let mut left = self.below(weights.iter().sum());
        for (place, weight) in weights.iter().enumerate() {
            if left < *weight {
                return place;
            }
            left -= weight;
        }
        0
    }

    /// Bytes.
    pub(super) fn bytes<const N: usize>(&mut self) -> [u8; N] {
        let mut bytes = [0; N];
        for chunk in bytes.chunks_mut(8) {
            let drawn = self.bits().to_le_bytes();
            chunk
                .iter_mut()
                .zip(drawn)
                .for_each(|(to, from)| *to = from);
        }
        bytes
    }

    /// An id made at a time.
    pub(super) fn id<K>(&mut self, at: Timestamp) -> Id<K> {
        Id::drawn(at, self.bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_stay_inside_their_bounds_and_come_again() {
        let (mut one, mut other) = (Random::new(7), Random::new(7));
        let mut seen = [0_u32; 3];
        for _ in 0..3_000 {
            let drawn = one.between(-1, 1);
            assert_eq!(drawn, other.between(-1, 1));
            seen[usize::try_from(drawn + 1).unwrap()] += 1;
        }
        assert!(
            seen.iter().all(|many| (900..1_100).contains(many)),
            "{seen:?}"
        );
        assert_eq!((one.below(0), one.pick::<u8>(&[])), (0, 0));
        let heavy = (0..1_000).filter(|_| one.weighted(&[1, 0, 9]) == 2).count();
        assert!((860..940).contains(&heavy), "{heavy}");
    }
}
