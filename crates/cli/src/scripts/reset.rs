//! Which offsets `kafka-consumer-groups --reset-offsets` sets, and how they are shown.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use keld_client::{Admin, OffsetSpec};
use keld_env::Env;
use keld_types::{GroupId, IsolationLevel, PartitionIndex, TopicName, TopicPartition};

use crate::console::Console;
use crate::failure::Failure;
use crate::options::Options;
use crate::shared::words;

/// New offsets by partition.
pub(super) type Plan = BTreeMap<TopicPartition, i64>;

/// The ways to choose offsets; exactly one is given.
pub(super) const SCENARIOS: [&str; 8] = [
    "to-offset",
    "shift-by",
    "to-datetime",
    "by-duration",
    "to-earliest",
    "to-latest",
    "to-current",
    "from-file",
];

/// Works out new offsets for one group.
pub(super) struct Resetter<'a> {
    pub(super) console: &'a mut Console,
    pub(super) env: &'a Env,
    pub(super) admin: &'a Admin,
    pub(super) options: &'a Options,
}

impl Resetter<'_> {
    /// The offsets that `group` shall get.
    pub(super) async fn plan(&mut self, group: &GroupId) -> Result<Plan, Failure> {
        let partitions = self.partitions(group).await?;
        let options = self.options;
        if options.has("to-earliest") {
            self.at(&partitions, OffsetSpec::Earliest).await
        } else if options.has("to-latest") {
            self.at(&partitions, OffsetSpec::Latest).await
        } else if options.has("to-datetime") {
            let timestamp =
                parse_datetime(options.required("to-datetime")?).map_err(|failure| {
                    // Kafka's tool shows the exception within its own.
                    let reason = failure.message();
                    Failure::failed(format!("java.text.ParseException: {reason}"))
                })?;
            self.at_timestamp(&partitions, timestamp).await
        } else if options.has("by-duration") {
            let text = options.required("by-duration")?;
            let back = parse_duration(text).ok_or_else(|| {
                Failure::failed("Text cannot be parsed to a Duration")
                    .with_hint("write an ISO 8601 duration such as P1DT2H")
            })?;
            let timestamp = self.env.clock.wall_ms() - back;
            self.at_timestamp(&partitions, timestamp).await
        } else if options.has("to-offset") {
            let offset: i64 = options.number("to-offset")?.unwrap_or_default();
            let wanted = partitions.into_iter().map(|partition| (partition, offset)).collect();
            self.within_range(wanted).await
        } else if options.has("shift-by") {
            let shift: i64 = options.number("shift-by")?.unwrap_or_default();
            let committed = self.committed(group).await?;
            let mut wanted = Plan::new();
            for partition in partitions {
                let Some(offset) = committed.get(&partition) else {
                    return Err(Failure::usage(format!(
                        "Cannot shift offset for partition {partition} since there is no current \
                         committed offset"
                    )));
                };
                wanted.insert(partition, offset.saturating_add(shift));
            }
            self.within_range(wanted).await
        } else if let Some(path) = options.get("from-file") {
            self.read_file(group, path).await
        } else if options.has("to-current") {
            let mut plan = self.committed(group).await?;
            plan.retain(|partition, _| partitions.contains(partition));
            let rest: BTreeSet<TopicPartition> =
                partitions.into_iter().filter(|partition| !plan.contains_key(partition)).collect();
            plan.extend(self.at(&rest, OffsetSpec::Latest).await?);
            Ok(plan)
        } else {
            Err(Failure::usage(format!(
                "Option '[reset-offsets]' requires one of the following scenarios: [{}]",
                SCENARIOS.map(|name| format!("[{name}]")).join(", ")
            )))
        }
    }

    /// The partitions that are meant; all exist.
    async fn partitions(&self, group: &GroupId) -> Result<BTreeSet<TopicPartition>, Failure> {
        if self.options.has("all-topics") {
            return Ok(self.committed(group).await?.into_keys().collect());
        }
        if !self.options.has("topic") {
            return if self.options.has("from-file") {
                Ok(BTreeSet::new())
            } else {
                Err(Failure::usage(
                    "One of the reset scopes should be defined: --all-topics, --topic.",
                ))
            };
        }
        let (mut named, mut whole) = (BTreeSet::new(), Vec::new());
        for argument in self.options.all("topic") {
            if argument.contains(':') {
                named.extend(parse_partitions(argument)?);
            } else {
                whole.push(TopicName::new(argument.as_str()));
            }
        }
        let mut topics: Vec<TopicName> =
            named.iter().map(|partition| partition.topic.clone()).chain(whole.clone()).collect();
        topics.dedup();
        let mut existing = BTreeSet::new();
        for (topic, description) in self.admin.describe_topics(&topics).await? {
            let description = description.map_err(|error| Failure::failed(words(&error)))?;
            for partition in description.partitions {
                existing.insert(TopicPartition::new(topic.clone(), partition.index));
            }
        }
        named.extend(existing.iter().filter(|partition| whole.contains(&partition.topic)).cloned());
        let missing: Vec<String> =
            named.difference(&existing).map(TopicPartition::to_string).collect();
        if missing.is_empty() {
            return Ok(named);
        }
        Err(Failure::failed(format!("The partitions \"{}\" do not exist", missing.join(","))))
    }

    async fn committed(&self, group: &GroupId) -> Result<Plan, Failure> {
        let offsets = self.admin.list_group_offsets(group, None).await?;
        Ok(offsets
            .into_iter()
            .filter_map(|(partition, result)| Some((partition, result.ok()?.offset.get())))
            .collect())
    }

    async fn at(
        &self,
        partitions: &BTreeSet<TopicPartition>,
        spec: OffsetSpec,
    ) -> Result<Plan, Failure> {
        let wanted = partitions.iter().map(|partition| (partition.clone(), spec)).collect();
        let listed = self.admin.list_offsets(&wanted, IsolationLevel::ReadUncommitted).await?;
        listed
            .into_iter()
            .map(|(partition, result)| match result {
                Ok(found) => Ok((partition, found.offset.get())),
                Err(error) => Err(Failure::failed(words(&error))),
            })
            .collect()
    }

    async fn at_timestamp(
        &mut self,
        partitions: &BTreeSet<TopicPartition>,
        timestamp: i64,
    ) -> Result<Plan, Failure> {
        let mut plan = self.at(partitions, OffsetSpec::Timestamp(timestamp)).await?;
        let none: BTreeSet<TopicPartition> = plan
            .iter()
            .filter(|(_, offset)| **offset == -1)
            .map(|(partition, _)| partition.clone())
            .collect();
        for partition in &none {
            self.console.line(format!(
                "\nWarn: Partition {} from topic {} is empty. Falling back to latest known offset.",
                partition.partition, partition.topic
            ));
        }
        plan.extend(self.at(&none, OffsetSpec::Latest).await?);
        Ok(plan)
    }

    /// Offsets outside a partition are moved to its nearest end.
    async fn within_range(&mut self, wanted: Plan) -> Result<Plan, Failure> {
        let partitions: BTreeSet<TopicPartition> = wanted.keys().cloned().collect();
        let start = self.at(&partitions, OffsetSpec::Earliest).await?;
        let end = self.at(&partitions, OffsetSpec::Latest).await?;
        let mut plan = Plan::new();
        for (partition, offset) in wanted {
            let (low, high) = (
                start.get(&partition).copied().unwrap_or(offset),
                end.get(&partition).copied().unwrap_or(offset),
            );
            let (bound, text) = if offset > high {
                (high, "higher than latest")
            } else if offset < low {
                (low, "lower than earliest")
            } else {
                plan.insert(partition, offset);
                continue;
            };
            self.console.error(format!(
                "New offset ({offset}) is {text} offset for topic partition {partition}. Value \
                 will be set to {bound}"
            ));
            plan.insert(partition, bound);
        }
        Ok(plan)
    }

    async fn read_file(&mut self, group: &GroupId, path: &str) -> Result<Plan, Failure> {
        let text = std::fs::read_to_string(path)
            .map_err(|error| Failure::failed(format!("cannot read {path}: {error}")))?;
        let single = self.options.all("group").len() == 1;
        match parse_csv(&text, group, single)? {
            Some(wanted) => self.within_range(wanted).await,
            None => {
                self.console.line(format!("\nError: No reset plan for group {group} found"));
                Ok(Plan::new())
            }
        }
    }
}

