//! Long options as Kafka's scripts take them: `--name value`, `--name=value`, unambiguous
//! abbreviations, options that may stand several times.

use std::collections::BTreeMap;
use std::fmt::Write;

use keld_config::nearest;

use crate::failure::Failure;

/// What follows an option.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Argument {
    /// Nothing.
    None,
    /// A value, described by this word.
    Required(&'static str),
    /// A value or nothing.
    Optional(&'static str),
}

/// An option of a script.
#[derive(Clone, Copy, Debug)]
pub(crate) struct OptionSpec {
    pub(crate) name: &'static str,
    pub(crate) argument: Argument,
    pub(crate) help: &'static str,
}

/// Declares an option without a value.
pub(crate) const fn flag(name: &'static str, help: &'static str) -> OptionSpec {
    OptionSpec { name, argument: Argument::None, help }
}

/// Declares an option with a value.
pub(crate) const fn value(
    name: &'static str,
    described_as: &'static str,
    help: &'static str,
) -> OptionSpec {
    OptionSpec { name, argument: Argument::Required(described_as), help }
}

/// Declares an option whose value may be left out.
pub(crate) const fn maybe(
    name: &'static str,
    described_as: &'static str,
    help: &'static str,
) -> OptionSpec {
    OptionSpec { name, argument: Argument::Optional(described_as), help }
}

/// A command of a script that has several, as argparse4j calls them: a word among the options.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CommandSpec {
    pub(crate) name: &'static str,
    pub(crate) options: &'static [OptionSpec],
    pub(crate) help: &'static str,
}

/// A short name of an option: the letter as it is written, the long name without dashes.
pub(crate) type Short = (&'static str, &'static str);

/// The options of one call, in the order given.
#[derive(Clone, Debug, Default)]
pub(crate) struct Options {
    /// The command, of a script that has commands.
    pub(crate) command: &'static str,
    values: BTreeMap<&'static str, Vec<String>>,
    /// The arguments as they were given, for messages.
    pub(crate) line: String,
}

impl Options {
    /// Reads arguments against the options a script has.
    pub(crate) fn parse(specs: &[OptionSpec], arguments: &[String]) -> Result<Self, Failure> {
        let mut options = Self { line: arguments.join(" "), ..Self::default() };
        let mut arguments = arguments.iter().peekable();
        while let Some(argument) = arguments.next() {
            let Some(text) = argument.strip_prefix("--") else {
                return Err(Failure::usage(stray(argument)));
            };
            let (name, inline) = match text.split_once('=') {
                Some((name, value)) => (name, Some(value.to_owned())),
                None => (text, None),
            };
            let spec = find(specs, name)?;
            let next_is_value = arguments.peek().is_some_and(|next| !next.starts_with("--"));
            let value = match (spec.argument, inline) {
                (Argument::None, None) => None,
                (Argument::None, Some(_)) => {
                    return Err(Failure::usage(format!("Option {name} does not take a value")));
                }
                (_, Some(value)) => Some(value),
                (Argument::Required(_), None) => match arguments.next() {
                    Some(value) => Some(value.clone()),
                    None => {
                        return Err(Failure::usage(format!(
                            "Option {} requires an argument",
                            spec.name
                        )));
                    }
                },
                (Argument::Optional(_), None) if next_is_value => arguments.next().cloned(),
                (Argument::Optional(_), None) => None,
            };
            options.values.entry(spec.name).or_default().extend(value);
        }
        Ok(options)
    }

