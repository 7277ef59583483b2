//! One message becomes one module: its structs with `Encode` and `Decode`.

use std::fmt::Write as _;

use anyhow::{Context, ensure};

use super::names;
use crate::schema::{Field, Message, Type, Versions};

/// The Rust of a message.
pub(crate) fn module(message: &Message) -> anyhow::Result<String> {
    let mut structs = Vec::new();
    structs.push((struct_name(message), message.fields.as_slice(), message.versions));
    collect(&message.fields, message.versions, &mut structs);
    for shared in &message.shared {
        structs.push((
            shared.name.clone(),
            &shared.fields,
            shared.versions.intersect(message.versions),
        ));
        collect(&shared.fields, message.versions, &mut structs);
    }
    let mut body = String::new();
    for (index, (name, fields, versions)) in structs.iter().enumerate() {
        let layout = Layout { message, name, versions: *versions, top: index == 0 };
        body += &layout.emit(fields)?;
    }
    let mut out = format!(
        "//! `{}` versions {}, flexible {}.\n\n",
        message.name, message.versions, message.flexible
    );
    out += &imports(&body);
    out += &body;
    Ok(out)
}

/// The Rust name of the message's own struct.
pub(crate) fn struct_name(message: &Message) -> String {
    message.name.clone()
}

fn imports(body: &str) -> String {
    let mut out = String::new();
    if body.contains("Bytes") && (body.contains(": Bytes,") || body.contains("<Bytes>")) {
        out += "use bytes::Bytes;\n";
    }
    let types: Vec<&str> = ["ErrorCode", "Uuid"]
        .into_iter()
        .filter(|name| {
            body.contains(&format!(": {name},"))
                || body.contains(&format!("<{name}>"))
                || body.contains(&format!("{name}::"))
        })
        .collect();
    if !types.is_empty() {
        let _ = writeln!(out, "use keld_types::{{{}}};", types.join(", "));
    }
    let mut own =
        vec!["Decode", "DecodeError", "Decoder", "Encode", "EncodeError", "Encoder", "Message"];
    for name in ["Records", "Str"] {
        if body.contains(&format!(": {name},")) || body.contains(&format!("<{name}>")) {
            own.push(name);
        }
    }
    own.extend(["TaggedFields", "VersionRange"]);
    let _ = writeln!(out, "\nuse crate::{{{}}};\n", own.join(", "));
    out
}

fn collect<'a>(
    fields: &'a [Field],
    outer: Versions,
    structs: &mut Vec<(String, &'a [Field], Versions)>,
) {
    for field in fields {
        let versions = field.versions.intersect(outer);
        if let (false, Some(name)) = (field.fields.is_empty(), field.kind.struct_name())
            && !versions.is_empty()
        {
            structs.push((name.to_owned(), &field.fields, versions));
            collect(&field.fields, versions, structs);
        }
    }
}

/// What is the same for all fields of one struct.
struct Layout<'a> {
    message: &'a Message,
    name: &'a str,
    versions: Versions,
    top: bool,
}

