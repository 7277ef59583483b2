//! `kafka-consumer-groups`: list, describe, delete groups; reset and delete their offsets.

use std::collections::{BTreeMap, BTreeSet};

use keld_client::{Admin, GroupDescription, GroupListing, GroupMember, GroupOffset, OffsetSpec};
use keld_env::Env;
use keld_types::{
    ErrorCode, GroupId, IsolationLevel, LeaderEpoch, Offset, TopicName, TopicPartition,
};

use super::reset::{Plan, Resetter, SCENARIOS, csv, parse_partitions, table};
use crate::console::Console;
use crate::failure::{Failure, Outcome};
use crate::options::{OptionSpec, Options, flag, maybe, value};
use crate::shared::{admin, client_config, exception, number, properties, words};

pub(super) const PURPOSE: &str = "This tool helps to list all consumer groups, describe a \
    consumer group, delete consumer group info, or reset consumer group offsets.";

pub(super) const SPECS: &[OptionSpec] = &[
    value("bootstrap-server", "host:port", "REQUIRED: the broker to connect to."),
    value("command-config", "file", "Properties file with settings of the client."),
    value("group", "group", "The group; may stand several times."),
    value("topic", "topic", "A topic, or topic:0,1 for some partitions; may stand several times."),
    flag("all-topics", "All topics that the group has offsets of."),
    flag("list", "List all groups."),
    flag("describe", "Show a group's offsets and lag (default), members or state."),
    flag("all-groups", "All groups."),
    flag("delete", "Delete groups without members."),
    value("timeout", "ms", "How long the answer may take; 30000 when left out."),
    flag("reset-offsets", "Set the offsets of a group without members."),
    flag("delete-offsets", "Delete the group's offsets of topics."),
    flag("dry-run", "Only show the new offsets."),
    flag("execute", "Set the new offsets."),
    flag("export", "Show the new offsets as CSV."),
    value("to-offset", "offset", "Reset to this offset."),
    value("from-file", "file", "Reset to the offsets of a CSV file."),
    value("to-datetime", "time", "Reset to the records of a time: YYYY-MM-DDThh:mm:ss.sss."),
    value("by-duration", "duration", "Reset to the records of so long ago: PnDTnHnMnS."),
    flag("to-earliest", "Reset to the earliest records."),
    flag("to-latest", "Reset to the end."),
    flag("to-current", "Reset to where the group is."),
    value("shift-by", "count", "Move forward, or back when negative."),
    flag("members", "With --describe: the members."),
    flag("verbose", "With --describe: more columns."),
    flag("offsets", "With --describe: offsets and lag."),
    maybe("state", "states", "With --describe: the state; with --list: states, or only these."),
    maybe("type", "types", "With --list: types, or only groups of these."),
    value("validate-regex", "pattern", "Say whether a subscription pattern is valid."),
];

const ACTIONS: [&str; 6] =
    ["list", "describe", "delete", "reset-offsets", "delete-offsets", "validate-regex"];
const MISSING: &str = "-";

pub(super) async fn run(console: &mut Console, env: &Env, options: &Options) -> Outcome {
    check(console, options)?;
    let action = options.exactly_one(
        &ACTIONS,
        "Command must include exactly one action: --list, --describe, --delete, --reset-offsets, \
         --delete-offsets, --validate-regex",
    )?;
    if let Some(pattern) = options.get("validate-regex") {
        console.line(match regex::Regex::new(pattern) {
            Ok(_) => format!("The regular expression `{pattern}` is valid."),
            Err(error) => {
                let reason = error.to_string();
                let reason =
                    reason.lines().last().unwrap_or_default().trim_start_matches("error: ");
                let reason = re2_reason(reason);
                format!("The regular expression `{pattern}` is invalid: {reason}.")
            }
        });
        return Ok(());
    }
    let file = properties(options.get("command-config"))?;
    let bootstrap = options.required("bootstrap-server")?;
    let mut config = client_config(bootstrap, &file, "kafka-consumer-groups")?;
    config.api_timeout = std::time::Duration::from_millis(number(
        "timeout",
        options.get("timeout").unwrap_or("30000"),
    )?);
    let admin = admin(env, config);
    let mut command = Command { console, env, admin: &admin, options };
    let outcome = match action {
        "list" => command.list().await,
        "describe" => command.describe().await,
        "delete" => command.delete().await,
        "reset-offsets" => command.reset().await,
        _ => command.delete_offsets().await,
    };
    match outcome {
        // Kafka's tool tells the failure on standard output and ends well.
        Err(Failure::Failed { message, hint }) => {
            print_error(
                console,
                &format!("Executing consumer group command failed due to {message}"),
            );
            if let Some(hint) = hint {
                console.error(format!("hint: {hint}"));
            }
            Ok(())
        }
        other => other,
    }
}

