//! Reading the segments of a plan batch by batch, from front to back.
//!
//! A batch is read as far as it is asked for: its header, its bytes, its records, decompressed once
//! its checksum was found right, or those pieces of the records that are needed.

use super::error::CompactError;
use super::outline::Islands;
use super::output::open;
use super::plan::{Plan, Source, Spot};
use super::records::take_record;
use super::window::Window;
use crate::names::SegmentFile;
use keld_env::{File, OpenMode};
use keld_record::{
    BatchHeader, CRC_START, Compression, ControlRecordType, DECOMPRESSED_BYTES_MAX, HEADER_LENGTH,
};
use std::sync::Arc;

/// See the module's documentation.
#[derive(Debug)]
pub(crate) struct Reader {
    place: Place,
    /// The records of the batch that was decompressed last, and what is left of longer ones.
    decompressed: Vec<u8>,
    /// Where the pieces of those records end.
    ends: Vec<usize>,
}

/// The batch that is read next.
#[derive(Debug)]
struct Place {
    /// Which of the sources it is in.
    source: usize,
    position: u64,
    file: Option<Arc<dyn File>>,
    window: Window,
}

/// The records of a batch.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Records<'a> {
    pub(crate) bytes: &'a [u8],
    /// Where the pieces end that could be decompressed one without the other.
    pub(crate) ends: &'a [usize],
}

impl Reader {
    /// Reads so many bytes at once, more where a batch is larger.
    pub(crate) fn new(chunk_bytes: usize) -> Self {
        let window = Window::new(chunk_bytes);
        let place = Place { source: 0, position: 0, file: None, window };
        Self { place, decompressed: Vec::new(), ends: Vec::new() }
    }

    /// Goes to the first batch of a source.
    pub(crate) fn seek(&mut self, source: usize) {
        let place = &mut self.place;
        (place.source, place.position, place.file) = (source, 0, None);
        place.window.reset();
    }

    /// Which of the sources is read.
    pub(crate) fn source(&self) -> usize {
        self.place.source
    }

    /// Goes on behind the batch of `header`, which is the one here.
    pub(crate) fn pass(&mut self, header: &BatchHeader) {
        self.place.position += header.size() as u64;
    }

    /// Where the batch here begins, for an error's words.
    pub(crate) fn spot(&self, source: &Source) -> Spot {
        self.place.spot(source)
    }

    /// Whether nothing follows the batch of `header` in its source.
    pub(crate) fn is_last(&self, source: &Source, header: &BatchHeader) -> bool {
        self.place.position + header.size() as u64 == source.size
    }

    /// Bytes read since the last call.
    pub(crate) fn take_read(&mut self) -> u64 {
        self.place.window.take_read()
    }

    /// The header of the batch here; `None` at the end of the source.
    pub(crate) fn header(
        &mut self,
        plan: &Plan,
        source: &Source,
    ) -> Result<Option<BatchHeader>, CompactError> {
        let left = source.size.saturating_sub(self.place.position);
        if left == 0 {
            return Ok(None);
        }
        let spot = self.spot(source);
        let raw = self.place.bytes(plan, source, HEADER_LENGTH)?;
        let header =
            BatchHeader::parse(raw).map_err(|error| plan.corrupt(spot, &error.to_string()))?;
        let fits = header.size() as u64 <= left;
        if !fits || header.last_offset_delta < 0 || header.record_count < 0 {
            return Err(plan.corrupt(spot, "impossible batch"));
        }
        Ok(Some(header))
    }

    /// The whole batch here.
    pub(crate) fn batch(
        &mut self,
        plan: &Plan,
        source: &Source,
        header: &BatchHeader,
    ) -> Result<&[u8], CompactError> {
        let spot = self.spot(source);
        let batch = self.place.bytes(plan, source, header.size())?;
        if batch.len() == header.size() { Ok(batch) } else { Err(plan.corrupt(spot, "cut off")) }
    }

    /// The records of the batch here.
    pub(crate) fn records(
        &mut self,
        plan: &Plan,
        source: &Source,
        header: &BatchHeader,
    ) -> Result<Records<'_>, CompactError> {
        let spot = self.spot(source);
        let (payload, codec) = self.place.payload(plan, source, header)?;
        if codec == Compression::None {
            return Ok(Records { bytes: payload, ends: &[] });
        }
        let (scratch, ends) = (&mut self.decompressed, &mut self.ends);
        let length = codec
            .decompress_over_in_pieces(payload, scratch, DECOMPRESSED_BYTES_MAX, ends)
            .map_err(|error| plan.corrupt(spot, &error.to_string()))?;
        Ok(Records { bytes: scratch.get(..length).unwrap_or_default(), ends })
    }

    /// The same where only some pieces are needed: what is beyond the islands means nothing.
    pub(crate) fn islands(
        &mut self,
        plan: &Plan,
        source: &Source,
        header: &BatchHeader,
        islands: &Islands,
    ) -> Result<&[u8], CompactError> {
        let spot = self.spot(source);
        let (payload, codec) = self.place.payload(plan, source, header)?;
        codec
            .decompress_pieces_over(payload, &mut self.decompressed, islands.pieces.iter().copied())
            .map_err(|error| plan.corrupt(spot, &error.to_string()))?;
        Ok(&self.decompressed)
    }

    /// What the first record of the control batch here says; `None` when it has none.
    pub(crate) fn control_kind(
        &mut self,
        plan: &Plan,
        source: &Source,
        header: &BatchHeader,
    ) -> Result<Option<ControlRecordType>, CompactError> {
        if header.record_count == 0 {
            return Ok(None);
        }
        let spot = self.spot(source);
        let mut records = self.records(plan, source, header)?.bytes;
        let record = take_record(&mut records).map_err(|_| plan.bad_records(spot))?;
        let kind = ControlRecordType::parse_key(record.key.unwrap_or_default());
        kind.map(Some).map_err(|_| plan.bad_records(spot))
    }
}

impl Place {
    fn spot(&self, source: &Source) -> Spot {
        Spot { base: source.base, position: self.position }
    }

    /// The first bytes of the batch here, fewer at the end of the source.
    fn bytes(
        &mut self,
        plan: &Plan,
        source: &Source,
        length: usize,
    ) -> Result<&[u8], CompactError> {
        let file = match &self.file {
            Some(file) => file,
            None => {
                let path = SegmentFile::Log.path(&plan.dir, source.base);
                let file = open(&plan.shared, &path, OpenMode::Read)?;
                let file = file.ok_or_else(|| plan.aborted())?;
                // Had the directory been given to another log of this name, this would be known
                // by now.
                plan.check()?;
                &*self.file.insert(file)
            }
        };
        self.window
            .get(file.as_ref(), self.position, length, source.size)
            .map_err(|error| plan.read_failure(source.base, error))
    }

    /// What follows the header of the batch here, once the checksum is right: a batch that is
    /// written anew would give bad bytes a good checksum.
    fn payload(
        &mut self,
        plan: &Plan,
        source: &Source,
        header: &BatchHeader,
    ) -> Result<(&[u8], Compression), CompactError> {
        let spot = self.spot(source);
        let batch = self.bytes(plan, source, header.size())?;
        let covered = batch.get(CRC_START..).unwrap_or_default();
        if batch.len() != header.size() || keld_record::crc32c(covered) != header.crc {
            return Err(plan.corrupt(spot, "the checksum is wrong"));
        }
        let codec =
            header.compression().ok_or_else(|| plan.corrupt(spot, "unknown compression"))?;
        Ok((batch.get(HEADER_LENGTH..).unwrap_or_default(), codec))
    }
}
