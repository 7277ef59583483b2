//! `keld cluster drain NODE`: leaders away first, then replicas, until a broker holds nothing.
//!
//! Everything that could make it fail halfway is checked before anything changes. The state of a
//! drain is where the replicas are, so a second run goes on where the first one ended.

use std::collections::BTreeSet;

use clap::Args;
use keld_env::Env;
use keld_types::BrokerId;

use super::carry::Carrier;
use super::plan::{self, Layout, Move};
use super::report::{self, Plan};
use super::survey::Survey;
use crate::console::Console;
use crate::failure::{Failure, Outcome};
use crate::output::Form;
use crate::verbs::{Connect, Shown};

#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  keld cluster drain 3 --dry-run\n  keld cluster drain 3 --throttle 50000000\n  keld cluster drain 3 --leaders-only        # before maintenance\n\nRun it again after an interruption: it goes on where it was.\nThe broker gets new replicas again until it is stopped, unless `cordoned.log.dirs=*` is in its\nserver.properties. To fill it again: keld cluster rebalance --execute"
)]
pub(in crate::verbs) struct Drain {
    /// The broker's id; it may be dead, then its replicas are made anew elsewhere.
    node: i32,
    /// Move the leaders only: nothing is copied, the replicas stay.
    #[arg(long)]
    leaders_only: bool,
    /// Copy at most so many bytes a second at each broker.
    #[arg(long, value_name = "BYTES", value_parser = clap::value_parser!(u64).range(1..))]
    throttle: Option<u64>,
    /// Show what would be done, and how long it may take.
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    connect: Connect,
    #[command(flatten)]
    shown: Shown,
}

pub(super) async fn run(console: &mut Console, env: &Env, drain: Drain) -> Outcome {
    let admin = drain.connect.admin(env)?;
    let (node, form) = (BrokerId::new(drain.node), drain.shown.form());
    let survey = Survey::take(&admin).await?;
    survey.check_for_planning()?;
    check_known(&survey, node)?;
    let layout = Layout::of(&survey);
    let leaders = plan::leaders_away(&layout, node);
    let layout_then = layout.after(&leaders);
    let mut plan = Plan { layout: &layout, leaders, moves: Vec::new(), throttle: drain.throttle };
    if !drain.leaders_only {
        plan.moves = under_way(&survey, |moving| moving.removing.contains(&node));
        let moves = plan::drain(&layout_then, node).map_err(|error| {
            Failure::failed(format!("broker {node} cannot be drained: {error}")).with_hint(
                "add a broker first, or lower the topic's replication factor with `kafka-reassign-partitions`; nothing was changed",
            )
        })?;
        plan.moves.extend(moves);
    }
    if drain.dry_run {
        plan.print(console, form);
        if form == Form::Table && plan.is_empty() {
            console.line(nothing_left(node, drain.leaders_only));
        }
        return Ok(());
    }
    if plan.is_empty() && drain.throttle.is_none() {
        if form == Form::Table {
            console.line(nothing_left(node, drain.leaders_only));
        } else {
            plan.print(console, form);
        }
        return Ok(());
    }
    let living = survey.brokers.iter().filter(|(_, broker)| !broker.is_fenced);
    let living: BTreeSet<BrokerId> = living.map(|(id, _)| *id).collect();
    if form == Form::Table {
        console.line(plan.summary());
        console.flush();
    }
    let unthrottled = Carrier { env, admin: &admin, living: living.clone(), throttle: None };
    let leaders = unthrottled.carry(console, &plan.leaders).await?;
    let carrier = Carrier { env, admin: &admin, living, throttle: drain.throttle };
    let mut carried = carrier.carry(console, &plan.moves).await?;
    carried.moved += leaders.moved;
    carried.took += leaders.took;
    carried.failed.extend(leaders.failed);
    report::outcome(console, form, &carried)?;
    if form == Form::Table {
        console.line(nothing_left(node, drain.leaders_only));
    }
    Ok(())
}

fn nothing_left(node: BrokerId, leaders_only: bool) -> String {
    if leaders_only {
        format!("broker {node} leads nothing that another in-sync replica could lead")
    } else {
        format!(
            "broker {node} holds no replicas: stop it, then `kafka-cluster unregister --id {node}`; if it is a quorum voter too, `kafka-metadata-quorum remove-controller` first"
        )
    }
}

/// Reassignments that an earlier run, or somebody else, has begun: as moves, so that they are
/// waited for. Asking for what is already under way changes nothing.
pub(super) fn under_way(
    survey: &Survey,
    is_ours: impl Fn(&keld_client::Reassignment) -> bool,
) -> Vec<Move> {
    let sizes = survey.sizes();
    let reassignments = survey.reassignments.iter().flatten();
    reassignments
        .filter(|(_, moving)| is_ours(moving))
        .map(|(partition, moving)| {
            let stays = moving.replicas.iter().copied();
            let from: Vec<BrokerId> = stays.filter(|id| !moving.adding.contains(id)).collect();
            let held = from.iter().filter_map(|id| sizes.get(&(partition.clone(), *id)));
            let bytes = held.copied().max().unwrap_or(0);
            Move { partition: partition.clone(), from, to: moving.target(), bytes }
        })
        .collect()
}

fn check_known(survey: &Survey, node: BrokerId) -> Result<(), Failure> {
    let mut partitions = survey.topics.values().flat_map(|topic| &topic.partitions);
    if survey.brokers.contains_key(&node)
        || partitions.any(|partition| partition.replicas.contains(&node))
    {
        return Ok(());
    }
    let known: Vec<String> = survey.brokers.keys().map(ToString::to_string).collect();
    Err(Failure::failed(format!("there is no broker {node}"))
        .with_hint(format!("the brokers are {}", known.join(", "))))
}
