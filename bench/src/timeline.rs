//! When a client got its acknowledgements, around a moment at which something happened.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, ensure};

use crate::metric::Figures;

/// The width of a window of the time line.
pub(crate) const WINDOW: Duration = Duration::from_millis(100);

/// How much of the time before the moment the time line has, and its windows in all: 20 s after it.
pub(crate) const BEFORE: Duration = Duration::from_secs(2);
const WINDOWS: usize = 220;

/// Acknowledgements in the order in which they came, in microseconds of the client's clock.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Timeline {
    times_us: Vec<u32>,
    mark_us: u32,
}

impl Timeline {
    /// Reads the times that a client wrote, four bytes each.
    pub(crate) fn read(path: &Path, mark_us: u32) -> anyhow::Result<Self> {
        let bytes = std::fs::read(path).with_context(|| format!("read {}", path.display()))?;
        let (times, rest) = bytes.as_chunks::<4>();
        ensure!(rest.is_empty(), "{} is cut off", path.display());
        Ok(Self { times_us: times.iter().map(|time| u32::from_le_bytes(*time)).collect(), mark_us })
    }

    /// The longest time between two acknowledgements that ended after the moment, and the longest
    /// one before it, in seconds. Nothing when none came after it.
    pub(crate) fn gaps(&self) -> Option<(f64, f64)> {
        let (mut after, mut before) = (None, 0);
        for pair in self.times_us.windows(2) {
            let [first, second] = pair else { continue };
            let gap = second.saturating_sub(*first);
            if *second > self.mark_us {
                after = Some(after.unwrap_or(0).max(gap));
            } else {
                before = before.max(gap);
            }
        }
        let seconds = |us: u32| f64::from(us) / 1e6;
        Some((seconds(after?), seconds(before)))
    }

    /// Acknowledgements in each window.
    fn windows(&self) -> Vec<u32> {
        let micros = |time: Duration| u32::try_from(time.as_micros()).unwrap_or(u32::MAX);
        let begin = self.mark_us.saturating_sub(micros(BEFORE));
        let width = micros(WINDOW);
        let mut windows = vec![0; WINDOWS];
        for time in &self.times_us {
            let Some(since) = time.checked_sub(begin) else { continue };
            let at = usize::try_from(since / width).unwrap_or(usize::MAX);
            if let Some(window) = windows.get_mut(at) {
                *window += 1;
            }
        }
        windows
    }

    /// Adds `gap_s`, `gap_before_s` and the windows.
    pub(crate) fn describe(&self, figures: &mut Figures) -> anyhow::Result<()> {
        let (after, before) = self.gaps().context("nothing was acknowledged any more")?;
        figures.insert("gap_s".to_owned(), after);
        figures.insert("gap_before_s".to_owned(), before);
        for (at, count) in self.windows().into_iter().enumerate() {
            figures.insert(key(at), f64::from(count));
        }
        Ok(())
    }
}

/// The key of a window's acknowledgements.
fn key(at: usize) -> String {
    format!("window_{at:03}_acks")
}

/// Seconds since the moment and acknowledgements of every window in the figures of a run.
pub(crate) fn points(figures: &Figures) -> Vec<(f64, f64)> {
    let counts = (0..).map_while(|at| figures.get(&key(at)).copied());
    counts
        .enumerate()
        .map(|(at, count)| (at as f64 * WINDOW.as_secs_f64() - BEFORE.as_secs_f64(), count))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{Figures, Timeline, WINDOWS, points};

    /// Every 10 ms for 3 s, then nothing for a second and a half, then every 10 ms for 3 s.
    fn timeline() -> Timeline {
        let times = (0..300).chain(450..750).map(|at| at * 10_000);
        Timeline { times_us: times.collect(), mark_us: 2_995_000 }
    }

    #[test]
    fn the_gap_is_the_longest_that_ended_after_the_moment() {
        assert_eq!(timeline().gaps(), Some((1.51, 0.01)));
        let later = Timeline { mark_us: 4_600_000, ..timeline() };
        assert_eq!(later.gaps(), Some((0.01, 1.51)));
        let never = Timeline { mark_us: 8_000_000, ..timeline() };
        assert_eq!(never.gaps(), None);
    }

    #[test]
    fn windows_count_from_two_seconds_before_the_moment() {
        let mut figures = Figures::new();
        timeline().describe(&mut figures).unwrap();
        let points = points(&figures);
        assert_eq!(points.len(), WINDOWS);
        assert_eq!(points[0], (-2.0, 10.0));
        assert_eq!(points[25].1, 0.0);
        assert_eq!(points[60].1, 10.0);
        assert_eq!(points[219].1, 0.0);
    }

    #[test]
    fn times_are_read_as_the_client_wrote_them() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("times");
        std::fs::write(&path, [1, 0, 0, 0, 0, 1, 0, 0]).unwrap();
        let read = Timeline::read(&path, 7).unwrap();
        assert_eq!(read, Timeline { times_us: vec![1, 256], mark_us: 7 });
        std::fs::write(&path, [1, 0, 0]).unwrap();
        assert!(Timeline::read(&path, 7).is_err());
    }
}
