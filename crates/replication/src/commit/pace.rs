//! How long a round lets those come who are expected: the clients that the last one answered.
//!
//! Clients with a bounded number of requests under way come back soon after they are answered. A
//! round that begins without them leaves them to the next one, and so a set of clients falls apart
//! into two, each of whose rounds syncs half of what it could. To wait for them costs less than the
//! round it saves as long as it takes no longer than one. Where they do not come in time, because
//! they have nothing more to send, or because making it takes them longer, a wait is in vain: it is
//! then left out for ever more rounds, and tried again.

use std::time::Duration;

/// How long a round waits at most, whatever it takes.
const PATIENCE_MAX: Duration = Duration::from_millis(1);

/// At most this many rounds go without a wait after waits in vain.
const PAUSE_MAX: u32 = 64;

/// An odd round is one that takes this much longer than twice the usual.
const SLACK: Duration = Duration::from_micros(30);

/// What was learned of rounds and of those who come to them.
#[derive(Debug)]
pub(super) struct Pace {
    /// A round, from its first sync to its end.
    of_round: Duration,
    /// Rounds to go before the next wait, and how many there will be after one in vain.
    pause: u32,
    next_pause: u32,
}

impl Default for Pace {
    fn default() -> Self {
        Self { of_round: Duration::ZERO, pause: 0, next_pause: 1 }
    }
}

impl Pace {
    /// How long the round that begins now may wait for those who are expected and not there; asked
    /// only where there are such.
    pub(super) fn patience(&mut self) -> Duration {
        if self.pause > 0 {
            self.pause -= 1;
            return Duration::ZERO;
        }
        self.of_round.min(PATIENCE_MAX)
    }

    /// A wait is over: all came, or not.
    pub(super) fn note_wait(&mut self, all_came: bool) {
        if all_came {
            self.next_pause = (self.next_pause / 2).max(1);
        } else {
            self.pause = self.next_pause;
            self.next_pause = (self.next_pause * 2).min(PAUSE_MAX);
        }
    }

    /// A round took so long; an odd one does not count for more than twice the usual.
    pub(super) fn note_round(&mut self, took: Duration) {
        let took = took.min(self.of_round * 2 + SLACK);
        self.of_round = (self.of_round * 7 + took) / 8;
    }
}

#[cfg(test)]
mod tests;
