//! `cargo xtask import-schemas [JAR...]`: reads Kafka's message schemas from released jars and
//! writes their facts to `crates/wire/schemas` in our own form.
//!
//! Only names, types, versions, nullability, tags, defaults and listeners are taken; sentences and
//! comments stay behind. Jars are opened with `unzip` or, without it, `jar`. Without arguments the
//! jars of the pinned release are looked for in the local Maven repository.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, bail, ensure};
use serde_json::Value;

use crate::schema::{Field, Message, Shared, Type, Versions};

/// The release whose schemas are imported when no jar is named.
const RELEASE: &str = "4.3.1";

/// The modules that carry schemas.
const MODULES: [&str; 7] = [
    "kafka-clients",
    "kafka-metadata",
    "kafka-group-coordinator",
    "kafka-transaction-coordinator",
    "kafka-share-coordinator",
    "kafka-raft",
    "kafka-storage",
];

/// Runs the verb.
pub(crate) fn run(arguments: &[String]) -> anyhow::Result<()> {
    let jars: Vec<PathBuf> = if arguments.is_empty() {
        MODULES.iter().map(|module| local_jar(module)).collect::<anyhow::Result<_>>()?
    } else {
        arguments.iter().map(PathBuf::from).collect()
    };
    let target = Path::new("crates/wire/schemas");
    let mut written: BTreeMap<PathBuf, String> = BTreeMap::new();
    for jar in &jars {
        let unpacked = std::env::temp_dir().join(format!("keld-schemas-{}", std::process::id()));
        fs::create_dir_all(&unpacked)?;
        unpack(jar, &unpacked)?;
        for folder in ["common/message", "common/metadata", "message"] {
            let Ok(entries) = fs::read_dir(unpacked.join(folder)) else { continue };
            for entry in entries {
                let path = entry?.path();
                if path.extension().is_none_or(|extension| extension != "json") {
                    continue;
                }
                let message = read(&path).with_context(|| path.display().to_string())?;
                if message.versions.is_empty() {
                    continue; // a removed API
                }
                let group = group(&message)?;
                let file = target.join(group).join(format!("{}.schema", message.name));
                written.insert(file, message.to_text());
            }
        }
        fs::remove_dir_all(&unpacked)?;
    }
    ensure!(!written.is_empty(), "no schema in {jars:?}");
    if target.exists() {
        fs::remove_dir_all(target)?;
    }
    for (file, text) in &written {
        fs::create_dir_all(file.parent().context("a schema file has a folder")?)?;
        fs::write(file, text)?;
    }
    println!("{} schemas written to {}", written.len(), target.display());
    Ok(())
}

fn local_jar(module: &str) -> anyhow::Result<PathBuf> {
    let home = std::env::var("HOME").context("HOME is not set; name the jars")?;
    let jar = Path::new(&home)
        .join(".m2/repository/org/apache/kafka")
        .join(module)
        .join(RELEASE)
        .join(format!("{module}-{RELEASE}.jar"));
    ensure!(jar.exists(), "{} is not there; name the jars as arguments", jar.display());
    Ok(jar)
}

fn unpack(jar: &Path, target: &Path) -> anyhow::Result<()> {
    let jar = fs::canonicalize(jar).with_context(|| jar.display().to_string())?;
    let unzip = Command::new("unzip")
        .args(["-q", "-o"])
        .arg(&jar)
        .args(["*.json", "-d"])
        .arg(target)
        .status();
    match unzip {
        // 11 is "nothing matched".
        Ok(status) if status.success() || status.code() == Some(11) => Ok(()),
        Ok(status) => bail!("unzip {}: {status}", jar.display()),
        Err(_) => {
            let status =
                Command::new("jar").arg("xf").arg(&jar).current_dir(target).status().context(
                    "neither `unzip` nor `jar` can be run; one of them is needed to open jars",
                )?;
            ensure!(status.success(), "jar xf {}: {status}", jar.display());
            Ok(())
        }
    }
}

/// The folder of a message, which is also the module of its code.
fn group(message: &Message) -> anyhow::Result<&'static str> {
    Ok(match message.kind.as_str() {
        "request" | "response" | "header" => "messages",
        // Of tiered storage: in a topic of its own, with types of its own.
        "metadata" if message.name.starts_with("Remote") => "storage_records",
        "metadata" => "metadata_records",
        "coordinator-key" | "coordinator-value" => "coordinator_records",
        "data" => match message.name.as_str() {
            "ConsumerProtocolAssignment" | "ConsumerProtocolSubscription" => "consumer_protocol",
            "DefaultPrincipalData" => "messages",
            "ProducerSnapshot" => "storage_records",
            _ => "quorum_records",
        },
        kind => bail!("unknown kind `{kind}`"),
    })
}