fn print_error(console: &mut Console, message: &str) {
    console.line(format!("\nError: {message}"));
}

fn check(console: &mut Console, options: &Options) -> Outcome {
    if !options.has("validate-regex") {
        options.required("bootstrap-server")?;
    }
    let has_groups = options.has("group") || options.has("all-groups");
    let without_groups = |action: &str| {
        if options.has(action) && !has_groups {
            return Err(Failure::usage(format!(
                "Option [{action}] takes one of these options: [group], [all-groups]"
            )));
        }
        Ok(())
    };
    without_groups("describe")?;
    without_groups("delete")?;
    for (option, with) in [
        ("members", &["describe"][..]),
        ("verbose", &["describe"]),
        ("offsets", &["describe"]),
        ("state", &["describe", "list"]),
        ("type", &["list"]),
    ] {
        if options.has(option) && !with.iter().any(|action| options.has(action)) {
            return Err(Failure::usage(format!(
                "Option(s) [{option}] are unavailable given other options on the command line"
            )));
        }
    }
    if options.has("describe") {
        let parts = ["members", "offsets", "state"];
        if parts.iter().filter(|part| options.has(part)).count() > 1 {
            return Err(Failure::usage(
                "Option [describe] takes at most one of these options: [members], [offsets], \
                 [state]",
            ));
        }
        if options.get("state").is_some() {
            return Err(Failure::usage("Option [describe] does not take a value for [state]"));
        }
    }
    if options.has("delete") && options.has("topic") {
        return Err(Failure::usage(
            "The consumer does not support topic-specific offset deletion from a consumer group.",
        ));
    }
    if options.has("delete-offsets") && !(options.has("group") && options.has("topic")) {
        return Err(Failure::usage(
            "Option [delete-offsets] takes the following options: [group], [topic]",
        ));
    }
    if options.has("reset-offsets") {
        if options.has("dry-run") && options.has("execute") {
            return Err(Failure::usage(
                "Option [reset-offsets] only accepts one of [execute] and [dry-run]",
            ));
        }
        if !options.has("dry-run") && !options.has("execute") {
            console.error(
                "WARN: No action will be performed as the --execute option is missing. In version \
                 5.0, this command will require either --dry-run or --execute to be specified. \
                 You should add the --dry-run option explicitly if you are scripting this command \
                 and want to keep the current default behavior without prompting.",
            );
        }
        without_groups("reset-offsets")?;
        for scenario in SCENARIOS {
            let others: Vec<&str> =
                SCENARIOS.iter().filter(|other| **other != scenario).copied().collect();
            options.exclude(scenario, &others)?;
        }
    }
    options.exclude("group", &["all-groups", "list"])?;
    options.exclude("topic", &["list", "describe"])
}

struct Command<'a> {
    console: &'a mut Console,
    env: &'a Env,
    admin: &'a Admin,
    options: &'a Options,
}

