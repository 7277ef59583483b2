//! Sends records and keeps count of what became of them.

use std::time::Duration;

use futures_util::FutureExt;
use futures_util::stream::{FuturesUnordered, StreamExt};
use keld_client::{Client, ClientError, Delivery, Producer, ProducerConfig, ProducerRecord};

use crate::console::Console;
use crate::failure::{Failure, Outcome};

/// Records under way whose answers are waited for; `send` itself bounds their bytes.
const UNDER_WAY_MAX: usize = 20_000;

/// Errors told one by one; the rest is only counted.
const ERRORS_TOLD_MAX: u64 = 10;

/// A producer that tells what went wrong.
#[derive(Debug)]
pub(crate) struct Sending {
    producer: Producer,
    under_way: FuturesUnordered<Delivery>,
    sync: bool,
    /// Records written.
    pub(crate) written: u64,
    failed: u64,
}

impl Sending {
    /// Starts a producer; with `sync` each record is waited for.
    pub(crate) fn start(
        client: &Client,
        config: ProducerConfig,
        sync: bool,
    ) -> Result<Self, Failure> {
        let producer = Producer::new(client, config)?;
        Ok(Self { producer, under_way: FuturesUnordered::new(), sync, written: 0, failed: 0 })
    }

    /// Takes a record.
    pub(crate) async fn send(&mut self, console: &mut Console, record: ProducerRecord) -> Outcome {
        match self.producer.send(record).await {
            Ok(delivery) => self.under_way.push(delivery),
            // Nothing else can be sent either.
            Err(error @ (ClientError::Timeout { .. } | ClientError::Topic { .. })) => {
                return Err(error.into());
            }
            Err(error) => self.count(console, Err(error)),
        }
        while let Some(Some(answer)) = self.under_way.next().now_or_never() {
            self.count(console, answer.map(drop));
        }
        while self.sync || self.under_way.len() > UNDER_WAY_MAX {
            match self.under_way.next().await {
                Some(answer) => self.count(console, answer.map(drop)),
                None => break,
            }
        }
        Ok(())
    }

    fn count(&mut self, console: &mut Console, answer: Result<(), ClientError>) {
        match answer {
            Ok(()) => self.written += 1,
            Err(error) => {
                self.failed += 1;
                if self.failed <= ERRORS_TOLD_MAX {
                    console.error(format!("record not written: {error}"));
                    if let (1, Some(advice)) = (self.failed, error.advice()) {
                        console.error(format!("hint: {advice}"));
                    }
                }
            }
        }
    }

    /// Waits for everything; an error when a record was not written.
    pub(crate) async fn finish(mut self, console: &mut Console) -> Result<u64, Failure> {
        let flushed = self.producer.clone();
        flushed.flush().await;
        while let Some(answer) = self.under_way.next().await {
            self.count(console, answer.map(drop));
        }
        self.producer.close(Duration::from_secs(5)).await?;
        if self.failed > 0 {
            return Err(Failure::failed(format!(
                "{} of {} records were not written",
                self.failed,
                self.failed + self.written
            )));
        }
        Ok(self.written)
    }
}
