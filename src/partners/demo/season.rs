//! The shape of a tea shop's year: full in November and December, quiet in summer, lively on Sundays and in the evening.

use jiff::civil::Date;

/// What a day in the middle of each month is worth, in thousandths of a usual day.
const MONTHS: [i64; 12] = [
    1_000, 930, 880, 820, 740, 620, 540, 580, 830, 1_120, 1_560, 1_640,
];
/// Monday to Sunday.
const WEEKDAYS: [i64; 7] = [980, 960, 970, 1_010, 930, 1_050, 1_200];
/// Hours of the day in UTC, seen from central Europe.
pub(super) const HOURS: [u64; 24] = [
    6, 3, 2, 2, 4, 12, 30, 52, 64, 66, 62, 60, 58, 54, 52, 54, 60, 74, 92, 104, 98, 70, 38, 16,
];
/// The year's growth: a last day brings this much more than a first one, in thousandths.
const GROWTH: i64 = 350;

/// What a day is worth, in thousandths of a usual day; `age` of `days` days into the year that is shown.
pub(super) fn weight(date: Date, age: i64, days: i64) -> i64 {
    let season = season(date);
    let place = usize::try_from(date.weekday().to_monday_zero_offset()).unwrap_or(0);
    let weekday = WEEKDAYS.get(place).copied().unwrap_or(1_000);
    let growth = 1_000 + GROWTH * age / days.max(1);
    let mut weight = season * weekday / 1_000 * growth / 1_000;
    match (date.month(), date.day()) {
        // The week of the autumn sale.
        (11, 23..=30) => weight = weight * 3 / 2,
        // Nothing ordered now arrives before the holidays.
        (12, 21..=31) => weight /= 2,
        _ => {}
    }
    weight
}

/// Between the middles of two months the shape goes straight from one to the other.
fn season(date: Date) -> i64 {
    let day = i64::from(date.day()) - 15;
    let month = usize::try_from(date.month() - 1).unwrap_or(0);
    let of = |month: usize| MONTHS.get(month % 12).copied().unwrap_or(1_000);
    let (from, to, gone) = if day >= 0 {
        (of(month), of(month + 1), day)
    } else {
        (of(month + 11), of(month), day + 30)
    };
    from + (to - from) * gone.clamp(0, 30) / 30
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn december_is_full_and_july_is_not() {
        let month = |month: i8| -> i64 {
            (1..=20)
                .map(|day| weight(Date::new(2026, month, day).unwrap(), 100, 365))
                .sum()
        };
        assert!(month(12) > 2 * month(7));
        assert!(month(11) > month(9) && month(9) > month(7));
        assert!((1..=12).all(|m| month(m) > 0));
        assert!(season(Date::new(2026, 1, 1).unwrap()) > season(Date::new(2026, 1, 15).unwrap()));
    }
}
