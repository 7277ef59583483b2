//! P7: what an idempotent producer costs.

use super::produce::{Librdkafka, METRICS};
use crate::metric::Figures;
use crate::scenario::{Case, DEFAULTS, Plan, Scenario, case};

/// Idempotent producers.
pub(crate) const P7: Scenario = Scenario {
    id: "p7",
    title: "P7: idempotent producers",
    about: "One partition, one replica, records of 1,024 bytes, no compression, librdkafka with \
            linger 5 ms, batches of 64 KiB and acks=all, idempotence off and on. The last line runs \
            both, one after the other, and shows what is lost of the throughput.",
    cases,
};

const PLAIN: &[(&str, &str)] = &[
    ("acks", "all"),
    ("linger.ms", "5"),
    ("batch.size", "65536"),
    ("enable.idempotence", "false"),
];
const IDEMPOTENT: &[(&str, &str)] =
    &[("acks", "all"), ("linger.ms", "5"), ("batch.size", "65536"), ("enable.idempotence", "true")];

fn cases(plan: Plan) -> Vec<Case> {
    let load = move |properties| Librdkafka {
        partitions: 1,
        records: plan.amount(600_000),
        size: 1024,
        properties,
        arguments: &[],
    };
    let mut cases = Vec::new();
    for (name, properties) in [("idempotence off", PLAIN), ("idempotence on", IDEMPOTENT)] {
        let load = load(properties);
        let mut case =
            case(name, true, &DEFAULTS, METRICS, move |arena, subject| load.run(arena, subject))
                .memory(load.bytes());
        if properties == IDEMPOTENT {
            case = case.goal("cpu_s_gb", 0.4);
        } else {
            case = case.half_the_rounds(plan);
        }
        cases.push(case);
    }
    let both = move |arena: &mut crate::arena::Arena, subject| {
        let plain = load(PLAIN).run(arena, subject)?;
        arena.clean()?;
        arena.take_memory(load(PLAIN).bytes())?;
        let mut figures = load(IDEMPOTENT).run(arena, subject)?;
        figures.insert("loss_percent".to_owned(), loss(&plain, &figures));
        Ok(figures)
    };
    cases.push(
        case("loss by idempotence", false, &DEFAULTS, &["loss_percent", "mb_s", "cpu_s_gb"], both)
            .goal("loss_percent", 0.5)
            .rounds_at_least(3)
            .takes(10)
            .memory(load(PLAIN).bytes()),
    );
    cases
}

/// What is lost of the first throughput in percent; nothing when it is more.
fn loss(plain: &Figures, idempotent: &Figures) -> f64 {
    let rate = |figures: &Figures| figures.get("mb_s").copied().unwrap_or(0.0);
    ((1.0 - rate(idempotent) / rate(plain).max(1e-9)) * 100.0).max(0.0)
}

#[cfg(test)]
mod tests {
    use super::{Figures, loss};

    #[test]
    fn loss_is_a_share_of_the_plain_rate() {
        let rate = |value: f64| Figures::from([("mb_s".to_owned(), value)]);
        assert!((loss(&rate(400.0), &rate(300.0)) - 25.0).abs() < 1e-9);
        assert_eq!(loss(&rate(400.0), &rate(410.0)), 0.0);
    }
}
