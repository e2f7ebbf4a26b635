//! The table at the end, and what was promised beside what was found.

use crate::drive::Load;

pub fn row(name: &str, load: &Load) {
    println!(
        "{name:<44} {:>9.0}/s  p50 {:>7.2} ms  p99 {:>7.2} ms  {:>6.1} µs CPU{}",
        load.per_second,
        load.p50_ms,
        load.p99_ms,
        load.cpu_micros,
        if load.errors > 0 {
            format!("  {} refused", load.errors)
        } else {
            String::new()
        }
    );
}

pub fn promise(what: &str, found: f64, bound: f64, at_least: bool) {
    let holds = if at_least {
        found >= bound
    } else {
        found <= bound
    };
    let sign = if at_least { "≥" } else { "≤" };
    println!(
        "{} {what}: {found:.2} (promised {sign} {bound})",
        if holds { "holds " } else { "MISSED" }
    );
}