/// `topic:0,1`: some partitions of a topic.
pub(super) fn parse_partitions(argument: &str) -> Result<Vec<TopicPartition>, Failure> {
    let parts: Vec<&str> = argument.split(':').collect();
    let [topic, partitions] = parts[..] else {
        return Err(Failure::usage(format!(
            "Invalid topic arg '{argument}', expected topic name and partitions"
        )));
    };
    partitions
        .split(',')
        .map(|text| {
            let index = text.parse().map_err(|_| {
                Failure::usage(format!(
                    "Invalid partition '{text}' specified in topic arg '{argument}''"
                ))
            })?;
            Ok(TopicPartition::new(TopicName::new(topic), PartitionIndex::new(index)))
        })
        .collect()
}

/// The plan of `group` in a file of `topic,partition,offset` or `group,topic,partition,offset`.
fn parse_csv(text: &str, group: &GroupId, single: bool) -> Result<Option<Plan>, Failure> {
    let mut plan: Option<Plan> = None;
    for (at, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let malformed = || {
            Failure::failed(format!("line {}: `{line}` is not a reset plan", at + 1))
                .with_hint("write topic,partition,offset or group,topic,partition,offset")
        };
        let fields: Vec<&str> =
            line.split(',').map(|field| field.trim().trim_matches('"')).collect();
        let (name, topic, partition, offset) = match fields[..] {
            [topic, partition, offset] if single => (group.as_str(), topic, partition, offset),
            [name, topic, partition, offset] => (name, topic, partition, offset),
            _ => return Err(malformed()),
        };
        if name != group.as_str() {
            continue;
        }
        let partition = PartitionIndex::new(partition.parse().map_err(|_| malformed())?);
        let offset = offset.parse().map_err(|_| malformed())?;
        plan.get_or_insert_with(Plan::new)
            .insert(TopicPartition::new(TopicName::new(topic), partition), offset);
    }
    Ok(plan)
}