    /// Reads arguments of a script with commands: options for all, a command, options of its own.
    /// Help is given without a command, too.
    pub(crate) fn parse_command(
        common: &[OptionSpec],
        commands: &[CommandSpec],
        short: &[Short],
        arguments: &[String],
    ) -> Result<Self, Failure> {
        let long = |word: &String| match short.iter().find(|(letter, _)| letter == word) {
            Some((_, name)) => format!("--{name}"),
            None => word.clone(),
        };
        let mut rest: Vec<String> = arguments.iter().map(long).collect();
        let mut at = 0;
        while let Some(word) = rest.get(at) {
            let Some(text) = word.strip_prefix("--") else { break };
            let takes_next = !text.contains('=')
                && find(common, text).is_ok_and(|spec| spec.argument != Argument::None);
            at += if takes_next { 2 } else { 1 };
        }
        let names = || commands.iter().map(|command| command.name).collect::<Vec<_>>().join(", ");
        let Some(word) = rest.get(at).cloned() else {
            let options = Self::parse(common, &rest)?;
            return if options.has("help") || options.has("version") {
                Ok(options)
            } else {
                Err(Failure::usage(format!("too few arguments: name one of {}", names())))
            };
        };
        let Some(command) = commands.iter().find(|command| command.name == word) else {
            return Err(Failure::usage(format!(
                "invalid choice: '{word}' (choose from {})",
                names()
            )));
        };
        rest.remove(at);
        let specs: Vec<OptionSpec> = common.iter().chain(command.options).copied().collect();
        Ok(Self { command: command.name, ..Self::parse(&specs, &rest)? })
    }

    /// The option was given.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.values.contains_key(name)
    }

    /// Its last value.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.values.get(name)?.last().map(String::as_str)
    }

    /// All its values.
    pub(crate) fn all(&self, name: &str) -> &[String] {
        self.values.get(name).map(Vec::as_slice).unwrap_or_default()
    }

    /// Its value as a number.
    pub(crate) fn number<T: std::str::FromStr>(&self, name: &str) -> Result<Option<T>, Failure> {
        self.get(name)
            .map(|text| {
                text.parse().map_err(|_| {
                    Failure::usage(format!("Cannot parse argument '{text}' of option {name}"))
                })
            })
            .transpose()
    }

    /// Its value, which must be there.
    pub(crate) fn required(&self, name: &str) -> Result<&str, Failure> {
        self.get(name)
            .ok_or_else(|| Failure::usage(format!("Missing required argument \"[{name}]\"")))
    }

    /// Fails unless an option without a value was given.
    pub(crate) fn required_flag(&self, name: &str) -> Result<(), Failure> {
        if self.has(name) {
            return Ok(());
        }
        Err(Failure::usage(format!("Missing required argument \"[{name}]\"")))
    }

    /// Fails when `name` stands together with one of `others`.
    pub(crate) fn exclude(&self, name: &str, others: &[&str]) -> Result<(), Failure> {
        match others.iter().find(|other| self.has(name) && self.has(other)) {
            None => Ok(()),
            Some(other) => Err(Failure::usage(format!(
                "Option \"[{name}]\" can't be used with option \"[{other}]\""
            ))),
        }
    }

    /// Fails unless exactly one of `names` was given; gives it.
    pub(crate) fn exactly_one(
        &self,
        names: &[&'static str],
        message: &str,
    ) -> Result<&'static str, Failure> {
        let mut given = names.iter().filter(|name| self.has(name));
        match (given.next(), given.next()) {
            (Some(name), None) => Ok(name),
            _ => Err(Failure::usage(message)),
        }
    }
}

fn find<'a>(specs: &'a [OptionSpec], name: &str) -> Result<&'a OptionSpec, Failure> {
    if let Some(spec) = specs.iter().find(|spec| spec.name == name) {
        return Ok(spec);
    }
    let mut longer = specs.iter().filter(|spec| !name.is_empty() && spec.name.starts_with(name));
    match (longer.next(), longer.next()) {
        (Some(spec), None) => Ok(spec),
        _ => {
            let mut message = format!("{name} is not a recognized option");
            if let Some(near) = nearest(name, specs.iter().map(|spec| spec.name)) {
                // A String takes every write.
                let _ = write!(message, "; did you mean --{near}?");
            }
            Err(Failure::usage(message))
        }
    }
}

fn stray(argument: &str) -> String {
    format!("Found non-option argument {argument}; options begin with --")
}

/// The help of a script: its purpose, then its options in alphabetical order.
pub(crate) fn help(purpose: &str, specs: &[OptionSpec]) -> String {
    let mut sorted: Vec<&OptionSpec> = specs.iter().collect();
    sorted.sort_by_key(|spec| spec.name);
    let left = |spec: &OptionSpec| match spec.argument {
        Argument::None => format!("--{}", spec.name),
        Argument::Required(what) => format!("--{} <{what}>", spec.name),
        Argument::Optional(what) => format!("--{} [{what}]", spec.name),
    };
    let width = sorted.iter().map(|spec| left(spec).len()).max().unwrap_or(0).min(40);
    let mut text = format!("{purpose}\n\n");
    for spec in sorted {
        // A String takes every write.
        let _ = writeln!(text, "{:width$}  {}", left(spec), spec.help);
    }
    text
}

