//! `keld cluster health`: what is wrong with a cluster, in words, and what to do about it.
//!
//! [`gather`] asks, [`diagnose`] judges and does nothing else.

mod quorum;

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use futures_util::future::join;
use indicatif::HumanBytes;
use keld_client::{Admin, ClientError, ConfigResource, ConfigResourceType, PartitionDescription};
use keld_types::{BrokerId, TopicName, TopicPartition};
use keld_wire::messages::DescribeQuorumResponse;
use serde_json::{Value, json};

use super::survey::{self, Survey};
use crate::console::Console;
use crate::failure::{Failure, Outcome};
use crate::output::Form;

/// Partitions named in a line for people; programs get all.
const NAMED_MAX: usize = 5;

/// A volume with less than this part free is about to be full.
const FREE_PERCENT_MIN: i64 = 10;

/// How bad it is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Level {
    /// Somebody cannot read or write now.
    Critical,
    /// All work, but less can fail than should.
    Warning,
    /// Worth knowing; the cluster is healthy.
    Note,
}

impl Level {
    const fn name(self) -> &'static str {
        match self {
            Self::Critical => "critical",
            Self::Warning => "warning",
            Self::Note => "note",
        }
    }
}

/// One thing to know, and what to do.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Finding {
    level: Level,
    what: String,
    remedy: String,
    /// The partitions it is about.
    partitions: Vec<String>,
}

impl Finding {
    fn new(level: Level, what: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { level, what: what.into(), remedy: remedy.into(), partitions: Vec::new() }
    }

    fn about(mut self, partitions: Vec<String>) -> Self {
        self.partitions = partitions;
        self
    }
}

/// What is judged.
#[derive(Debug)]
struct Symptoms {
    survey: Survey,
    /// `min.insync.replicas` by topic.
    min_isr: BTreeMap<TopicName, usize>,
    quorum: Result<DescribeQuorumResponse, ClientError>,
}

pub(super) async fn run(console: &mut Console, admin: &Admin, form: Form) -> Outcome {
    let symptoms = gather(admin).await?;
    let findings = diagnose(&symptoms);
    let is_healthy = findings.iter().all(|finding| finding.level == Level::Note);
    match form {
        Form::Json => console.line(format!("{:#}", as_json(&symptoms, &findings, is_healthy))),
        Form::Table => print(console, &symptoms, &findings),
    }
    if is_healthy { Ok(()) } else { Err(Failure::Silent) }
}

async fn gather(admin: &Admin) -> Result<Symptoms, Failure> {
    let (survey, quorum) = join(Survey::take(admin), admin.describe_quorum()).await;
    let survey = survey?;
    let topics: Vec<ConfigResource> = survey
        .topics
        .keys()
        .map(|name| ConfigResource::new(ConfigResourceType::Topic, name.as_str()))
        .collect();
    let described = admin.describe_config(&topics, "min.insync.replicas").await?;
    let min_isr = described.into_iter().filter_map(|(topic, entry)| {
        Some((TopicName::new(topic.name), entry.value?.parse().ok()?))
    });
    Ok(Symptoms { min_isr: min_isr.collect(), survey, quorum })
}

/// Everything there is to say, the worst first.
fn diagnose(symptoms: &Symptoms) -> Vec<Finding> {
    let mut findings = quorum::judge(&symptoms.quorum, &symptoms.survey);
    findings.extend(without_leader(&symptoms.survey));
    findings.extend(below_min_isr(symptoms));
    findings.extend(missing_brokers(&symptoms.survey));
    findings.extend(out_of_sync(&symptoms.survey));
    findings.extend(directories(&symptoms.survey));
    findings.extend(moving(&symptoms.survey));
    findings.sort_by_key(|finding| finding.level);
    findings
}

/// Every partition with its name.
fn partitions(survey: &Survey) -> impl Iterator<Item = (TopicPartition, &PartitionDescription)> {
    survey.topics.values().flat_map(|topic| {
        topic
            .partitions
            .iter()
            .map(|partition| (TopicPartition::new(topic.name.clone(), partition.index), partition))
    })
}

fn names(partitions: &[TopicPartition]) -> Vec<String> {
    partitions.iter().map(ToString::to_string).collect()
}

/// `1 partition`, `2 partitions`.
fn count(number: usize, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}

fn list<T: ToString>(items: impl IntoIterator<Item = T>, last: &str) -> String {
    let items: Vec<String> = items.into_iter().map(|item| item.to_string()).collect();
    match items.split_last() {
        None => String::new(),
        Some((only, [])) => only.clone(),
        Some((end, rest)) => format!("{} {last} {end}", rest.join(", ")),
    }
}

