//! The flags of `kafka-storage`.

use super::StorageError;
use std::path::PathBuf;

pub(super) const HELP: &str = "\
usage: kafka-storage [-h] {info,format,version-mapping,feature-dependencies,random-uuid} ...

The Kafka storage tool.

commands:
  info                   Get information about the log directories on this node.
      -c, --config CONFIG
  format                 Format the log directories on this node.
      -c, --config CONFIG
      -t, --cluster-id CLUSTER_ID
      -g, --ignore-formatted
      -r, --release-version RELEASE_VERSION
      -f, --feature FEATURE=LEVEL
      -s, --standalone | -N, --no-initial-controllers | -I, --initial-controllers CONTROLLERS
  version-mapping        Look up the corresponding features for a given metadata version.
      -r, --release-version RELEASE_VERSION
  feature-dependencies   Look up dependencies for a given feature version.
      -f, --feature FEATURE=LEVEL
  random-uuid            Print a random UUID.
";

/// What is asked.
#[derive(Debug)]
pub(super) enum Invocation {
    Help,
    Info { config: PathBuf },
    Format(Box<FormatArguments>),
    VersionMapping { release: Option<String> },
    FeatureDependencies { features: Vec<String> },
    RandomUuid,
}

/// The flags of `format`.
#[derive(Debug)]
pub(super) struct FormatArguments {
    pub(super) config: PathBuf,
    pub(super) cluster_id: String,
    pub(super) ignore_formatted: bool,
    pub(super) release: Option<String>,
    pub(super) features: Vec<(String, i16)>,
    pub(super) standalone: bool,
    pub(super) no_initial_controllers: bool,
    pub(super) initial_controllers: Option<String>,
    pub(super) scram: Vec<String>,
}

