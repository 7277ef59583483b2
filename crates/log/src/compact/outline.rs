//! Where the records of large batches lie, so that the second pass decompresses only the pieces
//! that hold records which stay.
//!
//! A batch of some hundred kilobytes is compressed in pieces that can be decompressed one without
//! the other. The pass over the keys notes where the pieces end, and for each piece where its first
//! record begins and the one that reaches its end: between two such marks lie records that are
//! decompressed together or not at all. Both passes go over the batches in the same order.

use super::winners::Winners;
use keld_record::{BatchHeader, Piece};
use keld_types::Offset;
use std::collections::VecDeque;
use std::ops::Range;

/// A record that the pass over the keys met.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Mark {
    /// Where it begins in the decompressed batch.
    at: u32,
    offset_delta: i32,
}

/// The outline of one batch.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Outline {
    base: Offset,
    /// Where the pieces end in the decompressed batch.
    ends: Box<[u32]>,
    /// By rising offsets.
    marks: Box<[Mark]>,
}

/// The outlines that the second pass will ask for, oldest first.
#[derive(Debug, Default)]
pub(crate) struct Outlines {
    held: VecDeque<Outline>,
    bytes_left: usize,
    sketch: Sketch,
}

/// The outline of the batch that is being read.
#[derive(Debug, Default)]
struct Sketch {
    ends: Vec<u32>,
    marks: Vec<Mark>,
    /// The piece in which the last record began.
    piece: usize,
    last_delta: i32,
    is_good: bool,
}

/// What is to be decompressed of a batch.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Islands {
    /// Whole records that stay, or may lie between some that do, in the decompressed batch.
    pub(crate) records: Vec<Range<usize>>,
    /// All pieces of the batch, and whether one is needed for those.
    pub(crate) pieces: Vec<Piece>,
}

impl Outlines {
    /// Keeps no more than so many bytes.
    pub(crate) fn new(bytes_max: u64) -> Self {
        let bytes_left = usize::try_from(bytes_max).unwrap_or(usize::MAX);
        Self { bytes_left, ..Self::default() }
    }

    /// Begins a batch whose decompressed pieces end there.
    pub(crate) fn begin(&mut self, ends: &[usize]) {
        let Sketch { ends: noted, marks, .. } = &mut self.sketch;
        noted.clear();
        marks.clear();
        noted.extend(ends.iter().filter_map(|end| u32::try_from(*end).ok()));
        let is_good = noted.len() == ends.len() && ends.len() > 1;
        (self.sketch.piece, self.sketch.last_delta, self.sketch.is_good) = (0, -1, is_good);
    }

    /// A record of the batch, in their order.
    #[inline]
    pub(crate) fn record(&mut self, at: Range<usize>, offset_delta: i32) {
        if self.sketch.is_good {
            self.sketch.record(at, offset_delta);
        }
    }

    /// Keeps the outline of the batch, if it is of use and there is room for it.
    pub(crate) fn end(&mut self, header: &BatchHeader) {
        let Sketch { ends, marks, is_good, last_delta, .. } = &self.sketch;
        let bytes = size_of::<Outline>() + ends.len() * 4 + marks.len() * size_of::<Mark>();
        let fits = bytes <= self.bytes_left && *last_delta <= header.last_offset_delta;
        if *is_good && fits {
            self.bytes_left -= bytes;
            self.held.push_back(Outline {
                base: header.base_offset,
                ends: ends.as_slice().into(),
                marks: marks.as_slice().into(),
            });
        }
    }

    /// The outline of a batch, if it was kept; those before it are forgotten.
    pub(crate) fn take(&mut self, header: &BatchHeader) -> Option<Outline> {
        while self.held.front().is_some_and(|outline| outline.base < header.base_offset) {
            self.held.pop_front();
        }
        self.held.pop_front_if(|outline| outline.base == header.base_offset)
    }
}

impl Sketch {
    fn record(&mut self, at: Range<usize>, offset_delta: i32) {
        // Offsets that do not rise cannot be looked up by ranges.
        let Ok(start) = u32::try_from(at.start) else { return self.is_good = false };
        if offset_delta <= self.last_delta {
            return self.is_good = false;
        }
        self.last_delta = offset_delta;
        let mut is_first = self.marks.is_empty();
        while self.ends.get(self.piece).is_some_and(|end| *end <= start) {
            self.piece += 1;
            is_first = true;
        }
        let reaches_end = self.ends.get(self.piece).is_some_and(|end| at.end >= *end as usize);
        if is_first || reaches_end {
            self.marks.push(Mark { at: start, offset_delta });
        }
    }
}

impl Outline {
    /// What is to be decompressed for the records that stay.
    pub(crate) fn islands(&self, header: &BatchHeader, winners: &Winners) -> Islands {
        let mut records: Vec<Range<usize>> = Vec::new();
        let length = self.ends.last().map_or(0, |end| *end as usize);
        for (index, mark) in self.marks.iter().enumerate() {
            let next = self.marks.get(index + 1);
            let last_delta = next.map_or(header.last_offset_delta, |next| next.offset_delta - 1);
            let (from, to) = (
                header.base_offset + i64::from(mark.offset_delta),
                header.base_offset + i64::from(last_delta),
            );
            if winners.staying(from, to).records == 0 {
                continue;
            }
            let (start, end) = (mark.at as usize, next.map_or(length, |next| next.at as usize));
            match records.last_mut() {
                Some(island) if island.end == start => island.end = end,
                Some(_) | None => records.push(start..end),
            }
        }
        let (mut start, mut behind) = (0, records.iter().peekable());
        let pieces = self.ends.iter().map(|end| {
            let end = *end as usize;
            while behind.next_if(|island| island.end <= start).is_some() {}
            let is_wanted = behind.peek().is_some_and(|island| island.start < end);
            start = end;
            Piece { end, is_wanted }
        });
        let pieces = pieces.collect();
        Islands { records, pieces }
    }
}