fn read(path: &Path) -> anyhow::Result<Message> {
    let json: Value = serde_json::from_str(&plain_json(&fs::read_to_string(path)?))?;
    let flexible = text(&json, "flexibleVersions").unwrap_or("none");
    let common = json["commonStructs"].as_array().map_or(&[][..], Vec::as_slice);
    let shared = common.iter().map(|shared| {
        let name = text(shared, "name").context("a struct without a name")?;
        Ok(Shared {
            name: name.to_owned(),
            versions: versions(text(shared, "versions").unwrap_or("0+"))?,
            fields: fields(&shared["fields"])?,
        })
    });
    Ok(Message {
        kind: text(&json, "type").context("no type")?.to_owned(),
        name: text(&json, "name").context("no name")?.to_owned(),
        key: json["apiKey"].as_i64().map(i16::try_from).transpose()?,
        versions: versions(text(&json, "validVersions").context("no validVersions")?)?,
        flexible: versions(flexible)?,
        listeners: json["listeners"]
            .as_array()
            .map_or(&[][..], Vec::as_slice)
            .iter()
            .filter_map(|listener| listener.as_str().map(str::to_owned))
            .collect(),
        unstable: json["latestVersionUnstable"].as_bool().unwrap_or(false),
        fields: fields(&json["fields"])?,
        shared: shared.collect::<anyhow::Result<_>>()?,
    })
}

fn fields(json: &Value) -> anyhow::Result<Vec<Field>> {
    json.as_array().map_or(&[][..], Vec::as_slice).iter().map(field).collect()
}

fn field(json: &Value) -> anyhow::Result<Field> {
    let name = text(json, "name").context("a field without a name")?;
    let tagged = text(json, "taggedVersions").map(versions).transpose()?;
    let own = text(json, "versions").map(versions).transpose()?;
    let versions_of_field = own.or(tagged).with_context(|| format!("{name} has no versions"))?;
    if let Some(tagged) = tagged {
        ensure!(tagged == versions_of_field, "{name} is tagged in some of its versions only");
    }
    let kind = Type::parse(text(json, "type").with_context(|| format!("{name} has no type"))?);
    let default = match &json["default"] {
        // A null that is not the text "null" is no default at all to Kafka's generator.
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    };
    Ok(Field {
        name: name.to_owned(),
        default: default.filter(|default| !is_usual(&kind, default)),
        kind,
        versions: versions_of_field,
        nullable: text(json, "nullableVersions").map_or(Ok(Versions::NONE), versions)?,
        tag: json["tag"].as_u64().map(u32::try_from).transpose()?,
        ignorable: json["ignorable"].as_bool().unwrap_or(false),
        map_key: json["mapKey"].as_bool().unwrap_or(false),
        flexible: text(json, "flexibleVersions").map(versions).transpose()?,
        fields: fields(&json["fields"])?,
    })
}

/// Whether a default is the one its type has anyway.
fn is_usual(kind: &Type, default: &str) -> bool {
    match kind {
        Type::Bool => default == "false",
        Type::Int8 | Type::Int16 | Type::Uint16 | Type::Int32 | Type::Uint32 | Type::Int64 => {
            default == "0"
        }
        Type::Records => default == "null",
        _ => default.is_empty(),
    }
}

fn versions(text: &str) -> anyhow::Result<Versions> {
    Versions::parse(text).with_context(|| format!("`{text}` is no range of versions"))
}

fn text<'a>(json: &'a Value, key: &str) -> Option<&'a str> {
    json[key].as_str()
}

/// Kafka's schemas are JSON with `//` comments and commas before closing brackets.
fn plain_json(source: &str) -> String {
    let mut out = String::with_capacity(source.len());
    let mut characters = source.chars().peekable();
    let mut in_string = false;
    while let Some(character) = characters.next() {
        if in_string {
            out.push(character);
            if character == '\\' {
                out.extend(characters.next());
            }
            in_string = character != '"';
            continue;
        }
        match character {
            '"' => {
                in_string = true;
                out.push('"');
            }
            '/' if characters.peek() == Some(&'/') => {
                while characters.next_if(|next| *next != '\n').is_some() {}
            }
            ']' | '}' => {
                let end = out.trim_end().len();
                if out[..end].ends_with(',') {
                    out.truncate(end - 1);
                }
                out.push(character);
            }
            other => out.push(other),
        }
    }
    out
}
