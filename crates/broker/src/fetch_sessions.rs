//! Incremental fetch sessions (KIP-227, with topic ids of KIP-516): a consumer names its partitions
//! once, then only what changes; the answers leave out partitions with nothing new.
//!
//! Invariants: a session answers only the epoch it expects next; a partition is known by topic id
//! when the session was opened at version 13 or later, by name before; a partition that had records
//! goes to the end of the order, so that none starves. At most `slots` sessions exist; a new one may
//! replace one that was silent for two minutes, or an older and smaller one.

use keld_types::{ErrorCode, LeaderEpoch, Offset, PartitionIndex, TopicId, TopicName};
use keld_wire::messages::fetch_response::PartitionData;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// No session.
pub(crate) const NO_SESSION: i32 = 0;
const INITIAL_EPOCH: i32 = 0;
const FINAL_EPOCH: i32 = -1;
/// A session that was silent this long may be replaced by any other.
const EVICTION_MS: i64 = 120_000;

/// What a fetcher wants of one partition.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Interest {
    /// The topic's name; `None` while its id is not known here.
    pub(crate) topic: Option<TopicName>,
    /// The topic's id; zero before version 13.
    pub(crate) topic_id: TopicId,
    pub(crate) partition: PartitionIndex,
    pub(crate) fetch_offset: Offset,
    pub(crate) fetcher_log_start: Offset,
    pub(crate) bytes_max: i32,
    pub(crate) current_leader_epoch: Option<LeaderEpoch>,
    pub(crate) last_fetched_epoch: Option<LeaderEpoch>,
}

/// A partition whose interest is withdrawn.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Forgotten {
    pub(crate) topic: Option<TopicName>,
    pub(crate) topic_id: TopicId,
    pub(crate) partition: PartitionIndex,
}

/// Which partition of a session: by id, or by name where there are no ids.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
enum Key {
    Id(TopicId, PartitionIndex),
    Name(Option<TopicName>, PartitionIndex),
}

/// The session part of a request.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SessionRequest {
    pub(crate) session_id: i32,
    pub(crate) epoch: i32,
    /// Version 13 or later.
    pub(crate) uses_topic_ids: bool,
    pub(crate) is_follower: bool,
    pub(crate) now_ms: i64,
}

/// How one request relates to sessions, once it is accepted.
#[derive(Debug)]
pub(crate) enum FetchContext {
    /// No session is kept.
    Sessionless(Vec<Interest>),
    /// All partitions are named; a session is opened with the answer if there is room.
    Full { request: SessionRequest, interests: Vec<Interest> },
    /// The partitions are those of the session.
    Incremental { request: SessionRequest, session: Arc<Mutex<Session>> },
}

/// The answer's session part.
#[derive(Debug)]
pub(crate) struct SessionAnswer {
    pub(crate) error_code: ErrorCode,
    pub(crate) session_id: i32,
    /// What goes into the answer, in order.
    pub(crate) partitions: Vec<(Interest, PartitionData)>,
}

/// The sessions of a node.
#[derive(Debug)]
pub(crate) struct FetchSessions {
    cache: Mutex<Cache>,
    slots: usize,
}

#[derive(Debug, Default)]
struct Cache {
    sessions: HashMap<i32, Entry>,
    last_used: BTreeSet<(i64, i32)>,
    /// Followers' last, then by size: the first is the least valuable.
    by_value: BTreeSet<(bool, usize, i32)>,
    evictions: u64,
}

#[derive(Debug)]
struct Entry {
    session: Arc<Mutex<Session>>,
    is_follower: bool,
    created_ms: i64,
    used_ms: i64,
    size: usize,
}

/// One session.
#[derive(Debug)]
pub(crate) struct Session {
    id: i32,
    epoch: i32,
    uses_topic_ids: bool,
    /// In the order they are served.
    partitions: BTreeMap<u64, Cached>,
    places: HashMap<Key, u64>,
    next_place: u64,
}

#[derive(Debug)]
struct Cached {
    interest: Interest,
    high_watermark: i64,
    log_start: i64,
}

fn key_of(topic_id: TopicId, topic: Option<&TopicName>, partition: PartitionIndex) -> Key {
    if topic_id == TopicId::ZERO {
        Key::Name(topic.cloned(), partition)
    } else {
        Key::Id(topic_id, partition)
    }
}

impl Interest {
    fn key(&self) -> Key {
        key_of(self.topic_id, self.topic.as_ref(), self.partition)
    }
}

const fn next_epoch(epoch: i32) -> i32 {
    match epoch {
        i32::MAX => 1,
        negative if negative < 0 => FINAL_EPOCH,
        epoch => epoch + 1,
    }
}

fn lock(session: &Mutex<Session>) -> MutexGuard<'_, Session> {
    session.lock().unwrap_or_else(PoisonError::into_inner)
}

impl FetchSessions {
    /// Room for `slots` sessions.
    pub(crate) fn new(slots: usize) -> Self {
        Self { cache: Mutex::new(Cache::default()), slots }
    }