/// The table of `--dry-run` and `--execute`.
pub(super) fn table(plans: &BTreeMap<GroupId, Plan>) -> String {
    let group_width = plans.keys().map(|group| group.as_str().len()).max().unwrap_or(0).max(15);
    let topics = plans.values().flat_map(|plan| plan.keys());
    let topic_width =
        topics.map(|partition| partition.topic.as_str().len()).max().unwrap_or(0).max(15);
    let mut text = String::new();
    let mut row = |group: &str, topic: &str, partition: &str, offset: &str| {
        text.push_str(&format!(
            "\n{group:group_width$} {topic:topic_width$} {partition:<10} {offset}"
        ));
    };
    if !plans.is_empty() {
        row("GROUP", "TOPIC", "PARTITION", "NEW-OFFSET");
    }
    for (group, plan) in plans {
        for (partition, offset) in plan {
            row(
                group.as_str(),
                partition.topic.as_str(),
                &partition.partition.to_string(),
                &offset.to_string(),
            );
        }
    }
    text.push('\n');
    text
}

/// The lines of `--export`.
pub(super) fn csv(plans: &BTreeMap<GroupId, Plan>, single: bool) -> String {
    let mut text = String::new();
    for (group, plan) in plans {
        for (partition, offset) in plan {
            if !single {
                text.push_str(&format!("{group},"));
            }
            text.push_str(&format!("{},{},{offset}\n", partition.topic, partition.partition));
        }
    }
    text.push('\n');
    text
}