/// Partitions nobody leads, by who would have to come back.
fn without_leader(survey: &Survey) -> Vec<Finding> {
    let mut waiting: BTreeMap<BTreeSet<BrokerId>, Vec<TopicPartition>> = BTreeMap::new();
    for (name, partition) in partitions(survey).filter(|(_, found)| found.leader.is_none()) {
        let eligible = partition.eligible_leader_replicas.iter().flatten();
        let mut needed: BTreeSet<BrokerId> =
            partition.isr.iter().chain(eligible).copied().collect();
        if needed.is_empty() {
            needed.extend(partition.last_known_eligible.iter().flatten());
        }
        waiting.entry(needed).or_default().push(name);
    }
    waiting
        .into_iter()
        .map(|(needed, found)| {
            let what = format!(
                "{} without a leader: nobody can read or write; {}",
                count(found.len(), "partition"),
                match needed.len() {
                    0 => "no replica is known to have every record".to_owned(),
                    _ => format!(
                        "only broker {} has every acknowledged record",
                        list(&needed, "or")
                    ),
                }
            );
            let bring = match needed.len() {
                0 => "start the brokers of its replicas".to_owned(),
                _ => format!("start broker {}", list(&needed, "or")),
            };
            let remedy = format!(
                "{bring}; if that is lost for good, `kafka-leader-election --election-type unclean` makes another replica the leader and gives up the records that only the lost one had"
            );
            Finding::new(Level::Critical, what, remedy).about(names(&found))
        })
        .collect()
}

/// Partitions that refuse acks=all, and topics that always will.
fn below_min_isr(symptoms: &Symptoms) -> Vec<Finding> {
    let mut refusing = Vec::new();
    let mut findings = Vec::new();
    for topic in symptoms.survey.topics.values() {
        let Some(wanted) = symptoms.min_isr.get(&topic.name).copied() else { continue };
        let most = topic.partitions.iter().map(|found| found.replicas.len()).max().unwrap_or(0);
        if wanted > most {
            findings.push(Finding::new(
                Level::Critical,
                format!(
                    "topic {} wants {wanted} in-sync replicas but has {most}: acks=all is always refused",
                    topic.name
                ),
                format!(
                    "lower `min.insync.replicas` of the topic (`keld config set topic:{0} min.insync.replicas={most}`), or give it more replicas",
                    topic.name
                ),
            ));
            continue;
        }
        let below = topic.partitions.iter().filter(|found| {
            found.leader.is_some() && found.isr.len() < wanted.min(found.replicas.len())
        });
        refusing.extend(below.map(|found| TopicPartition::new(topic.name.clone(), found.index)));
    }
    if !refusing.is_empty() {
        findings.push(
            Finding::new(
                Level::Critical,
                format!(
                    "{} below min.insync.replicas: producers with acks=all are refused",
                    count(refusing.len(), "partition")
                ),
                "bring the missing replicas back; what keeps each out is said below",
            )
            .about(names(&refusing)),
        );
    }
    findings
}

/// Replicas that should be in sync and are not: by broker, with partitions that are being added
/// left out.
fn lacking(survey: &Survey) -> BTreeMap<BrokerId, Vec<(TopicPartition, &PartitionDescription)>> {
    let mut lacking: BTreeMap<BrokerId, Vec<_>> = BTreeMap::new();
    for (name, partition) in partitions(survey) {
        let adding = survey.reassignment(&name).map(|moving| moving.adding.as_slice());
        let adding = adding.unwrap_or_default();
        for replica in &partition.replicas {
            if !partition.isr.contains(replica) && !adding.contains(replica) {
                lacking.entry(*replica).or_default().push((name.clone(), partition));
            }
        }
    }
    lacking
}

/// Brokers that are fenced, or hold replicas without being registered.
fn missing_brokers(survey: &Survey) -> Vec<Finding> {
    let lacking = lacking(survey);
    let holders = partitions(survey).flat_map(|(_, partition)| &partition.replicas).copied();
    let known = survey.brokers.iter().map(|(id, broker)| (*id, broker.is_fenced));
    let mut missing: BTreeMap<BrokerId, bool> = known.filter(|(_, fenced)| *fenced).collect();
    missing.extend(holders.filter(|id| !survey.brokers.contains_key(id)).map(|id| (id, false)));
    missing
        .into_iter()
        .map(|(id, is_registered)| {
            let affected: Vec<TopicPartition> = lacking
                .get(&id)
                .map(|found| found.iter().map(|(name, _)| name.clone()).collect())
                .unwrap_or_default();
            let state = if is_registered {
                "is fenced (registered, but the controller does not hear from it: it is stopped, cut off, starting, or shutting down)"
            } else {
                "is not registered"
            };
            let effect = match affected.len() {
                0 => "no partition misses it".to_owned(),
                number => format!("its replicas of {} are out of sync", count(number, "partition")),
            };
            let what = format!("broker {id} {state}; {effect}");
            let remedy = format!(
                "start it, or look into its log; if it is gone for good: `keld cluster drain {id}`, then `kafka-cluster unregister --id {id}`"
            );
            Finding::new(Level::Warning, what, remedy).about(names(&affected))
        })
        .collect()
}

