//! `keld group`: consumer groups, their members, offsets and lag.

use std::collections::BTreeMap;

use clap::{Args, Subcommand};
use keld_client::{Admin, GroupOffset, OffsetSpec};
use keld_env::Env;
use keld_types::{GroupId, IsolationLevel, LeaderEpoch, Offset, TopicName, TopicPartition};
use serde_json::json;

use super::{Connect, Shown};
use crate::console::Console;
use crate::failure::{Failure, Outcome};
use crate::output::Rows;
use crate::scripts::{parse_datetime, parse_duration};
use crate::shared::{topic_name, words};

pub(super) const EXAMPLES: &str = "\
Examples:
  keld group list
  keld group lag billing
  keld group members billing -o json
  keld group reset billing -t orders --to earliest           # shows what would change
  keld group reset billing -t orders --to 2026-05-01T00:00:00 --execute
  keld group delete billing";

#[derive(Debug, Subcommand)]
pub(super) enum Group {
    /// List groups with their states.
    List {
        #[command(flatten)]
        connect: Connect,
        #[command(flatten)]
        shown: Shown,
    },
    /// Show offsets and lag by partition.
    Lag {
        /// The group.
        group: String,
        #[command(flatten)]
        connect: Connect,
        #[command(flatten)]
        shown: Shown,
    },
    /// Show members and what they read.
    Members {
        /// The group.
        group: String,
        #[command(flatten)]
        connect: Connect,
        #[command(flatten)]
        shown: Shown,
    },
    /// Set the offsets of a group without members; shows them unless `--execute` is there.
    Reset(Reset),
    /// Delete groups without members.
    Delete {
        /// The groups.
        #[arg(required = true)]
        groups: Vec<String>,
        #[command(flatten)]
        connect: Connect,
    },
}

#[derive(Debug, Args)]
pub(super) struct Reset {
    /// The group.
    group: String,
    /// Topics; all that the group has offsets of when left out.
    #[arg(short, long)]
    topic: Vec<String>,
    /// earliest, latest, an offset, a time (2026-05-01T00:00:00), or so long ago (-P1D).
    #[arg(long, allow_hyphen_values = true)]
    to: String,
    /// Set the offsets.
    #[arg(long)]
    execute: bool,
    #[command(flatten)]
    connect: Connect,
    #[command(flatten)]
    shown: Shown,
}

pub(super) async fn run(console: &mut Console, env: &Env, verb: Group) -> Outcome {
    match verb {
        Group::List { connect, shown } => {
            let mut rows = Rows::new(&["group", "state", "type", "protocol"]);
            for group in connect.admin(env)?.list_groups(&[], &[]).await? {
                rows.push(vec![
                    json!(group.group.as_str()),
                    json!(group.state),
                    json!(group.group_type),
                    json!(group.protocol_type),
                ]);
            }
            rows.print(console, shown.form());
            Ok(())
        }
        Group::Lag { group, connect, shown } => {
            lag(console, &connect.admin(env)?, &GroupId::new(group), &shown).await
        }
        Group::Members { group, connect, shown } => {
            members(console, &connect.admin(env)?, &GroupId::new(group), &shown).await
        }
        Group::Reset(reset) => {
            let admin = reset.connect.admin(env)?;
            run_reset(console, env, &admin, &reset).await
        }
        Group::Delete { groups, connect } => {
            let groups: Vec<GroupId> = groups.into_iter().map(GroupId::new).collect();
            let mut outcome = Ok(());
            for (group, result) in connect.admin(env)?.delete_groups(&groups).await? {
                match result {
                    Ok(()) => console.line(format!("deleted group {group}")),
                    Err(error) => {
                        outcome = Err(Failure::failed(format!("group {group}: {}", words(&error)))
                            .with_hint(error.advice().unwrap_or("see `keld group list`")));
                    }
                }
            }
            outcome
        }
    }
}

type Offsets = BTreeMap<TopicPartition, i64>;

async fn committed(admin: &Admin, group: &GroupId) -> Result<Offsets, Failure> {
    let offsets = admin.list_group_offsets(group, None).await?;
    Ok(offsets
        .into_iter()
        .filter_map(|(partition, result)| Some((partition, result.ok()?.offset.get())))
        .collect())
}

async fn listed(
    admin: &Admin,
    partitions: impl Iterator<Item = TopicPartition>,
    spec: OffsetSpec,
) -> Result<Offsets, Failure> {
    let wanted = partitions.map(|partition| (partition, spec)).collect();
    let found = admin.list_offsets(&wanted, IsolationLevel::ReadUncommitted).await?;
    Ok(found
        .into_iter()
        .filter_map(|(partition, result)| Some((partition, result.ok()?.offset.get())))
        .collect())
}

