//! Topics as they stand in Metadata's answers, encoded once an image.
//!
//! Clients ask for the same topics again and again, and nearly always the image has not changed
//! since. What is kept, the topics and what stands around them, is kept for one image, one version
//! and one listener; a new image begins anew.

use super::{NO_CONTROLLER, describe};
use crate::view::{View, plain_ids};
use bytes::{BufMut as _, Bytes, BytesMut};
use keld_env::Random;
use keld_metadata::ClusterImage;
use keld_wire::messages::MetadataResponse;
use keld_wire::messages::metadata_request::MetadataRequestTopic;
use keld_wire::{Encode as _, EncodeError, Encoder};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError, RwLock};

/// How many versions and listeners are kept at a time.
const KINDS_MAX: usize = 4;

/// Since this version lengths are variable and there are tagged fields.
const FLEXIBLE_SINCE: i16 = 9;

/// Bytes of the controller's id, which every version from 1 on has before the topics.
const CONTROLLER_ID: usize = 4;
/// Bytes of the number of topics, at most.
const COUNT_MAX: usize = 5;

/// The encoded topics of a node.
#[derive(Debug, Default)]
pub(crate) struct EncodedTopics {
    kinds: Mutex<Vec<Arc<Kind>>>,
}

/// Encoded topics of one image, version and listener.
#[derive(Debug)]
struct Kind {
    image: Arc<ClusterImage>,
    version: i16,
    listener: Arc<str>,
    topics: RwLock<HashMap<Box<str>, Encoded>>,
    /// What stands around the topics; the second with what may be done to the cluster.
    frames: [OnceLock<Frame>; 2],
}

/// A request that the encoded topics may answer.
#[derive(Debug)]
pub(super) struct Asking<'a> {
    pub(super) image: &'a Arc<ClusterImage>,
    pub(super) listener: &'a Arc<str>,
    pub(super) topics: &'a [MetadataRequestTopic],
    pub(super) cluster_operations: bool,
    pub(super) version: i16,
}

/// An answer without topics.
#[derive(Debug)]
struct Frame {
    /// Up to the controller's id, behind which the topics come.
    before: Bytes,
    after: Bytes,
    /// Those of whom one is named as the controller.
    alive: Vec<i32>,
}

#[derive(Clone, Debug)]
struct Encoded {
    /// Counts the topics of a kind.
    number: usize,
    bytes: Bytes,
}

impl EncodedTopics {
    fn kind(&self, image: &Arc<ClusterImage>, version: i16, listener: &Arc<str>) -> Arc<Kind> {
        let mut kinds = self.kinds.lock().unwrap_or_else(PoisonError::into_inner);
        kinds.retain(|kind| Arc::ptr_eq(&kind.image, image));
        let found = kinds.iter().find(|kind| kind.version == version && kind.listener == *listener);
        if let Some(found) = found {
            return Arc::clone(found);
        }
        let kind = Arc::new(Kind {
            image: Arc::clone(image),
            version,
            listener: Arc::clone(listener),
            topics: RwLock::default(),
            frames: Default::default(),
        });
        if kinds.len() >= KINDS_MAX {
            kinds.remove(0);
        }
        kinds.push(Arc::clone(&kind));
        kind
    }