impl Command<'_> {
    async fn listings(
        &self,
        states: &[String],
        types: &[String],
    ) -> Result<Vec<GroupListing>, Failure> {
        let groups = self.admin.list_groups(states, types).await?;
        Ok(groups
            .into_iter()
            .filter(|group| {
                matches!(group.protocol_type.as_str(), "" | "consumer")
                    && matches!(
                        group.group_type.to_ascii_lowercase().as_str(),
                        "" | "classic" | "consumer"
                    )
            })
            .collect())
    }

    async fn list(&mut self) -> Outcome {
        let (with_type, with_state) = (self.options.has("type"), self.options.has("state"));
        let states = parse_names(self.options.get("state"), &STATES, "state")?;
        let types = parse_names(self.options.get("type"), &TYPES, "types")?;
        let groups = self.listings(&states, &types).await?;
        if !with_type && !with_state {
            for group in groups {
                self.console.line(group.group.as_str());
            }
            return Ok(());
        }
        let width = groups.iter().map(|group| group.group.as_str().len()).max();
        let width = width.unwrap_or(15).max(15) + 10;
        let row = |group: &str, kind: &str, state: &str| {
            let mut line = format!("{group:width$}");
            if with_type {
                line.push_str(&format!(" {kind:<20}"));
            }
            if with_state {
                line.push_str(&format!(" {state:<20}"));
            }
            line
        };
        self.console.line(row("GROUP", "TYPE", "STATE"));
        for group in &groups {
            let kind = capitalised(&group.group_type);
            self.console.line(row(group.group.as_str(), &kind, &group.state));
        }
        Ok(())
    }

    async fn groups(&self) -> Result<Vec<GroupId>, Failure> {
        if self.options.has("all-groups") {
            let all = self.listings(&[], &[]).await?;
            return Ok(all.into_iter().map(|group| group.group).collect());
        }
        Ok(self.options.all("group").iter().map(|name| GroupId::new(name.as_str())).collect())
    }

    async fn describe(&mut self) -> Outcome {
        let groups = self.groups().await?;
        let mut described = BTreeMap::new();
        for (group, description) in self.admin.describe_groups(&groups).await? {
            let description = description.map_err(|error| Failure::failed(exception(&error)))?;
            described.insert(group, description);
        }
        let verbose = self.options.has("verbose");
        for description in described.values() {
            if self.options.has("members") {
                self.members(description, verbose);
            } else if self.options.has("state") {
                self.state(description, verbose);
            } else {
                self.offsets(description, verbose).await?;
            }
        }
        Ok(())
    }

    /// Says what a group's state means for what follows; whether rows follow.
    fn introduce(&mut self, description: &GroupDescription, rows: usize) -> bool {
        let group = &description.group;
        match description.state.as_str() {
            "Dead" => {
                print_error(self.console, &format!("Consumer group '{group}' does not exist."));
            }
            "Empty" => {
                self.console.error(format!("\nConsumer group '{group}' has no active members."));
            }
            "PreparingRebalance" | "CompletingRebalance" | "Assigning" | "Reconciling" => {
                self.console.error(format!("\nWarning: Consumer group '{group}' is rebalancing."));
            }
            _ => {}
        }
        description.state != "Dead" && rows > 0
    }

    async fn offsets(&mut self, description: &GroupDescription, verbose: bool) -> Outcome {
        let group = &description.group;
        let committed: BTreeMap<TopicPartition, GroupOffset> = self
            .admin
            .list_group_offsets(group, None)
            .await?
            .into_iter()
            .filter_map(|(partition, result)| Some((partition, result.ok()?)))
            .collect();
        let mut assigned: BTreeSet<&TopicPartition> = BTreeSet::new();
        let mut members: Vec<&GroupMember> =
            description.members.iter().filter(|member| !member.assignment.is_empty()).collect();
        members.sort_by_key(|member| std::cmp::Reverse(member.assignment.len()));
        let mut rows: Vec<(&TopicPartition, [&str; 3])> = Vec::new();
        for member in members {
            let mut partitions: Vec<&TopicPartition> = member.assignment.iter().collect();
            partitions.sort();
            for partition in partitions {
                assigned.insert(partition);
                rows.push((partition, [&member.member_id, &member.host, &member.client_id]));
            }
        }
        rows.extend(
            committed
                .keys()
                .filter(|partition| !assigned.contains(partition))
                .map(|partition| (partition, [MISSING; 3])),
        );
        let wanted = rows.iter().map(|(partition, _)| ((*partition).clone(), OffsetSpec::Latest));
        let ends =
            self.admin.list_offsets(&wanted.collect(), IsolationLevel::ReadUncommitted).await?;
        if !self.introduce(description, rows.len()) {
            return Ok(());
        }
        let mut lines = vec![OffsetRow::header()];
        for (partition, [consumer, host, client]) in rows {
            let own = committed.get(partition);
            let end = ends.get(partition).and_then(|result| result.as_ref().ok());
            let current = own.map(|own| own.offset.get());
            let end = end.map(|end| end.offset.get());
            let lag = current
                .filter(|current| *current != -1)
                .and_then(|current| end.map(|end| end.saturating_sub(current)));
            lines.push(OffsetRow {
                group: group.to_string(),
                topic: partition.topic.to_string(),
                partition: partition.partition.to_string(),
                epoch: shown(own.map(|own| own.leader_epoch.get()).filter(|epoch| *epoch >= 0)),
                current: shown(current),
                end: shown(end),
                lag: shown(lag),
                consumer: consumer.to_owned(),
                host: host.to_owned(),
                client: client.to_owned(),
            });
        }
        self.console.print(offset_table(&lines, verbose));
        Ok(())
    }

    fn members(&mut self, description: &GroupDescription, verbose: bool) {
        self.introduce(description, description.members.len());
        self.console.print(member_table(description, verbose));
    }

    fn state(&mut self, description: &GroupDescription, verbose: bool) {
        if !self.introduce(description, 1) {
            return;
        }
        let metadata = self.admin.client().metadata();
        let address = metadata
            .brokers
            .get(&description.coordinator)
            .map_or_else(|| MISSING.to_owned(), |broker| broker.address.to_string());
        let coordinator = format!("{address}  ({})", description.coordinator);
        self.console.print(state_table(description, &coordinator, verbose));
    }

    async fn reset(&mut self) -> Outcome {
        let groups = self.groups().await?;
        let described = self.admin.describe_groups(&groups).await?;
        let execute = self.options.has("execute");
        let mut plans: BTreeMap<GroupId, Plan> = BTreeMap::new();
        for group in groups {
            let state = match described.get(&group) {
                Some(Ok(description)) => description.state.clone(),
                Some(Err(error)) if error.code == ErrorCode::GROUP_ID_NOT_FOUND => "Dead".into(),
                Some(Err(error)) => return Err(Failure::failed(exception(error))),
                None => "Dead".into(),
            };
            if state != "Empty" && state != "Dead" {
                let message = format!(
                    "Assignments can only be reset if the group '{group}' is inactive, but the \
                     current state is {state}."
                );
                print_error(self.console, &message);
                plans.insert(group, Plan::new());
                continue;
            }
            let (env, admin, options) = (self.env, self.admin, self.options);
            let mut resetter = Resetter { console: &mut *self.console, env, admin, options };
            let plan = resetter.plan(&group).await?;
            if execute {
                self.commit(&group, &plan).await?;
            }
            plans.insert(group, plan);
        }
        if self.options.has("export") {
            self.console.print(csv(&plans, self.options.all("group").len() == 1));
        } else {
            self.console.print(table(&plans));
        }
        Ok(())
    }

    async fn commit(&self, group: &GroupId, plan: &Plan) -> Outcome {
        let offsets = plan
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
        for result in self.admin.alter_group_offsets(group, &offsets).await?.into_values() {
            result.map_err(|error| Failure::failed(words(&error)))?;
        }
        Ok(())
    }

    async fn delete(&mut self) -> Outcome {
        let groups = self.groups().await?;
        let (mut deleted, mut failed) = (Vec::new(), Vec::new());
        for (group, result) in self.admin.delete_groups(&groups).await? {
            match result {
                Ok(()) => deleted.push(format!("'{group}'")),
                Err(error) => failed.push(format!(
                    "* Group '{group}' could not be deleted due to: {}",
                    exception(&error)
                )),
            }
        }
        let deleted = deleted.join(", ");
        if failed.is_empty() {
            self.console
                .line(format!("Deletion of requested consumer groups ({deleted}) was successful."));
            return Ok(());
        }
        print_error(self.console, "Deletion of some consumer groups failed:");
        for line in failed {
            self.console.line(line);
        }
        if !deleted.is_empty() {
            self.console
                .line(format!("\nThese consumer groups were deleted successfully: {deleted}"));
        }
        Ok(())
    }

    async fn delete_offsets(&mut self) -> Outcome {
        let group = GroupId::new(self.options.required("group")?);
        let mut partitions: BTreeSet<TopicPartition> = BTreeSet::new();
        let mut rows: BTreeMap<(String, String), String> = BTreeMap::new();
        let mut topics = Vec::new();
        for argument in self.options.all("topic") {
            if argument.contains(':') {
                partitions.extend(parse_partitions(argument)?);
            } else {
                topics.push(TopicName::new(argument.as_str()));
            }
        }
        for (topic, description) in self.admin.describe_topics(&topics).await? {
            match description {
                Ok(found) => partitions.extend(
                    found
                        .partitions
                        .iter()
                        .map(|partition| TopicPartition::new(topic.clone(), partition.index)),
                ),
                Err(error) => {
                    let status = format!("Error: {}", exception(&error));
                    rows.insert((topic.to_string(), MISSING.to_owned()), status);
                }
            }
        }
        let wanted: Vec<TopicPartition> = partitions.into_iter().collect();
        let mut worst = None;
        match self.admin.delete_group_offsets(&group, &wanted).await {
            Ok(results) => {
                for (partition, result) in results {
                    let key = (partition.topic.to_string(), partition.partition.to_string());
                    let status = match result {
                        Ok(()) => "Successful".to_owned(),
                        Err(error) => {
                            worst.get_or_insert(error.code);
                            format!("Error: {}", exception(&error))
                        }
                    };
                    rows.insert(key, status);
                }
            }
            Err(error) => match error.code() {
                Some(code) => {
                    let api = keld_client::ApiError { code, message: None };
                    for partition in &wanted {
                        let key = (partition.topic.to_string(), partition.partition.to_string());
                        rows.insert(key, format!("Error: {}", exception(&api)));
                    }
                    worst = Some(code);
                }
                None => return Err(error.into()),
            },
        }
        self.report_deletion(&group, worst);
        let width = rows.keys().map(|(topic, _)| topic.len()).max().unwrap_or(0).max(15);
        let mut text = format!("\n{:width$} {:<10} {:<15}", "TOPIC", "PARTITION", "STATUS");
        for ((topic, partition), status) in &rows {
            text.push_str(&format!("\n{topic:width$} {partition:<10} {status:<15}"));
        }
        self.console.line(text);
        Ok(())
    }

    fn report_deletion(&mut self, group: &GroupId, worst: Option<ErrorCode>) {
        match worst {
            None => self
                .console
                .line(format!("Request succeeded for deleting offsets from group {group}.")),
            Some(
                code @ (ErrorCode::INVALID_GROUP_ID
                | ErrorCode::GROUP_ID_NOT_FOUND
                | ErrorCode::GROUP_AUTHORIZATION_FAILED
                | ErrorCode::NON_EMPTY_GROUP),
            ) => {
                let message = words(&keld_client::ApiError { code, message: None });
                print_error(self.console, &message);
            }
            Some(
                ErrorCode::GROUP_SUBSCRIBED_TO_TOPIC
                | ErrorCode::TOPIC_AUTHORIZATION_FAILED
                | ErrorCode::UNKNOWN_TOPIC_OR_PARTITION,
            ) => print_error(
                self.console,
                "Encountered some partition-level error, see the follow-up details.",
            ),
            Some(code) => {
                print_error(self.console, &format!("Encountered some unknown error: {code}"));
            }
        }
    }
}

