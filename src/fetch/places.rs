//! Who makes room for whom? So many may be at work at once; one that has come no further for a while lets another begin, so
//! that those who wait for a slow host hold up nobody.
//!
//! Who has made room goes on uncounted to its end, and never asks for its place back: nobody who holds what another waits for
//! waits for a place, so there is no deadlock. How many are uncounted at once is bounded, and so is how many there are in all;
//! beyond that everybody waits. Room is only made when somebody wants it: what is slow with nobody behind it costs nothing.

use std::collections::HashMap;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, timeout_at};

/// How long who holds a place may come no further before another is let in. Few answers of a host that is well take as long,
/// and nobody minds to wait as long for the rest of a run.
pub(super) const PATIENCE: Duration = Duration::from_secs(2);

/// Hands out places.
#[derive(Debug)]
pub(crate) struct Places {
    free: Arc<Semaphore>,
    slow_max: usize,
    taken: Arc<Mutex<Taken>>,
}

/// Who is at work.
#[derive(Debug, Default)]
struct Taken {
    /// The number of whoever comes next.
    next: u64,
    counted: HashMap<u64, Counted>,
    /// How many have made room and are still at work.
    slow: usize,
}

/// One that is counted.
#[derive(Debug)]
struct Counted {
    stirred: Instant,
    stays: bool,
    permit: OwnedSemaphorePermit,
}

/// Leave to be at work; given back when dropped.
#[derive(Debug)]
pub(crate) struct Place {
    number: u64,
    taken: Arc<Mutex<Taken>>,
}

impl Places {
    /// Begins with `number` places, and up to `slow_max` more for those who come no further.
    pub(crate) fn new(number: usize, slow_max: usize) -> Self {
        Self {
            free: Arc::new(Semaphore::new(number.max(1))),
            slow_max,
            taken: Arc::default(),
        }
    }

    /// Waits for a place, in the order in which it is asked for.
    pub(crate) async fn take(&self) -> Place {
        let permit = match Arc::clone(&self.free).try_acquire_owned() {
            Ok(permit) => permit,
            Err(_) => self.wait().await,
        };
        let mut taken = lock(&self.taken);
        let number = taken.next;
        taken.next += 1;
        let counted = Counted {
            stirred: Instant::now(),
            stays: false,
            permit,
        };
        taken.counted.insert(number, counted);
        Place {
            number,
            taken: Arc::clone(&self.taken),
        }
    }

    async fn wait(&self) -> OwnedSemaphorePermit {
        let mut acquired = pin!(Arc::clone(&self.free).acquire_owned());
        loop {
            let look_again = self.make_room(Instant::now());
            if let Ok(permit) = timeout_at(look_again, &mut acquired).await {
                return permit.expect("this semaphore is never closed");
            }
        }
    }

    /// Takes the place of whoever has not stirred for longest, if that is too long. Returns when there may be another.
    fn make_room(&self, now: Instant) -> Instant {
        let mut taken = lock(&self.taken);
        let movable = taken.counted.iter().filter(|(_, it)| !it.stays);
        let slowest = movable.min_by_key(|(_, it)| it.stirred);
        match slowest.map(|(number, it)| (*number, it.stirred + PATIENCE)) {
            Some((_, due)) if due > now => due,
            Some((number, _)) if taken.slow < self.slow_max => {
                if let Some(counted) = taken.counted.remove(&number) {
                    taken.slow += 1;
                    drop(counted.permit);
                }
                now + PATIENCE
            }
            _ => now + PATIENCE,
        }
    }
}

impl Place {
    /// Says that it goes on.
    pub(crate) fn stir(&self) {
        if let Some(counted) = lock(&self.taken).counted.get_mut(&self.number) {
            counted.stirred = Instant::now();
        }
    }

    /// Says that what it waits for from now on is no reason to make room.
    pub(crate) fn stay(&self) {
        if let Some(counted) = lock(&self.taken).counted.get_mut(&self.number) {
            counted.stays = true;
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = lock(&self.taken);
        if taken.counted.remove(&self.number).is_none() {
            taken.slow -= 1;
        }
    }
}

fn lock(taken: &Mutex<Taken>) -> MutexGuard<'_, Taken> {
    taken.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use tokio::time::{advance, timeout};

    use super::*;

    /// Takes as many places as there are without waiting for longer than `patience`.
    async fn take_all(places: &Places, patience: Duration) -> Vec<Place> {
        let mut taken = Vec::new();
        while let Ok(place) = timeout(patience, places.take()).await {
            taken.push(place);
        }
        taken
    }

    #[tokio::test(start_paused = true)]
    async fn who_comes_no_further_makes_room_up_to_a_bound() {
        let places = Places::new(2, 3);
        assert_eq!(take_all(&places, PATIENCE / 2).await.len(), 2);
        let taken = take_all(&places, 10 * PATIENCE).await;
        assert_eq!(taken.len(), 5);
        // Who ends gives back what it has, and no more.
        drop(taken);
        assert_eq!(take_all(&places, PATIENCE / 2).await.len(), 2);
        assert_eq!(take_all(&places, 10 * PATIENCE).await.len(), 5);
    }

    #[tokio::test(start_paused = true)]
    async fn who_goes_on_or_stays_makes_no_room() {
        let places = Places::new(2, 8);
        let (going, staying) = (places.take().await, places.take().await);
        staying.stay();
        for _ in 0..9 {
            advance(PATIENCE / 2).await;
            going.stir();
            assert!(timeout(PATIENCE / 4, places.take()).await.is_err());
        }
        let begun = Instant::now();
        let _third = places.take().await;
        assert!(begun.elapsed() <= PATIENCE);
        // It is `going` that made room: nobody else can.
        drop(going);
        assert!(timeout(PATIENCE / 2, places.take()).await.is_err());
        drop(staying);
        assert!(timeout(PATIENCE / 2, places.take()).await.is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn those_who_wait_are_let_in_at_once_when_all_are_slow() {
        let places = Places::new(4, 4);
        let _slow = take_all(&places, PATIENCE / 2).await;
        let begun = Instant::now();
        let let_in = futures_util::future::join_all((0..4).map(|_| places.take())).await;
        assert_eq!(let_in.len(), 4);
        assert!(begun.elapsed() <= PATIENCE, "{:?}", begun.elapsed());
    }
}