/// Replicas out of sync though their brokers live.
fn out_of_sync(survey: &Survey) -> Vec<Finding> {
    let sizes = survey.sizes();
    let mut findings = Vec::new();
    let living = |id: &BrokerId| survey.brokers.get(id).is_some_and(|broker| !broker.is_fenced);
    for (id, found) in lacking(survey).into_iter().filter(|(id, _)| living(id)) {
        let (failed, behind): (Vec<_>, Vec<_>) =
            found.into_iter().partition(|(_, partition)| partition.offline.contains(&id));
        if !failed.is_empty() {
            let affected: Vec<String> = failed.iter().map(|(name, _)| name.to_string()).collect();
            findings.push(
                Finding::new(
                    Level::Warning,
                    format!(
                        "{} of broker {id} offline though the broker lives: the log directory failed",
                        count(failed.len(), "replica")
                    ),
                    format!("repair the disk and restart broker {id}, or move the replicas away: `keld cluster drain {id}`"),
                )
                .about(affected),
            );
        }
        // Nobody can be behind a leader that is not there.
        let behind: Vec<_> =
            behind.into_iter().filter(|(_, partition)| partition.leader.is_some()).collect();
        if behind.is_empty() {
            continue;
        }
        let lag = |name: &TopicPartition, partition: &PartitionDescription| -> Option<u64> {
            let leader = sizes.get(&(name.clone(), partition.leader?))?;
            let replica = sizes.get(&(name.clone(), id)).copied().unwrap_or(0);
            Some(leader.saturating_sub(replica))
        };
        let lags: Vec<(String, Option<u64>)> = behind
            .iter()
            .map(|(name, partition)| (name.to_string(), lag(name, partition)))
            .collect();
        let total: u64 = lags.iter().filter_map(|(_, lag)| *lag).sum();
        let affected = lags
            .into_iter()
            .map(|(name, lag)| match lag {
                Some(bytes) if bytes > 0 => format!("{name} by {}", HumanBytes(bytes)),
                Some(_) | None => name,
            })
            .collect();
        let behind = count(behind.len(), "partition");
        let what = match total {
            0 => format!(
                "broker {id} is not in the ISR of {behind}, though its logs are as long as the leaders': it has just started, or is about to join"
            ),
            bytes => format!(
                "broker {id} lags behind the leaders of {behind}, by about {} in all (sizes of the logs)",
                HumanBytes(bytes)
            ),
        };
        findings.push(
            Finding::new(
                Level::Warning,
                what,
                format!(
                    "it joins the ISR again by itself once it has caught up; if that does not come, look at disk, network and log of broker {id}, and whether a throttle (`follower.replication.throttled.rate`) is left there"
                ),
            )
            .about(affected),
        );
    }
    findings
}

/// Log directories that failed, are nearly full, or are cordoned, and brokers that do not tell.
fn directories(survey: &Survey) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (id, directories) in &survey.directories {
        let directories = match directories {
            Ok(directories) => directories,
            Err(error) => {
                findings.push(Finding::new(
                    Level::Warning,
                    format!("broker {id} does not answer: {error}"),
                    format!("check that broker {id} runs and that its advertised address can be reached from here"),
                ));
                continue;
            }
        };
        for directory in directories {
            let path = &*directory.log_dir;
            if !directory.error_code.is_none() {
                findings.push(Finding::new(
                    Level::Warning,
                    format!("log directory {path} of broker {id} is offline ({})", directory.error_code),
                    format!("repair the disk and restart broker {id}; until then its replicas there are out of sync"),
                ));
            } else if directory.is_cordoned {
                let held = survey::replicas(directory).count();
                findings.push(Finding::new(
                    Level::Note,
                    format!(
                        "log directory {path} of broker {id} is cordoned: it keeps {} and gets no new ones",
                        count(held, "replica")
                    ),
                    "take it out of `cordoned.log.dirs` when it shall be used again",
                ));
            }
            let free = directory.usable_bytes.saturating_mul(100);
            let is_known = directory.total_bytes > 0 && directory.usable_bytes >= 0;
            if is_known && free < directory.total_bytes.saturating_mul(FREE_PERCENT_MIN) {
                findings.push(Finding::new(
                    Level::Warning,
                    format!(
                        "the volume of {path} of broker {id} has {} of {} left",
                        HumanBytes(u64::try_from(directory.usable_bytes).unwrap_or(0)),
                        HumanBytes(u64::try_from(directory.total_bytes).unwrap_or(0)),
                    ),
                    "shorten the retention of the largest topics (`retention.ms`, `retention.bytes`), add space, or move replicas away: `keld cluster rebalance`",
                ));
            }
        }
    }
    findings
}