/// What is wrong with a pattern in the words of RE2, where it has words for it.
fn re2_reason(reason: &str) -> &str {
    match reason {
        "unclosed character class" => "missing closing ]",
        "unclosed group" => "missing closing )",
        "unopened group" => "unexpected )",
        "repetition operator missing expression" => "missing argument to repetition operator",
        "incomplete escape sequence, reached end of pattern prematurely" => {
            "trailing backslash at end of expression"
        }
        "unrecognized escape sequence" => "invalid escape sequence",
        other => other,
    }
}

const STATES: [&str; 7] = [
    "PreparingRebalance",
    "CompletingRebalance",
    "Stable",
    "Dead",
    "Empty",
    "Assigning",
    "Reconciling",
];
const TYPES: [&str; 2] = ["Classic", "Consumer"];

/// Names of states or types in any case, as the broker writes them.
fn parse_names(text: Option<&str>, known: &[&str], what: &str) -> Result<Vec<String>, Failure> {
    let Some(text) = text.filter(|text| !text.is_empty()) else { return Ok(Vec::new()) };
    text.split(',')
        .map(|name| {
            let name = name.trim();
            let found = known.iter().find(|known| known.eq_ignore_ascii_case(name));
            found.map(|found| (*found).to_owned()).ok_or_else(|| {
                Failure::usage(format!(
                    "Invalid {what} list '{text}'. Valid {} are: {}",
                    if what == "state" { "states" } else { what },
                    known.join(", ")
                ))
            })
        })
        .collect()
}

fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn shown<T: ToString>(value: Option<T>) -> String {
    value.map_or_else(|| MISSING.to_owned(), |value| value.to_string())
}

/// A line of the table of offsets.
struct OffsetRow {
    group: String,
    topic: String,
    partition: String,
    epoch: String,
    current: String,
    end: String,
    lag: String,
    consumer: String,
    host: String,
    client: String,
}

impl OffsetRow {
    fn header() -> Self {
        Self {
            group: "GROUP".into(),
            topic: "TOPIC".into(),
            partition: "PARTITION".into(),
            epoch: "LEADER-EPOCH".into(),
            current: "CURRENT-OFFSET".into(),
            end: "LOG-END-OFFSET".into(),
            lag: "LAG".into(),
            consumer: "CONSUMER-ID".into(),
            host: "HOST".into(),
            client: "CLIENT-ID".into(),
        }
    }
}

fn offset_table(rows: &[OffsetRow], verbose: bool) -> String {
    let width = |field: fn(&OffsetRow) -> &String| {
        rows.iter().map(|row| field(row).len()).max().unwrap_or(0).max(15)
    };
    let (group, topic) = (width(|row| &row.group), width(|row| &row.topic));
    let (consumer, host) = (width(|row| &row.consumer), width(|row| &row.host));
    let mut text = String::new();
    for row in rows {
        text.push_str(&format!(
            "\n{:group$} {:topic$} {:<10} ",
            row.group, row.topic, row.partition
        ));
        if verbose {
            text.push_str(&format!("{:<15} ", row.epoch));
        }
        text.push_str(&format!(
            "{:<15} {:<15} {:<15} {:consumer$} {:host$} {}",
            row.current, row.end, row.lag, row.consumer, row.host, row.client
        ));
    }
    text.push('\n');
    text
}

