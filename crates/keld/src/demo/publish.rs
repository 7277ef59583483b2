//! Lines to events to topics, each level by its own producer.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use keld_client::{Client, Delivery, Producer, ProducerConfig, ProducerRecord};
use keld_record::Header;
use keld_types::{RequiredAcks, TopicName};

use super::event::{Criticality, Event};
use super::input::Source;
use super::tally::Tally;

/// Deliveries waited for at a time; the producers' memory is the other bound.
const WINDOW: usize = 5_000;

/// A line by its place: which source, and the bytes of it.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    source: usize,
    range: std::ops::Range<usize>,
}

/// Every line of every source, in order.
pub(crate) fn lines(sources: &[Source]) -> Vec<Line> {
    let mut lines = Vec::new();
    for (source, input) in sources.iter().enumerate() {
        let start = input.text.as_ptr() as usize;
        for line in input.lines() {
            // `lines` gives slices of the text, so the difference is the position in it.
            let at = line.as_ptr() as usize - start;
            lines.push(Line { source, range: at..at + line.len() });
        }
    }
    lines
}

/// A producer for each level.
#[derive(Debug)]
pub(crate) struct Publisher {
    producers: [Producer; 3],
    tally: Arc<Tally>,
    now_ms: i64,
}

impl Publisher {
    pub(crate) fn new(client: &Client, tally: Arc<Tally>, now_ms: i64) -> anyhow::Result<Self> {
        let with = |acks, idempotence, linger_ms| {
            let linger = Duration::from_millis(linger_ms);
            Producer::new(
                client,
                ProducerConfig { acks, idempotence, linger, ..Default::default() },
            )
        };
        let producers = [
            with(RequiredAcks::AllInSync, true, 0)?,
            with(RequiredAcks::Leader, false, 5)?,
            with(RequiredAcks::Leader, false, 50)?,
        ];
        Ok(Self { producers, tally, now_ms })
    }

    /// Sends lines and waits until each is acknowledged.
    pub(crate) async fn publish(&self, sources: &[Source], lines: &[Line]) -> anyhow::Result<()> {
        let mut waiting: Vec<(Criticality, Bytes, Delivery)> = Vec::with_capacity(WINDOW);
        for line in lines {
            let Some(source) = sources.get(line.source) else { continue };
            let Some(text) = source.text.get(line.range.clone()) else { continue };
            let event = Event::parse(text, source.name());
            let level = event.level.criticality();
            let record = self.record(&event, text);
            let value = record.value.clone().unwrap_or_default();
            let delivery = self.producers[level as usize].send(record).await?;
            waiting.push((level, value, delivery));
            if waiting.len() == WINDOW {
                self.settle(&mut waiting).await?;
            }
        }
        self.settle(&mut waiting).await
    }

    async fn settle(
        &self,
        waiting: &mut Vec<(Criticality, Bytes, Delivery)>,
    ) -> anyhow::Result<()> {
        for (level, value, delivery) in waiting.drain(..) {
            delivery.await?;
            self.tally.wrote(level, &value);
        }
        Ok(())
    }

    fn record(&self, event: &Event<'_>, text: &str) -> ProducerRecord {
        let level = event.level.criticality();
        let mut record = ProducerRecord::new(
            TopicName::new(level.topic()),
            Bytes::copy_from_slice(text.as_bytes()),
        )
        .with_key(Bytes::copy_from_slice(event.source.as_bytes()));
        record.timestamp = Some(event.time_ms.unwrap_or(self.now_ms).min(self.now_ms));
        record.headers.push(Header {
            key: Bytes::from_static(b"level"),
            value: Some(Bytes::from_static(event.level.as_str().as_bytes())),
        });
        record
    }

    /// Ends the producers.
    pub(crate) async fn finish(self) -> anyhow::Result<()> {
        for producer in self.producers {
            producer.close(super::PATIENCE).await?;
        }
        Ok(())
    }
}
