//! Charts drawn on the server: plain SVG in the page, labels as text around it (crisp at any
//! width), and always the same figures as a table. No scripts, no inline styles.

use std::fmt::Write as _;

use super::markup::{Markup, escape};

const WIDTH: i64 = 1000;
const HEIGHT: i64 = 300;

/// The shape of a chart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// A line with a soft area: amounts over time.
    Line,
    /// Bars: counts per period or per thing.
    Bars,
}

/// One point: where it stands, how high it is, how that reads.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Point {
    /// The label below the axis and in the table: "12 Oct".
    pub label: String,
    /// The height.
    pub value: i64,
    /// The height in words: "€180.00".
    pub text: String,
}

impl Point {
    /// A labelled value.
    pub fn new(label: impl Into<String>, value: i64, text: impl Into<String>) -> Self {
        Self {
            label: label.into(),
            value,
            text: text.into(),
        }
    }
}

/// A chart of one series in one unit.
#[derive(Clone, Debug)]
pub struct Chart<'a> {
    /// Unique on the page.
    pub id: &'a str,
    /// What it shows: "Sales per day".
    pub title: &'a str,
    /// Heads of the table: what a row is, what the figure is.
    pub heads: (&'a str, &'a str),
    /// Line or bars.
    pub shape: Shape,
    /// The points, left to right.
    pub points: &'a [Point],
}

