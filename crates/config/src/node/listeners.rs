//! Listeners, what is advertised of them, and the rules between both and the roles.

use std::collections::BTreeMap;

use keld_types::BrokerId;

use super::{ProcessRoles, QuorumConfig};
use crate::error::ConfigError;
use crate::listener::{Listener, ListenerName, SecurityProtocol, parse_listeners};
use crate::parsed::Parsed;
use crate::properties::Properties;

const PROTOCOL_MAP: &str = "listener.security.protocol.map";

/// All there is about listeners.
pub(super) struct Listeners {
    pub(super) all: Vec<Listener>,
    pub(super) advertised_broker: Vec<Listener>,
    pub(super) advertised_controller: Vec<Listener>,
    pub(super) controller_names: Vec<ListenerName>,
    pub(super) inter_broker: ListenerName,
    protocols: BTreeMap<ListenerName, SecurityProtocol>,
    inter_broker_given: bool,
}

impl Listeners {
    pub(super) fn new(
        parsed: &Parsed,
        given: &Properties,
        quorum: &QuorumConfig,
    ) -> Result<Self, ConfigError> {
        let protocols = protocol_map(parsed, given)?;
        let controller_names: Vec<ListenerName> = parsed
            .list("controller.listener.names")
            .iter()
            .map(|name| ListenerName::normalised(name))
            .collect::<Result<_, _>>()?;
        let all = parse_listeners(parsed.list("listeners"), &protocols, true)?;
        let advertised = parsed
            .list_or_null("advertised.listeners")
            .map(|entries| parse_listeners(entries, &protocols, false))
            .transpose()?;
        let is_controller = |listener: &&Listener| controller_names.contains(&listener.name);
        let advertised_broker = advertised
            .as_ref()
            .unwrap_or(&all)
            .iter()
            .filter(|listener| !is_controller(listener))
            .cloned()
            .collect();
        let me = BrokerId::new(parsed.int("node.id"));
        let advertised_controller = controller_names
            .iter()
            .enumerate()
            .filter_map(|(at, name)| {
                let explicit = advertised.iter().flatten().find(|listener| listener.name == *name);
                if let Some(listener) = explicit {
                    return Some(listener.clone());
                }
                let mut listener = all.iter().find(|listener| listener.name == *name)?.clone();
                let wildcard = matches!(listener.host.as_deref(), None | Some("0.0.0.0"));
                match quorum.voters.get(&me) {
                    Some(address) if at == 0 && wildcard => {
                        listener.host = Some(address.host.clone());
                        listener.port = address.port;
                    }
                    _ if listener.host.as_deref() == Some("0.0.0.0") => listener.host = None,
                    _ => {}
                }
                Some(listener)
            })
            .collect();
        let inter_broker = inter_broker_listener(parsed, given, &protocols)?;
        let listeners = Self {
            all,
            advertised_broker,
            advertised_controller,
            controller_names,
            inter_broker,
            protocols,
            inter_broker_given: parsed.text_or_null("inter.broker.listener.name").is_some(),
        };
        Ok(listeners)
    }

    /// Kafka's rules between listeners, roles and quorum, then ours: plaintext only.
    pub(super) fn check(
        &self,
        parsed: &Parsed,
        roles: ProcessRoles,
        quorum: &QuorumConfig,
    ) -> Result<(), ConfigError> {
        let me = BrokerId::new(parsed.int("node.id"));
        if quorum.voters.is_empty() && quorum.bootstrap_servers.is_empty() {
            return Err(ConfigError::Invalid(
                "If using process.roles, either controller.quorum.bootstrap.servers must contain \
                 the set of bootstrap controllers or controller.quorum.voters must contain a \
                 parseable set of controllers."
                    .to_owned(),
            ));
        }
        let voters = || {
            let ids: Vec<String> = quorum.voters.keys().map(BrokerId::to_string).collect();
            format!("Set({})", ids.join(", "))
        };
        if roles.controller {
            self.check_controller(parsed, roles)?;
            require(quorum.voters.is_empty() || quorum.voters.contains_key(&me), || {
                format!(
                    "If process.roles contains the 'controller' role, the node id {me} must be \
                     included in the set of voters controller.quorum.voters={}",
                    voters()
                )
            })?;
            require(!self.advertised_controller.is_empty(), || {
                "controller.listener.names must contain at least one value appearing in the \
                 'listeners' configuration when running the KRaft controller role"
                    .to_owned()
            })?;
            let listens = |name: &ListenerName| self.all.iter().any(|at| at.name == *name);
            require(self.controller_names.iter().all(listens), || {
                "controller.listener.names must only contain values appearing in the 'listeners' \
                 configuration when running the KRaft controller role"
                    .to_owned()
            })?;
        } else {
            require(!quorum.voters.contains_key(&me), || {
                format!(
                    "If process.roles contains just the 'broker' role, the node id {me} must not \
                     be included in the set of voters controller.quorum.voters={}",
                    voters()
                )
            })?;
            self.check_broker_only(quorum)?;
        }
        if roles.broker {
            self.check_advertised()?;
        }
        self.check_routable()?;
        self.check_early_start(parsed)?;
        self.check_protocols()
    }