    fn cache(&self) -> MutexGuard<'_, Cache> {
        self.cache.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Relates a request to its session. The error is the whole answer's.
    pub(crate) fn open(
        &self,
        request: SessionRequest,
        interests: Vec<Interest>,
        forgotten: &[Forgotten],
    ) -> Result<FetchContext, ErrorCode> {
        let interests = without_duplicates(interests);
        if request.epoch == INITIAL_EPOCH || request.epoch == FINAL_EPOCH {
            if request.session_id != NO_SESSION {
                self.cache().remove(request.session_id);
            }
            return Ok(if request.epoch == FINAL_EPOCH {
                FetchContext::Sessionless(interests)
            } else {
                FetchContext::Full { request, interests }
            });
        }
        let mut cache = self.cache();
        let session = cache.sessions.get(&request.session_id);
        let session = Arc::clone(&session.ok_or(ErrorCode::FETCH_SESSION_ID_NOT_FOUND)?.session);
        let mut held = lock(&session);
        if held.epoch != request.epoch {
            return Err(ErrorCode::INVALID_FETCH_SESSION_EPOCH);
        }
        if held.uses_topic_ids != request.uses_topic_ids {
            return Err(ErrorCode::FETCH_SESSION_TOPIC_ID_ERROR);
        }
        for interest in &interests {
            held.update(interest);
        }
        for gone in forgotten {
            held.remove(&key_of(gone.topic_id, gone.topic.as_ref(), gone.partition));
        }
        if held.partitions.is_empty() {
            drop(held);
            cache.remove(request.session_id);
            return Ok(FetchContext::Sessionless(interests));
        }
        held.epoch = next_epoch(held.epoch);
        let size = held.partitions.len();
        drop(held);
        cache.touch(request.session_id, size, request.now_ms);
        drop(cache);
        Ok(FetchContext::Incremental { request, session })
    }

    /// Decides what of the partitions' results goes into the answer, and keeps what the session
    /// must remember. `draw` gives random numbers for a new session's id.
    pub(crate) fn finish(
        &self,
        context: FetchContext,
        results: Vec<(Interest, PartitionData)>,
        draw: &mut dyn FnMut() -> u64,
    ) -> SessionAnswer {
        match context {
            FetchContext::Sessionless(_) => SessionAnswer {
                error_code: ErrorCode::NONE,
                session_id: NO_SESSION,
                partitions: results,
            },
            FetchContext::Full { request, .. } => {
                let session_id = self.create(request, &results, draw);
                SessionAnswer { error_code: ErrorCode::NONE, session_id, partitions: results }
            }
            FetchContext::Incremental { request, session } => {
                let mut session = lock(&session);
                let session_id = session.id;
                if session.epoch != next_epoch(request.epoch) {
                    return SessionAnswer {
                        error_code: ErrorCode::INVALID_FETCH_SESSION_EPOCH,
                        session_id,
                        partitions: Vec::new(),
                    };
                }
                let mut partitions = results;
                partitions.retain(|(interest, data)| session.must_answer(interest, data));
                SessionAnswer { error_code: ErrorCode::NONE, session_id, partitions }
            }
        }
    }

    fn create(
        &self,
        request: SessionRequest,
        results: &[(Interest, PartitionData)],
        draw: &mut dyn FnMut() -> u64,
    ) -> i32 {
        let now_ms = request.now_ms;
        let mut cache = self.cache();
        if cache.sessions.len() >= self.slots
            && !cache.evict(request.is_follower, results.len(), now_ms)
        {
            return NO_SESSION;
        }
        let id = loop {
            let id = (draw() & 0x7fff_ffff) as i32;
            if id != NO_SESSION && !cache.sessions.contains_key(&id) {
                break id;
            }
        };
        let mut session = Session {
            id,
            epoch: next_epoch(INITIAL_EPOCH),
            uses_topic_ids: request.uses_topic_ids,
            partitions: BTreeMap::new(),
            places: HashMap::new(),
            next_place: 0,
        };
        for (interest, data) in results {
            session.push(Cached {
                interest: interest.clone(),
                high_watermark: told_high_watermark(data),
                log_start: data.log_start_offset,
            });
        }
        let entry = Entry {
            session: Arc::new(Mutex::new(session)),
            is_follower: request.is_follower,
            created_ms: now_ms,
            used_ms: now_ms,
            size: results.len(),
        };
        cache.sessions.insert(id, entry);
        cache.last_used.insert((now_ms, id));
        cache.by_value.insert((request.is_follower, results.len(), id));
        id
    }

    /// Sessions now open, and sessions ever evicted.
    #[cfg(test)]
    fn counts(&self) -> (usize, u64) {
        let cache = self.cache();
        (cache.sessions.len(), cache.evictions)
    }
}

