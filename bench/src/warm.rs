//! Load before the first measurement, so that a JVM has compiled what will be measured.

use std::time::Duration;

use crate::admin::Admin;
use crate::arena::run_client;
use crate::cluster::Cluster;
use crate::scenario::Plan;
use crate::server::now;
use crate::subject::Program;
use crate::tools::Tools;

/// How long Kafka is warmed; the others have nothing to compile.
const KAFKA: Duration = Duration::from_secs(32);
const KAFKA_QUICK: Duration = Duration::from_secs(6);

/// Of a cluster each node compiles for itself, on the same two processors.
const KAFKA_CLUSTER: Duration = Duration::from_secs(60);

/// Topics of the warming, made anew each time so that they stay small.
const TOPIC: &str = "warming";

/// Produces and consumes small and large batches until the time is over; a server that needs no
/// time is asked once.
pub(crate) fn up(cluster: &Cluster, tools: &Tools, plan: Plan) -> anyhow::Result<()> {
    let time = match cluster.program() {
        Program::Ceiling => return Ok(()),
        Program::Keld => Duration::ZERO,
        Program::Kafka | Program::KafkaTuned if plan.quick => KAFKA_QUICK,
        Program::Kafka | Program::KafkaTuned if cluster.nodes().len() > 1 => KAFKA_CLUSTER,
        Program::Kafka | Program::KafkaTuned => KAFKA,
    };
    eprintln!("  warming {} for {} s", cluster.program().name(), time.as_secs());
    let began = now();
    let mut round = 0;
    loop {
        let topic = format!("{TOPIC}-{round}");
        Admin::connect(cluster.address())?.create_topic(&topic, 4, cluster.replicas(), &[])?;
        let sizes = [("1024", "65536"), ("1024", "1000000"), ("100", "16384")];
        for (size, batch) in sizes {
            let mut produce = tools.client("produce", cluster.address(), &topic);
            produce.args(["--partitions", "4", "--records", "100000", "--size", size]);
            produce.args([
                "-X",
                "acks=1",
                "-X",
                "linger.ms=5",
                "-X",
                &format!("batch.size={batch}"),
            ]);
            run_client(produce)?;
        }
        let mut consume = tools.client("consume", cluster.address(), &topic);
        consume.args(["--partitions", "4", "--records", "300000"]);
        run_client(consume)?;
        let mut single = tools.client("produce", cluster.address(), &topic);
        single.args(["--partitions", "4", "--records", "20000", "--size", "100"]);
        single.args(["-X", "acks=all", "-X", "linger.ms=0", "-X", "batch.num.messages=1"]);
        run_client(single)?;
        Admin::connect(cluster.address())?.delete_topic(&topic)?;
        round += 1;
        if began.elapsed() >= time {
            return Ok(());
        }
    }
}
