//! Randomness for names: many bytes are asked of the operating system at once and given out a few at a time, since a request
//! needs several and each asking is a call into the kernel. Not for secrets: those ask for themselves, in `crypto`.

use std::cell::RefCell;

/// Bytes asked for at once.
const POOL: usize = 1_024;

struct Pool {
    bytes: [u8; POOL],
    given: usize,
}

thread_local! {
    static POOLED: RefCell<Pool> = const { RefCell::new(Pool { bytes: [0; POOL], given: POOL }) };
}

/// `N` random bytes that nobody else was given; `None` where the operating system has none.
pub fn random<const N: usize>() -> Option<[u8; N]> {
    POOLED.with_borrow_mut(|pool| {
        if pool.given + N > POOL {
            pool.given = POOL;
            getrandom::fill(&mut pool.bytes).ok()?;
            pool.given = 0;
        }
        let next = pool.bytes.get_mut(pool.given..pool.given + N)?;
        let drawn = <[u8; N]>::try_from(&*next).ok()?;
        next.fill(0);
        pool.given += N;
        Some(drawn)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_given_twice() {
        let mut seen = std::collections::HashSet::new();
        for _ in 0..10_000 {
            assert!(seen.insert(random::<10>().unwrap()));
        }
        let elsewhere = std::thread::spawn(|| {
            (0..1_000)
                .map(|_| random::<10>().unwrap())
                .collect::<Vec<_>>()
        });
        for drawn in elsewhere.join().unwrap() {
            assert!(seen.insert(drawn));
        }
        assert_eq!(random::<{ POOL + 1 }>(), None, "more than there is at once");
    }
}
