//! ApiVersions: what this node speaks, and which features the cluster has.

use crate::apis::APIS;
use crate::context::RequestContext;
use crate::node::Node;
use crate::reply::Reply;
use keld_metadata::{ClusterImage, Feature, MetadataVersion};
use keld_net::{ClientSoftware, Session};
use keld_types::ErrorCode;
use keld_wire::messages::api_versions_response::{
    ApiVersion, FinalizedFeatureKey, SupportedFeatureKey,
};
use keld_wire::messages::{ApiVersionsRequest, ApiVersionsResponse};
use keld_wire::{ApiKey, Decode as _, DecodeError, Decoder, VersionRange};
use std::sync::Arc;

/// Serves any version: one that is not known here is answered at version 0 (KIP-511). The client's
/// name is kept in the session.
pub(crate) fn serve(
    node: &Arc<Node>,
    context: &mut RequestContext,
    session: &mut Session,
    input: &mut Decoder,
) -> Result<Reply, DecodeError> {
    let own = ApiKey::ApiVersions;
    if !own.versions().contains(context.version) {
        let response = ApiVersionsResponse {
            error_code: ErrorCode::UNSUPPORTED_VERSION,
            api_keys: vec![row(own, own.versions())],
            ..ApiVersionsResponse::default()
        };
        return Ok(response.into());
    }
    let request = ApiVersionsRequest::decode(input, context.version)?;
    if context.version >= 3 && is_valid(&request) {
        let software = ClientSoftware {
            name: request.client_software_name.as_str().into(),
            version: request.client_software_version.as_str().into(),
        };
        session.software = Some(software.clone());
        context.software = Some(software);
    }
    Ok(handle(node, context, request))
}

pub(crate) fn handle(
    node: &Arc<Node>,
    context: &RequestContext,
    request: ApiVersionsRequest,
) -> Reply {
    if context.version >= 3 && !is_valid(&request) {
        let error_code = ErrorCode::INVALID_REQUEST;
        return ApiVersionsResponse { error_code, ..ApiVersionsResponse::default() }.into();
    }
    let mut api_keys = Vec::new();
    for api in APIS {
        let is_served = if context.is_controller_listener {
            api.key.is_served_by_controller()
        } else {
            api.key.is_served_by_broker()
        };
        if !is_served {
            continue;
        }
        let mut range = node.versions_of(api.key);
        if api.key == ApiKey::Produce && !context.is_controller_listener {
            // Kafka advertises versions it refuses: librdkafka before 2.0 needs Produce 0 to be
            // there (KAFKA-18659).
            range.min = 0;
        }
        api_keys.push(row(api.key, range));
    }
    let mut response = ApiVersionsResponse { api_keys, ..ApiVersionsResponse::default() };
    describe_features(&node.image.load(), &mut response, context.version);
    let kraft_version = node.quorum.status().map_or(0, |status| status.kraft_version);
    if kraft_version > 0 {
        // Its level stands in the quorum's control records, not in the image.
        response.finalized_features.push(FinalizedFeatureKey {
            name: Feature::KRAFT_VERSION.into(),
            max_version_level: kraft_version,
            min_version_level: kraft_version,
            ..FinalizedFeatureKey::default()
        });
    }
    response.into()
}

/// Which features this release supports, and which the cluster has finalized.
fn describe_features(image: &ClusterImage, response: &mut ApiVersionsResponse, version: i16) {
    let names = std::iter::once(MetadataVersion::FEATURE_NAME)
        .chain(Feature::production().iter().map(|feature| feature.name));
    for name in names {
        let Some((min_version, max_version)) = Feature::supported(name) else { continue };
        // KAFKA-17492: clients before version 4 cannot read a lowest level of 0.
        if version < 4 && min_version == 0 {
            continue;
        }
        response.supported_features.push(SupportedFeatureKey {
            name: name.into(),
            min_version,
            max_version,
            ..SupportedFeatureKey::default()
        });
    }
    let features = &image.features;
    let own = features.metadata_version.map(|v| (MetadataVersion::FEATURE_NAME, v.level()));
    let others = features.finalized.iter().map(|(name, level)| (name.as_str(), *level));
    for (name, level) in own.into_iter().chain(others).filter(|(_, level)| *level != 0) {
        response.finalized_features.push(FinalizedFeatureKey {
            name: name.into(),
            max_version_level: level,
            min_version_level: level,
            ..FinalizedFeatureKey::default()
        });
    }
    response.finalized_features_epoch = image.provenance.offset.get();
}

fn row(key: ApiKey, range: VersionRange) -> ApiVersion {
    ApiVersion {
        api_key: key.code(),
        min_version: range.min,
        max_version: range.max,
        ..ApiVersion::default()
    }
}

/// KIP-511: `[a-zA-Z0-9](?:[a-zA-Z0-9\-.]*[a-zA-Z0-9])?`.
fn is_valid(request: &ApiVersionsRequest) -> bool {
    let fits = |text: &str| {
        let ends = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
        ends(text.chars().next())
            && ends(text.chars().last())
            && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '.')
    };
    fits(&request.client_software_name) && fits(&request.client_software_version)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn software_names_are_checked_as_kip_511_says() {
        let check = |name: &str, version: &str| {
            is_valid(&ApiVersionsRequest {
                client_software_name: name.into(),
                client_software_version: version.into(),
                ..ApiVersionsRequest::default()
            })
        };
        assert!(check("apache-kafka-java", "4.3.1") && check("a", "1"));
        for bad in ["", "-a", "a-", "a b", "a_b", "ä", "."] {
            assert!(!check(bad, "1") && !check("a", bad), "{bad}");
        }
    }
}