impl Layout<'_> {
    fn emit(&self, fields: &[Field]) -> anyhow::Result<String> {
        let fields: Vec<&Field> =
            fields.iter().filter(|field| !self.present(field).is_empty()).collect();
        let name = self.name;
        let natural = fields.iter().all(|field| is_natural(field));
        let derive = if natural { ", Default" } else { "" };
        let mut out = format!(
            "/// `{name}`, versions {}.\n#[derive(Clone, Debug, PartialEq{derive})]\npub struct {name} {{\n",
            self.versions
        );
        for field in &fields {
            let _ = writeln!(out, "{}", self.documentation(field));
            let _ = writeln!(out, "pub {}: {},", names::field(&field.name), rust_type(field));
        }
        out += "/// Tagged fields this release does not know.\npub unknown_tagged_fields: TaggedFields,\n}\n\n";
        if !natural {
            let _ = writeln!(out, "impl Default for {name} {{ fn default() -> Self {{ Self {{");
            for field in &fields {
                let _ = writeln!(out, "{}: {},", names::field(&field.name), default(field)?);
            }
            out += "unknown_tagged_fields: TaggedFields::default(), } } }\n\n";
        }
        if self.top {
            let message = self.message;
            let _ = writeln!(
                out,
                "impl Message for {name} {{
                const NAME: &'static str = \"{name}\";
                const KEY: Option<i16> = {:?};
                const VALID_VERSIONS: VersionRange = {};
                const FLEXIBLE_VERSIONS: VersionRange = {};
                const LATEST_VERSION_UNSTABLE: bool = {}; }}\n",
                message.key,
                range(message.versions),
                range(message.flexible.intersect(message.versions)),
                message.unstable
            );
        }
        out += &self.encode(&fields)?;
        out += &self.decode(&fields)?;
        Ok(out)
    }

    /// The versions of the struct in which the field stands.
    fn present(&self, field: &Field) -> Versions {
        field.versions.intersect(self.versions)
    }

    fn documentation(&self, field: &Field) -> String {
        let mut text = format!("/// Versions {}", self.present(field));
        let nullable = field.nullable.intersect(self.present(field));
        if !nullable.is_empty() {
            let _ = write!(text, ", nullable {nullable}");
        }
        if let Some(tag) = field.tag {
            let _ = write!(text, ", tag {tag}");
        }
        if let Some(default) = &field.default {
            let _ = write!(text, ", default {default}");
        }
        text.push('.');
        text
    }

    /// The condition that `version` is in `range`, or `None` when it always is.
    fn condition(&self, range: Versions) -> Option<String> {
        let range = range.intersect(self.versions);
        if range.covers(self.versions) {
            return None;
        }
        Some(match (range.min > self.versions.min, range.max < self.versions.max) {
            (true, true) if range.min == range.max => format!("version == {}", range.min),
            (true, true) => format!("({}..={}).contains(&version)", range.min, range.max),
            (true, false) => format!("version >= {}", range.min),
            (false, _) => format!("version <= {}", range.max),
        })
    }

    /// `true`, `false`, or a condition on `version`.
    fn truth(&self, range: Versions) -> String {
        if range.intersect(self.versions).is_empty() {
            return "false".to_owned();
        }
        self.condition(range).unwrap_or_else(|| "true".to_owned())
    }

    fn flexible(&self, field: &Field) -> String {
        match field.flexible {
            Some(range) => self.truth(range),
            None => match self.truth(self.message.flexible).as_str() {
                fixed @ ("true" | "false") => fixed.to_owned(),
                _ => "flexible".to_owned(),
            },
        }
    }

    fn nullable(&self, field: &Field) -> String {
        let nullable = field.nullable.intersect(self.present(field));
        if nullable.covers(self.present(field)) {
            return "true".to_owned();
        }
        self.truth(nullable)
    }

    fn label(&self, field: &Field) -> String {
        format!("\"{}.{}\"", self.name, field.name)
    }

    fn flexible_binding(&self, body: &str) -> String {
        match self.truth(self.message.flexible).as_str() {
            "true" | "false" => String::new(),
            _ if !body.contains("flexible") => String::new(),
            condition => format!("let flexible = {condition};\n"),
        }
    }

    fn encode(&self, fields: &[&Field]) -> anyhow::Result<String> {
        let mut body = String::new();
        for field in fields.iter().filter(|field| field.tag.is_none()) {
            let write = self.write(field)?;
            match self.condition(field.versions) {
                None => body += &write,
                Some(condition) if field.ignorable => {
                    let _ = writeln!(body, "if {condition} {{ {write} }}");
                }
                Some(condition) => {
                    let _ = writeln!(
                        body,
                        "if {condition} {{ {write} }} else {{ out.only_default({}, {}, version)?; }}",
                        is_default(field)?,
                        self.label(field)
                    );
                }
            }
        }
        body += &self.encode_tags(fields)?;
        let check = if self.top { "out.check_version::<Self>(version)?;\n" } else { "" };
        let version =
            if uses_version(&self.flexible_binding(&body)) || uses_version(&body) || self.top {
                "version"
            } else {
                "_version"
            };
        Ok(format!(
            "impl Encode for {} {{
            fn encode(&self, out: &mut Encoder, {version}: i16) -> Result<(), EncodeError> {{
            {check}{}{body} }} }}\n\n",
            self.name,
            self.flexible_binding(&body)
        ))
    }

    fn encode_tags(&self, fields: &[&Field]) -> anyhow::Result<String> {
        let mut tagged: Vec<&&Field> = fields.iter().filter(|field| field.tag.is_some()).collect();
        tagged.sort_by_key(|field| field.tag);
        let flexible = self.truth(self.message.flexible);
        let word =
            if flexible == "true" || flexible == "false" { flexible.as_str() } else { "flexible" };
        let plain = format!(
            "out.tagged_fields(&self.unknown_tagged_fields, {word}, \"{}\", version)\n",
            self.name
        );
        if tagged.is_empty() {
            return Ok(plain);
        }
        let mut checks = String::new();
        let mut writes = String::new();
        for field in tagged {
            ensure!(
                !contains_records(&field.kind, self.message),
                "records in the tagged field {}",
                field.name
            );
            let is_default = is_default(field)?;
            let present = self.truth(field.versions);
            let tag = field.tag.context("filtered above")?;
            if present != "true" && !field.ignorable {
                let absent =
                    if flexible == present { "!flexible".to_owned() } else { negate(&present) };
                let _ = writeln!(
                    checks,
                    "if {absent} {{ out.only_default({is_default}, {}, version)?; }}",
                    self.label(field)
                );
            }
            let guard = if present == "true" || flexible == present {
                negate(&is_default)
            } else {
                format!("{present} && {}", negate(&is_default))
            };
            let _ = writeln!(
                writes,
                "if {guard} {{ out.begin_tag(&mut tags, {tag})?; {} out.end_tag(&tags)?; }}",
                self.write(field)?
            );
        }
        let tags = format!(
            "let mut tags = out.begin_tags(&self.unknown_tagged_fields);\n{writes} out.end_tags(tags)\n"
        );
        Ok(match flexible.as_str() {
            "true" => format!("{checks}{tags}"),
            _ => format!(
                "{checks} if !flexible {{ return {} ; }}\n{tags}",
                plain.trim().replace(", flexible,", ", false,")
            ),
        })
    }

    fn write(&self, field: &Field) -> anyhow::Result<String> {
        let name = format!("self.{}", names::field(&field.name));
        let flexible = self.flexible(field);
        let label = self.label(field);
        let nullable = self.nullable(field);
        let optional = is_optional(field);
        let or_null = |call: &str, arguments: &str| {
            if optional {
                format!(
                    "out.{call}_or_null({name}.as_ref(), {arguments}{flexible}, {nullable}, {label})?;\n"
                )
            } else {
                format!("out.{call}(&{name}, {arguments}{flexible}, {label})?;\n")
            }
        };
        Ok(match &field.kind {
            Type::Int16 if is_error_code(field) => format!("out.i16({name}.code());\n"),
            Type::Uuid => format!("out.uuid({name});\n"),
            Type::String => or_null("string", ""),
            Type::Bytes => or_null("bytes", ""),
            Type::Records => or_null("records", ""),
            Type::Struct(_) if optional && field.tag.is_some() => {
                format!("out.tagged_struct_or_null({name}.as_ref(), version, {label})?;\n")
            }
            Type::Struct(_) if optional => {
                format!("out.struct_or_null({name}.as_ref(), version, {nullable}, {label})?;\n")
            }
            Type::Struct(_) => format!("{name}.encode(out, version)?;\n"),
            Type::Array(element) => match **element {
                Type::Struct(_) => or_null("structs", "version, "),
                Type::String => or_null("strings", ""),
                _ => or_null("plains", ""),
            },
            plain => format!("out.{}({name});\n", plain_type(plain)?),
        })
    }

    fn decode(&self, fields: &[&Field]) -> anyhow::Result<String> {
        let mut body = String::new();
        for field in fields {
            let name = names::field(&field.name);
            if field.tag.is_some() {
                let _ = writeln!(body, "{name}: {},", default(field)?);
                continue;
            }
            let read = self.read(field, "input")?;
            let _ = match self.condition(field.versions) {
                None => writeln!(body, "{name}: {read},"),
                Some(condition) => {
                    writeln!(
                        body,
                        "{name}: if {condition} {{ {read} }} else {{ {} }},",
                        default(field)?
                    )
                }
            };
        }
        let flexible = self.truth(self.message.flexible);
        let word =
            if flexible == "true" || flexible == "false" { flexible.as_str() } else { "flexible" };
        let tagged: Vec<&&Field> = fields.iter().filter(|field| field.tag.is_some()).collect();
        let text = if tagged.is_empty() {
            format!("Ok(Self {{ {body} unknown_tagged_fields: input.tagged_fields({word})?, }})")
        } else {
            let mut arms = String::new();
            for field in tagged {
                let tag = field.tag.context("filtered above")?;
                let present = self.truth(field.versions);
                let guard = if present == "true" || present == flexible {
                    String::new()
                } else {
                    format!("if {present}")
                };
                let read = self.read(field, "value")?;
                let _ =
                    writeln!(arms, "{tag} {guard} => this.{} = {read},", names::field(&field.name));
                if !guard.is_empty() {
                    let _ = writeln!(
                        arms,
                        "{tag} => return Err(DecodeError::TagNotInVersion {{ message: \"{}\", tag: {tag}, version }}),",
                        self.name
                    );
                }
            }
            format!(
                "let mut this = Self {{ {body} unknown_tagged_fields: TaggedFields::default(), }};
                let mut tags = input.tags({word})?;
                while let Some((tag, mut value)) = input.next_tag(&mut tags)? {{
                match tag {{ {arms} _ => this.unknown_tagged_fields.insert(tag, value.rest()), }}
                input.finish_tag(tag, &value)?; }}
                Ok(this)"
            )
        };
        let check = if self.top { "input.check_version::<Self>(version)?;\n" } else { "" };
        let version =
            if uses_version(&text) || uses_version(&self.flexible_binding(&text)) || self.top {
                "version"
            } else {
                "_version"
            };
        let input = if text.contains("input") || self.top { "input" } else { "_input" };
        Ok(format!(
            "impl Decode for {} {{
            const MIN_LENGTH: usize = {};
            fn decode({input}: &mut Decoder, {version}: i16) -> Result<Self, DecodeError> {{
            {check}{}{text} }} }}\n\n",
            self.name,
            self.min_length(fields)?,
            self.flexible_binding(&text)
        ))
    }

    fn read(&self, field: &Field, input: &str) -> anyhow::Result<String> {
        let flexible = self.flexible(field);
        let label = self.label(field);
        let nullable = self.nullable(field);
        let optional = is_optional(field);
        let or_null = |call: &str, arguments: &str| {
            if optional {
                format!("{input}.{call}_or_null({arguments}{flexible}, {nullable}, {label})?")
            } else {
                format!("{input}.{call}({arguments}{flexible}, {label})?")
            }
        };
        Ok(match &field.kind {
            Type::Int16 if is_error_code(field) => format!("ErrorCode::from_code({input}.i16()?)"),
            Type::Uuid => format!("{input}.uuid()?"),
            Type::String => or_null("string", ""),
            Type::Bytes => or_null("bytes", ""),
            Type::Records => or_null("records", ""),
            Type::Struct(_) if optional && field.tag.is_some() => {
                format!("{input}.tagged_struct_or_null(version)?")
            }
            Type::Struct(_) if optional => {
                format!("{input}.struct_or_null(version, {nullable}, {label})?")
            }
            Type::Struct(name) if input == "value" => {
                format!("{name}::decode(&mut value, version)?")
            }
            Type::Struct(name) => format!("{name}::decode({input}, version)?"),
            Type::Array(element) => match **element {
                Type::Struct(_) => or_null("structs", "version, "),
                Type::String => or_null("strings", ""),
                _ => or_null("plains", ""),
            },
            plain => format!("{input}.{}()?", plain_type(plain)?),
        })
    }

    /// The least number of bytes an instance takes in any version.
    fn min_length(&self, fields: &[&Field]) -> anyhow::Result<usize> {
        let owned: Vec<Field> = fields.iter().map(|field| (*field).clone()).collect();
        let least = self
            .versions
            .each()
            .map(|version| fields_length(&owned, self.message, version))
            .collect::<anyhow::Result<Vec<_>>>()?;
        Ok(least.into_iter().min().unwrap_or(0).max(1))
    }
}

