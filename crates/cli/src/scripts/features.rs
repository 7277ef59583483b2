//! `kafka-features`: feature levels, upgrades and downgrades.

use std::collections::BTreeMap;

use keld_client::{Admin, ApiError, ClientError, FeatureUpdate};
use keld_env::Env;
use keld_metadata::{Feature, MetadataVersion};
use keld_wire::messages::ApiVersionsResponse;

use crate::console::Console;
use crate::failure::{Failure, Outcome};
use crate::options::{CommandSpec, OptionSpec, Options, flag, value};
use crate::shared::{admin_by_options, properties, words};

pub(super) const PURPOSE: &str = "This tool manages feature flags in Kafka.";

pub(super) const SPECS: &[OptionSpec] = &[
    value("bootstrap-server", "host:port,...", "The brokers to connect to."),
    value("bootstrap-controller", "host:port,...", "The controllers to connect to."),
    value("command-config", "file", "Properties file with settings of the client."),
];

const DRY_RUN: OptionSpec = flag("dry-run", "Validate, but do not perform it.");
const UNSAFE: OptionSpec = flag("unsafe", "Do it even if it may irreversibly destroy metadata.");
const RELEASE: OptionSpec =
    value("release-version", "release", "The release to set all features to, such as 4.3-IV0.");
const METADATA: OptionSpec = value("metadata", "release", "DEPRECATED: the metadata version.");
const LEVEL: OptionSpec =
    value("feature", "feature=level", "A feature with its level; may stand several times.");

pub(super) const COMMANDS: &[CommandSpec] = &[
    CommandSpec {
        name: "describe",
        options: &[],
        help: "Describes the current active feature flags.",
    },
    CommandSpec {
        name: "upgrade",
        options: &[METADATA, RELEASE, LEVEL, DRY_RUN],
        help: "Upgrade one or more feature flags.",
    },
    CommandSpec {
        name: "downgrade",
        options: &[METADATA, RELEASE, LEVEL, UNSAFE, DRY_RUN],
        help: "Downgrade one or more feature flags.",
    },
    CommandSpec {
        name: "disable",
        options: &[value("feature", "feature", "A feature to disable."), UNSAFE, DRY_RUN],
        help: "Disable one or more feature flags: the same as downgrading them to zero.",
    },
    CommandSpec {
        name: "version-mapping",
        options: &[RELEASE],
        help: "Look up the features of a metadata version; of the latest when none is given.",
    },
    CommandSpec {
        name: "feature-dependencies",
        options: &[LEVEL],
        help: "Look up what a feature's level needs.",
    },
];

const UPGRADE: i8 = 1;
const SAFE_DOWNGRADE: i8 = 2;
const UNSAFE_DOWNGRADE: i8 = 3;

pub(super) async fn run(console: &mut Console, env: &Env, options: &Options) -> Outcome {
    // Kafka's tool wants an address even where it asks nobody.
    let file = properties(options.get("command-config"))?;
    let kind = match options.command {
        "upgrade" => UPGRADE,
        _ if options.has("unsafe") => UNSAFE_DOWNGRADE,
        _ => SAFE_DOWNGRADE,
    };
    match options.command {
        "version-mapping" => version_mapping(console, options.get("release-version")),
        "feature-dependencies" => {
            options.required("feature")?;
            dependencies(console, options.all("feature"))
        }
        "describe" => {
            let admin = admin_by_options(env, options, &file, "adminclient-1").await?;
            describe(console, &admin.describe_features(None).await?);
            Ok(())
        }
        command => {
            let updates = if command == "disable" {
                disabled(options.all("feature"))?
            } else {
                levels(console, options, kind)?
            };
            if updates.is_empty() {
                return Err(Failure::failed(format!(
                    "You must specify at least one feature to {command}"
                )));
            }
            let admin = admin_by_options(env, options, &file, "adminclient-1").await?;
            update(console, &admin, &updates, (command, kind, options.has("dry-run"))).await
        }
    }
}

fn level_text(feature: &str, level: i16) -> String {
    if feature != MetadataVersion::FEATURE_NAME {
        return level.to_string();
    }
    MetadataVersion::from_level(level)
        .map_or_else(|_| format!("UNKNOWN [{level}]"), |version| version.to_string())
}

