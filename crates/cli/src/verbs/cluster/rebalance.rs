//! `keld cluster rebalance`: moves replicas and leaders until brokers hold about as much each.

use std::collections::BTreeSet;

use clap::Args;
use keld_env::Env;
use keld_types::BrokerId;

use super::carry::Carrier;
use super::drain::under_way;
use super::plan::{self, Layout};
use super::report::{self, Plan};
use super::survey::Survey;
use crate::console::Console;
use crate::failure::Outcome;
use crate::output::Form;
use crate::verbs::{Connect, Shown};

#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  keld cluster rebalance                       # shows what would be moved\n  keld cluster rebalance --execute --throttle 50000000\n\nReplicas go from brokers that hold much, by number and by bytes, to brokers that hold little, with\nas few moves as that takes; every partition keeps its number of replicas and of racks.\nRun it again after an interruption: it goes on where it was."
)]
pub(in crate::verbs) struct Rebalance {
    /// Show what would be done; so it is when nothing is said.
    #[arg(long, conflicts_with = "execute")]
    dry_run: bool,
    /// Do it.
    #[arg(long)]
    execute: bool,
    /// Copy at most so many bytes a second at each broker.
    #[arg(long, value_name = "BYTES", value_parser = clap::value_parser!(u64).range(1..))]
    throttle: Option<u64>,
    #[command(flatten)]
    connect: Connect,
    #[command(flatten)]
    shown: Shown,
}

pub(super) async fn run(console: &mut Console, env: &Env, rebalance: Rebalance) -> Outcome {
    let admin = rebalance.connect.admin(env)?;
    let form = rebalance.shown.form();
    let survey = Survey::take(&admin).await?;
    survey.check_for_planning()?;
    let layout = Layout::of(&survey);
    let begun = under_way(&survey, |_| true);
    let mut plan =
        Plan { layout: &layout, leaders: Vec::new(), moves: begun, throttle: rebalance.throttle };
    let moving: BTreeSet<_> = plan.moves.iter().map(|change| change.partition.clone()).collect();
    // What moves already is moved again only by the next run.
    let fresh = plan::rebalance(&layout);
    plan.moves.extend(fresh.into_iter().filter(|change| !moving.contains(&change.partition)));
    if plan.is_empty() && form == Form::Table {
        console.line("the brokers hold and lead about as much each: nothing to do");
    }
    if !rebalance.execute {
        plan.print(console, form);
        if !plan.is_empty() && form == Form::Table {
            console.line("nothing was changed; `--execute` does it");
        }
        return Ok(());
    }
    if plan.is_empty() && rebalance.throttle.is_none() {
        if form == Form::Json {
            plan.print(console, form);
        }
        return Ok(());
    }
    if form == Form::Table {
        console.line(plan.summary());
        console.flush();
    }
    let living = survey.brokers.iter().filter(|(_, broker)| !broker.is_fenced);
    let living: BTreeSet<BrokerId> = living.map(|(id, _)| *id).collect();
    let carrier = Carrier { env, admin: &admin, living, throttle: rebalance.throttle };
    let carried = carrier.carry(console, &plan.moves).await?;
    report::outcome(console, form, &carried)
}