fn fields_length(fields: &[Field], message: &Message, version: i16) -> anyhow::Result<usize> {
    let flexible = message.flexible.contains(version);
    let mut total = usize::from(flexible);
    for field in
        fields.iter().filter(|field| field.tag.is_none() && field.versions.contains(version))
    {
        total += match &field.kind {
            Type::Bool | Type::Int8 => 1,
            Type::Int16 | Type::Uint16 => 2,
            Type::Int32 | Type::Uint32 => 4,
            Type::Int64 | Type::Float64 => 8,
            Type::Uuid => 16,
            Type::String | Type::Bytes | Type::Records | Type::Array(_) if flexible => 1,
            Type::String => 2,
            Type::Bytes | Type::Records | Type::Array(_) => 4,
            Type::Struct(_) if field.nullable.contains(version) => 1,
            Type::Struct(name) => {
                let inner =
                    message.struct_fields(name).with_context(|| format!("no struct {name}"))?;
                fields_length(inner, message, version)?
            }
        };
    }
    Ok(total)
}

fn contains_records(kind: &Type, message: &Message) -> bool {
    match kind {
        Type::Records => true,
        Type::Array(element) => contains_records(element, message),
        Type::Struct(name) => message.struct_fields(name).is_some_and(|fields| {
            fields.iter().any(|field| contains_records(&field.kind, message))
        }),
        _ => false,
    }
}