fn describe(console: &mut Console, versions: &ApiVersionsResponse) {
    let mut supported: Vec<_> = versions.supported_features.iter().collect();
    supported.sort_by(|a, b| a.name.as_str().cmp(b.name.as_str()));
    let epoch = match versions.finalized_features_epoch {
        epoch if epoch >= 0 => epoch.to_string(),
        _ => "-".to_owned(),
    };
    for feature in supported {
        let name = &*feature.name;
        let mut finalized = versions.finalized_features.iter();
        let finalized = finalized.find(|found| found.name == feature.name);
        console.line(format!(
            "Feature: {name:<42}SupportedMinVersion: {:<17}SupportedMaxVersion: {:<17}FinalizedVersionLevel: {:<17}Epoch: {epoch}",
            level_text(name, feature.min_version),
            level_text(name, feature.max_version),
            level_text(name, finalized.map_or(0, |found| found.max_version_level)),
        ));
    }
}

fn release(text: &str) -> Result<MetadataVersion, Failure> {
    MetadataVersion::from_release(text, false).map_err(|_| {
        let known = MetadataVersion::all().filter(|version| version.is_production());
        let known: Vec<String> = known.map(|version| version.to_string()).collect();
        Failure::failed(format!(
            "Unknown metadata.version '{text}'. Supported metadata.version are: {}",
            known.join(", ")
        ))
    })
}

fn name_and_level(text: &str) -> Result<(&str, i16), Failure> {
    let wrong = |reason: String| {
        Failure::failed(format!("Can't parse feature=level string {text}: {reason}"))
    };
    let (name, level) =
        text.split_once('=').ok_or_else(|| wrong("equals sign not found.".to_owned()))?;
    let level = level.trim();
    let number =
        level.parse().map_err(|_| wrong(format!("unable to parse {level} as a short.")))?;
    Ok((name.trim(), number))
}

fn add(updates: &mut BTreeMap<String, i16>, name: &str, level: i16) -> Result<(), Failure> {
    match updates.insert(name.to_owned(), level) {
        None => Ok(()),
        Some(_) => Err(Failure::failed(format!("Feature {name} was specified more than once."))),
    }
}

fn disabled(features: &[String]) -> Result<BTreeMap<String, i16>, Failure> {
    let mut updates = BTreeMap::new();
    for feature in features {
        add(&mut updates, feature, 0)?;
    }
    Ok(updates)
}

/// The levels that an upgrade or downgrade shall set.
fn levels(
    console: &mut Console,
    options: &Options,
    kind: i8,
) -> Result<BTreeMap<String, i16>, Failure> {
    let mut updates = BTreeMap::new();
    if let Some(text) = options.get("release-version") {
        if options.has("metadata") || options.has("feature") {
            return Err(Failure::failed(
                "Can not specify `release-version` with other feature flags.",
            ));
        }
        let version = release(text)?;
        updates.insert(MetadataVersion::FEATURE_NAME.to_owned(), version.level());
        for feature in Feature::production() {
            let level = feature.default_level(version);
            // An upgrade to 0 is none.
            if kind != UPGRADE || level > 0 {
                updates.insert(feature.name.to_owned(), level);
            }
        }
        return Ok(updates);
    }
    if let Some(text) = options.get("metadata") {
        console.line(" `metadata` flag is deprecated and may be removed in a future release.");
        updates.insert(MetadataVersion::FEATURE_NAME.to_owned(), release(text)?.level());
    }
    for text in options.all("feature") {
        let (name, level) = name_and_level(text)?;
        add(&mut updates, name, level)?;
    }
    Ok(updates)
}