impl Chart<'_> {
    /// The figure with its table twin. `axis` writes a height for the labels at the left.
    pub fn render(&self, axis: impl Fn(i64) -> String) -> Markup {
        let low = self
            .points
            .iter()
            .map(|p| p.value)
            .min()
            .unwrap_or(0)
            .min(0);
        let high = self
            .points
            .iter()
            .map(|p| p.value)
            .max()
            .unwrap_or(0)
            .max(0);
        let scale = Scale::around(low, high);
        let mut out = String::with_capacity(2048 + self.points.len() * 160);
        let id = escape(self.id);
        let _ = write!(
            out,
            r#"<figure class="chart"><div class="plot"><div class="axis-y" aria-hidden="true">"#
        );
        for tick in scale.ticks.iter().rev() {
            let _ = write!(out, "<span>{}</span>", escape(&axis(*tick)));
        }
        let _ = write!(
            out,
            r#"</div><svg viewBox="0 0 {WIDTH} {HEIGHT}" preserveAspectRatio="none" role="img" aria-labelledby="{id}-t {id}-d"><title id="{id}-t">{}</title><desc id="{id}-d">{}</desc>"#,
            escape(self.title),
            escape(&self.describe()),
        );
        for tick in &scale.ticks {
            let class = if *tick == 0 { "zero" } else { "grid" };
            let y = scale.y(*tick);
            let _ = write!(out, r#"<path class="{class}" d="M0 {y}H{WIDTH}"/>"#);
        }
        match self.shape {
            Shape::Line => self.line(&mut out, &scale),
            Shape::Bars => self.bars(&mut out, &scale),
        }
        out.push_str(r#"</svg><div class="axis-x" aria-hidden="true">"#);
        for label in self.axis_labels() {
            let _ = write!(out, "<span>{}</span>", escape(label));
        }
        out.push_str("</div></div>");
        self.table(&mut out);
        out.push_str("</figure>");
        Markup::trusted(out)
    }

    /// One sentence for those who do not see it.
    fn describe(&self) -> String {
        let (Some(first), Some(last)) = (self.points.first(), self.points.last()) else {
            return "Nothing to show yet.".to_owned();
        };
        let least = self.points.iter().min_by_key(|p| p.value).unwrap_or(first);
        let most = self.points.iter().max_by_key(|p| p.value).unwrap_or(first);
        format!(
            "From {} to {}: lowest {} ({}), highest {} ({}), last {}.",
            first.label, last.label, least.text, least.label, most.text, most.label, last.text
        )
    }

    fn line(&self, out: &mut String, scale: &Scale) {
        let last = self.points.len().saturating_sub(1).max(1) as i64;
        let mut path = String::new();
        for (index, point) in self.points.iter().enumerate() {
            let x = index as i64 * WIDTH / last;
            let _ = write!(
                path,
                "{}{x} {}",
                if index == 0 { "M" } else { "L" },
                scale.y(point.value)
            );
        }
        let zero = scale.y(0);
        let end = if self.points.len() > 1 { WIDTH } else { 0 };
        let _ = write!(
            out,
            r#"<path class="area" d="{path}L{end} {zero}L0 {zero}Z"/><path class="line" d="{path}"/>"#
        );
        if let Some(point) = self.points.last() {
            // A line of no length with round ends stays a circle however the plot is stretched.
            let _ = write!(
                out,
                r#"<path class="dot" d="M{end} {}h0"/>"#,
                scale.y(point.value)
            );
        }
        let step = WIDTH / last;
        self.hovers(out, |index| (index as i64 * WIDTH / last - step / 2, step));
    }

    fn bars(&self, out: &mut String, scale: &Scale) {
        let count = self.points.len().max(1) as i64;
        let zero = scale.y(0);
        for (index, point) in self.points.iter().enumerate() {
            let left = index as i64 * WIDTH / count;
            let slot = (index as i64 + 1) * WIDTH / count - left;
            let gap = (slot / 5).max(1);
            let y = scale.y(point.value);
            let (top, height) = if y <= zero {
                (y, zero - y)
            } else {
                (zero, y - zero)
            };
            // A value that is there but too small to see still shows.
            let height = if point.value != 0 { height.max(2) } else { 0 };
            let class = if point.value < 0 { "col minus" } else { "col" };
            let (x, width) = (left + gap / 2, (slot - gap).max(1));
            let _ = write!(
                out,
                r#"<rect class="{class}" x="{x}" y="{top}" width="{width}" height="{height}"/>"#
            );
        }
        self.hovers(out, |index| {
            let left = index as i64 * WIDTH / count;
            (left, (index as i64 + 1) * WIDTH / count - left)
        });
    }

    /// Transparent strips that name the point under the mouse.
    fn hovers(&self, out: &mut String, strip: impl Fn(usize) -> (i64, i64)) {
        for (index, point) in self.points.iter().enumerate() {
            let (x, width) = strip(index);
            let _ = write!(
                out,
                r#"<rect class="hover" x="{x}" y="0" width="{width}" height="{HEIGHT}"><title>{}: {}</title></rect>"#,
                escape(&point.label),
                escape(&point.text)
            );
        }
    }

    /// First, middle and last label; all of them while they are few.
    fn axis_labels(&self) -> Vec<&str> {
        let labels: Vec<&str> = self.points.iter().map(|p| p.label.as_str()).collect();
        if labels.len() <= 4 {
            return labels;
        }
        [0, labels.len() / 2, labels.len() - 1]
            .iter()
            .filter_map(|i| labels.get(*i).copied())
            .collect()
    }

    fn table(&self, out: &mut String) {
        let _ = write!(
            out,
            r#"<details class="twin"><summary>See as a table</summary><div class="scroll" role="region" aria-label="{title}" tabindex="0"><table><caption class="sr">{title}</caption><thead><tr><th scope="col">{}</th><th scope="col" class="num">{}</th></tr></thead><tbody>"#,
            escape(self.heads.0),
            escape(self.heads.1),
            title = escape(self.title),
        );
        for point in self.points {
            let _ = write!(
                out,
                r#"<tr><th scope="row">{}</th><td class="num">{}</td></tr>"#,
                escape(&point.label),
                escape(&point.text)
            );
        }
        out.push_str("</tbody></table></div></details>");
    }
}

/// A line a word high, for cards. It says nothing the figure beside it does not say.
pub fn spark(values: &[i64]) -> Markup {
    let (Some(low), Some(high)) = (values.iter().min(), values.iter().max()) else {
        return Markup::default();
    };
    if values.len() < 2 {
        return Markup::default();
    }
    let span = i128::from(*high) - i128::from(*low);
    let last = values.len() as i64 - 1;
    let mut path = String::new();
    for (index, value) in values.iter().enumerate() {
        // 2 units of room above and below, so that the stroke is not cut.
        let up = (i128::from(*value) - i128::from(*low)) * 24 / span.max(1);
        let y = if span == 0 { 14 } else { 26 - up };
        let _ = write!(
            path,
            "{}{} {y}",
            if index == 0 { "M" } else { "L" },
            index as i64 * 100 / last
        );
    }
    Markup::trusted(format!(
        r#"<svg class="spark" viewBox="0 0 100 28" preserveAspectRatio="none" aria-hidden="true"><path class="area" d="{path}L100 28L0 28Z"/><path class="line" d="{path}"/></svg>"#
    ))
}

/// Round heights around the values, and where they lie.
struct Scale {
    low: i128,
    high: i128,
    ticks: Vec<i64>,
}

impl Scale {
    fn around(low: i64, high: i64) -> Self {
        let (low, high) = (i128::from(low), i128::from(high));
        let step = round_step((high - low).max(1));
        let bottom = low.div_euclid(step) * step;
        let top = (high + step - 1).div_euclid(step).max(bottom / step + 1) * step;
        let count = (top - bottom) / step;
        let ticks = (0..=count)
            .filter_map(|n| i64::try_from(bottom + n * step).ok())
            .collect();
        Self {
            low: bottom,
            high: top,
            ticks,
        }
    }

    /// Pixels from the top.
    fn y(&self, value: i64) -> i64 {
        let part =
            (self.high - i128::from(value)) * i128::from(HEIGHT) / (self.high - self.low).max(1);
        i64::try_from(part).unwrap_or(0)
    }
}

/// A step of 1, 2 or 5 times a power of ten that parts the span in two to five.
fn round_step(span: i128) -> i128 {
    let mut power = 1;
    loop {
        for factor in [1, 2, 5] {
            if span <= power * factor * 4 {
                return power * factor;
            }
        }
        power *= 10;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scales_are_round_and_hold_every_value() {
        for (low, high) in [
            (0, 0),
            (0, 3),
            (0, 97),
            (-40, 18_000),
            (0, i64::MAX),
            (i64::MIN, 0),
        ] {
            let scale = Scale::around(low, high);
            assert!(
                scale.low <= i128::from(low) && scale.high >= i128::from(high),
                "{low}..{high}"
            );
            assert!((0..=HEIGHT).contains(&scale.y(low)) && (0..=HEIGHT).contains(&scale.y(high)));
            assert!((1..=7).contains(&scale.ticks.len()), "{:?}", scale.ticks);
        }
        assert_eq!(Scale::around(0, 97).ticks, [0, 50, 100]);
    }

    #[test]
    fn charts_carry_their_table_and_no_style() {
        let points = [
            Point::new("12 Oct", 180, "€1.80"),
            Point::new("<b>", -5, "−€0.05"),
        ];
        for shape in [Shape::Line, Shape::Bars] {
            let chart = Chart {
                id: "sales",
                title: "Sales",
                heads: ("Day", "Sales"),
                shape,
                points: &points,
            };
            let html = chart.render(|v| v.to_string());
            assert!(html.as_str().contains("<td class=\"num\">€1.80</td>"));
            assert!(html.as_str().contains("&lt;b&gt;") && !html.as_str().contains("style="));
        }
        let empty = Chart {
            id: "e",
            title: "None",
            heads: ("Day", "Sales"),
            shape: Shape::Line,
            points: &[],
        };
        assert!(
            empty
                .render(|v| v.to_string())
                .as_str()
                .contains("Nothing to show yet.")
        );
        assert!(spark(&[]).is_empty());
    }
}
