//! What cannot be answered ends its connection, and no other.

use super::support::{Client, World};
use keld_types::ErrorCode;
use keld_wire::ApiKey;
use keld_wire::messages::{ApiVersionsRequest, ApiVersionsResponse, ListOffsetsRequest};

fn hello() -> ApiVersionsRequest {
    ApiVersionsRequest {
        client_software_name: "test".into(),
        client_software_version: "1".into(),
        ..ApiVersionsRequest::default()
    }
}

#[test]
fn unanswerable_frames_end_their_connection_only() {
    let world = World::new(&[]);
    world.talk(|env| async move {
        let mut good = Client::connect(&env).await;
        let header = |key: i16, version: i16| {
            let mut bytes = key.to_be_bytes().to_vec();
            bytes.extend_from_slice(&version.to_be_bytes());
            bytes.extend_from_slice(&[0, 0, 0, 1, 0xff, 0xff]);
            bytes
        };
        let mut huge_count = header(2, 1);
        huge_count.extend_from_slice(&(-1i32).to_be_bytes());
        huge_count.extend_from_slice(&i32::MAX.to_be_bytes());
        let mut invalid_utf8 = header(3, 1);
        invalid_utf8.extend_from_slice(&[0, 0, 0, 1, 0, 2, 0xc3, 0x28]);
        for (what, frame) in [
            ("empty", Vec::new()),
            ("three bytes", vec![0, 18, 0]),
            ("unknown api", header(999, 0)),
            ("negative api", header(-5, 0)),
            ("no such version", header(2, 99)),
            ("version that Kafka dropped", header(2, 0)),
            ("broker-only api of a controller", header(52, 2)),
            ("body cut off", header(2, 1)),
            ("huge count", huge_count),
            ("invalid utf-8", invalid_utf8),
        ] {
            let mut bad = Client::connect(&env).await;
            bad.send_frame(&frame).await;
            assert_eq!(bad.receive_frame().await, None, "{what}");
            let answer = good.call(hello(), 4).await;
            assert_eq!(answer.error_code, ErrorCode::NONE, "{what}");
        }
    });
}

#[test]
fn api_versions_of_the_future_is_answered_at_version_zero() {
    let world = World::new(&[]);
    world.talk(|env| async move {
        let mut client = Client::connect(&env).await;
        let mut frame = ApiKey::ApiVersions.code().to_be_bytes().to_vec();
        frame.extend_from_slice(&99i16.to_be_bytes());
        frame.extend_from_slice(&[0, 0, 0, 9, 0xff, 0xff, 0, 1, 2, 3]);
        client.send_frame(&frame).await;
        let (id, answer) =
            client.receive::<ApiVersionsResponse>(ApiKey::ApiVersions, 0).await.expect("an answer");
        assert_eq!((id, answer.error_code), (9, ErrorCode::UNSUPPORTED_VERSION));
        assert_eq!(answer.api_keys.len(), 1);
        assert_eq!(answer.api_keys[0].api_key, ApiKey::ApiVersions.code());
        // The connection lives on.
        let answer = client.call(hello(), 3).await;
        assert_eq!(answer.error_code, ErrorCode::NONE);
    });
}

#[test]
fn api_versions_tells_what_is_served_and_which_features_hold() {
    let world = World::new(&[]);
    let answer = world.talk(|env| async move {
        let mut client = Client::connect(&env).await;
        let invalid = ApiVersionsRequest::default();
        let refused = client.call(invalid, 3).await;
        assert_eq!(refused.error_code, ErrorCode::INVALID_REQUEST);
        client.call(hello(), 4).await
    });
    let range = |key: ApiKey| {
        let row = answer.api_keys.iter().find(|row| row.api_key == key.code())?;
        Some((row.min_version, row.max_version))
    };
    assert_eq!(range(ApiKey::Produce), Some((0, 13)), "KAFKA-18659");
    assert_eq!(range(ApiKey::Fetch), Some((4, 18)));
    assert_eq!(range(ApiKey::EndTxn), None, "not served, not advertised");
    assert_eq!(range(ApiKey::Vote), None, "the controller's");
    let finalized = |name: &str| {
        answer
            .finalized_features
            .iter()
            .find(|known| known.name == name)
            .map(|f| f.max_version_level)
    };
    assert!(finalized("metadata.version").is_some_and(|level| level >= 7));
    assert!(answer.finalized_features_epoch >= 0);
}

#[test]
fn the_controller_listener_serves_its_own_apis() {
    let world = World::new(&[]);
    world.talk(|env| async move {
        let mut client = Client::connect_to(&env, 9093).await;
        let answer = client.call(hello(), 4).await;
        assert!(answer.api_keys.iter().all(|row| row.api_key != ApiKey::Produce.code()));
        client.send(&ListOffsetsRequest::default(), 1).await;
        assert_eq!(client.receive_frame().await, None);
    });
}