    fn check_controller(&self, parsed: &Parsed, roles: ProcessRoles) -> Result<(), ConfigError> {
        if roles.broker {
            return Ok(());
        }
        require(self.advertised_controller.len() == self.all.len(), || {
            "The listeners config must only contain KRaft controller listeners from \
             controller.listener.names when process.roles=controller"
                .to_owned()
        })?;
        let name = parsed.text_or_null("inter.broker.listener.name").unwrap_or_default();
        require(
            !self.inter_broker_given
                || !self.controller_names.iter().any(|known| known.as_str() == name),
            || {
                "controller.listener.names must not contain an explicitly set \
                 inter.broker.listener.name configuration value when process.roles=controller'"
                    .to_owned()
            },
        )
    }

    fn check_broker_only(&self, quorum: &QuorumConfig) -> Result<(), ConfigError> {
        require(!self.controller_names.is_empty(), || {
            "controller.listener.names must contain at least one value when running KRaft with \
             just the broker role"
                .to_owned()
        })?;
        let controller = |listener: &Listener| self.controller_names.contains(&listener.name);
        require(!self.all.iter().any(controller), || {
            "controller.listener.names must not contain a value appearing in the 'listeners' \
             configuration when running KRaft with just the broker role"
                .to_owned()
        })?;
        for name in &self.controller_names {
            if !self.protocols.contains_key(name) {
                return Err(ConfigError::Invalid(format!(
                    "Controller listener with name {name} defined in controller.listener.names \
                     not found in {PROTOCOL_MAP}  (an explicit security mapping for each \
                     controller listener is required if {PROTOCOL_MAP} is non-empty, or if there \
                     are security protocols other than PLAINTEXT in use)"
                )));
            }
        }
        require(!quorum.auto_join_enable, || {
            "controller.quorum.auto.join.enable is only supported when process.roles contains \
             the 'controller' role."
                .to_owned()
        })
    }

    fn check_advertised(&self) -> Result<(), ConfigError> {
        require(!self.advertised_broker.is_empty(), || {
            "There must be at least one broker advertised listener. Perhaps all listeners appear \
             in controller.listener.names?"
                .to_owned()
        })?;
        let names = |listeners: &[Listener]| -> Vec<String> {
            listeners.iter().map(|listener| listener.name.to_string()).collect()
        };
        let advertised = names(&self.advertised_broker);
        require(advertised.iter().any(|name| name == self.inter_broker.as_str()), || {
            format!(
                "inter.broker.listener.name must be a listener name defined in \
                 advertised.listeners. The valid options based on currently configured listeners \
                 are {}",
                advertised.join(",")
            )
        })?;
        let all = names(&self.all);
        require(advertised.iter().all(|name| all.contains(name)), || {
            format!(
                "advertised.listeners listener names must be equal to or a subset of the ones \
                 defined in listeners. Found {}. The valid options based on the current \
                 configuration are {}",
                advertised.join(","),
                all.join(",")
            )
        })
    }

    fn check_routable(&self) -> Result<(), ConfigError> {
        let advertised = self.advertised_broker.iter().chain(&self.advertised_controller);
        let unroutable =
            advertised.into_iter().any(|listener| listener.host.as_deref() == Some("0.0.0.0"));
        require(!unroutable, || {
            "advertised.listeners cannot use the nonroutable meta-address 0.0.0.0. Use a routable \
             IP address."
                .to_owned()
        })
    }

