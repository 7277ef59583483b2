//! Reading a segment from front to back through one buffer, with leaps over what need not be read.

use keld_env::File;
use std::io;
use std::ops::Range;

/// Where more bytes than this were passed by unread, the next batch may well be passed by, too:
/// only so much is read for its header.
const PEEK_BYTES: usize = 16 << 10;

/// The part of a file that is in memory.
#[derive(Debug)]
pub(crate) struct Window {
    buffer: Vec<u8>,
    held: Range<u64>,
    chunk: usize,
    /// Bytes read from files so far.
    read: u64,
}

impl Window {
    /// Reads `chunk` bytes at once, more where a batch is larger.
    pub(crate) fn new(chunk: usize) -> Self {
        Self { buffer: Vec::new(), held: 0..0, chunk, read: 0 }
    }

    /// Another file is read from now on. Memory that only a large batch needed is given back.
    pub(crate) fn reset(&mut self) {
        self.held = 0..0;
        if self.buffer.len() > self.chunk {
            self.buffer = Vec::new();
        }
    }

    /// Bytes read since the last call.
    pub(crate) fn take_read(&mut self) -> u64 {
        std::mem::take(&mut self.read)
    }

    /// The `length` bytes at `position`, fewer where the file's part that counts, up to `end`, has
    /// no more.
    pub(crate) fn get(
        &mut self,
        file: &dyn File,
        position: u64,
        length: usize,
        end: u64,
    ) -> io::Result<&[u8]> {
        let wanted = (length as u64).min(end.saturating_sub(position));
        if position < self.held.start || position + wanted > self.held.end {
            self.fill(file, position, usize::try_from(wanted).unwrap_or(usize::MAX), end)?;
        }
        let start = usize::try_from(position - self.held.start).unwrap_or(usize::MAX);
        let available = self.held.end.saturating_sub(position).min(wanted);
        let stop = start.saturating_add(usize::try_from(available).unwrap_or(0));
        Ok(self.buffer.get(start..stop).unwrap_or_default())
    }

    fn fill(&mut self, file: &dyn File, at: u64, least: usize, end: u64) -> io::Result<()> {
        let leaps = at > self.held.end + PEEK_BYTES as u64;
        let wanted = least.max(if leaps { PEEK_BYTES.min(self.chunk) } else { self.chunk });
        if self.buffer.len() < wanted {
            self.buffer.resize(wanted, 0);
        }
        // What is held of it already moves to the front.
        let mut filled = 0;
        if self.held.contains(&at) {
            let from = usize::try_from(at - self.held.start).unwrap_or(0);
            let to = usize::try_from(self.held.end - self.held.start).unwrap_or(0);
            self.buffer.copy_within(from..to, 0);
            filled = to - from;
        }
        let room = usize::try_from(end.saturating_sub(at)).unwrap_or(usize::MAX);
        let stop = room.min(wanted);
        if let Some(free) = self.buffer.get_mut(filled..stop) {
            let read = file.read_at(free, at + filled as u64)?;
            self.read += read as u64;
            filled += read;
        }
        self.held = at..at + filled as u64;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use keld_env::sim::SimDisk;
    use keld_env::{Disk, OpenMode};
    use std::path::Path;

    #[test]
    fn gives_every_part_of_a_file() {
        let content: Vec<u8> = (0..10_000u32).map(|n| (n % 251) as u8).collect();
        let file = SimDisk::new().open(Path::new("/x"), OpenMode::CreateNew).unwrap();
        file.write_all_at(&mut [io::IoSlice::new(&content)], 0).unwrap();
        let mut window = Window::new(100);
        let end = 9_000;
        // Forward in steps, leaps, larger than the buffer, back, beyond the end.
        let parts = [(0, 61), (61, 30), (80, 61), (500, 1), (501, 99), (600, 3000), (3600, 50)];
        let more = [(10, 20), (8_990, 61), (8_999, 1), (9_000, 5), (9_500, 5)];
        for (position, length) in parts.into_iter().chain(more) {
            let stop = (position + length).min(end).max(position.min(end));
            let expected = &content[position.min(end)..stop];
            let got = window.get(file.as_ref(), position as u64, length, end as u64).unwrap();
            assert_eq!(got, expected, "{length} bytes at {position}");
        }
        assert!(window.take_read() > 0);
        assert_eq!(window.take_read(), 0);
        window.reset();
        assert_eq!(window.get(file.as_ref(), 5, 2, 10_000).unwrap(), &content[5..7]);
    }

    #[test]
    fn reads_little_of_what_is_passed_by() {
        let content: Vec<u8> = (0..2_000_000u32).map(|n| (n % 251) as u8).collect();
        let file = SimDisk::new().open(Path::new("/x"), OpenMode::CreateNew).unwrap();
        file.write_all_at(&mut [io::IoSlice::new(&content)], 0).unwrap();
        let mut window = Window::new(256 << 10);
        let mut get = |position: usize, length: usize| {
            let got = window.get(file.as_ref(), position as u64, length, 2_000_000).unwrap();
            assert_eq!(got, &content[position..position + length]);
            window.take_read()
        };
        assert_eq!(get(0, 61), 256 << 10, "from the start");
        assert_eq!(get(200_000, 61), 0, "is there");
        assert_eq!(get(400_000, 61), 16 << 10, "was leapt to");
        assert_eq!(get(600_000, 61), 16 << 10);
        assert_eq!(get(600_000, 200_000), (256 - 16) << 10, "is wanted whole");
        assert_eq!(get(800_000, 61), 0);
        assert_eq!(get(860_000, 10_000), (256 << 10) - 2_144, "goes on without a leap");
        assert_eq!(get(1_200_000, 300_000), 300_000, "is wanted whole at once");
    }
}