async fn lag(console: &mut Console, admin: &Admin, group: &GroupId, shown: &Shown) -> Outcome {
    let committed = committed(admin, group).await?;
    if committed.is_empty() {
        console.error(format!("group {group} has committed no offsets"));
    }
    let ends = listed(admin, committed.keys().cloned(), OffsetSpec::Latest).await?;
    let mut rows = Rows::new(&["topic", "partition", "committed", "end", "lag"]);
    for (partition, offset) in &committed {
        let end = ends.get(partition).copied();
        rows.push(vec![
            json!(partition.topic.as_str()),
            json!(partition.partition.get()),
            json!(offset),
            json!(end),
            json!(end.map(|end| end.saturating_sub(*offset).max(0))),
        ]);
    }
    rows.print(console, shown.form());
    Ok(())
}

async fn members(console: &mut Console, admin: &Admin, group: &GroupId, shown: &Shown) -> Outcome {
    let mut rows = Rows::new(&["member", "instance", "client", "host", "partitions", "assignment"]);
    for result in admin.describe_groups(std::slice::from_ref(group)).await?.into_values() {
        let description = result.map_err(|error| {
            Failure::failed(words(&error))
                .with_hint(error.advice().unwrap_or("see `keld group list`"))
        })?;
        for member in description.members {
            let assignment: Vec<String> =
                member.assignment.iter().map(TopicPartition::to_string).collect();
            rows.push(vec![
                json!(member.member_id),
                json!(member.instance_id),
                json!(member.client_id),
                json!(member.host),
                json!(assignment.len()),
                json!(assignment),
            ]);
        }
    }
    rows.print(console, shown.form());
    Ok(())
}

async fn run_reset(console: &mut Console, env: &Env, admin: &Admin, reset: &Reset) -> Outcome {
    let group = GroupId::new(reset.group.as_str());
    let current = committed(admin, &group).await?;
    let topics: Vec<TopicName> =
        reset.topic.iter().map(|name| topic_name(name)).collect::<Result<_, _>>()?;
    let mut partitions: Vec<TopicPartition> = Vec::new();
    for (name, result) in admin.describe_topics(&topics).await? {
        let topic =
            result.map_err(|error| Failure::failed(format!("topic {name}: {}", words(&error))))?;
        let indexes = topic.partitions.iter();
        partitions.extend(indexes.map(|found| TopicPartition::new(name.clone(), found.index)));
    }
    if topics.is_empty() {
        partitions = current.keys().cloned().collect();
    }
    if partitions.is_empty() {
        return Err(Failure::failed(format!("group {group} has committed no offsets"))
            .with_hint("name topics with --topic"));
    }
    let wanted = target(env, admin, &partitions, &reset.to).await?;
    let mut rows = Rows::new(&["topic", "partition", "from", "to"]);
    for (partition, offset) in &wanted {
        rows.push(vec![
            json!(partition.topic.as_str()),
            json!(partition.partition.get()),
            json!(current.get(partition)),
            json!(offset),
        ]);
    }
    if reset.execute {
        let offsets = wanted
            .iter()
            .map(|(partition, offset)| {
                let offset = GroupOffset {
                    offset: Offset::new(*offset),
                    leader_epoch: LeaderEpoch::NONE,
                    metadata: String::new(),
                };
                (partition.clone(), offset)
            })
            .collect();
        for (partition, result) in admin.alter_group_offsets(&group, &offsets).await? {
            result.map_err(|error| {
                Failure::failed(format!("{partition}: {}", words(&error)))
                    .with_hint("offsets can be set only while the group has no members")
            })?;
        }
    }
    rows.print(console, reset.shown.form());
    if !reset.execute {
        console.error("nothing was changed; add --execute to set these offsets");
    }
    Ok(())
}

async fn target(
    env: &Env,
    admin: &Admin,
    partitions: &[TopicPartition],
    to: &str,
) -> Result<Offsets, Failure> {
    let all = || partitions.iter().cloned();
    let ago = to.strip_prefix('-').and_then(parse_duration);
    let spec = match to {
        "earliest" => OffsetSpec::Earliest,
        "latest" => OffsetSpec::Latest,
        _ if ago.is_some() => OffsetSpec::Timestamp(env.clock.wall_ms() - ago.unwrap_or_default()),
        _ => match to.parse::<i64>() {
            Ok(offset) => {
                let starts = listed(admin, all(), OffsetSpec::Earliest).await?;
                let ends = listed(admin, all(), OffsetSpec::Latest).await?;
                let bounded = |partition: TopicPartition| {
                    let low = starts.get(&partition).copied().unwrap_or(offset);
                    let high = ends.get(&partition).copied().unwrap_or(offset);
                    (partition, offset.min(high).max(low))
                };
                return Ok(all().map(bounded).collect());
            }
            Err(_) => OffsetSpec::Timestamp(parse_datetime(to).map_err(|_| {
                Failure::usage(format!("`{to}` is no place to reset to")).with_hint("")
            })?),
        },
    };
    let mut found = listed(admin, all(), spec).await?;
    let none: Vec<TopicPartition> = found
        .iter()
        .filter(|(_, offset)| **offset < 0)
        .map(|(partition, _)| partition.clone())
        .collect();
    found.extend(listed(admin, none.into_iter(), OffsetSpec::Latest).await?);
    Ok(found)
}