    fn check_early_start(&self, parsed: &Parsed) -> Result<(), ConfigError> {
        for name in parsed.list("early.start.listeners") {
            let known = self.all.iter().any(|listener| listener.name.as_str() == name)
                || self.controller_names.iter().any(|listener| listener.as_str() == name);
            if !known {
                return Err(ConfigError::Invalid(format!(
                    "early.start.listeners contains listener {name}, but this is not contained \
                     in listeners or controller.listener.names"
                )));
            }
        }
        Ok(())
    }

    fn check_protocols(&self) -> Result<(), ConfigError> {
        match self.all.iter().find(|listener| listener.protocol != SecurityProtocol::Plaintext) {
            None => Ok(()),
            Some(listener) => Err(ConfigError::Refused {
                name: "listeners".to_owned(),
                value: listener.to_string(),
                reason: format!(
                    "listener {} uses {}, and this version opens PLAINTEXT listeners only; map it \
                     to PLAINTEXT in {PROTOCOL_MAP} or remove it",
                    listener.name,
                    listener.protocol.name()
                ),
            }),
        }
    }
}

/// `listener.security.protocol.map`, with controllers' listeners as PLAINTEXT where it is not given
/// and no listener asks for protection.
fn protocol_map(
    parsed: &Parsed,
    given: &Properties,
) -> Result<BTreeMap<ListenerName, SecurityProtocol>, ConfigError> {
    let mut protocols = BTreeMap::new();
    for (name, protocol) in parse_map(PROTOCOL_MAP, parsed.text(PROTOCOL_MAP))? {
        protocols.insert(
            ListenerName::normalised(&name)?,
            SecurityProtocol::parse(&protocol, PROTOCOL_MAP)?,
        );
    }
    if given.contains(PROTOCOL_MAP) {
        return Ok(protocols);
    }
    let is_protected = |name: &str| matches!(name, "SSL" | "SASL_SSL" | "SASL_PLAINTEXT");
    let controllers = parsed.list("controller.listener.names");
    let mut listeners = parsed.list("listeners").iter().filter_map(|at| at.split(':').next());
    let protected = controllers.iter().any(|name| is_protected(name))
        || listeners.any(|name| is_protected(&name.to_uppercase()));
    if !protected {
        for name in controllers {
            protocols.insert(ListenerName::normalised(name)?, SecurityProtocol::Plaintext);
        }
    }
    Ok(protocols)
}

fn inter_broker_listener(
    parsed: &Parsed,
    given: &Properties,
    protocols: &BTreeMap<ListenerName, SecurityProtocol>,
) -> Result<ListenerName, ConfigError> {
    const NAME: &str = "inter.broker.listener.name";
    const PROTOCOL: &str = "security.inter.broker.protocol";
    let Some(name) = parsed.text_or_null(NAME) else {
        let protocol = SecurityProtocol::parse(parsed.text(PROTOCOL), PROTOCOL)?;
        return ListenerName::normalised(protocol.name());
    };
    if given.contains(PROTOCOL) {
        return Err(ConfigError::Invalid(format!(
            "Only one of {NAME} and {PROTOCOL} should be set."
        )));
    }
    let name = ListenerName::normalised(name)?;
    if protocols.contains_key(&name) {
        return Ok(name);
    }
    Err(ConfigError::Invalid(format!(
        "Listener with name {name} defined in {NAME} not found in {PROTOCOL_MAP}."
    )))
}

/// `key:value` pairs, comma separated; the last colon of a pair splits it.
pub(super) fn parse_map(name: &str, text: &str) -> Result<Vec<(String, String)>, ConfigError> {
    if text.is_empty() {
        return Ok(Vec::new());
    }
    text.split(',')
        .map(str::trim)
        .map(|pair| {
            let (key, value) = pair.rsplit_once(':').ok_or_else(|| {
                ConfigError::Invalid(format!(
                    "Error parsing configuration property '{name}': `{pair}` is not in the form \
                     key:value"
                ))
            })?;
            Ok((key.trim().to_owned(), value.trim().to_owned()))
        })
        .collect()
}

/// Kafka's `require`.
pub(super) fn require(holds: bool, message: impl FnOnce() -> String) -> Result<(), ConfigError> {
    if holds { Ok(()) } else { Err(ConfigError::Requirement(message())) }
}
