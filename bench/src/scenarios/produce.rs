//! What the scenarios of producing share: loads and the figures they show.

use std::process::Command;

use crate::arena::Arena;
use crate::metric::Figures;
use crate::subject::Subject;

/// What the tables of producing show.
pub(crate) const METRICS: &[&str] =
    &["mb_s", "cpu_s_gb", "user_s_gb", "sys_s_gb", "client_s_gb", "rss_mb"];

/// What the tables of the raw driver show.
pub(crate) const RAW_METRICS: &[&str] =
    &["mb_s", "cpu_s_gb", "user_s_gb", "sys_s_gb", "p50_ms", "p99_ms", "client_s_gb"];

/// What the tables of small requests show.
pub(crate) const REQUEST_METRICS: &[&str] =
    &["requests_s", "cpu_us_request", "p50_ms", "p99_ms", "p999_ms"];

/// A load of the librdkafka client on a fresh topic.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Librdkafka {
    pub(crate) partitions: u32,
    pub(crate) records: u64,
    pub(crate) size: u64,
    pub(crate) properties: &'static [(&'static str, &'static str)],
    /// Other arguments of the client.
    pub(crate) arguments: &'static [&'static str],
}

impl Librdkafka {
    /// Runs it on a fresh topic.
    pub(crate) fn run(self, arena: &mut Arena, subject: Subject) -> anyhow::Result<Figures> {
        let topic = arena.fresh_topic(subject, self.partitions, &[])?;
        let client = self.command(arena, subject, &topic)?;
        arena.measure(subject, client)
    }

    /// The client for a topic that is there.
    pub(crate) fn command(
        self,
        arena: &mut Arena,
        subject: Subject,
        topic: &str,
    ) -> anyhow::Result<Command> {
        let address = arena.address(subject)?;
        let mut client = arena.tools().client("produce", address, topic);
        client.args(["--partitions", &self.partitions.to_string()]);
        client.args(["--records", &self.records.to_string(), "--size", &self.size.to_string()]);
        client.args(self.arguments);
        for (key, value) in self.properties {
            client.args(["-X", &format!("{key}={value}")]);
        }
        Ok(client)
    }

    /// Bytes of the records.
    pub(crate) fn bytes(self) -> u64 {
        self.records * self.size
    }
}

/// A load of the raw driver on a fresh topic: prepared batches.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Raw {
    pub(crate) partitions: u32,
    /// At most so many.
    pub(crate) requests: u64,
    /// Nothing is sent after so long; 0 for as long as the requests take.
    pub(crate) seconds: u64,
    /// Records a batch, one batch a request.
    pub(crate) records: u64,
    pub(crate) size: u64,
    pub(crate) connections: u64,
    pub(crate) depth: u64,
    /// 1, or -1 for all.
    pub(crate) acks: i16,
}

impl Raw {
    /// Runs it on a fresh topic.
    pub(crate) fn run(self, arena: &mut Arena, subject: Subject) -> anyhow::Result<Figures> {
        let topic = arena.fresh_topic(subject, self.partitions, &[])?;
        let client = self.command(arena, subject, &topic)?;
        arena.measure(subject, client)
    }

    /// The driver for a topic that is there.
    pub(crate) fn command(
        self,
        arena: &mut Arena,
        subject: Subject,
        topic: &str,
    ) -> anyhow::Result<Command> {
        let address = arena.address(subject)?;
        let mut client = arena.tools().own("raw")?;
        client.args(["produce", "--bootstrap", &address.to_string(), "--topic", topic]);
        for (flag, number) in [
            ("--partitions", u64::from(self.partitions)),
            ("--requests", self.requests),
            ("--records", self.records),
            ("--record-size", self.size),
            ("--connections", self.connections),
            ("--depth", self.depth),
        ] {
            client.args([flag, &number.to_string()]);
        }
        client.args(["--acks", &self.acks.to_string()]);
        if self.seconds > 0 {
            client.args(["--seconds", &self.seconds.to_string()]);
        }
        Ok(client)
    }

    /// Bytes of the records at most.
    pub(crate) fn bytes(self) -> u64 {
        self.requests * self.records * self.size
    }
}
