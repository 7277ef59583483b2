//! Medians, ratios and how sure they are.

/// Resamplings of a bootstrap; 2.5 % of them still are 50.
const RESAMPLES: usize = 2000;

/// Median, least and greatest of some values.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) struct Spread {
    pub(crate) median: f64,
    pub(crate) least: f64,
    pub(crate) most: f64,
    pub(crate) count: usize,
}

impl Spread {
    /// Nothing for no values.
    pub(crate) fn of(values: &[f64]) -> Option<Self> {
        let mut sorted = values.to_vec();
        sorted.sort_by(f64::total_cmp);
        Some(Self {
            median: median_sorted(&sorted)?,
            least: *sorted.first()?,
            most: *sorted.last()?,
            count: sorted.len(),
        })
    }
}

/// The middle, or the mean of the two in the middle.
pub(crate) fn median(values: &[f64]) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    median_sorted(&sorted)
}

fn median_sorted(sorted: &[f64]) -> Option<f64> {
    let upper = *sorted.get(sorted.len() / 2)?;
    if sorted.len() % 2 == 1 {
        return Some(upper);
    }
    Some((sorted.get(sorted.len() / 2 - 1)? + upper) / 2.0)
}

/// The median of the pairs' ratios with its 95 % interval.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) struct Ratio {
    pub(crate) median: f64,
    pub(crate) low: f64,
    pub(crate) high: f64,
    pub(crate) pairs: usize,
}

impl Ratio {
    /// Of `ours / theirs`, pair by pair; pairs with a figure of 0 below the line do not count.
    /// The interval is a percentile bootstrap with a fixed seed: the same pairs give the same text.
    /// With one pair it is that pair's ratio.
    pub(crate) fn of(pairs: &[(f64, f64)]) -> Option<Self> {
        let ratios: Vec<f64> = pairs
            .iter()
            .filter(|(_, theirs)| *theirs > 0.0)
            .map(|(ours, theirs)| ours / theirs)
            .collect();
        let middle = median(&ratios)?;
        let mut random = Random(0x9e37_79b9_7f4a_7c15);
        let mut medians: Vec<f64> = (0..RESAMPLES)
            .filter_map(|_| {
                let sample: Vec<f64> =
                    ratios.iter().map(|_| ratios[random.below(ratios.len())]).collect();
                median(&sample)
            })
            .collect();
        medians.sort_by(f64::total_cmp);
        let tail = RESAMPLES / 40;
        Some(Self {
            median: middle,
            low: *medians.get(tail)?,
            high: *medians.get(RESAMPLES - 1 - tail)?,
            pairs: ratios.len(),
        })
    }

    /// Whether the interval leaves out 1, without which nothing may be claimed.
    pub(crate) fn is_sure(self) -> bool {
        self.low > 1.0 || self.high < 1.0
    }
}

/// Marsaglia's xorshift: good enough to draw indices, the same on every machine.
#[derive(Debug)]
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    /// A number below `bound`, which is small beside 2^32.
    fn below(&mut self, bound: usize) -> usize {
        let drawn = (self.next() >> 32) as usize;
        drawn % bound.max(1)
    }
}

#[cfg(test)]
mod tests {
    use super::{Ratio, Spread, median};

    #[test]
    fn the_median_of_an_even_number_is_between() {
        assert_eq!(median(&[4.0, 1.0, 2.0]), Some(2.0));
        assert_eq!(median(&[4.0, 1.0, 2.0, 3.0]), Some(2.5));
        assert_eq!(median(&[]), None);
    }

    #[test]
    fn spread_has_the_ends() {
        let spread = Spread::of(&[5.0, 1.0, 3.0]).unwrap();
        assert_eq!((spread.median, spread.least, spread.most, spread.count), (3.0, 1.0, 5.0, 3));
        assert_eq!(Spread::of(&[]), None);
    }

    #[test]
    fn ratios_are_taken_pair_by_pair() {
        // The machine was half as fast in the second pair; the ratio does not see it.
        let ratio = Ratio::of(&[(200.0, 100.0), (100.0, 50.0), (220.0, 100.0)]).unwrap();
        assert_eq!(ratio.median, 2.0);
        assert!(ratio.low >= 2.0 && ratio.high <= 2.2 && ratio.is_sure());
    }

    #[test]
    fn the_interval_is_within_the_pairs_and_the_same_each_time() {
        let pairs: Vec<(f64, f64)> = (0..9).map(|at| (80.0 + 5.0 * f64::from(at), 100.0)).collect();
        let ratio = Ratio::of(&pairs).unwrap();
        assert_eq!(ratio, Ratio::of(&pairs).unwrap());
        assert!(0.8 <= ratio.low && ratio.low < ratio.median);
        assert!(ratio.median < ratio.high && ratio.high <= 1.2);
        assert!(!ratio.is_sure());
    }

    #[test]
    fn one_pair_or_none() {
        let ratio = Ratio::of(&[(3.0, 2.0)]).unwrap();
        assert_eq!((ratio.low, ratio.median, ratio.high, ratio.pairs), (1.5, 1.5, 1.5, 1));
        assert_eq!(Ratio::of(&[(3.0, 0.0)]), None);
        assert_eq!(Ratio::of(&[]), None);
    }
}
