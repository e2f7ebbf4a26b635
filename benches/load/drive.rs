//! Driving load with wrk, bounded in time, and reading its figures.

use std::process::Command;

use crate::server::Running;

/// What one load cost and brought.
pub struct Load {
    pub requests: f64,
    pub per_second: f64,
    pub p50_ms: f64,
    pub p99_ms: f64,
    pub cpu_micros: f64,
    pub errors: u64,
}

/// A load against a path: connections, seconds and, for POSTs, a Lua script.
pub fn load(
    server: &Running,
    path: &str,
    connections: u32,
    seconds: u32,
    script: Option<&str>,
) -> Load {
    let mut command = Command::new("wrk");
    command.args([
        "-t1",
        "--latency",
        &format!("-c{connections}"),
        &format!("-d{seconds}s"),
    ]);
    let file = std::env::temp_dir().join(format!("steading-bench-{}.lua", std::process::id()));
    if let Some(script) = script {
        std::fs::write(&file, script).unwrap();
        command.arg("-s").arg(&file);
    }
    let before = server.cpu_seconds();
    let output = command
        .arg(server.url(path))
        .output()
        .expect("wrk is needed: apt-get install wrk");
    let spent = server.cpu_seconds() - before;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    std::fs::remove_file(&file).ok();
    let requests = number_before(&text, " requests in ");
    Load {
        requests,
        per_second: number_after(&text, "Requests/sec:"),
        p50_ms: latency(&text, "50%"),
        p99_ms: latency(&text, "99%"),
        cpu_micros: spent * 1e6 / requests.max(1.0),
        errors: number_after(&text, "Non-2xx or 3xx responses:") as u64,
    }
}

/// A script that posts bodies: `body` is a Lua expression that may use the counter `n` and the run's `tag`.
pub fn post_script(key: &str, body: &str) -> String {
    format!(
        "local n = 0\nlocal tag = tostring(os.time())\nwrk.method = 'POST'\n\
         wrk.headers['Authorization'] = 'Bearer {key}'\nwrk.headers['Content-Type'] = 'application/json'\n\
         request = function()\n  n = n + 1\n  return wrk.format(nil, nil, nil, {body})\nend\n"
    )
}

/// A script that reads with a key.
pub fn get_script(key: &str) -> String {
    format!("wrk.headers['Authorization'] = 'Bearer {key}'\n")
}

fn number_before(text: &str, mark: &str) -> f64 {
    text.split(mark)
        .next()
        .and_then(|head| head.split_whitespace().last())
        .and_then(|n| n.parse().ok())
        .unwrap_or(0.0)
}

fn number_after(text: &str, mark: &str) -> f64 {
    text.split(mark)
        .nth(1)
        .and_then(|tail| tail.split_whitespace().next())
        .and_then(|n| n.parse().ok())
        .unwrap_or(0.0)
}

fn latency(text: &str, percentile: &str) -> f64 {
    let line = text
        .lines()
        .map(str::trim)
        .find(|line| line.starts_with(percentile))
        .unwrap_or_default();
    let value = line.split_whitespace().nth(1).unwrap_or_default();
    for (unit, scale) in [("us", 0.001), ("ms", 1.0), ("s", 1000.0)] {
        if let Some(number) = value.strip_suffix(unit) {
            return number.parse::<f64>().unwrap_or(0.0) * scale;
        }
    }
    0.0
}
