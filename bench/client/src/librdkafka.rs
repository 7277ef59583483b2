//! librdkafka through its C interface: the only unsafe code of the client.
//!
//! A producer and a consumer are made once and live until the process ends, so nothing is ever
//! destroyed here and every pointer stays valid.

use std::ffi::{CStr, CString, c_char, c_int, c_void};
use std::ptr::{null, null_mut};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use rdkafka_sys::bindings as c;

/// Messages that one call for consumed ones returns at most.
const BATCH: usize = 5000;

/// Records that were acknowledged, and that failed, in the whole process.
pub static ACKNOWLEDGED: AtomicU64 = AtomicU64::new(0);
pub static FAILED: AtomicU64 = AtomicU64::new(0);

/// What to do with the tag of an acknowledged message that has one.
static ON_ACKNOWLEDGED: Mutex<Option<fn(u64)>> = Mutex::new(None);

type Result<T> = std::result::Result<T, String>;

/// The version of the library.
pub fn version() -> String {
    // SAFETY: the function takes nothing and returns a constant string.
    unsafe { CStr::from_ptr(c::rd_kafka_version_str()) }.to_string_lossy().into_owned()
}

/// Calls `seen` with the tag of every message that is acknowledged from now on, if it is not 0.
pub fn on_acknowledged(seen: fn(u64)) {
    *ON_ACKNOWLEDGED.lock().expect("nobody panics while holding it") = Some(seen);
}

fn string(text: &str) -> Result<CString> {
    CString::new(text).map_err(|_| format!("a zero byte in {text:?}"))
}

fn name(error: c::rd_kafka_resp_err_t) -> String {
    // SAFETY: every error has a constant name.
    unsafe { CStr::from_ptr(c::rd_kafka_err2name(error)) }.to_string_lossy().into_owned()
}

/// Called by librdkafka for each produced message that was acknowledged or given up.
unsafe extern "C" fn delivered(
    _: *mut c::rd_kafka_t,
    message: *const c::rd_kafka_message_t,
    _: *mut c_void,
) {
    // SAFETY: librdkafka passes a message that is valid during the call.
    let message = unsafe { &*message };
    if message.err != c::rd_kafka_resp_err_t::RD_KAFKA_RESP_ERR_NO_ERROR {
        FAILED.fetch_add(1, Ordering::Relaxed);
        return;
    }
    ACKNOWLEDGED.fetch_add(1, Ordering::Relaxed);
    let tag = message._private as usize as u64;
    if tag != 0
        && let Ok(seen) = ON_ACKNOWLEDGED.lock()
        && let Some(seen) = *seen
    {
        seen(tag);
    }
}

/// A handle of either kind.
struct Handle(*mut c::rd_kafka_t);

// SAFETY: librdkafka's handles may be used by any thread at any time.
unsafe impl Send for Handle {}
// SAFETY: as above.
unsafe impl Sync for Handle {}

impl Handle {
    fn new(kind: c::rd_kafka_type_t, properties: &[(String, String)]) -> Result<Self> {
        let mut text = [0 as c_char; 512];
        // SAFETY: the configuration is made here, each string lives during its call, the error
        // buffer has the length that is passed, and `rd_kafka_new` takes the configuration over.
        unsafe {
            let conf = c::rd_kafka_conf_new();
            for (key, value) in properties {
                let (key, value) = (string(key)?, string(value)?);
                let set = c::rd_kafka_conf_set(
                    conf,
                    key.as_ptr(),
                    value.as_ptr(),
                    text.as_mut_ptr(),
                    text.len(),
                );
                if set != c::rd_kafka_conf_res_t::RD_KAFKA_CONF_OK {
                    return Err(CStr::from_ptr(text.as_ptr()).to_string_lossy().into_owned());
                }
            }
            if kind == c::rd_kafka_type_t::RD_KAFKA_PRODUCER {
                c::rd_kafka_conf_set_dr_msg_cb(conf, Some(delivered));
            }
            let handle = c::rd_kafka_new(kind, conf, text.as_mut_ptr(), text.len());
            if handle.is_null() {
                return Err(CStr::from_ptr(text.as_ptr()).to_string_lossy().into_owned());
            }
            Ok(Self(handle))
        }
    }
}

/// A producer of one topic.
pub struct Producer {
    handle: Handle,
    topic: *mut c::rd_kafka_topic_t,
}

// SAFETY: a topic handle may be used by any thread, as the handle may.
unsafe impl Send for Producer {}
// SAFETY: as above.
unsafe impl Sync for Producer {}

