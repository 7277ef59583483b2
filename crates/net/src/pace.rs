//! How fast connections may come.

use keld_env::Monotonic;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// A second's worth may come at once; beyond that each waits for its place.
const BURST: Duration = Duration::from_secs(1);

/// The places given out so far.
#[derive(Debug, Default)]
pub(crate) struct Pace {
    /// When the places are used up that were given out.
    used_up: Mutex<Monotonic>,
}

impl Pace {
    /// Takes a place of `per_second` a second, or says how long until there is one.
    pub(crate) fn take(&self, per_second: u32, now: Monotonic) -> Result<(), Duration> {
        if per_second == 0 {
            return Err(BURST);
        }
        let step = BURST / per_second;
        let mut used_up = self.used_up.lock().unwrap_or_else(PoisonError::into_inner);
        let next = (*used_up).max(now) + step;
        match next.saturating_sub(now).checked_sub(BURST) {
            Some(wait) if !wait.is_zero() => Err(wait),
            Some(_) | None => {
                *used_up = next;
                Ok(())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_s_worth_comes_at_once_and_the_rest_evenly() {
        let pace = Pace::default();
        let at = Duration::from_millis;
        for _ in 0..4 {
            assert_eq!(pace.take(4, at(1000)), Ok(()));
        }
        assert_eq!(pace.take(4, at(1000)), Err(at(250)));
        assert_eq!(pace.take(4, at(1250)), Ok(()));
        assert_eq!(pace.take(4, at(1250)), Err(at(250)));
        // After a pause again a second's worth, not more.
        for _ in 0..4 {
            assert_eq!(pace.take(4, at(60_000)), Ok(()));
        }
        assert_eq!(pace.take(4, at(60_000)), Err(at(250)));
        assert_eq!(pace.take(0, at(90_000)), Err(BURST));
        assert_eq!(pace.take(u32::MAX, at(90_000)), Ok(()));
    }
}
