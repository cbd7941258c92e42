//! How is work shared among the processor's cores? Item by item, so that a long list is never held.

use std::iter;
use std::num::NonZeroUsize;
use std::sync::{Mutex, PoisonError};
use std::thread;

/// Threads that read and hash at most: more than this keeps no disk busier.
const THREADS_MAX: usize = 8;

/// Returns how many threads share work that reads and hashes.
pub(crate) fn number() -> usize {
    thread::available_parallelism()
        .map_or(1, NonZeroUsize::get)
        .min(THREADS_MAX)
}

/// Does `work` on every item on so many threads, until it `is_over`: no item is taken after that.
pub(crate) fn each<T: Send>(
    mut items: impl Iterator<Item = T> + Send,
    threads: usize,
    is_over: impl Fn() -> bool + Send,
    work: impl Fn(T) + Sync,
) {
    let mut items = iter::from_fn(move || if is_over() { None } else { items.next() });
    if threads == 1 {
        return items.for_each(work);
    }
    let items = Mutex::new(&mut items);
    let next = || items.lock().unwrap_or_else(PoisonError::into_inner).next();
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while let Some(item) = next() {
                    work(item);
                }
            });
        }
    });
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[test]
    fn every_item_has_its_turn_until_it_is_over() {
        for threads in [1, 2, 8] {
            let (sum, left) = (AtomicUsize::new(0), AtomicUsize::new(50));
            let mut items = 0..100;
            each(
                items.by_ref(),
                threads,
                || {
                    left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| {
                        left.checked_sub(1)
                    })
                    .is_err()
                },
                |item| {
                    sum.fetch_add(item, Ordering::Relaxed);
                },
            );
            // Which is the next is known, and it was not taken.
            assert_eq!((items.start, sum.into_inner()), (50, 49 * 50 / 2));
        }
    }
}
