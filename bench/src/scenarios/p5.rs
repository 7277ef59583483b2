//! P5: reading what was written before, from the page cache and from the disk.

use std::time::Duration;

use super::support::{Beside, disk_mb_s, fill, forget, segments};
use crate::arena::{Arena, derive, run_client};
use crate::metric::Figures;
use crate::scenario::{Case, Comparison, Plan, Scenario, case};
use crate::server::now;
use crate::subject::Subject;

/// Catch-up reads.
pub(crate) const P5: Scenario = Scenario {
    id: "p5",
    title: "P5: reading what was written before",
    about: "One partition, one replica, records of 1,024 bytes in batches of 63, no compression. \
            Hot: the page cache has all of it; one consumer reads it again and again, the raw driver for three \
            seconds, librdkafka once. \
            Cold: the page cache forgets the segments before each of the passes, the raw driver asks for \
            1 MiB at a time, and beside it another raw driver produces 200 MB/s in batches of 63 KiB with acks=1 to another topic; \
            the latencies are those of the producer, from when a request was due. \
            The disk alone: the same files read by plain reads of 1 MiB, the better of right before and right after.",
    cases,
};

const READ: &[&str] = &["mb_s", "cpu_s_gb", "user_s_gb", "sys_s_gb", "client_s_gb", "p50_ms"];
const COLD: &[&str] =
    &["mb_s", "disk_mb_s", "of_disk", "p50_ms", "p99_ms", "p999_ms", "cpu_s", "rss_mb"];

/// Durability has no part in reading.
const COMPARED: [Comparison; 1] =
    [Comparison { ours: Subject::KeldReplicated, theirs: Subject::Kafka }];

/// Requests a second of the producer beside: 200 MB/s.
const BESIDE_RATE: u64 = 3_100;

fn cases(plan: Plan) -> Vec<Case> {
    let records = plan.amount(800_000);
    let bytes = records * 1024;
    let mut cases = Vec::new();
    for (name, size, throughput, cpu) in [
        ("hot, raw, 64 KiB", 65_536, 1.8, 0.4),
        ("hot, raw, 1 MiB", 1 << 20, 1.0, 0.85),
        ("hot, raw, 8 MiB", 8 << 20, 1.0, 1.0),
    ] {
        let run = move |arena: &mut Arena, subject| hot(arena, subject, records, size);
        cases.push(
            case(name, true, &COMPARED, READ, run)
                .goal("mb_s", throughput)
                .goal("cpu_s_gb", cpu)
                .memory(bytes),
        );
    }
    let run = move |arena: &mut Arena, subject| {
        let topic = arena.fresh_topic(subject, 1, &[])?;
        arena.release_memory();
        fill(arena, subject, &topic, records)?;
        let address = arena.address(subject)?;
        let mut client = arena.tools().client("consume", address, &topic);
        client.args(["--records", &records.to_string()]);
        arena.measure(subject, client)
    };
    let librdkafka = case("hot, librdkafka", false, &COMPARED, READ, run);
    cases.push(librdkafka.half_the_rounds(plan).memory(bytes));
    let run = move |arena: &mut Arena, subject| cold(arena, subject, records);
    cases.push(
        case("cold, raw, 1 MiB, beside a producer of 200 MB/s", false, &COMPARED, COLD, run)
            .goal("p99_ms", 0.33)
            .limit("of_disk", 0.9)
            .rounds_at_least(3)
            .takes(14)
            .memory(bytes * 2),
    );
    cases
}

fn hot(arena: &mut Arena, subject: Subject, records: u64, size: u64) -> anyhow::Result<Figures> {
    let topic = arena.fresh_topic(subject, 1, &[])?;
    arena.release_memory();
    fill(arena, subject, &topic, records)?;
    let seconds = arena.plan().seconds(3).to_string();
    let address = arena.address(subject)?;
    let mut client = arena.tools().raw("fetch", address, &topic)?;
    client.args(["--partition-bytes-max", &size.to_string(), "--again", "--seconds", &seconds]);
    arena.measure(subject, client)
}

fn cold(arena: &mut Arena, subject: Subject, records: u64) -> anyhow::Result<Figures> {
    let read = arena.fresh_topic(subject, 1, &[])?;
    let written = arena.fresh_topic(subject, 1, &[])?;
    arena.release_memory();
    fill(arena, subject, &read, records)?;
    rustix::fs::sync();
    let data = arena.server(subject)?.data_directory();
    let files = segments(&data, &read, 0)?;
    let mut disk = disk_mb_s(&files)?;
    let address = arena.address(subject)?;
    let mut producer = arena.tools().raw("produce", address, &written)?;
    producer.args(["--records", "63", "--depth", "64", "--rate", &BESIDE_RATE.to_string()]);
    producer.args(["--seconds", &arena.plan().seconds(6).to_string(), "--warm-seconds", "0.5"]);
    let before = arena.server(subject)?.cpu()?;
    let mut producer = Beside::start(producer)?;
    crate::server::pause(Duration::from_millis(500));
    let (mut bytes, mut seconds) = (0.0, 0.0);
    while producer.is_running()? {
        forget(&files)?;
        let began = now();
        let mut reader = arena.tools().raw("fetch", address, &read)?;
        reader.args(["--partition-bytes-max", &(1 << 20).to_string()]);
        let figures = run_client(reader)?;
        let whole = began.elapsed().as_secs_f64();
        bytes += figures.get("bytes").copied().unwrap_or(0.0);
        seconds += figures.get("seconds").copied().unwrap_or(whole);
    }
    let mut figures = producer.finish()?;
    let used = arena.server(subject)?.cpu()? - before;
    // The disk of a virtual machine has better and worse moments.
    disk = disk.max(disk_mb_s(&files)?);
    // The producer's own volume and time would otherwise be taken for the reader's.
    for key in ["bytes", "records", "requests", "seconds", "requests_s"] {
        figures.remove(key);
    }
    crate::arena::describe(arena.server(subject)?.footprint()?, used, &mut figures);
    derive(&mut figures);
    let rate = bytes / 1e6 / seconds;
    figures.insert("mb_s".to_owned(), rate);
    figures.insert("disk_mb_s".to_owned(), disk);
    figures.insert("of_disk".to_owned(), rate / disk);
    Ok(figures)
}