/// Flags as they were given.
#[derive(Debug, Default)]
struct Given {
    values: Vec<(&'static str, String)>,
    switches: Vec<&'static str>,
    help: bool,
}

/// A flag: long name, short name, whether a value follows.
type Flag = (&'static str, &'static str, bool);

const CONFIG: Flag = ("--config", "-c", true);
const CLUSTER_ID: Flag = ("--cluster-id", "-t", true);
const ADD_SCRAM: Flag = ("--add-scram", "-S", true);
const IGNORE_FORMATTED: Flag = ("--ignore-formatted", "-g", false);
const RELEASE: Flag = ("--release-version", "-r", true);
const FEATURE: Flag = ("--feature", "-f", true);
const STANDALONE: Flag = ("--standalone", "-s", false);
const NO_CONTROLLERS: Flag = ("--no-initial-controllers", "-N", false);
const CONTROLLERS: Flag = ("--initial-controllers", "-I", true);

pub(super) fn parse(arguments: &[String]) -> Result<Invocation, StorageError> {
    let Some((command, rest)) = arguments.split_first() else {
        return Err(usage("too few arguments"));
    };
    let flags: &[Flag] = match command.as_str() {
        "-h" | "--help" => return Ok(Invocation::Help),
        "info" => &[CONFIG],
        "format" => &[
            CONFIG,
            CLUSTER_ID,
            ADD_SCRAM,
            IGNORE_FORMATTED,
            RELEASE,
            FEATURE,
            STANDALONE,
            NO_CONTROLLERS,
            CONTROLLERS,
        ],
        "version-mapping" => &[RELEASE],
        "feature-dependencies" => &[FEATURE],
        "random-uuid" => &[],
        other => {
            return Err(usage(&format!(
                "argument command: invalid choice: '{other}' (choose from 'info', 'format', \
                 'version-mapping', 'feature-dependencies', 'random-uuid')"
            )));
        }
    };
    let given = read(rest, flags)?;
    if given.help {
        return Ok(Invocation::Help);
    }
    match command.as_str() {
        "info" => Ok(Invocation::Info { config: given.required(CONFIG)?.into() }),
        "version-mapping" => Ok(Invocation::VersionMapping { release: given.last(RELEASE) }),
        "feature-dependencies" => {
            given.required(FEATURE)?;
            Ok(Invocation::FeatureDependencies { features: given.all(FEATURE) })
        }
        "random-uuid" => Ok(Invocation::RandomUuid),
        _ => format_arguments(&given).map(|parsed| Invocation::Format(Box::new(parsed))),
    }
}

fn format_arguments(given: &Given) -> Result<FormatArguments, StorageError> {
    let config = given.required(CONFIG)?.into();
    let cluster_id = given.required(CLUSTER_ID)?;
    let chosen: Vec<&str> = [STANDALONE, NO_CONTROLLERS, CONTROLLERS]
        .into_iter()
        .filter(|flag| given.has(*flag) || given.last(*flag).is_some())
        .map(|flag| flag.0)
        .collect();
    if let [first, second, ..] = chosen[..] {
        return Err(usage(&format!("argument {second}: not allowed with argument {first}")));
    }
    let features = given.all(FEATURE).iter().map(|text| feature(text)).collect::<Result<_, _>>()?;
    Ok(FormatArguments {
        config,
        cluster_id,
        ignore_formatted: given.has(IGNORE_FORMATTED),
        release: given.last(RELEASE),
        features,
        standalone: given.has(STANDALONE),
        no_initial_controllers: given.has(NO_CONTROLLERS),
        initial_controllers: given.last(CONTROLLERS),
        scram: given.all(ADD_SCRAM),
    })
}

fn feature(text: &str) -> Result<(String, i16), StorageError> {
    let refused = |why: String| {
        StorageError::refused(format!("Can't parse feature=level string {text}: {why}"))
    };
    let (name, level) =
        text.split_once('=').ok_or_else(|| refused("equals sign not found.".to_owned()))?;
    let level = level.trim();
    let number =
        level.parse().map_err(|_| refused(format!("unable to parse {level} as a short.")))?;
    Ok((name.trim().to_owned(), number))
}

fn read(arguments: &[String], flags: &[Flag]) -> Result<Given, StorageError> {
    let mut given = Given::default();
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        if argument == "-h" || argument == "--help" {
            given.help = true;
            continue;
        }
        let (name, attached) = match argument.split_once('=') {
            Some((name, value)) if name.starts_with("--") => (name, Some(value.to_owned())),
            Some(_) | None => (argument.as_str(), None),
        };
        let Some(flag) = flags.iter().find(|flag| flag.0 == name || flag.1 == name) else {
            let near = keld_config::nearest(name, flags.iter().map(|flag| flag.0));
            let hint = near.map_or_else(String::new, |near| format!(" (did you mean {near}?)"));
            return Err(usage(&format!("unrecognized arguments: '{argument}'{hint}")));
        };
        if flag.2 {
            let value = attached.or_else(|| rest.next().cloned());
            let value = value.ok_or_else(|| {
                usage(&format!("argument {}/{}: expected one argument", flag.0, flag.1))
            })?;
            given.values.push((flag.0, value));
        } else {
            given.switches.push(flag.0);
        }
    }
    Ok(given)
}

impl Given {
    fn all(&self, flag: Flag) -> Vec<String> {
        self.values.iter().filter(|(name, _)| *name == flag.0).map(|(_, v)| v.clone()).collect()
    }

    fn last(&self, flag: Flag) -> Option<String> {
        self.all(flag).pop()
    }

    fn required(&self, flag: Flag) -> Result<String, StorageError> {
        self.last(flag).ok_or_else(|| usage(&format!("argument {}/{} is required", flag.0, flag.1)))
    }

    fn has(&self, flag: Flag) -> bool {
        self.switches.contains(&flag.0)
    }
}

fn usage(why: &str) -> StorageError {
    StorageError::refused(format!(
        "usage: kafka-storage [-h] {{info,format,version-mapping,feature-dependencies,random-uuid}} ...\n\
         kafka-storage: error: {why}"
    ))
}
