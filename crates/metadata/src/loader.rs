//! Batches of the log into images, with metadata transactions (KIP-868) made whole.

use crate::delta::{ClusterDelta, ReplayError};
use crate::image::{ClusterImage, Provenance};
use crate::record::{MetadataRecord, VersionedRecord};

/// Follows the committed log.
///
/// Records between BeginTransaction and EndTransaction show only once the end is there; a
/// transaction may span batches, and AbortTransaction makes it never to have been.
#[derive(Clone, Debug)]
pub struct ImageLoader {
    image: ClusterImage,
    transaction: Option<Vec<MetadataRecord>>,
}

/// What a batch changed.
#[derive(Clone, Debug)]
pub struct LoadedDelta {
    /// The image before.
    pub before: ClusterImage,
    /// The image after.
    pub after: ClusterImage,
    /// What changed between the two.
    pub delta: ClusterDelta,
}

impl LoadedDelta {
    /// The change from nothing to `image`: what a node does at start.
    pub fn from_empty(image: &ClusterImage) -> Self {
        let before = ClusterImage::empty();
        let mut delta = ClusterDelta::new(&before);
        delta.jump_to(image);
        Self { before, after: image.clone(), delta }
    }

    /// The change from one image to another that a snapshot brought: all of the new one counts as
    /// changed, and what only the old one has as gone.
    pub fn between(before: ClusterImage, after: &ClusterImage) -> Self {
        let mut delta = ClusterDelta::new(&before);
        delta.jump_to(after);
        let gone = before.topics.values().filter(|topic| !after.topics.contains_key(&topic.id));
        delta.deleted_topics = gone.map(|topic| (topic.id, topic.name.clone())).collect();
        delta.changed_configs.extend(before.configs.keys().cloned());
        delta.changed_brokers.extend(before.brokers.keys().copied());
        Self { before, after: after.clone(), delta }
    }
}

impl ImageLoader {
    /// Starts on an image: the empty one or a snapshot's.
    pub const fn new(image: ClusterImage) -> Self {
        Self { image, transaction: None }
    }

    /// The image so far; records of an open transaction are not in it.
    pub const fn image(&self) -> &ClusterImage {
        &self.image
    }

    /// Whether a transaction is open: no snapshot may be taken then.
    pub const fn in_transaction(&self) -> bool {
        self.transaction.is_some()
    }

    /// Applies the records of a committed batch whose last record is `provenance`.
    pub fn load<'a>(
        &mut self,
        records: impl IntoIterator<Item = &'a VersionedRecord>,
        provenance: Provenance,
    ) -> Result<LoadedDelta, ReplayError> {
        let before = self.image.clone();
        let mut delta = ClusterDelta::new(&self.image);
        for versioned in records {
            self.load_record(&versioned.record, &mut delta)?;
        }
        self.image = delta.finish(provenance);
        Ok(LoadedDelta { before, after: self.image.clone(), delta })
    }

    fn load_record(
        &mut self,
        record: &MetadataRecord,
        delta: &mut ClusterDelta,
    ) -> Result<(), ReplayError> {
        let out_of_place = |record, problem| Err(ReplayError::Transaction { record, problem });
        match (record, &mut self.transaction) {
            (MetadataRecord::BeginTransaction(_), Some(_)) => {
                out_of_place("BeginTransaction", "within a transaction")
            }
            (MetadataRecord::BeginTransaction(_), None) => {
                self.transaction = Some(Vec::new());
                Ok(())
            }
            (MetadataRecord::EndTransaction(_), None) => {
                out_of_place("EndTransaction", "without a transaction")
            }
            (MetadataRecord::EndTransaction(_), Some(_)) => {
                let records = self.transaction.take().unwrap_or_default();
                records.iter().try_for_each(|record| delta.replay(record))
            }
            (MetadataRecord::AbortTransaction(_), None) => {
                out_of_place("AbortTransaction", "without a transaction")
            }
            (MetadataRecord::AbortTransaction(_), Some(_)) => {
                self.transaction = None;
                Ok(())
            }
            (record, Some(pending)) => {
                pending.push(record.clone());
                Ok(())
            }
            (record, None) => delta.replay(record),
        }
    }
}