fn member_table(description: &GroupDescription, verbose: bool) -> String {
    let members = &description.members;
    let width = |field: fn(&GroupMember) -> usize, least: usize| {
        members.iter().map(field).max().unwrap_or(0).max(least)
    };
    let group = description.group.as_str();
    let group_width = if members.is_empty() { 15 } else { group.len().max(15) };
    let consumer_width = width(|member| member.member_id.len(), 15);
    let instance_width = width(|member| member.instance_id.as_ref().map_or(0, String::len), 17);
    let host_width = width(|member| member.host.len(), 15);
    let client_width = width(|member| member.client_id.len(), 15);
    let assignment_width = width(|member| assignment(member).len(), 20);
    let with_instances =
        members.iter().any(|member| member.instance_id.as_ref().is_some_and(|id| !id.is_empty()));
    let row = |fields: [&str; 6], shown: &str, epoch: &str, target: &str| {
        let [name, consumer, instance, host, client, partitions] = fields;
        let mut line = format!("{name:group_width$} {consumer:consumer_width$} ");
        if with_instances {
            line.push_str(&format!("{instance:instance_width$} "));
        }
        line.push_str(&format!("{host:host_width$} {client:client_width$} {partitions:<15} "));
        if verbose {
            line.push_str(&format!("{epoch:<15} {shown:assignment_width$} "));
            let (target_epoch, target_assignment) =
                if target.is_empty() { (MISSING, MISSING) } else { ("TARGET-EPOCH", target) };
            line.push_str(&format!("{target_epoch:<15} {target_assignment:<20}"));
        }
        line.push('\n');
        line
    };
    let header = ["GROUP", "CONSUMER-ID", "GROUP-INSTANCE-ID", "HOST", "CLIENT-ID", "#PARTITIONS"];
    let mut text = String::from("\n");
    text.push_str(&row(header, "CURRENT-ASSIGNMENT", "CURRENT-EPOCH", "TARGET-ASSIGNMENT"));
    for member in members {
        let count = member.assignment.len().to_string();
        let fields = [
            group,
            &member.member_id,
            member.instance_id.as_deref().unwrap_or_default(),
            &member.host,
            &member.client_id,
            &count,
        ];
        text.push_str(&row(fields, &assignment(member), MISSING, ""));
    }
    text
}