/// The help of a script with commands.
pub(crate) fn command_help(
    purpose: &str,
    common: &[OptionSpec],
    commands: &[CommandSpec],
) -> String {
    let mut text = help(purpose, common);
    for command in commands {
        // A String takes every write.
        let _ = writeln!(text);
        text.push_str(&help(&format!("{}: {}", command.name, command.help), command.options));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    const COMMANDS: [CommandSpec; 2] = [
        CommandSpec { name: "show", options: &[flag("all", "All.")], help: "Shows." },
        CommandSpec { name: "drop", options: &[value("id", "id", "The id.")], help: "Drops." },
    ];

    #[test]
    fn a_command_stands_among_options_and_has_its_own() {
        let parse = |words: &[&str]| {
            let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
            let common = [value("server", "host", "Where."), flag("help", "Help.")];
            let short = [("-s", "server"), ("-i", "id")];
            Options::parse_command(&common, &COMMANDS, &short, &words)
                .map_err(|failure| failure.message().to_owned())
        };
        let options = parse(&["--server", "show", "drop", "--id", "5"]).expect("valid");
        assert_eq!((options.command, options.get("id")), ("drop", Some("5")));
        assert_eq!(options.get("server"), Some("show"));
        let options = parse(&["drop", "-i", "5", "-s", "x"]).expect("valid");
        assert_eq!((options.get("server"), options.get("id")), (Some("x"), Some("5")));
        assert!(parse(&["--help"]).expect("valid").has("help"));
        let failure = |words: &[&str]| parse(words).expect_err("must fail");
        assert_eq!(failure(&["--server", "x"]), "too few arguments: name one of show, drop");
        assert_eq!(failure(&["shwo"]), "invalid choice: 'shwo' (choose from show, drop)");
        assert_eq!(failure(&["show", "--id", "5"]), "id is not a recognized option");
    }

    const SPECS: [OptionSpec; 4] = [
        flag("list", "List."),
        value("topic", "topic", "The topic."),
        value("topic-id", "id", "The id."),
        maybe("state", "states", "The state."),
    ];

    fn parse(arguments: &[&str]) -> Result<Options, String> {
        let arguments: Vec<String> = arguments.iter().map(|text| (*text).to_owned()).collect();
        Options::parse(&SPECS, &arguments).map_err(|failure| failure.message().to_owned())
    }

    #[test]
    fn values_follow_or_are_joined_and_repeat() {
        let options = parse(&["--topic", "a", "--topic=b=c", "--li"]).expect("valid");
        assert_eq!(options.all("topic"), ["a", "b=c"]);
        assert_eq!(options.get("topic"), Some("b=c"));
        assert!(options.has("list"));
        let options = parse(&["--state", "--list"]).expect("valid");
        assert!(options.has("state") && options.get("state").is_none());
        assert_eq!(parse(&["--state", "stable"]).expect("valid").get("state"), Some("stable"));
    }

    #[test]
    fn misspelt_options_get_a_suggestion() {
        let failure = |arguments: &[&str]| parse(arguments).expect_err("must fail");
        assert_eq!(
            failure(&["--tpoic", "a"]),
            "tpoic is not a recognized option; did you mean --topic?"
        );
        assert_eq!(failure(&["--zebra"]), "zebra is not a recognized option");
        assert_eq!(failure(&["--topic"]), "Option topic requires an argument");
        assert_eq!(failure(&["x"]), "Found non-option argument x; options begin with --");
        assert_eq!(failure(&["--list=x"]), "Option list does not take a value");
    }

    #[test]
    fn help_lists_options_in_order() {
        let text = help("Purpose.", &SPECS);
        assert!(text.starts_with("Purpose.\n\n--list"), "{text}");
        assert!(text.contains("--state [states]"), "{text}");
    }
}