    /// The body of an answer with the topics asked for, each once; `None` when one is not known, or
    /// not asked for by name. `without_topics` makes the rest of it, once an image.
    pub(super) fn answer(
        &self,
        asking: &Asking<'_>,
        random: &(dyn Random + 'static),
        without_topics: impl FnOnce() -> MetadataResponse,
    ) -> Option<Bytes> {
        let Asking { image, listener, topics, cluster_operations, version } = *asking;
        let kind = self.kind(image, version, listener);
        let topics = kind.encoded(topics)?;
        let slot = kind.frames.get(usize::from(cluster_operations))?;
        let frame = match slot.get() {
            Some(frame) => frame,
            None => {
                let alive = View { image, listener }.alive_ids();
                let made = Frame::of(&without_topics(), plain_ids(&alive), version).ok()?;
                slot.get_or_init(|| made)
            }
        };
        frame.around(&topics, random, version).ok()
    }
}

impl Kind {
    /// The topics in the order in which they are first asked for.
    fn encoded(&self, asked: &[MetadataRequestTopic]) -> Option<Vec<Bytes>> {
        let mut found = Vec::with_capacity(asked.len());
        let mut seen = Vec::new();
        let mut missing = Vec::new();
        {
            let topics = self.topics.read().unwrap_or_else(PoisonError::into_inner);
            for topic in asked {
                let name = topic.name.as_deref()?;
                match topics.get(name) {
                    Some(known) => take(known, &mut seen, &mut found),
                    None => missing.push(name),
                }
            }
        }
        if missing.is_empty() {
            return Some(found);
        }
        let view = View { image: &self.image, listener: &self.listener };
        let mut topics = self.topics.write().unwrap_or_else(PoisonError::into_inner);
        for name in missing {
            if topics.contains_key(name) {
                continue;
            }
            let topic =
                self.image.topic_ids.get(name).and_then(|id| self.image.topic_by_id(*id))?;
            let mut out = Encoder::with_capacity(256);
            describe(view, topic, self.version).encode(&mut out, self.version).ok()?;
            let encoded = Encoded { number: topics.len(), bytes: out.finish_bytes().ok()? };
            topics.insert(name.into(), encoded);
        }
        // Now all are there.
        (found, seen) = (Vec::with_capacity(asked.len()), Vec::new());
        for topic in asked {
            take(topics.get(topic.name.as_deref()?)?, &mut seen, &mut found);
        }
        Some(found)
    }
}

/// Takes a topic unless it was taken before.
fn take(known: &Encoded, seen: &mut Vec<bool>, found: &mut Vec<Bytes>) {
    if seen.len() <= known.number {
        seen.resize(known.number + 1, false);
    }
    if let Some(seen) = seen.get_mut(known.number).filter(|seen| !**seen) {
        *seen = true;
        found.push(known.bytes.clone());
    }
}

impl Frame {
    /// Encodes an answer without topics and cuts it where they belong.
    fn of(response: &MetadataResponse, alive: Vec<i32>, version: i16) -> Result<Self, EncodeError> {
        let flexible = version >= FLEXIBLE_SINCE;
        let mut out = Encoder::with_capacity(256);
        response.encode(&mut out, version)?;
        let empty = out.finish_bytes()?;
        let count_length = if flexible { 1 } else { 4 };
        // What follows the topics: what may be done to the cluster, the error code, the tags.
        let operations = if (8..=10).contains(&version) { 4 } else { 0 };
        let error_code = if version >= 13 { 2 } else { 0 };
        let rest = operations + error_code + usize::from(flexible);
        let after = empty.slice(empty.len().saturating_sub(rest)..);
        let before = empty.slice(..empty.len().saturating_sub(rest + count_length + CONTROLLER_ID));
        Ok(Self { before, after, alive })
    }

