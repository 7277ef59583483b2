//! `ApiKey`, `Request` and `Response`: the APIs as enums.

use std::fmt::Write as _;

use anyhow::{Context, ensure};

use super::message::range;
use crate::schema::{Message, Versions};

/// One API: its request and its response.
pub(crate) struct Api<'a> {
    pub(crate) name: &'a str,
    pub(crate) key: i16,
    pub(crate) request: &'a Message,
    pub(crate) response: &'a Message,
}

/// The APIs in order of their keys.
pub(crate) fn apis(messages: &[Message]) -> anyhow::Result<Vec<Api<'_>>> {
    let mut apis = Vec::new();
    for request in messages.iter().filter(|message| message.kind == "request") {
        let name = request.name.strip_suffix("Request").context("a request is called Request")?;
        let key = request.key.with_context(|| format!("{name} has no key"))?;
        let response = messages
            .iter()
            .find(|message| message.kind == "response" && message.key == Some(key))
            .with_context(|| format!("{name} has no response"))?;
        ensure!(response.versions == request.versions, "{name}: versions differ");
        apis.push(Api { name, key, request, response });
    }
    apis.sort_by_key(|api| api.key);
    Ok(apis)
}

/// `api_key.rs`.
pub(crate) fn key(apis: &[Api<'_>]) -> String {
    let mut out =
        "//! The APIs by key, with their versions and listeners.\n\nuse crate::VersionRange;\n\n"
            .to_owned();
    out += "/// An API of the protocol.\n#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]\n#[repr(i16)]\npub enum ApiKey {\n";
    for api in apis {
        let _ = writeln!(
            out,
            "/// Key {}, versions {}.\n{} = {},",
            api.key, api.request.versions, api.name, api.key
        );
    }
    out += "}\n\nimpl ApiKey {\n/// Every API, in order of their keys.\npub const ALL: &'static [Self] = &[";
    for api in apis {
        let _ = write!(out, "Self::{}, ", api.name);
    }
    out += "];\n\n/// The API of a key, if this release has it.\npub const fn from_code(code: i16) -> Option<Self> { Some(match code {\n";
    for api in apis {
        let _ = writeln!(out, "{} => Self::{},", api.key, api.name);
    }
    out += "_ => return None, }) }\n\n/// The key as it stands on the wire.\npub const fn code(self) -> i16 { self as i16 }\n\n";
    out += "/// Kafka's name of the API.\npub const fn name(self) -> &'static str { match self {\n";
    for api in apis {
        let _ = writeln!(out, "Self::{0} => \"{0}\",", api.name);
    }
    out += "} }\n\n/// The versions this release reads and writes.\npub const fn versions(self) -> VersionRange { match self {\n";
    for api in apis {
        let _ = writeln!(out, "Self::{} => {},", api.name, range(api.request.versions));
    }
    out += "} }\n\n/// The versions that carry tagged fields and compact lengths, in header and body.\npub const fn flexible_versions(self) -> VersionRange { match self {\n";
    for api in apis {
        let open =
            if api.request.flexible.is_empty() { Versions::NONE } else { api.request.flexible };
        let _ =
            writeln!(out, "Self::{} => {},", api.name, range(open).replace("32767", "i16::MAX"));
    }
    out += "} }\n\n/// Whether the last version is unstable: read, but advertised only on request.\npub const fn latest_version_unstable(self) -> bool { matches!(self, ";
    let unstable: Vec<String> = apis
        .iter()
        .filter(|api| api.request.unstable)
        .map(|api| format!("Self::{}", api.name))
        .collect();
    out += &unstable.join(" | ");
    out += ") }\n\n";
    for (name, listener) in [("broker", "brokers"), ("controller", "controllers")] {
        let served: Vec<String> = apis
            .iter()
            .filter(|api| api.request.listeners.iter().any(|one| one == name))
            .map(|api| format!("Self::{}", api.name))
            .collect();
        let _ = writeln!(
            out,
            "/// Whether {listener} serve it.\npub const fn is_served_by_{name}(self) -> bool {{ matches!(self, {}) }}\n",
            served.join(" | ")
        );
    }
    out += "}\n";
    out
}

/// `request.rs`.
pub(crate) fn request(apis: &[Api<'_>]) -> String {
    let mut out = "//! Any request, and which response belongs to it.\n\n".to_owned();
    out += "use crate::messages::{";
    for api in apis {
        let _ = write!(out, "{}, {}, ", api.request.name, api.response.name);
    }
    out += "};\nuse crate::{ApiKey, Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Rpc};\n\n";
    out += "/// The body of any request.\n";
    out += &enum_of(apis, "Request", |api| &api.request.name);
    for api in apis {
        let _ = writeln!(
            out,
            "impl Rpc for {0} {{ const API_KEY: ApiKey = ApiKey::{1}; type Response = {2}; }}",
            api.request.name, api.name, api.response.name
        );
    }
    out
}

/// `response.rs`.
pub(crate) fn response(apis: &[Api<'_>]) -> String {
    let mut out = "//! Any response.\n\n".to_owned();
    out += "use crate::messages::{";
    for api in apis {
        let _ = write!(out, "{}, ", api.response.name);
    }
    out +=
        "};\nuse crate::{ApiKey, Decode, DecodeError, Decoder, Encode, EncodeError, Encoder};\n\n";
    out += "/// The body of any response.\n";
    out += &enum_of(apis, "Response", |api| &api.response.name);
    out
}

fn enum_of<'a>(apis: &'a [Api<'a>], name: &str, part: impl Fn(&'a Api<'a>) -> &'a str) -> String {
    let mut out = format!("#[derive(Clone, Debug, PartialEq)]\npub enum {name} {{\n");
    for api in apis {
        let _ = writeln!(out, "/// {}.\n{}({}),", api.name, api.name, part(api));
    }
    let _ = write!(
        out,
        "}}\n\nimpl {name} {{\n/// The API it belongs to.\npub const fn api_key(&self) -> ApiKey {{ match self {{\n"
    );
    for api in apis {
        let _ = writeln!(out, "Self::{0}(_) => ApiKey::{0},", api.name);
    }
    out += "} }\n\n/// Reads the body at `version`.\npub fn decode(api_key: ApiKey, input: &mut Decoder, version: i16) -> Result<Self, DecodeError> { Ok(match api_key {\n";
    for api in apis {
        let _ = writeln!(
            out,
            "ApiKey::{0} => Self::{0}({1}::decode(input, version)?),",
            api.name,
            part(api)
        );
    }
    out += "}) }\n\n/// Writes the body at `version`.\npub fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> { match self {\n";
    for api in apis {
        let _ = writeln!(out, "Self::{}(body) => body.encode(out, version),", api.name);
    }
    out += "} }\n}\n\n";
    for api in apis {
        let _ = writeln!(
            out,
            "impl From<{1}> for {name} {{ fn from(body: {1}) -> Self {{ Self::{0}(body) }} }}",
            api.name,
            part(api)
        );
    }
    out
}