/// `YYYY-MM-DDThh:mm:ss.sss`, perhaps with a zone; UTC otherwise. Milliseconds.
pub(crate) fn parse_datetime(text: &str) -> Result<i64, Failure> {
    let hint = "write it as yyyy-MM-ddTHH:mm:ss.SSS, with Z or +HH:MM behind for another zone";
    if !text.contains('T') {
        return Err(Failure::failed(
            "Error parsing timestamp. It does not contain a 'T' according to ISO8601 format",
        )
        .with_hint(hint));
    }
    let timestamp = text.parse::<jiff::Timestamp>().ok().or_else(|| {
        let local = text.parse::<DateTime>().ok()?;
        Some(local.to_zoned(TimeZone::UTC).ok()?.timestamp())
    });
    timestamp
        .map(jiff::Timestamp::as_millisecond)
        .ok_or_else(|| Failure::failed(format!("Unparseable date: \"{text}\"")).with_hint(hint))
}

/// An ISO 8601 duration of days and shorter, in milliseconds.
pub(crate) fn parse_duration(text: &str) -> Option<i64> {
    let span: jiff::Span = text.parse().ok()?;
    let relative = jiff::SpanRelativeTo::days_are_24_hours();
    let total = span.total((jiff::Unit::Millisecond, relative)).ok()?;
    // Beyond this the milliseconds of a double are not exact, and no log is that old.
    if !total.is_finite() || total.abs() > 9e15 {
        return None;
    }
    #[allow(clippy::cast_possible_truncation, reason = "bounded on the line above")]
    Some(total as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn partition(topic: &str, index: i32) -> TopicPartition {
        TopicPartition::new(TopicName::new(topic), PartitionIndex::new(index))
    }

    #[test]
    fn tables_and_exports_are_kafkas() {
        let plan = Plan::from([(partition("t", 0), 5), (partition("t", 1), 7)]);
        let plans = BTreeMap::from([(GroupId::new("g"), plan)]);
        assert_eq!(
            table(&plans),
            "\nGROUP           TOPIC           PARTITION  NEW-OFFSET\
             \ng               t               0          5\
             \ng               t               1          7\n"
        );
        assert_eq!(csv(&plans, true), "t,0,5\nt,1,7\n\n");
        assert_eq!(csv(&plans, false), "g,t,0,5\ng,t,1,7\n\n");
    }

    #[test]
    fn plans_are_read_from_files_of_both_forms() {
        let group = GroupId::new("g");
        let plan = parse_csv("t,0,5\nt,1,7\n", &group, true).expect("valid").expect("there");
        assert_eq!(plan, Plan::from([(partition("t", 0), 5), (partition("t", 1), 7)]));
        let plan = parse_csv("g,t,0,5\nh,t,0,6\n", &group, false).expect("valid").expect("there");
        assert_eq!(plan, Plan::from([(partition("t", 0), 5)]));
        assert!(parse_csv("h,t,0,6\n", &group, false).expect("valid").is_none());
        assert!(parse_csv("t,x,5\n", &group, true).is_err());
        assert!(parse_csv("t,5\n", &group, true).is_err());
    }

    #[test]
    fn times_and_durations_are_read() {
        assert_eq!(parse_datetime("1970-01-01T00:00:01.500Z").expect("valid"), 1500);
        assert_eq!(parse_datetime("1970-01-01T01:00:00.000+01:00").expect("valid"), 0);
        assert_eq!(parse_datetime("1970-01-01T00:00:01.500").expect("valid"), 1500);
        assert!(parse_datetime("yesterday").is_err());
        assert!(parse_datetime("1970-01-01").is_err());
        assert_eq!(parse_duration("P1DT1H"), Some(25 * 3_600_000));
        assert_eq!(parse_duration("PT0.5S"), Some(500));
        assert_eq!(parse_duration("1 day"), Some(86_400_000));
        assert_eq!(parse_duration("x"), None);
    }

    #[test]
    fn partitions_of_a_topic_are_read() {
        assert_eq!(
            parse_partitions("t:0,2").expect("valid"),
            [partition("t", 0), partition("t", 2)]
        );
        for bad in ["t:x", "t:1:2", "t:"] {
            assert!(parse_partitions(bad).is_err(), "{bad}");
        }
    }
}
