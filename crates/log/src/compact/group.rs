//! Which segments become one: neighbours that together are no larger than a segment may be.

use keld_types::Offset;
use std::ops::Range;

/// A segment, as far as grouping asks.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Sizes {
    pub(crate) base: Offset,
    pub(crate) log: u64,
    pub(crate) offset_index: u64,
    pub(crate) time_index: u64,
}

/// Kafka's grouping: greedy, from the oldest on. `end` is the offset behind the last segment.
pub(crate) fn group(
    segments: &[Sizes],
    segment_bytes: u64,
    index_bytes: u64,
    end: Offset,
) -> Vec<Range<usize>> {
    let mut groups = Vec::new();
    let mut rest = segments.iter().enumerate().peekable();
    while let Some((start, first)) = rest.next() {
        let mut sum = *first;
        let mut count = 1;
        while let Some((index, next)) = rest.peek() {
            let behind = segments.get(index + 1).map_or(end, |after| after.base);
            // The indexes count from the first base with 31 bits.
            let is_near = next.log == 0 || behind - first.base <= i64::from(i32::MAX) + 1;
            let fits = sum.log.saturating_add(next.log) <= segment_bytes
                && sum.offset_index.saturating_add(next.offset_index) <= index_bytes
                && sum.time_index.saturating_add(next.time_index) <= index_bytes;
            if !is_near || !fits {
                break;
            }
            sum.log += next.log;
            sum.offset_index += next.offset_index;
            sum.time_index += next.time_index;
            count += 1;
            rest.next();
        }
        groups.push(start..start + count);
    }
    groups
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sizes(base: i64, log: u64) -> Sizes {
        Sizes { base: Offset::new(base), log, offset_index: 8, time_index: 12 }
    }

    fn grouped(segments: &[Sizes], segment_bytes: u64, index_bytes: u64) -> Vec<Range<usize>> {
        group(segments, segment_bytes, index_bytes, Offset::new(i64::MAX / 2))
    }

    #[test]
    fn neighbours_are_joined_up_to_a_segments_size() {
        let segments = [sizes(0, 40), sizes(10, 60), sizes(20, 1), sizes(30, 99), sizes(40, 0)];
        assert_eq!(grouped(&segments, 100, 1000), [0..2, 2..5]);
        assert_eq!(grouped(&segments, 1, 1000), [0..1, 1..2, 2..3, 3..4, 4..5]);
        assert_eq!(grouped(&segments, 1000, 1000), vec![0..5]);
        assert_eq!(grouped(&segments, 1000, 24), [0..2, 2..4, 4..5]);
        assert!(grouped(&[], 1000, 24).is_empty());
    }

    #[test]
    fn offsets_too_far_apart_are_not_joined_unless_there_is_nothing_there() {
        let far = i64::from(i32::MAX);
        let segments = [sizes(0, 10), sizes(10, 10), sizes(far, 10)];
        let end = Offset::new(far + 1);
        assert_eq!(
            group(&segments, 100, 100, end),
            vec![0..3],
            "the last offset is just near enough"
        );
        assert_eq!(group(&segments, 100, 100, end.next()), [0..2, 2..3]);
        let empty = [sizes(0, 10), sizes(far * 3, 0), sizes(far * 4, 10)];
        assert_eq!(group(&empty, 100, 100, Offset::new(far * 5)), [0..2, 2..3]);
    }
}