/// A partition named twice counts once: at its first place, with its last parameters.
fn without_duplicates(interests: Vec<Interest>) -> Vec<Interest> {
    if interests.len() < 2 {
        return interests;
    }
    let mut places: HashMap<Key, usize> = HashMap::with_capacity(interests.len());
    let mut distinct: Vec<Interest> = Vec::with_capacity(interests.len());
    for interest in interests {
        let place = *places.entry(interest.key()).or_insert(distinct.len());
        match distinct.get_mut(place) {
            Some(earlier) => *earlier = interest,
            None => distinct.push(interest),
        }
    }
    distinct
}

impl FetchContext {
    /// The partitions to read, in order; those of one request are given away once. Names that were
    /// not known when the session learnt of them are looked up again.
    pub(crate) fn take_interests(
        &mut self,
        resolve: impl Fn(TopicId) -> Option<TopicName>,
    ) -> Vec<Interest> {
        match self {
            Self::Sessionless(interests) | Self::Full { interests, .. } => {
                std::mem::take(interests)
            }
            Self::Incremental { session, .. } => {
                let mut session = lock(session);
                let cached = session.partitions.values_mut().map(|cached| {
                    let interest = &mut cached.interest;
                    if interest.topic.is_none() {
                        interest.topic = resolve(interest.topic_id);
                    }
                    interest.clone()
                });
                cached.collect()
            }
        }
    }
}

/// Whether the fetcher is told where to cut its log.
fn is_diverging(data: &PartitionData) -> bool {
    data.diverging_epoch.epoch != -1
}

/// The high watermark that the fetcher knows after this answer. Whoever is told of an error or of
/// where to cut takes nothing else: it is told again, whatever the offsets are.
fn told_high_watermark(data: &PartitionData) -> i64 {
    if !data.error_code.is_none() || is_diverging(data) { -1 } else { data.high_watermark }
}

impl Session {
    fn push(&mut self, cached: Cached) {
        let place = self.next_place;
        self.next_place += 1;
        self.places.insert(cached.interest.key(), place);
        self.partitions.insert(place, cached);
    }

    fn update(&mut self, interest: &Interest) {
        let place = self.places.get(&interest.key());
        match place.and_then(|place| self.partitions.get_mut(place)) {
            Some(cached) => {
                let topic = cached.interest.topic.take();
                cached.interest = interest.clone();
                cached.interest.topic = interest.topic.clone().or(topic);
            }
            None => {
                self.push(Cached { interest: interest.clone(), high_watermark: -1, log_start: -1 })
            }
        }
    }

    fn remove(&mut self, key: &Key) {
        if let Some(place) = self.places.remove(key) {
            self.partitions.remove(&place);
        }
    }

    /// Whether the answer must have the partition; remembers what was told.
    fn must_answer(&mut self, interest: &Interest, data: &PartitionData) -> bool {
        let key = interest.key();
        let Some(&place) = self.places.get(&key) else { return false };
        let Some(cached) = self.partitions.get_mut(&place) else { return false };
        let has_records = data.records.as_ref().is_some_and(|records| !records.is_empty());
        let has_error = !data.error_code.is_none();
        let must_answer = has_records
            || has_error
            || cached.high_watermark != data.high_watermark
            || cached.log_start != data.log_start_offset
            || data.preferred_read_replica != -1
            || is_diverging(data);
        cached.log_start = data.log_start_offset;
        cached.high_watermark = told_high_watermark(data);
        if has_records && let Some(cached) = self.partitions.remove(&place) {
            self.push(cached);
        }
        must_answer
    }
}

impl Cache {
    fn remove(&mut self, id: i32) -> bool {
        let Some(entry) = self.sessions.remove(&id) else { return false };
        self.last_used.remove(&(entry.used_ms, id));
        self.by_value.remove(&(entry.is_follower, entry.size, id));
        true
    }

    fn touch(&mut self, id: i32, size: usize, now_ms: i64) {
        if let Some(entry) = self.sessions.get_mut(&id) {
            self.last_used.remove(&(entry.used_ms, id));
            self.by_value.remove(&(entry.is_follower, entry.size, id));
            entry.used_ms = now_ms;
            entry.size = size;
            self.last_used.insert((now_ms, id));
            self.by_value.insert((entry.is_follower, size, id));
        }
    }

    /// Makes room for a new session of `size` partitions, if one of less worth may go.
    fn evict(&mut self, is_follower: bool, size: usize, now_ms: i64) -> bool {
        let stale = self.last_used.first().filter(|(used_ms, _)| now_ms - used_ms > EVICTION_MS);
        let victim = stale.map(|(_, id)| *id).or_else(|| {
            // A follower's session may replace any consumer's; others only what is not recent.
            let may_go = |id: &i32| {
                self.sessions.get(id).is_some_and(|entry| {
                    now_ms - entry.created_ms > EVICTION_MS || (is_follower && !entry.is_follower)
                })
            };
            let least = self.by_value.iter().find(|(_, _, id)| may_go(id));
            least
                .filter(|value| (is_follower, size, 0) >= (value.0, value.1, value.2))
                .map(|(_, _, id)| *id)
        });
        let Some(victim) = victim else { return false };
        self.remove(victim);
        self.evictions += 1;
        true
    }
}

#[cfg(test)]
mod tests;