fn is_error_code(field: &Field) -> bool {
    field.kind == Type::Int16 && field.name.ends_with("ErrorCode")
}

fn is_optional(field: &Field) -> bool {
    !field.nullable.is_empty()
}

/// Whether Rust's `Default` of the field's type is Kafka's default of the field.
fn is_natural(field: &Field) -> bool {
    if is_optional(field) {
        return field.default.as_deref() == Some("null") || field.kind == Type::Records;
    }
    field.default.is_none()
}

fn element_type(kind: &Type, field: &Field) -> String {
    match kind {
        Type::Bool => "bool".to_owned(),
        Type::Int8 => "i8".to_owned(),
        Type::Int16 if is_error_code(field) => "ErrorCode".to_owned(),
        Type::Int16 => "i16".to_owned(),
        Type::Uint16 => "u16".to_owned(),
        Type::Int32 => "i32".to_owned(),
        Type::Uint32 => "u32".to_owned(),
        Type::Int64 => "i64".to_owned(),
        Type::Float64 => "f64".to_owned(),
        Type::Uuid => "Uuid".to_owned(),
        Type::String => "Str".to_owned(),
        Type::Bytes => "Bytes".to_owned(),
        Type::Records => "Records".to_owned(),
        Type::Struct(name) => name.clone(),
        Type::Array(element) => format!("Vec<{}>", element_type(element, field)),
    }
}