async fn update(
    console: &mut Console,
    admin: &Admin,
    updates: &BTreeMap<String, i16>,
    (command, upgrade_type, is_dry): (&str, i8, bool),
) -> Outcome {
    let asked: Vec<FeatureUpdate> = updates
        .iter()
        .map(|(feature, level)| FeatureUpdate {
            feature: feature.clone(),
            level: *level,
            upgrade_type,
        })
        .collect();
    let results: BTreeMap<String, Result<(), ApiError>> =
        match admin.update_features(&asked, is_dry).await {
            Ok(results) => results,
            // One refusal is about all of them.
            Err(ClientError::Api { error, .. }) => {
                updates.keys().map(|name| (name.clone(), Err(error.clone()))).collect()
            }
            Err(error) => return Err(error.into()),
        };
    let mut failed = 0;
    for (name, level) in updates {
        match results.get(name) {
            Some(Err(error)) => {
                failed += 1;
                let could = if is_dry { "Can not" } else { "Could not" };
                let what = match command {
                    "disable" => format!("disable {name}"),
                    command => format!("{command} {name} to {level}"),
                };
                console.line(format!("{could} {what}. {}", words(error)));
            }
            Some(Ok(())) | None => {
                let verb = if is_dry { "can be" } else { "was" };
                let what = match command {
                    "disable" => "disabled.".to_owned(),
                    command => format!("{command}d to {level}."),
                };
                console.line(format!("{name} {verb} {what}"));
            }
        }
    }
    match failed {
        0 => Ok(()),
        failed => {
            Err(Failure::failed(format!("{failed} out of {} operation(s) failed.", updates.len())))
        }
    }
}

fn version_mapping(console: &mut Console, text: Option<&str>) -> Outcome {
    let latest = MetadataVersion::LATEST_PRODUCTION.to_string();
    let text = text.unwrap_or(&latest);
    let version = MetadataVersion::from_release(text, true).map_err(|_| {
        let first = MetadataVersion::all().next().map(|version| version.to_string());
        Failure::failed(format!(
            "Unknown release version '{text}'. Supported versions are: {} to {latest}",
            first.unwrap_or_default()
        ))
    })?;
    console.line(format!("metadata.version={} ({text})", version.level()));
    for feature in Feature::production() {
        console.line(format!("{}={}", feature.name, feature.default_level(version)));
    }
    Ok(())
}

fn dependencies(console: &mut Console, features: &[String]) -> Outcome {
    for text in features {
        let (name, level) = name_and_level(text)?;
        if name == MetadataVersion::FEATURE_NAME {
            let version = MetadataVersion::from_level(level)
                .map_err(|_| Failure::failed(format!("Unknown metadata.version {level}")))?;
            console.line(format!("{name}={level} ({version}) has no dependencies."));
            continue;
        }
        let feature = Feature::named(name)
            .ok_or_else(|| Failure::failed(format!("Unknown feature: {name}")))?;
        if feature.bootstrap_version(level).is_none() {
            return Err(Failure::failed(format!("No feature:{name} with feature level {level}")));
        }
        let needed: Vec<_> = feature.dependencies(level).collect();
        if needed.is_empty() {
            console.line(format!("{name}={level} has no dependencies."));
            continue;
        }
        console.line(format!("{name}={level} requires:"));
        for (other, least) in needed {
            let version = match level_text(other, least) {
                text if other == MetadataVersion::FEATURE_NAME => format!(" ({text})"),
                _ => String::new(),
            };
            console.line(format!("    {other}={least}{version}"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_are_read_and_repeated_ones_refused() {
        assert_eq!(name_and_level("a = 5").expect("valid"), ("a", 5));
        let message = |text| name_and_level(text).expect_err("refused").message().to_owned();
        assert_eq!(message("a"), "Can't parse feature=level string a: equals sign not found.");
        assert_eq!(
            message("a=x"),
            "Can't parse feature=level string a=x: unable to parse x as a short."
        );
        let twice = disabled(&["a".to_owned(), "a".to_owned()]).expect_err("refused");
        assert_eq!(twice.message(), "Feature a was specified more than once.");
    }

    #[test]
    fn versions_map_to_levels() {
        let (mut console, out, _) = Console::buffers("");
        version_mapping(&mut console, Some("4.0-IV3")).expect("known");
        assert!(out.text().starts_with("metadata.version=25 (4.0-IV3)\n"), "{}", out.text());
        let failure = version_mapping(&mut console, Some("9.9")).expect_err("unknown");
        assert!(failure.message().starts_with("Unknown release version '9.9'."));
    }
}