impl Producer {
    /// Makes it and waits until the topic's partitions are known.
    pub fn new(properties: &[(String, String)], topic: &str) -> Result<Self> {
        let handle = Handle::new(c::rd_kafka_type_t::RD_KAFKA_PRODUCER, properties)?;
        let text = string(topic)?;
        // SAFETY: the handle is valid; without a topic configuration the default one is used.
        let made = unsafe { c::rd_kafka_topic_new(handle.0, text.as_ptr(), null_mut()) };
        let producer = Self { handle, topic: made };
        for _ in 0..100 {
            if producer.knows_topic() {
                return Ok(producer);
            }
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
        Err(format!("no metadata of topic {topic}"))
    }

    fn knows_topic(&self) -> bool {
        let mut metadata: *const c::rd_kafka_metadata = null();
        // SAFETY: handle and topic are valid; a metadata that is returned without an error is
        // valid until it is destroyed, with as many topics as it says.
        unsafe {
            let error = c::rd_kafka_metadata(self.handle.0, 0, self.topic, &mut metadata, 5000);
            if error != c::rd_kafka_resp_err_t::RD_KAFKA_RESP_ERR_NO_ERROR {
                return false;
            }
            let known = (*metadata).topic_cnt > 0
                && (*(*metadata).topics).err == c::rd_kafka_resp_err_t::RD_KAFKA_RESP_ERR_NO_ERROR
                && (*(*metadata).topics).partition_cnt > 0;
            c::rd_kafka_metadata_destroy(metadata);
            known
        }
    }

    /// Queues a copy; waits while the queue is full. Without a partition the partitioner chooses.
    /// `tag` comes back when it is acknowledged.
    pub fn send(&self, partition: Option<i32>, key: &[u8], value: &[u8], tag: u64) -> Result<()> {
        let key_at = if key.is_empty() { null() } else { key.as_ptr().cast::<c_void>() };
        loop {
            // SAFETY: with the flag COPY librdkafka reads the value during the call only and never
            // writes to it; key and value are as long as is said.
            let result = unsafe {
                c::rd_kafka_produce(
                    self.topic,
                    partition.unwrap_or(-1),
                    c::RD_KAFKA_MSG_F_COPY,
                    value.as_ptr() as *mut c_void,
                    value.len(),
                    key_at,
                    key.len(),
                    tag as usize as *mut c_void,
                )
            };
            if result == 0 {
                return Ok(());
            }
            // SAFETY: it reads what the call above left for this thread.
            let error = unsafe { c::rd_kafka_last_error() };
            if error != c::rd_kafka_resp_err_t::RD_KAFKA_RESP_ERR__QUEUE_FULL {
                return Err(name(error));
            }
            self.poll(5);
        }
    }

    /// Serves acknowledgements for so long.
    pub fn poll(&self, timeout_ms: c_int) {
        // SAFETY: the handle is valid.
        unsafe { c::rd_kafka_poll(self.handle.0, timeout_ms) };
    }

    /// Waits until all that was queued is acknowledged or failed.
    pub fn flush(&self) -> Result<()> {
        // SAFETY: the handle is valid.
        let error = unsafe { c::rd_kafka_flush(self.handle.0, 120_000) };
        if error == c::rd_kafka_resp_err_t::RD_KAFKA_RESP_ERR_NO_ERROR {
            Ok(())
        } else {
            Err(name(error))
        }
    }
}

/// A consumer of one topic.
pub struct Consumer {
    handle: Handle,
    queue: *mut c::rd_kafka_queue_t,
}

// SAFETY: a queue may be used by any thread, as the handle may.
unsafe impl Send for Consumer {}

impl Consumer {
    fn new(properties: &[(String, String)]) -> Result<Self> {
        let handle = Handle::new(c::rd_kafka_type_t::RD_KAFKA_CONSUMER, properties)?;
        // SAFETY: the handle is a consumer's.
        let queue = unsafe {
            c::rd_kafka_poll_set_consumer(handle.0);
            c::rd_kafka_queue_get_consumer(handle.0)
        };
        Ok(Self { handle, queue })
    }