fn rust_type(field: &Field) -> String {
    let plain = element_type(&field.kind, field);
    if is_optional(field) { format!("Option<{plain}>") } else { plain }
}

fn plain_type(kind: &Type) -> anyhow::Result<&'static str> {
    Ok(match kind {
        Type::Bool => "bool",
        Type::Int8 => "i8",
        Type::Int16 => "i16",
        Type::Uint16 => "u16",
        Type::Int32 => "i32",
        Type::Uint32 => "u32",
        Type::Int64 => "i64",
        Type::Float64 => "f64",
        other => anyhow::bail!("{other} is no plain type"),
    })
}

/// The default as a Rust expression.
fn default(field: &Field) -> anyhow::Result<String> {
    if is_optional(field) && is_natural(field) {
        return Ok("None".to_owned());
    }
    let plain = match &field.kind {
        Type::Bool => field.default.clone().unwrap_or_else(|| "false".to_owned()),
        Type::Int16 if is_error_code(field) => match number(field)? {
            0 => "ErrorCode::NONE".to_owned(),
            code => format!("ErrorCode::from_code({code})"),
        },
        Type::Int8 | Type::Int16 | Type::Uint16 | Type::Int32 | Type::Uint32 | Type::Int64 => {
            number(field)?.to_string()
        }
        kind => {
            ensure!(field.default.is_none(), "{} has a default of a kind not seen yet", field.name);
            match kind {
                Type::Float64 => "0.0".to_owned(),
                Type::Uuid => "Uuid::ZERO".to_owned(),
                Type::Array(_) => "Vec::new()".to_owned(),
                Type::Bytes => "Bytes::new()".to_owned(),
                other => format!("{}::default()", element_type(other, field)),
            }
        }
    };
    Ok(if is_optional(field) { format!("Some({plain})") } else { plain })
}