/// `topic:0,1;other:2`.
fn assignment(member: &GroupMember) -> String {
    let mut topics: BTreeMap<&str, Vec<i32>> = BTreeMap::new();
    for partition in &member.assignment {
        topics.entry(partition.topic.as_str()).or_default().push(partition.partition.get());
    }
    let shown: Vec<String> = topics
        .into_iter()
        .map(|(topic, mut partitions)| {
            partitions.sort_unstable();
            let partitions: Vec<String> = partitions.iter().map(i32::to_string).collect();
            format!("{topic}:{}", partitions.join(","))
        })
        .collect();
    if shown.is_empty() { MISSING.to_owned() } else { shown.join(";") }
}

fn state_table(description: &GroupDescription, coordinator: &str, verbose: bool) -> String {
    let group = description.group.as_str();
    let (group_width, width) = (group.len().max(15), coordinator.len().max(25));
    let strategy =
        if description.protocol.is_empty() { MISSING } else { description.protocol.as_str() };
    let members = description.members.len().to_string();
    let row = |fields: [&str; 5], epochs: [&str; 2]| {
        let [group, coordinator, strategy, state, members] = fields;
        let mut line =
            format!("\n{group:group_width$} {coordinator:width$} {strategy:<20} {state:<20} ");
        if verbose {
            line.push_str(&format!("{:<15} {:<25} ", epochs[0], epochs[1]));
        }
        line.push_str(members);
        line
    };
    let header = ["GROUP", "COORDINATOR (ID)", "ASSIGNMENT-STRATEGY", "STATE", "#MEMBERS"];
    let mut text = row(header, ["GROUP-EPOCH", "TARGET-ASSIGNMENT-EPOCH"]);
    text.push_str(&row(
        [group, coordinator, strategy, &description.state, &members],
        [MISSING, MISSING],
    ));
    text.push('\n');
    text
}

#[cfg(test)]
mod tests;