    /// Puts topics in, and a controller drawn from those who are alive.
    fn around(
        &self,
        topics: &[Bytes],
        random: &(dyn Random + 'static),
        version: i16,
    ) -> Result<Bytes, EncodeError> {
        let length: usize = topics.iter().map(Bytes::len).sum();
        let fixed = CONTROLLER_ID + COUNT_MAX;
        let mut body =
            BytesMut::with_capacity(self.before.len() + fixed + length + self.after.len());
        body.extend_from_slice(&self.before);
        body.put_i32(self.controller(random));
        let number = u32::try_from(topics.len()).unwrap_or(u32::MAX);
        if version >= FLEXIBLE_SINCE {
            let mut count = Encoder::with_capacity(COUNT_MAX);
            count.unsigned_varint(number.saturating_add(1));
            body.extend_from_slice(&count.finish_bytes()?);
        } else {
            body.put_u32(number);
        }
        topics.iter().for_each(|topic| body.extend_from_slice(topic));
        body.extend_from_slice(&self.after);
        Ok(body.freeze())
    }

    fn controller(&self, random: &(dyn Random + 'static)) -> i32 {
        let place = match self.alive.len() {
            0 | 1 => 0,
            several => usize::try_from(random.below(several as u64)).unwrap_or(0),
        };
        self.alive.get(place).copied().unwrap_or(NO_CONTROLLER)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::fixture;
    use keld_env::os::OsRandom;
    use keld_types::TopicName;
    use keld_wire::Rpc as _;
    use keld_wire::messages::MetadataRequest;

    fn asked(names: &[&str]) -> Vec<MetadataRequestTopic> {
        let topic = |name: &&str| MetadataRequestTopic {
            name: Some((*name).into()),
            ..MetadataRequestTopic::default()
        };
        names.iter().map(topic).collect()
    }

    fn image() -> Arc<ClusterImage> {
        let partition = || fixture::partition(&[1, 2], &[1], 1);
        let brokers = vec![fixture::broker(1, &["A"], false), fixture::broker(2, &["A"], true)];
        let topics = vec![("a", vec![partition()]), ("b", vec![partition(), partition()])];
        Arc::new(fixture::image(brokers, topics))
    }

    #[test]
    fn a_spliced_answer_is_the_encoded_one_at_every_version() {
        let (image, listener) = (image(), Arc::from("A"));
        let view = View { image: &image, listener: &listener };
        let kept = EncodedTopics::default();
        let versions = MetadataRequest::API_KEY.versions();
        for version in versions.min.max(1)..=versions.max {
            let mut response = MetadataResponse {
                brokers: super::super::brokers(view, &Default::default()),
                cluster_id: Some("cluster".into()),
                controller_id: 1,
                ..MetadataResponse::default()
            };
            for names in [&["b", "a", "b"][..], &["b"], &["a", "a"]] {
                let asking = Asking {
                    image: &image,
                    listener: &listener,
                    topics: &asked(names),
                    cluster_operations: false,
                    version,
                };
                let spliced = kept.answer(&asking, &OsRandom, || response.clone()).unwrap();
                let mut known = Vec::new();
                for name in names {
                    if !known.contains(name) {
                        known.push(*name);
                    }
                }
                response.topics = known
                    .iter()
                    .map(|name| {
                        describe(view, image.topic(&TopicName::new(*name)).unwrap(), version)
                    })
                    .collect();
                let mut out = Encoder::with_capacity(256);
                response.encode(&mut out, version).unwrap();
                assert_eq!(spliced, out.finish_bytes().unwrap(), "version {version}, {names:?}");
                response.topics.clear();
            }
        }
        assert!(kept.kinds.lock().unwrap().len() <= KINDS_MAX);
    }

    #[test]
    fn a_topic_that_is_not_there_is_for_the_slow_way_and_a_new_image_begins_anew() {
        let (before, listener): (_, Arc<str>) = (image(), Arc::from("A"));
        let kept = EncodedTopics::default();
        let response = MetadataResponse::default();
        let answer = |image: &Arc<ClusterImage>, names: &[&str]| {
            let asking = Asking {
                image,
                listener: &listener,
                topics: &asked(names),
                cluster_operations: false,
                version: 12,
            };
            kept.answer(&asking, &OsRandom, || response.clone())
        };
        assert!(answer(&before, &["a", "c"]).is_none());
        let all = answer(&before, &["a", "b"]).unwrap();
        assert_eq!(answer(&before, &["a", "b"]).unwrap(), all);
        let mut changed = (*before).clone();
        let mut brokers = (*changed.brokers).clone();
        brokers.pop_first();
        changed.brokers = Arc::new(brokers);
        assert_ne!(answer(&Arc::new(changed), &["a", "b"]).unwrap(), all);
    }
}