fn number(field: &Field) -> anyhow::Result<i64> {
    let text = field.default.as_deref().unwrap_or("0");
    let number = match text.strip_prefix("0x") {
        Some(digits) => i64::from_str_radix(digits, 16),
        None => text.parse(),
    };
    number.with_context(|| format!("default {text} of {}", field.name))
}

/// The Rust condition that the field has its default.
fn is_default(field: &Field) -> anyhow::Result<String> {
    let name = format!("self.{}", names::field(&field.name));
    if is_optional(field) {
        if is_natural(field) {
            return Ok(format!("{name}.is_none()"));
        }
        return Ok(match field.kind {
            Type::Struct(_) => format!("{name} == {}", default(field)?),
            _ => format!("{name}.as_ref().is_some_and(|value| value.is_empty())"),
        });
    }
    Ok(match &field.kind {
        Type::Bool if field.default.as_deref() == Some("true") => name,
        Type::Bool => format!("!{name}"),
        Type::Int16 if is_error_code(field) && number(field)? == 0 => {
            format!("{name} == ErrorCode::NONE")
        }
        Type::String | Type::Bytes | Type::Records | Type::Array(_) => format!("{name}.is_empty()"),
        Type::Uuid => format!("{name}.is_zero()"),
        _ => format!("{name} == {}", default(field)?),
    })
}

/// Whether code names the variable `version`, not a field of that name.
fn uses_version(code: &str) -> bool {
    code.match_indices("version").any(|(at, word)| {
        let before = code[..at].chars().next_back();
        let after = code[at + word.len()..].chars().next();
        let part = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
        !part(before) && before != Some('.') && !part(after) && after != Some(':')
    })
}

/// The opposite of a condition, as a person would write it.
fn negate(condition: &str) -> String {
    if let Some(inner) = condition.strip_prefix('!') {
        return inner.to_owned();
    }
    for (one, other) in
        [(" == ", " != "), (" >= ", " < "), (" <= ", " > "), (".is_none()", ".is_some()")]
    {
        if condition.contains(one) {
            return condition.replace(one, other);
        }
    }
    format!("!{condition}")
}

/// A `VersionRange` expression.
pub(crate) fn range(versions: Versions) -> String {
    if versions.is_empty() {
        "VersionRange::NONE".to_owned()
    } else {
        format!("VersionRange::new({}, {})", versions.min, versions.max)
    }
}
