//! The bounds the stores keep: `serve` runs with the defaults, a test that wants to see a bound hold makes it small.

use std::time::Duration;

/// How much may wait, run together, stay open or grow.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Tenant files open at once; never more than the process may have descriptors for.
    pub open_files: usize,
    /// Connections that read one file: enough for two cores and a long export beside them.
    pub readers: u32,
    /// Threads that write; each waits for its disk, so more than cores.
    pub writer_threads: usize,
    /// Writes that may wait for one file; beyond it a write is answered 503 at once.
    pub queue: usize,
    /// Closures in one commit.
    pub batch: usize,
    /// A batch takes no further closure after this, so that nobody waits long for somebody else's work.
    pub batch_time: Duration,
    /// What one closure may take. Bulk work comes in chunks below it; one above it is rolled back and named in the log.
    pub closure_budget: Duration,
    /// The writer checkpoints when the log of a file has grown past this.
    pub wal_soft_bytes: u64,
    /// Past this it waits a little for readers to get out of the way.
    pub wal_hard_bytes: u64,
    /// Times a PostgreSQL write is run again after it met another one.
    pub retries: u32,
    /// How long an operation waits for a file or a connection before it is answered 503.
    pub patience: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            open_files: 1_024,
            readers: 4,
            writer_threads: 8,
            queue: 4_096,
            batch: 512,
            batch_time: Duration::from_millis(50),
            closure_budget: Duration::from_secs(10),
            wal_soft_bytes: 8 << 20,
            wal_hard_bytes: 40 << 20,
            retries: 3,
            patience: Duration::from_secs(3),
        }
    }
}