#[cfg(test)]
mod tests {
    use super::super::map::{KeyMap, Newest};
    use super::*;
    use keld_record::{BatchBuilder, Compression};
    use proptest::prelude::*;

    fn header(last_offset_delta: i32) -> BatchHeader {
        let mut builder = BatchBuilder::new(Compression::None).base_offset(Offset::new(1000));
        builder.append(0, None, None, &[]).unwrap();
        BatchHeader { last_offset_delta, ..*builder.finish_batch().unwrap().header() }
    }

    fn winners_at(deltas: impl Iterator<Item = i32>) -> Winners {
        let mut map = KeyMap::new(1 << 16, 0.9, [1; 16]);
        for delta in deltas {
            let offset = Offset::new(1000 + i64::from(delta));
            map.put(&delta.to_be_bytes(), Newest { offset, is_tombstone: false }).unwrap();
        }
        map.settle().unwrap();
        Winners::of(&map, Offset::new(0), Offset::new(100_000), 1 << 20).unwrap()
    }

    proptest! {
        #[test]
        fn islands_hold_what_stays_and_their_pieces_hold_the_islands(
            records in proptest::collection::vec((1usize..300, 1i32..4, any::<bool>()), 1..60),
            sparse: bool,
            piece_bytes in 1usize..500,
        ) {
            let (mut at, mut delta) = (0, -1);
            let placed: Vec<(Range<usize>, i32, bool)> = records.iter().enumerate().map(|(n, r)| {
                let range = at..at + r.0;
                (at, delta) = (range.end, delta + r.1);
                (range, delta, r.2 && (!sparse || n % 11 == 3))
            }).collect();
            let ends: Vec<usize> =
                (piece_bytes..at).step_by(piece_bytes).chain([at]).collect();
            let header = header(delta + 2);
            let mut outlines = Outlines::new(1 << 20);
            outlines.begin(&ends);
            for (range, delta, _) in &placed {
                outlines.record(range.clone(), *delta);
            }
            outlines.end(&header);
            let outline = outlines.take(&header);
            prop_assert_eq!(outline.is_some(), ends.len() > 1);
            let Some(outline) = outline else { return Ok(()) };
            prop_assert!(outline.marks.len() <= 2 * ends.len());
            let staying = placed.iter().filter(|(_, _, stays)| *stays);
            let islands = outline.islands(&header, &winners_at(staying.map(|(_, d, _)| *d)));
            let starts: Vec<usize> = placed.iter().map(|(range, ..)| range.start).collect();
            for island in &islands.records {
                prop_assert!(starts.contains(&island.start));
                prop_assert!(island.end == at || starts.contains(&island.end));
                let holds_one = placed
                    .iter()
                    .any(|(range, _, stays)| *stays && island.contains(&range.start));
                prop_assert!(holds_one, "{:?} is of no use", island);
            }
            for (range, _, stays) in &placed {
                let is_within =
                    islands.records.iter().any(|i| i.start <= range.start && range.end <= i.end);
                prop_assert!(is_within || !stays, "{:?} is left out", range);
            }
            prop_assert_eq!(islands.pieces.len(), ends.len());
            let mut start = 0;
            for (piece, end) in islands.pieces.iter().zip(&ends) {
                let is_wanted = islands.records.iter().any(|i| i.start < *end && start < i.end);
                prop_assert_eq!((piece.end, piece.is_wanted), (*end, is_wanted));
                start = *end;
            }
        }
    }

    #[test]
    fn a_batch_of_one_piece_or_of_offsets_that_fall_has_no_outline() {
        let mut outlines = Outlines::new(1 << 20);
        outlines.begin(&[100]);
        outlines.record(0..100, 0);
        outlines.end(&header(0));
        assert_eq!(outlines.take(&header(0)), None);
        outlines.begin(&[100, 200]);
        outlines.record(0..150, 5);
        outlines.record(150..200, 4);
        outlines.end(&header(5));
        assert_eq!(outlines.take(&header(5)), None);
        outlines.begin(&[100, 200]);
        outlines.record(0..200, 6);
        outlines.end(&header(5));
        assert_eq!(outlines.take(&header(5)), None, "an offset beyond the batch's last");
    }

    #[test]
    fn no_more_is_kept_than_the_bound() {
        let mut outlines = Outlines::new(1000);
        let at = |n: i64| BatchHeader { base_offset: Offset::new(n), ..header(9) };
        for n in 0..100 {
            outlines.begin(&[100, 200]);
            outlines.record(0..150, 0);
            outlines.record(150..200, 1);
            outlines.end(&at(n));
        }
        let kept = outlines.held.len();
        assert!((5..20).contains(&kept), "{kept} kept");
        assert!(outlines.take(&at(3)).is_some());
        assert_eq!(outlines.take(&at(3)), None, "once");
        assert_eq!(outlines.take(&at(99)), None, "there was no room");
        assert_eq!(outlines.take(&at(4)), None, "passed by");
    }
}
