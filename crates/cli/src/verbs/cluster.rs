//! `keld cluster`: brokers, the quorum, features, directories; whether all is well; emptying and
//! evening out brokers.

mod carry;
mod drain;
mod health;
mod plan;
mod rebalance;
mod report;
mod survey;

use clap::Subcommand;
use keld_env::Env;
use serde_json::json;

use super::{Connect, Shown};
use crate::console::Console;
use crate::failure::Outcome;
use crate::output::{Form, Rows};

pub(super) const EXAMPLES: &str = "\
Examples:
  keld cluster health
  keld cluster drain 3 --dry-run
  keld cluster rebalance --execute --throttle 50000000
  keld cluster info
  keld cluster quorum
  keld cluster features -o json
  keld cluster dirs";

const HEALTH_EXAMPLES: &str = "\
Examples:
  keld cluster health
  keld cluster health --json | jq .findings
  until keld cluster health -b broker-1:9092 >/dev/null; do sleep 5; done";

/// How long a broker or a controller may take to answer before its silence is the finding.
const HEALTH_PATIENCE: [(&str, &str); 2] =
    [("default.api.timeout.ms", "10000"), ("request.timeout.ms", "5000")];

#[derive(Debug, Subcommand)]
pub(super) enum Cluster {
    /// Say what is wrong and what to do about it; exit status 0 means healthy.
    #[command(after_help = HEALTH_EXAMPLES)]
    Health {
        #[command(flatten)]
        connect: Connect,
        #[command(flatten)]
        shown: Shown,
    },
    /// Move everything off a broker: leaders first, then replicas.
    Drain(drain::Drain),
    /// Move replicas and leaders until brokers hold about as much each.
    Rebalance(rebalance::Rebalance),
    /// Show the cluster's id and brokers.
    Info {
        #[command(flatten)]
        connect: Connect,
        #[command(flatten)]
        shown: Shown,
    },
    /// Show the voters and observers of the metadata quorum.
    Quorum {
        #[command(flatten)]
        connect: Connect,
        #[command(flatten)]
        shown: Shown,
    },
    /// Show feature levels.
    Features {
        #[command(flatten)]
        connect: Connect,
        #[command(flatten)]
        shown: Shown,
    },
    /// Show the log directories of all brokers.
    Dirs {
        #[command(flatten)]
        connect: Connect,
        #[command(flatten)]
        shown: Shown,
    },
}

pub(super) async fn run(console: &mut Console, env: &Env, verb: Cluster) -> Outcome {
    let (rows, shown) = match verb {
        Cluster::Health { connect, shown } => {
            let admin = connect.admin_with(env, &HEALTH_PATIENCE)?;
            return health::run(console, &admin, shown.form()).await;
        }
        Cluster::Drain(verb) => return drain::run(console, env, verb).await,
        Cluster::Rebalance(verb) => return rebalance::run(console, env, verb).await,
        Cluster::Info { connect, shown } => {
            let cluster = connect.admin(env)?.describe_cluster(true).await?;
            let mut rows = Rows::new(&["broker", "host", "port", "rack", "fenced", "controller"]);
            for broker in &cluster.brokers {
                rows.push(vec![
                    json!(broker.broker_id),
                    json!(&*broker.host),
                    json!(broker.port),
                    json!(broker.rack.as_deref()),
                    json!(broker.is_fenced),
                    json!(broker.broker_id == cluster.controller_id),
                ]);
            }
            if shown.form() == Form::Table {
                console.line(format!("cluster {}", &*cluster.cluster_id));
            }
            (rows, shown)
        }
        Cluster::Quorum { connect, shown } => {
            let quorum = connect.admin(env)?.describe_quorum().await?;
            let mut rows =
                Rows::new(&["node", "role", "leader", "epoch", "end_offset", "high_watermark"]);
            for partition in quorum.topics.iter().flat_map(|topic| &topic.partitions) {
                let voters = partition.current_voters.iter().map(|state| (state, "voter"));
                let observers = partition.observers.iter().map(|state| (state, "observer"));
                for (state, role) in voters.chain(observers) {
                    rows.push(vec![
                        json!(state.replica_id),
                        json!(role),
                        json!(state.replica_id == partition.leader_id),
                        json!(partition.leader_epoch),
                        json!(state.log_end_offset),
                        json!(partition.high_watermark),
                    ]);
                }
            }
            (rows, shown)
        }
        Cluster::Features { connect, shown } => {
            let versions = connect.admin(env)?.describe_features(None).await?;
            let mut rows = Rows::new(&["feature", "supported_min", "supported_max", "finalized"]);
            for feature in &versions.supported_features {
                let finalized =
                    versions.finalized_features.iter().find(|found| found.name == feature.name);
                rows.push(vec![
                    json!(&*feature.name),
                    json!(feature.min_version),
                    json!(feature.max_version),
                    json!(finalized.map_or(0, |found| found.max_version_level)),
                ]);
            }
            (rows, shown)
        }
        Cluster::Dirs { connect, shown } => {
            let brokers = connect.admin(env)?.describe_log_dirs(&[], None).await?;
            let mut rows = Rows::new(&[
                "broker",
                "directory",
                "error",
                "replicas",
                "bytes",
                "usable",
                "total",
            ]);
            for (broker, dirs) in brokers {
                for dir in dirs {
                    let replicas = || dir.topics.iter().flat_map(|topic| &topic.partitions);
                    let bytes: i64 = replicas()
                        .fold(0, |sum, replica| sum.saturating_add(replica.partition_size));
                    rows.push(vec![
                        json!(broker.get()),
                        json!(&*dir.log_dir),
                        json!((!dir.error_code.is_none()).then(|| dir.error_code.to_string())),
                        json!(replicas().count()),
                        json!(bytes),
                        json!(dir.usable_bytes),
                        json!(dir.total_bytes),
                    ]);
                }
            }
            (rows, shown)
        }
    };
    rows.print(console, shown.form());
    Ok(())
}
