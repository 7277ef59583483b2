//! `kafka-cluster`: the cluster's id and endpoints; forgetting a broker.

use keld_client::{Admin, ClientError};
use keld_env::Env;
use keld_types::{BrokerId, ErrorCode};
use keld_wire::messages::describe_cluster_response::DescribeClusterBroker;

use crate::console::Console;
use crate::failure::{Failure, Outcome};
use crate::options::{CommandSpec, OptionSpec, Options, Short, flag, value};
use crate::shared::{admin_by_options, properties, words};

pub(super) const PURPOSE: &str = "The Kafka cluster tool.";

pub(super) const SPECS: &[OptionSpec] = &[
    value("bootstrap-server", "host:port,...", "The brokers to connect to."),
    value("bootstrap-controller", "host:port,...", "The controllers to connect to."),
    value("command-config", "file", "Properties file with settings of the client."),
    value("config", "file", "The same, as it was called before 4.2."),
];

pub(super) const SHORT: &[Short] =
    &[("-b", "bootstrap-server"), ("-C", "bootstrap-controller"), ("-c", "config"), ("-i", "id")];

pub(super) const COMMANDS: &[CommandSpec] = &[
    CommandSpec {
        name: "cluster-id",
        options: &[],
        help: "Get information about the ID of a cluster.",
    },
    CommandSpec {
        name: "unregister",
        options: &[value("id", "id", "REQUIRED: the ID of the broker to unregister.")],
        help: "Unregister a broker.",
    },
    CommandSpec {
        name: "list-endpoints",
        options: &[flag(
            "include-fenced-brokers",
            "Whether to include fenced brokers when listing broker endpoints.",
        )],
        help: "List endpoints.",
    },
];

pub(super) async fn run(console: &mut Console, env: &Env, options: &Options) -> Outcome {
    let id = match options.command {
        "unregister" => {
            options.required("id")?;
            options.number::<i32>("id")?
        }
        _ => None,
    };
    let of_controllers = options.has("bootstrap-controller");
    if of_controllers && options.has("include-fenced-brokers") {
        return Err(Failure::failed(
            "The option --include-fenced-brokers is only supported with --bootstrap-server option",
        ));
    }
    let file = properties(options.get("command-config").or(options.get("config")))?;
    let admin = admin_by_options(env, options, &file, "adminclient-1").await?;
    match (options.command, id) {
        ("cluster-id", _) => {
            let cluster = describe(&admin, of_controllers, false).await?;
            console.line(format!("Cluster ID: {}", &*cluster.cluster_id));
            Ok(())
        }
        ("unregister", Some(id)) => unregister(console, &admin, BrokerId::new(id)).await,
        _ => {
            let fenced = options.has("include-fenced-brokers");
            let cluster = describe(&admin, of_controllers, fenced).await?;
            endpoints(console, &cluster.brokers, of_controllers);
            Ok(())
        }
    }
}

async fn describe(
    admin: &Admin,
    of_controllers: bool,
    fenced: bool,
) -> Result<keld_wire::messages::DescribeClusterResponse, ClientError> {
    if of_controllers {
        admin.describe_controllers().await
    } else {
        admin.describe_cluster(fenced).await
    }
}

async fn unregister(console: &mut Console, admin: &Admin, id: BrokerId) -> Outcome {
    match admin.unregister_broker(id).await {
        Ok(()) => {
            console.line(format!("Broker {id} is no longer registered."));
            Ok(())
        }
        Err(ClientError::Unsupported { .. }) => {
            console.line("The target cluster does not support the broker unregistration API.");
            Ok(())
        }
        Err(ClientError::Api { error, .. }) => {
            let failure = Failure::failed(words(&error));
            Err(if error.code == ErrorCode::BROKER_ID_NOT_REGISTERED {
                failure.with_hint("`kafka-cluster list-endpoints --include-fenced-brokers` shows the brokers there are")
            } else {
                failure
            })
        }
        Err(error) => Err(error.into()),
    }
}

fn endpoints(console: &mut Console, nodes: &[DescribeClusterBroker], of_controllers: bool) {
    let host = nodes.iter().map(|node| node.host.len()).max().unwrap_or(100);
    let racks = nodes.iter().filter_map(|node| node.rack.as_ref());
    let rack = racks.map(|rack| rack.len()).max().unwrap_or(10);
    let mut row = |id: &str, at: (&str, &str, &str), state: &str, kind: &str| {
        let (name, port, place) = at;
        let state = if of_controllers { String::new() } else { format!("{state:<10} ") };
        console.line(format!("{id:<10} {name:<host$} {port:<10} {place:<rack$} {state}{kind:<15}"));
    };
    row("ID", ("HOST", "PORT", "RACK"), "STATE", "ENDPOINT_TYPE");
    for node in nodes {
        let (id, port) = (node.broker_id.to_string(), node.port.to_string());
        let at = (&*node.host, port.as_str(), node.rack.as_deref().unwrap_or("null"));
        let state = if node.is_fenced { "fenced" } else { "unfenced" };
        row(&id, at, state, if of_controllers { "controller" } else { "broker" });
    }
}

#[cfg(test)]
mod tests {
    use keld_wire::Str;

    use super::*;

    #[test]
    fn endpoints_stand_in_columns() {
        let node = |broker_id, is_fenced| DescribeClusterBroker {
            broker_id,
            host: Str::from_static("localhost"),
            port: 9092,
            is_fenced,
            ..DescribeClusterBroker::default()
        };
        let shown = |of_controllers| {
            let (mut console, out, _) = Console::buffers("");
            endpoints(&mut console, &[node(1, false), node(2, true)], of_controllers);
            out.text()
        };
        assert_eq!(
            shown(false),
            "ID         HOST      PORT       RACK       STATE      ENDPOINT_TYPE  \n\
             1          localhost 9092       null       unfenced   broker         \n\
             2          localhost 9092       null       fenced     broker         \n"
        );
        assert_eq!(
            shown(true).lines().nth(1),
            Some("1          localhost 9092       null       controller     ")
        );
    }
}