    /// Reads the first `partitions` partitions, from the beginning or from their present ends.
    pub fn assign(
        properties: &[(String, String)],
        topic: &str,
        partitions: i32,
        from_end: bool,
    ) -> Result<Self> {
        let consumer = Self::new(properties)?;
        let topic = string(topic)?;
        // SAFETY: the list is made and destroyed here, its elements are valid as long as it is.
        let error = unsafe {
            let list = c::rd_kafka_topic_partition_list_new(partitions);
            for partition in 0..partitions {
                let (mut low, mut high) = (0, 0);
                if from_end {
                    c::rd_kafka_query_watermark_offsets(
                        consumer.handle.0,
                        topic.as_ptr(),
                        partition,
                        &mut low,
                        &mut high,
                        10_000,
                    );
                }
                let element = c::rd_kafka_topic_partition_list_add(list, topic.as_ptr(), partition);
                (*element).offset = high;
            }
            let error = c::rd_kafka_assign(consumer.handle.0, list);
            c::rd_kafka_topic_partition_list_destroy(list);
            error
        };
        if error == c::rd_kafka_resp_err_t::RD_KAFKA_RESP_ERR_NO_ERROR {
            Ok(consumer)
        } else {
            Err(name(error))
        }
    }

    /// How many records the first `partitions` partitions hold: offsets without holes.
    pub fn records(&self, topic: &str, partitions: i32) -> Result<u64> {
        let topic = string(topic)?;
        let mut records = 0;
        for partition in 0..partitions {
            let (mut low, mut high) = (0, 0);
            // SAFETY: the handle is valid, the name lives during the call, which writes the two.
            let error = unsafe {
                c::rd_kafka_query_watermark_offsets(
                    self.handle.0,
                    topic.as_ptr(),
                    partition,
                    &mut low,
                    &mut high,
                    10_000,
                )
            };
            if error != c::rd_kafka_resp_err_t::RD_KAFKA_RESP_ERR_NO_ERROR {
                return Err(format!("the ends of partition {partition}: {}", name(error)));
            }
            records += u64::try_from(high - low).unwrap_or(0);
        }
        Ok(records)
    }

    /// Joins the group of the properties.
    pub fn subscribe(properties: &[(String, String)], topic: &str) -> Result<Self> {
        let consumer = Self::new(properties)?;
        let topic = string(topic)?;
        // SAFETY: as in `assign`.
        let error = unsafe {
            let list = c::rd_kafka_topic_partition_list_new(1);
            c::rd_kafka_topic_partition_list_add(list, topic.as_ptr(), -1);
            let error = c::rd_kafka_subscribe(consumer.handle.0, list);
            c::rd_kafka_topic_partition_list_destroy(list);
            error
        };
        if error == c::rd_kafka_resp_err_t::RD_KAFKA_RESP_ERR_NO_ERROR {
            Ok(consumer)
        } else {
            Err(name(error))
        }
    }

    /// How many partitions this consumer has.
    pub fn assigned(&self) -> usize {
        let mut list = null_mut();
        // SAFETY: the list that is returned without an error is valid until it is destroyed.
        unsafe {
            let error = c::rd_kafka_assignment(self.handle.0, &mut list);
            if error != c::rd_kafka_resp_err_t::RD_KAFKA_RESP_ERR_NO_ERROR {
                return 0;
            }
            let count = (*list).cnt;
            c::rd_kafka_topic_partition_list_destroy(list);
            usize::try_from(count).unwrap_or(0)
        }
    }

    /// Waits for a message, then takes what else is there, and calls `each` with the value of every
    /// one without an error. The library's own batches would be waited for until they are full or
    /// the time is over, which makes latencies those of the timeout.
    pub fn poll(&self, timeout_ms: c_int, mut each: impl FnMut(&[u8])) {
        if self.take(1, timeout_ms, &mut each) > 0 {
            self.take(BATCH, 0, &mut each);
        }
    }

    /// Takes up to `most` messages, waiting for all of them; how many came.
    fn take(&self, most: usize, timeout_ms: c_int, each: &mut impl FnMut(&[u8])) -> usize {
        let mut messages = [null_mut::<c::rd_kafka_message_t>(); BATCH];
        // SAFETY: the array has the length that is passed; the first so many of it are valid
        // messages until each is destroyed, with values as long as they say.
        unsafe {
            let count = c::rd_kafka_consume_batch_queue(
                self.queue,
                timeout_ms,
                messages.as_mut_ptr(),
                most.min(BATCH),
            );
            let count = usize::try_from(count).unwrap_or(0);
            for message in messages.iter().take(count) {
                let fields = &**message;
                if fields.err == c::rd_kafka_resp_err_t::RD_KAFKA_RESP_ERR_NO_ERROR
                    && !fields.payload.is_null()
                {
                    each(std::slice::from_raw_parts(fields.payload.cast::<u8>(), fields.len));
                }
                c::rd_kafka_message_destroy(*message);
            }
            count
        }
    }
}
