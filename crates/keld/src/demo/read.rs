//! The group of two consumers, and the reading-again after the restart.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context, bail};
use keld_client::{Client, Consumer, ConsumerConfig, OffsetReset};
use keld_env::Env;
use keld_types::{GroupId, TopicName};
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::event::Criticality;
use super::partitions;
use super::tally::Tally;

/// How long a poll waits: how often a consumer looks up.
const POLL: Duration = Duration::from_millis(100);

/// What a consumer task tells.
#[derive(Debug, Default)]
struct Status {
    assigned: AtomicUsize,
    failed: Mutex<Option<String>>,
}

#[derive(Debug)]
struct Reader {
    task: JoinHandle<()>,
    status: Arc<Status>,
}

/// Two members of one group.
#[derive(Debug)]
pub(crate) struct Group {
    env: Env,
    tally: Arc<Tally>,
    a: Reader,
    b: Option<Reader>,
    stop: CancellationToken,
    changed: Arc<Notify>,
}

impl Group {
    pub(crate) fn start(env: &Env, client: &Client, tally: &Arc<Tally>) -> anyhow::Result<Self> {
        let (stop, changed) = (CancellationToken::new(), Arc::new(Notify::new()));
        let reader = || -> anyhow::Result<Reader> {
            let config = ConsumerConfig {
                group: Some(GroupId::new("demo")),
                offset_reset: OffsetReset::Earliest,
                session_timeout: Duration::from_secs(1),
                heartbeat_interval: Duration::from_millis(200),
                auto_commit_interval: Duration::from_millis(500),
                poll_records_max: 10_000,
                ..ConsumerConfig::default()
            };
            let mut consumer = Consumer::new(client, config)?;
            consumer.subscribe(Criticality::ALL.map(|level| TopicName::new(level.topic())))?;
            let status = Arc::new(Status::default());
            let work = consume(
                consumer,
                Arc::clone(tally),
                Arc::clone(&status),
                stop.clone(),
                Arc::clone(&changed),
            );
            Ok(Reader { task: tokio::spawn(work), status })
        };
        let (a, b) = (reader()?, Some(reader()?));
        Ok(Self { env: env.clone(), tally: Arc::clone(tally), a, b, stop, changed })
    }

    /// Partitions of A and of B.
    pub(crate) fn shares(&self) -> (usize, usize) {
        let of = |reader: &Reader| reader.status.assigned.load(Ordering::SeqCst);
        (of(&self.a), self.b.as_ref().map_or(0, of))
    }

    /// Ends B as a crash would: its task is gone, the group is not told.
    pub(crate) fn kill_b(&mut self) {
        if let Some(b) = self.b.take() {
            b.task.abort();
        }
    }

    /// Waits until all that was acknowledged has been read, and (while both live) both have a share.
    pub(crate) async fn caught_up(&self, patience: Duration) -> anyhow::Result<()> {
        let is_caught_up = || {
            let acknowledged = self.tally.acknowledged.load(Ordering::SeqCst);
            let (a, b) = self.shares();
            let is_shared = self.b.is_none() || (a > 0 && b > 0);
            is_shared && self.tally.read.load(Ordering::SeqCst) >= acknowledged
        };
        self.until(patience, "the consumers to reach the end", is_caught_up).await
    }

    /// Waits until A owns every partition.
    pub(crate) async fn a_has_everything(&self, patience: Duration) -> anyhow::Result<()> {
        let all = partitions().len();
        self.until(patience, "consumer A to take over", || self.shares().0 == all).await
    }

    async fn until(
        &self,
        patience: Duration,
        what: &str,
        is_so: impl Fn() -> bool,
    ) -> anyhow::Result<()> {
        let mut deadline = self.env.clock.sleep_until(self.env.clock.monotonic() + patience);
        loop {
            let changed = self.changed.notified();
            for reader in std::iter::once(&self.a).chain(&self.b) {
                let failed = reader.status.failed.lock().unwrap_or_else(PoisonError::into_inner);
                if let Some(reason) = &*failed {
                    bail!("a consumer failed: {reason}");
                }
            }
            if is_so() {
                return Ok(());
            }
            tokio::select! {
                () = changed => {}
                () = &mut deadline => bail!("waited {} s for {what}", patience.as_secs()),
            }
        }
    }

    /// Lets the consumers commit and leave.
    pub(crate) async fn stop(self) -> anyhow::Result<()> {
        self.stop.cancel();
        for reader in std::iter::once(self.a).chain(self.b) {
            reader.task.await.context("a consumer's task ended badly")?;
        }
        Ok(())
    }
}

async fn consume(
    mut consumer: Consumer,
    tally: Arc<Tally>,
    status: Arc<Status>,
    stop: CancellationToken,
    changed: Arc<Notify>,
) {
    while !stop.is_cancelled() {
        match consumer.poll(POLL).await {
            Ok(records) => records.iter().for_each(|record| tally.group_read(record)),
            Err(error) => {
                *status.failed.lock().unwrap_or_else(PoisonError::into_inner) =
                    Some(error.to_string());
                changed.notify_waiters();
                return;
            }
        }
        status.assigned.store(consumer.assignment().len(), Ordering::SeqCst);
        changed.notify_waiters();
    }
    if let Err(error) = consumer.close(super::PATIENCE).await {
        tracing::warn!(%error, "a consumer could not leave its group");
    }
}

/// Reads every partition from its start to its end, outside of any group.
pub(crate) async fn reread(
    client: &Client,
    tally: &Tally,
    patience: Duration,
) -> anyhow::Result<()> {
    let admin = keld_client::Admin::new(client.clone());
    let ends: BTreeMap<_, _> = partitions()
        .into_iter()
        .map(|partition| (partition, keld_client::OffsetSpec::Latest))
        .collect();
    let mut total = 0;
    for (partition, end) in admin.list_offsets(&ends, Default::default()).await? {
        let end = end.with_context(|| format!("the end of {partition}"))?;
        total += u64::try_from(end.offset.get()).unwrap_or(0);
    }
    let config = ConsumerConfig {
        offset_reset: OffsetReset::Earliest,
        poll_records_max: 10_000,
        ..ConsumerConfig::default()
    };
    let mut consumer = Consumer::new(client, config)?;
    consumer.assign(partitions())?;
    let clock = &client.env().clock;
    let deadline = clock.monotonic() + patience;
    while tally.read_again_events() < total {
        for record in consumer.poll(POLL).await? {
            tally.read_again(&record);
        }
        if clock.monotonic() > deadline {
            bail!(
                "read {} of {total} events in {} s",
                tally.read_again_events(),
                patience.as_secs()
            );
        }
    }
    Ok(())
}