/// Reassignments and leaders that are not the preferred ones.
fn moving(survey: &Survey) -> Vec<Finding> {
    let mut findings = Vec::new();
    if let Ok(reassignments) = &survey.reassignments
        && !reassignments.is_empty()
    {
        let under_way: Vec<TopicPartition> = reassignments.keys().cloned().collect();
        findings.push(
            Finding::new(
                Level::Note,
                format!("{} being reassigned", count(under_way.len(), "partition")),
                "`kafka-reassign-partitions --list` shows them",
            )
            .about(names(&under_way)),
        );
    }
    let elsewhere: Vec<TopicPartition> = partitions(survey)
        .filter(|(_, partition)| {
            let preferred = partition.replicas.first();
            preferred.is_some_and(|first| {
                partition.leader.is_some_and(|leader| leader != *first)
                    && partition.isr.contains(first)
            })
        })
        .map(|(name, _)| name)
        .collect();
    if !elsewhere.is_empty() {
        findings.push(
            Finding::new(
                Level::Note,
                format!(
                    "{} led by another replica than the preferred one",
                    count(elsewhere.len(), "partition")
                ),
                "the controller balances leaders from time to time; at once: `kafka-leader-election --election-type preferred --all-topic-partitions`",
            )
            .about(names(&elsewhere)),
        );
    }
    findings
}

/// Figures for the head of the report.
fn figures(symptoms: &Symptoms) -> (usize, usize, usize, usize) {
    let survey = &symptoms.survey;
    let fenced = survey.brokers.values().filter(|broker| broker.is_fenced).count();
    (survey.brokers.len(), fenced, survey.topics.len(), partitions(survey).count())
}

fn print(console: &mut Console, symptoms: &Symptoms, findings: &[Finding]) {
    let number = |level| findings.iter().filter(|finding| finding.level == level).count();
    let (critical, warnings) = (number(Level::Critical), number(Level::Warning));
    let verdict = match (critical, warnings) {
        (0, 0) => "healthy".to_owned(),
        (0, warnings) => format!("not healthy: {}", count(warnings, "warning")),
        (critical, 0) => format!("not healthy: {critical} critical"),
        (critical, warnings) => {
            format!("not healthy: {critical} critical, {}", count(warnings, "warning"))
        }
    };
    console.line(format!("cluster {} is {verdict}", symptoms.survey.cluster_id));
    let (brokers, fenced, topics, partitions) = figures(symptoms);
    let fenced = if fenced == 0 { String::new() } else { format!(" ({fenced} fenced)") };
    console.line(format!(
        "{}{fenced}, {}, {}, {}",
        count(brokers, "broker"),
        count(topics, "topic"),
        count(partitions, "partition"),
        quorum::summary(&symptoms.quorum)
    ));
    for finding in findings {
        console.line("");
        console.line(format!("{:<9} {}", finding.level.name(), finding.what));
        if let Some(named) = finding.partitions.get(..NAMED_MAX.min(finding.partitions.len()))
            && !named.is_empty()
        {
            let more = finding.partitions.len() - named.len();
            let more = if more == 0 { String::new() } else { format!(" and {more} more") };
            console.line(format!("{:9} {}{more}", "", named.join(", ")));
        }
        console.line(format!("{:9} do: {}", "", finding.remedy));
    }
}

fn as_json(symptoms: &Symptoms, findings: &[Finding], is_healthy: bool) -> Value {
    let (brokers, fenced, topics, partitions) = figures(symptoms);
    let findings: Vec<Value> = findings
        .iter()
        .map(|finding| {
            json!({
                "level": finding.level.name(),
                "what": finding.what,
                "do": finding.remedy,
                "partitions": finding.partitions,
            })
        })
        .collect();
    json!({
        "healthy": is_healthy,
        "cluster_id": symptoms.survey.cluster_id,
        "brokers": brokers,
        "fenced": fenced,
        "topics": topics,
        "partitions": partitions,
        "quorum": quorum::as_json(&symptoms.quorum),
        "findings": findings,
    })
}
