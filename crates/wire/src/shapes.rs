// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! The schemas of records as tables.

use crate::VersionRange;
use crate::shape::{FieldShape, Kind, Shape};

const fn v(min: i16, max: i16) -> VersionRange {
    VersionRange::new(min, max)
}

const fn f(name: &'static str, kind: Kind, min: i16, max: i16) -> FieldShape {
    FieldShape::new(name, kind, VersionRange::new(min, max))
}

/// The records of `__cluster_metadata`.
pub const METADATA_RECORDS: &[Shape] = &[
    Shape {
        name: "AbortTransactionRecord",
        key: Some(25),
        versions: v(0, 0),
        flexible: v(0, i16::MAX),
        fields: &[f("reason", Kind::String, 0, i16::MAX)
            .nullable(v(0, i16::MAX))
            .tag(0)
            .null_by_default()],
    },
    Shape {
        name: "AccessControlEntryRecord",
        key: Some(18),
        versions: v(0, 0),
        flexible: v(0, i16::MAX),
        fields: &[
            f("id", Kind::Uuid, 0, i16::MAX),
            f("resourceType", Kind::Int8, 0, i16::MAX),
            f("resourceName", Kind::String, 0, i16::MAX),
            f("patternType", Kind::Int8, 0, i16::MAX),
            f("principal", Kind::String, 0, i16::MAX),
            f("host", Kind::String, 0, i16::MAX),
            f("operation", Kind::Int8, 0, i16::MAX),
            f("permissionType", Kind::Int8, 0, i16::MAX),
        ],
    },
    Shape {
        name: "BeginTransactionRecord",
        key: Some(23),
        versions: v(0, 0),
        flexible: v(0, i16::MAX),
        fields: &[f("name", Kind::String, 0, i16::MAX)
            .nullable(v(0, i16::MAX))
            .tag(0)
            .null_by_default()],
    },
    Shape {
        name: "BrokerRegistrationChangeRecord",
        key: Some(17),
        versions: v(0, 3),
        flexible: v(0, i16::MAX),
        fields: &[
            f("brokerId", Kind::Int32, 0, i16::MAX),
            f("brokerEpoch", Kind::Int64, 0, i16::MAX),
            f("fenced", Kind::Int8, 0, i16::MAX).tag(0),
            f("inControlledShutdown", Kind::Int8, 1, i16::MAX).tag(1),
            f("logDirs", Kind::Array(&Kind::Uuid), 2, i16::MAX).tag(2),
            f("cordonedLogDirs", Kind::Array(&Kind::Uuid), 3, i16::MAX)
                .nullable(v(3, i16::MAX))
                .tag(3)
                .null_by_default(),
        ],
    },
    Shape {
        name: "ClearElrRecord",
        key: Some(28),
        versions: v(0, 0),
        flexible: v(0, i16::MAX),
        fields: &[f("topicName", Kind::String, 0, i16::MAX)],
    },
    Shape {
        name: "ClientQuotaRecord",
        key: Some(14),
        versions: v(0, 0),
        flexible: v(0, i16::MAX),
        fields: &[
            f(
                "entity",
                Kind::Array(&Kind::Struct(&[
                    f("entityType", Kind::String, 0, i16::MAX),
                    f("entityName", Kind::String, 0, i16::MAX).nullable(v(0, i16::MAX)),
                ])),
                0,
                i16::MAX,
            ),
            f("key", Kind::String, 0, i16::MAX),
            f("value", Kind::Float64, 0, i16::MAX),
            f("remove", Kind::Bool, 0, i16::MAX),
        ],
    },
    Shape {
        name: "ConfigRecord",
        key: Some(4),
        versions: v(0, 0),
        flexible: v(0, i16::MAX),
        fields: &[
            f("resourceType", Kind::Int8, 0, i16::MAX),
            f("resourceName", Kind::String, 0, i16::MAX),
            f("name", Kind::String, 0, i16::MAX),
            f("value", Kind::String, 0, i16::MAX).nullable(v(0, i16::MAX)),
        ],
    },
    Shape {
        name: "DelegationTokenRecord",
        key: Some(10),
        versions: v(0, 0),
        flexible: v(0, i16::MAX),
        fields: &[
            f("owner", Kind::String, 0, i16::MAX),
            f("requester", Kind::String, 0, i16::MAX),
            f("renewers", Kind::Array(&Kind::String), 0, i16::MAX),
            f("issueTimestamp", Kind::Int64, 0, i16::MAX),
            f("maxTimestamp", Kind::Int64, 0, i16::MAX),
            f("expirationTimestamp", Kind::Int64, 0, i16::MAX),
            f("tokenId", Kind::String, 0, i16::MAX),
        ],
    },
    Shape {
        name: "EndTransactionRecord",
        key: Some(24),
        versions: v(0, 0),
        flexible: v(0, i16::MAX),
        fields: &[],
    },
    Shape {
        name: "FeatureLevelRecord",
        key: Some(12),
        versions: v(0, 0),
        flexible: v(0, i16::MAX),
        fields: &[
            f("name", Kind::String, 0, i16::MAX),
            f("featureLevel", Kind::Int16, 0, i16::MAX),
        ],
    },
    Shape {
        name: "FenceBrokerRecord",
        key: Some(7),
        versions: v(0, 0),
        flexible: v(0, i16::MAX),
        fields: &[f("id", Kind::Int32, 0, i16::MAX), f("epoch", Kind::Int64, 0, i16::MAX)],
    },
    Shape {
        name: "NoOpRecord",
        key: Some(20),
        versions: v(0, 0),
        flexible: v(0, i16::MAX),
        fields: &[],
    },
    Shape {
        name: "PartitionChangeRecord",
        key: Some(5),
        versions: v(0, 2),
        flexible: v(0, i16::MAX),
        fields: &[
            f("partitionId", Kind::Int32, 0, i16::MAX).default(-1),
            f("topicId", Kind::Uuid, 0, i16::MAX),
            f("isr", Kind::Array(&Kind::Int32), 0, i16::MAX)
                .nullable(v(0, i16::MAX))
                .tag(0)
                .null_by_default(),
            f("leader", Kind::Int32, 0, i16::MAX).tag(1).default(-2),
            f("replicas", Kind::Array(&Kind::Int32), 0, i16::MAX)
                .nullable(v(0, i16::MAX))
                .tag(2)
                .null_by_default(),
            f("removingReplicas", Kind::Array(&Kind::Int32), 0, i16::MAX)
                .nullable(v(0, i16::MAX))
                .tag(3)
                .null_by_default(),
            f("addingReplicas", Kind::Array(&Kind::Int32), 0, i16::MAX)
                .nullable(v(0, i16::MAX))
                .tag(4)
                .null_by_default(),
            f("leaderRecoveryState", Kind::Int8, 0, i16::MAX).tag(5).default(-1),
            f("directories", Kind::Array(&Kind::Uuid), 1, i16::MAX)
                .nullable(v(1, i16::MAX))
                .tag(8)
                .null_by_default(),
            f("eligibleLeaderReplicas", Kind::Array(&Kind::Int32), 2, i16::MAX)
                .nullable(v(2, i16::MAX))
                .tag(6)
                .null_by_default(),
            f("lastKnownElr", Kind::Array(&Kind::Int32), 2, i16::MAX)
                .nullable(v(2, i16::MAX))
                .tag(7)
                .null_by_default(),
        ],
    },
    Shape {
        name: "PartitionRecord",
        key: Some(3),
        versions: v(0, 2),
        flexible: v(0, i16::MAX),
        fields: &[
            f("partitionId", Kind::Int32, 0, i16::MAX).default(-1),
            f("topicId", Kind::Uuid, 0, i16::MAX),
            f("replicas", Kind::Array(&Kind::Int32), 0, i16::MAX),
            f("isr", Kind::Array(&Kind::Int32), 0, i16::MAX),
            f("removingReplicas", Kind::Array(&Kind::Int32), 0, i16::MAX),
            f("addingReplicas", Kind::Array(&Kind::Int32), 0, i16::MAX),
            f("leader", Kind::Int32, 0, i16::MAX).default(-1),
            f("leaderRecoveryState", Kind::Int8, 0, i16::MAX).tag(0),
            f("leaderEpoch", Kind::Int32, 0, i16::MAX).default(-1),
            f("partitionEpoch", Kind::Int32, 0, i16::MAX).default(-1),
            f("directories", Kind::Array(&Kind::Uuid), 1, i16::MAX),
            f("eligibleLeaderReplicas", Kind::Array(&Kind::Int32), 2, i16::MAX)
                .nullable(v(2, i16::MAX))
                .tag(1)
                .null_by_default(),
            f("lastKnownElr", Kind::Array(&Kind::Int32), 2, i16::MAX)
                .nullable(v(2, i16::MAX))
                .tag(2)
                .null_by_default(),
        ],
    },
    Shape {
        name: "ProducerIdsRecord",
        key: Some(15),
        versions: v(0, 0),
        flexible: v(0, i16::MAX),
        fields: &[
            f("brokerId", Kind::Int32, 0, i16::MAX),
            f("brokerEpoch", Kind::Int64, 0, i16::MAX).default(-1),
            f("nextProducerId", Kind::Int64, 0, i16::MAX),
        ],
    },
    Shape {
        name: "RegisterBrokerRecord",
        key: Some(0),
        versions: v(0, 4),
        flexible: v(0, i16::MAX),
        fields: &[
            f("brokerId", Kind::Int32, 0, i16::MAX),
            f("isMigratingZkBroker", Kind::Bool, 2, i16::MAX),
            f("incarnationId", Kind::Uuid, 0, i16::MAX),
            f("brokerEpoch", Kind::Int64, 0, i16::MAX),
            f(
                "endPoints",
                Kind::Array(&Kind::Struct(&[
                    f("name", Kind::String, 0, i16::MAX),
                    f("host", Kind::String, 0, i16::MAX),
                    f("port", Kind::Uint16, 0, i16::MAX),
                    f("securityProtocol", Kind::Int16, 0, i16::MAX),
                ])),
                0,
                i16::MAX,
            ),
            f(
                "features",
                Kind::Array(&Kind::Struct(&[
                    f("name", Kind::String, 0, i16::MAX),
                    f("minSupportedVersion", Kind::Int16, 0, i16::MAX),
                    f("maxSupportedVersion", Kind::Int16, 0, i16::MAX),
                ])),
                0,
                i16::MAX,
            ),
            f("rack", Kind::String, 0, i16::MAX).nullable(v(0, i16::MAX)),
            f("fenced", Kind::Bool, 0, i16::MAX).default(1),
            f("inControlledShutdown", Kind::Bool, 1, i16::MAX),
            f("logDirs", Kind::Array(&Kind::Uuid), 3, i16::MAX).tag(0),
            f("cordonedLogDirs", Kind::Array(&Kind::Uuid), 4, i16::MAX)
                .nullable(v(4, i16::MAX))
                .tag(1)
                .null_by_default(),
        ],
    },
    Shape {
        name: "RegisterControllerRecord",
        key: Some(27),
        versions: v(0, 0),
        flexible: v(0, i16::MAX),
        fields: &[
            f("controllerId", Kind::Int32, 0, i16::MAX),
            f("incarnationId", Kind::Uuid, 0, i16::MAX),
            f("zkMigrationReady", Kind::Bool, 0, i16::MAX),
            f(
                "endPoints",
                Kind::Array(&Kind::Struct(&[
                    f("name", Kind::String, 0, i16::MAX),
                    f("host", Kind::String, 0, i16::MAX),
                    f("port", Kind::Uint16, 0, i16::MAX),
                    f("securityProtocol", Kind::Int16, 0, i16::MAX),
                ])),
                0,
                i16::MAX,
            ),
            f(
                "features",
                Kind::Array(&Kind::Struct(&[
                    f("name", Kind::String, 0, i16::MAX),
                    f("minSupportedVersion", Kind::Int16, 0, i16::MAX),
                    f("maxSupportedVersion", Kind::Int16, 0, i16::MAX),
                ])),
                0,
                i16::MAX,
            ),
        ],
    },
    Shape {
        name: "RemoveAccessControlEntryRecord",
        key: Some(19),
        versions: v(0, 0),
        flexible: v(0, i16::MAX),
        fields: &[f("id", Kind::Uuid, 0, i16::MAX)],
    },
    Shape {
        name: "RemoveDelegationTokenRecord",
        key: Some(26),
        versions: v(0, 0),
        flexible: v(0, i16::MAX),
        fields: &[f("tokenId", Kind::String, 0, i16::MAX)],
    },
    Shape {
        name: "RemoveTopicRecord",
        key: Some(9),
        versions: v(0, 0),
        flexible: v(0, i16::MAX),
        fields: &[f("topicId", Kind::Uuid, 0, i16::MAX)],
    },
    Shape {
        name: "RemoveUserScramCredentialRecord",
        key: Some(22),
        versions: v(0, 0),
        flexible: v(0, i16::MAX),
        fields: &[f("name", Kind::String, 0, i16::MAX), f("mechanism", Kind::Int8, 0, i16::MAX)],
    },
    Shape {
        name: "TopicRecord",
        key: Some(2),
        versions: v(0, 0),
        flexible: v(0, i16::MAX),
        fields: &[f("name", Kind::String, 0, i16::MAX), f("topicId", Kind::Uuid, 0, i16::MAX)],
    },
    Shape {
        name: "UnfenceBrokerRecord",
        key: Some(8),
        versions: v(0, 0),
        flexible: v(0, i16::MAX),
        fields: &[f("id", Kind::Int32, 0, i16::MAX), f("epoch", Kind::Int64, 0, i16::MAX)],
    },
    Shape {
        name: "UnregisterBrokerRecord",
        key: Some(1),
        versions: v(0, 0),
        flexible: v(0, i16::MAX),
        fields: &[
            f("brokerId", Kind::Int32, 0, i16::MAX),
            f("brokerEpoch", Kind::Int64, 0, i16::MAX),
        ],
    },
    Shape {
        name: "UserScramCredentialRecord",
        key: Some(11),
        versions: v(0, 0),
        flexible: v(0, i16::MAX),
        fields: &[
            f("name", Kind::String, 0, i16::MAX),
            f("mechanism", Kind::Int8, 0, i16::MAX),
            f("salt", Kind::Bytes, 0, i16::MAX),
            f("storedKey", Kind::Bytes, 0, i16::MAX),
            f("serverKey", Kind::Bytes, 0, i16::MAX),
            f("iterations", Kind::Int32, 0, i16::MAX),
        ],
    },
    Shape {
        name: "ZkMigrationStateRecord",
        key: Some(21),
        versions: v(0, 0),
        flexible: v(0, i16::MAX),
        fields: &[f("zkMigrationState", Kind::Int8, 0, i16::MAX)],
    },
];

/// Keys of `__consumer_offsets`.
pub const OFFSETS_KEYS: &[Shape] = &[
    Shape {
        name: "ConsumerGroupCurrentMemberAssignmentKey",
        key: Some(8),
        versions: v(0, 0),
        flexible: VersionRange::NONE,
        fields: &[f("groupId", Kind::String, 0, 0), f("memberId", Kind::String, 0, 0)],
    },
    Shape {
        name: "ConsumerGroupMemberMetadataKey",
        key: Some(5),
        versions: v(0, 0),
        flexible: VersionRange::NONE,
        fields: &[f("groupId", Kind::String, 0, 0), f("memberId", Kind::String, 0, 0)],
    },
    Shape {
        name: "ConsumerGroupMetadataKey",
        key: Some(3),
        versions: v(0, 0),
        flexible: VersionRange::NONE,
        fields: &[f("groupId", Kind::String, 0, 0)],
    },
    Shape {
        name: "ConsumerGroupPartitionMetadataKey",
        key: Some(4),
        versions: v(0, 0),
        flexible: VersionRange::NONE,
        fields: &[f("groupId", Kind::String, 0, 0)],
    },
    Shape {
        name: "ConsumerGroupRegularExpressionKey",
        key: Some(16),
        versions: v(0, 0),
        flexible: VersionRange::NONE,
        fields: &[f("groupId", Kind::String, 0, 0), f("regularExpression", Kind::String, 0, 0)],
    },
    Shape {
        name: "ConsumerGroupTargetAssignmentMemberKey",
        key: Some(7),
        versions: v(0, 0),
        flexible: VersionRange::NONE,
        fields: &[f("groupId", Kind::String, 0, 0), f("memberId", Kind::String, 0, 0)],
    },
    Shape {
        name: "ConsumerGroupTargetAssignmentMetadataKey",
        key: Some(6),
        versions: v(0, 0),
        flexible: VersionRange::NONE,
        fields: &[f("groupId", Kind::String, 0, 0)],
    },
    Shape {
        name: "GroupMetadataKey",
        key: Some(2),
        versions: v(0, 0),
        flexible: VersionRange::NONE,
        fields: &[f("group", Kind::String, 0, 0)],
    },
    Shape {
        name: "LegacyOffsetCommitKey",
        key: Some(0),
        versions: v(0, 0),
        flexible: VersionRange::NONE,
        fields: &[
            f("group", Kind::String, 0, 0),
            f("topic", Kind::String, 0, 0),
            f("partition", Kind::Int32, 0, 0),
        ],
    },
    Shape {
        name: "OffsetCommitKey",
        key: Some(1),
        versions: v(0, 0),
        flexible: VersionRange::NONE,
        fields: &[
            f("group", Kind::String, 0, 0),
            f("topic", Kind::String, 0, 0),
            f("partition", Kind::Int32, 0, 0),
        ],
    },
    Shape {
        name: "ShareGroupCurrentMemberAssignmentKey",
        key: Some(14),
        versions: v(0, 0),
        flexible: VersionRange::NONE,
        fields: &[f("groupId", Kind::String, 0, 0), f("memberId", Kind::String, 0, 0)],
    },
    Shape {
        name: "ShareGroupMemberMetadataKey",
        key: Some(10),
        versions: v(0, 0),
        flexible: VersionRange::NONE,
        fields: &[f("groupId", Kind::String, 0, 0), f("memberId", Kind::String, 0, 0)],
    },
    Shape {
        name: "ShareGroupMetadataKey",
        key: Some(11),
        versions: v(0, 0),
        flexible: VersionRange::NONE,
        fields: &[f("groupId", Kind::String, 0, 0)],
    },
    Shape {
        name: "ShareGroupStatePartitionMetadataKey",
        key: Some(15),
        versions: v(0, 0),
        flexible: VersionRange::NONE,
        fields: &[f("groupId", Kind::String, 0, 0)],
    },
    Shape {
        name: "ShareGroupTargetAssignmentMemberKey",
        key: Some(13),
        versions: v(0, 0),
        flexible: VersionRange::NONE,
        fields: &[f("groupId", Kind::String, 0, 0), f("memberId", Kind::String, 0, 0)],
    },
    Shape {
        name: "ShareGroupTargetAssignmentMetadataKey",
        key: Some(12),
        versions: v(0, 0),
        flexible: VersionRange::NONE,
        fields: &[f("groupId", Kind::String, 0, 0)],
    },
    Shape {
        name: "StreamsGroupCurrentMemberAssignmentKey",
        key: Some(22),
        versions: v(0, 0),
        flexible: VersionRange::NONE,
        fields: &[f("groupId", Kind::String, 0, 0), f("memberId", Kind::String, 0, 0)],
    },
    Shape {
        name: "StreamsGroupMemberMetadataKey",
        key: Some(19),
        versions: v(0, 0),
        flexible: VersionRange::NONE,
        fields: &[f("groupId", Kind::String, 0, 0), f("memberId", Kind::String, 0, 0)],
    },
    Shape {
        name: "StreamsGroupMetadataKey",
        key: Some(17),
        versions: v(0, 0),
        flexible: VersionRange::NONE,
        fields: &[f("groupId", Kind::String, 0, 0)],
    },
    Shape {
        name: "StreamsGroupTargetAssignmentMemberKey",
        key: Some(21),
        versions: v(0, 0),
        flexible: VersionRange::NONE,
        fields: &[f("groupId", Kind::String, 0, 0), f("memberId", Kind::String, 0, 0)],
    },
    Shape {
        name: "StreamsGroupTargetAssignmentMetadataKey",
        key: Some(20),
        versions: v(0, 0),
        flexible: VersionRange::NONE,
        fields: &[f("groupId", Kind::String, 0, 0)],
    },
    Shape {
        name: "StreamsGroupTopologyKey",
        key: Some(23),
        versions: v(0, 0),
        flexible: VersionRange::NONE,
        fields: &[f("groupId", Kind::String, 0, 0)],
    },
];

/// Values of `__consumer_offsets`.
pub const OFFSETS_VALUES: &[Shape] = &[
    Shape {
        name: "ConsumerGroupCurrentMemberAssignmentValue",
        key: Some(8),
        versions: v(0, 0),
        flexible: v(0, i16::MAX),
        fields: &[
            f("memberEpoch", Kind::Int32, 0, i16::MAX),
            f("previousMemberEpoch", Kind::Int32, 0, i16::MAX),
            f("state", Kind::Int8, 0, i16::MAX),
            f(
                "assignedPartitions",
                Kind::Array(&Kind::Struct(&[
                    f("topicId", Kind::Uuid, 0, i16::MAX),
                    f("partitions", Kind::Array(&Kind::Int32), 0, i16::MAX),
                    f("assignmentEpochs", Kind::Array(&Kind::Int32), 0, i16::MAX)
                        .nullable(v(0, i16::MAX))
                        .tag(0),
                ])),
                0,
                i16::MAX,
            ),
            f(
                "partitionsPendingRevocation",
                Kind::Array(&Kind::Struct(&[
                    f("topicId", Kind::Uuid, 0, i16::MAX),
                    f("partitions", Kind::Array(&Kind::Int32), 0, i16::MAX),
                    f("assignmentEpochs", Kind::Array(&Kind::Int32), 0, i16::MAX)
                        .nullable(v(0, i16::MAX))
                        .tag(0),
                ])),
                0,
                i16::MAX,
            ),
        ],
    },
    Shape {
        name: "ConsumerGroupMemberMetadataValue",
        key: Some(5),
        versions: v(0, 0),
        flexible: v(0, i16::MAX),
        fields: &[
            f("instanceId", Kind::String, 0, i16::MAX).nullable(v(0, i16::MAX)),
            f("rackId", Kind::String, 0, i16::MAX).nullable(v(0, i16::MAX)),
            f("clientId", Kind::String, 0, i16::MAX),
            f("clientHost", Kind::String, 0, i16::MAX),
            f("subscribedTopicNames", Kind::Array(&Kind::String), 0, i16::MAX),
            f("subscribedTopicRegex", Kind::String, 0, i16::MAX).nullable(v(0, i16::MAX)),
            f("rebalanceTimeoutMs", Kind::Int32, 0, i16::MAX).default(-1),
            f("serverAssignor", Kind::String, 0, i16::MAX).nullable(v(0, i16::MAX)),
            f(
                "classicMemberMetadata",
                Kind::Struct(&[
                    f("sessionTimeoutMs", Kind::Int32, 0, i16::MAX),
                    f(
                        "supportedProtocols",
                        Kind::Array(&Kind::Struct(&[
                            f("name", Kind::String, 0, i16::MAX),
                            f("metadata", Kind::Bytes, 0, i16::MAX),
                        ])),
                        0,
                        i16::MAX,
                    ),
                ]),
                0,
                i16::MAX,
            )
            .nullable(v(0, i16::MAX))
            .tag(0),
        ],
    },
    Shape {
        name: "ConsumerGroupMetadataValue",
        key: Some(3),
        versions: v(0, 0),
        flexible: v(0, i16::MAX),
        fields: &[
            f("epoch", Kind::Int32, 0, i16::MAX),
            f("metadataHash", Kind::Int64, 0, i16::MAX).tag(0),
        ],
    },
    Shape {
        name: "ConsumerGroupPartitionMetadataValue",
        key: Some(4),
        versions: v(0, 0),
        flexible: v(0, i16::MAX),
        fields: &[f(
            "topics",
            Kind::Array(&Kind::Struct(&[
                f("topicId", Kind::Uuid, 0, i16::MAX),
                f("topicName", Kind::String, 0, i16::MAX),
                f("numPartitions", Kind::Int32, 0, i16::MAX),
                f(
                    "partitionMetadata",
                    Kind::Array(&Kind::Struct(&[
                        f("partition", Kind::Int32, 0, i16::MAX),
                        f("racks", Kind::Array(&Kind::String), 0, i16::MAX),
                    ])),
                    0,
                    i16::MAX,
                ),
            ])),
            0,
            i16::MAX,
        )],
    },
    Shape {
        name: "ConsumerGroupRegularExpressionValue",
        key: Some(16),
        versions: v(0, 0),
        flexible: v(0, i16::MAX),
        fields: &[
            f("topics", Kind::Array(&Kind::String), 0, i16::MAX),
            f("version", Kind::Int64, 0, i16::MAX),
            f("timestamp", Kind::Int64, 0, i16::MAX),
        ],
    },
    Shape {
        name: "ConsumerGroupTargetAssignmentMemberValue",
        key: Some(7),
        versions: v(0, 0),
        flexible: v(0, i16::MAX),
        fields: &[f(
            "topicPartitions",
            Kind::Array(&Kind::Struct(&[
                f("topicId", Kind::Uuid, 0, i16::MAX),
                f("partitions", Kind::Array(&Kind::Int32), 0, i16::MAX),
            ])),
            0,
            i16::MAX,
        )],
    },
    Shape {
        name: "ConsumerGroupTargetAssignmentMetadataValue",
        key: Some(6),
        versions: v(0, 0),
        flexible: v(0, i16::MAX),
        fields: &[
            f("assignmentEpoch", Kind::Int32, 0, i16::MAX),
            f("assignmentTimestamp", Kind::Int64, 0, i16::MAX).tag(0),
        ],
    },
    Shape {
        name: "GroupMetadataValue",
        key: Some(2),
        versions: v(0, 4),
        flexible: v(4, i16::MAX),
        fields: &[
            f("protocolType", Kind::String, 0, i16::MAX),
            f("generation", Kind::Int32, 0, i16::MAX),
            f("protocol", Kind::String, 0, i16::MAX).nullable(v(0, i16::MAX)),
            f("leader", Kind::String, 0, i16::MAX).nullable(v(0, i16::MAX)),
            f("currentStateTimestamp", Kind::Int64, 2, i16::MAX).default(-1),
            f(
                "members",
                Kind::Array(&Kind::Struct(&[
                    f("memberId", Kind::String, 0, i16::MAX),
                    f("groupInstanceId", Kind::String, 3, i16::MAX)
                        .nullable(v(3, i16::MAX))
                        .null_by_default(),
                    f("clientId", Kind::String, 0, i16::MAX),
                    f("clientHost", Kind::String, 0, i16::MAX),
                    f("rebalanceTimeout", Kind::Int32, 1, i16::MAX).default(-1),
                    f("sessionTimeout", Kind::Int32, 0, i16::MAX),
                    f("subscription", Kind::Bytes, 0, i16::MAX),
                    f("assignment", Kind::Bytes, 0, i16::MAX),
                ])),
                0,
                i16::MAX,
            ),
        ],
    },
    Shape {
        name: "LegacyOffsetCommitValue",
        key: Some(0),
        versions: v(0, 0),
        flexible: VersionRange::NONE,
        fields: &[
            f("offset", Kind::Int64, 0, 0),
            f("metadata", Kind::String, 0, 0),
            f("commitTimestamp", Kind::Int64, 0, 0),
        ],
    },
    Shape {
        name: "OffsetCommitValue",
        key: Some(1),
        versions: v(0, 4),
        flexible: v(4, i16::MAX),
        fields: &[
            f("offset", Kind::Int64, 0, i16::MAX),
            f("leaderEpoch", Kind::Int32, 3, i16::MAX).default(-1),
            f("metadata", Kind::String, 0, i16::MAX),
            f("commitTimestamp", Kind::Int64, 0, i16::MAX),
            f("expireTimestamp", Kind::Int64, 1, 1).default(-1),
            f("topicId", Kind::Uuid, 4, i16::MAX).tag(0),
        ],
    },
    Shape {
        name: "ShareGroupCurrentMemberAssignmentValue",
        key: Some(14),
        versions: v(0, 0),
        flexible: v(0, i16::MAX),
        fields: &[
            f("memberEpoch", Kind::Int32, 0, i16::MAX),
            f("previousMemberEpoch", Kind::Int32, 0, i16::MAX),
            f("state", Kind::Int8, 0, i16::MAX),
            f(
                "assignedPartitions",
                Kind::Array(&Kind::Struct(&[
                    f("topicId", Kind::Uuid, 0, i16::MAX),
                    f("partitions", Kind::Array(&Kind::Int32), 0, i16::MAX),
                ])),
                0,
                i16::MAX,
            ),
        ],
    },
    Shape {
        name: "ShareGroupMemberMetadataValue",
        key: Some(10),
        versions: v(0, 0),
        flexible: v(0, i16::MAX),
        fields: &[
            f("rackId", Kind::String, 0, i16::MAX).nullable(v(0, i16::MAX)),
            f("clientId", Kind::String, 0, i16::MAX),
            f("clientHost", Kind::String, 0, i16::MAX),
            f("subscribedTopicNames", Kind::Array(&Kind::String), 0, i16::MAX),
        ],
    },
    Shape {
        name: "ShareGroupMetadataValue",
        key: Some(11),
        versions: v(0, 0),
        flexible: v(0, i16::MAX),
        fields: &[
            f("epoch", Kind::Int32, 0, i16::MAX),
            f("metadataHash", Kind::Int64, 0, i16::MAX),
        ],
    },
    Shape {
        name: "ShareGroupStatePartitionMetadataValue",
        key: Some(15),
        versions: v(0, 0),
        flexible: v(0, i16::MAX),
        fields: &[
            f(
                "initializingTopics",
                Kind::Array(&Kind::Struct(&[
                    f("topicId", Kind::Uuid, 0, i16::MAX),
                    f("topicName", Kind::String, 0, i16::MAX),
                    f("partitions", Kind::Array(&Kind::Int32), 0, i16::MAX),
                ])),
                0,
                i16::MAX,
            ),
            f(
                "initializedTopics",
                Kind::Array(&Kind::Struct(&[
                    f("topicId", Kind::Uuid, 0, i16::MAX),
                    f("topicName", Kind::String, 0, i16::MAX),
                    f("partitions", Kind::Array(&Kind::Int32), 0, i16::MAX),
                ])),
                0,
                i16::MAX,
            ),
            f(
                "deletingTopics",
                Kind::Array(&Kind::Struct(&[
                    f("topicId", Kind::Uuid, 0, i16::MAX),
                    f("topicName", Kind::String, 0, i16::MAX),
                ])),
                0,
                i16::MAX,
            ),
        ],
    },
    Shape {
        name: "ShareGroupTargetAssignmentMemberValue",
        key: Some(13),
        versions: v(0, 0),
        flexible: v(0, i16::MAX),
        fields: &[f(
            "topicPartitions",
            Kind::Array(&Kind::Struct(&[
                f("topicId", Kind::Uuid, 0, i16::MAX),
                f("partitions", Kind::Array(&Kind::Int32), 0, i16::MAX),
            ])),
            0,
            i16::MAX,
        )],
    },
    Shape {
        name: "ShareGroupTargetAssignmentMetadataValue",
        key: Some(12),
        versions: v(0, 0),
        flexible: v(0, i16::MAX),
        fields: &[
            f("assignmentEpoch", Kind::Int32, 0, i16::MAX),
            f("assignmentTimestamp", Kind::Int64, 0, i16::MAX).tag(0),
        ],
    },
    Shape {
        name: "StreamsGroupCurrentMemberAssignmentValue",
        key: Some(22),
        versions: v(0, 0),
        flexible: v(0, i16::MAX),
        fields: &[
            f("memberEpoch", Kind::Int32, 0, i16::MAX),
            f("previousMemberEpoch", Kind::Int32, 0, i16::MAX),
            f("state", Kind::Int8, 0, i16::MAX),
            f(
                "activeTasks",
                Kind::Array(&Kind::Struct(&[
                    f("subtopologyId", Kind::String, 0, i16::MAX),
                    f("partitions", Kind::Array(&Kind::Int32), 0, i16::MAX),
                    f("assignmentEpochs", Kind::Array(&Kind::Int32), 0, i16::MAX)
                        .nullable(v(0, i16::MAX))
                        .tag(0),
                ])),
                0,
                i16::MAX,
            ),
            f(
                "standbyTasks",
                Kind::Array(&Kind::Struct(&[
                    f("subtopologyId", Kind::String, 0, i16::MAX),
                    f("partitions", Kind::Array(&Kind::Int32), 0, i16::MAX),
                    f("assignmentEpochs", Kind::Array(&Kind::Int32), 0, i16::MAX)
                        .nullable(v(0, i16::MAX))
                        .tag(0),
                ])),
                0,
                i16::MAX,
            ),
            f(
                "warmupTasks",
                Kind::Array(&Kind::Struct(&[
                    f("subtopologyId", Kind::String, 0, i16::MAX),
                    f("partitions", Kind::Array(&Kind::Int32), 0, i16::MAX),
                    f("assignmentEpochs", Kind::Array(&Kind::Int32), 0, i16::MAX)
                        .nullable(v(0, i16::MAX))
                        .tag(0),
                ])),
                0,
                i16::MAX,
            ),
            f(
                "activeTasksPendingRevocation",
                Kind::Array(&Kind::Struct(&[
                    f("subtopologyId", Kind::String, 0, i16::MAX),
                    f("partitions", Kind::Array(&Kind::Int32), 0, i16::MAX),
                    f("assignmentEpochs", Kind::Array(&Kind::Int32), 0, i16::MAX)
                        .nullable(v(0, i16::MAX))
                        .tag(0),
                ])),
                0,
                i16::MAX,
            ),
            f(
                "standbyTasksPendingRevocation",
                Kind::Array(&Kind::Struct(&[
                    f("subtopologyId", Kind::String, 0, i16::MAX),
                    f("partitions", Kind::Array(&Kind::Int32), 0, i16::MAX),
                    f("assignmentEpochs", Kind::Array(&Kind::Int32), 0, i16::MAX)
                        .nullable(v(0, i16::MAX))
                        .tag(0),
                ])),
                0,
                i16::MAX,
            ),
            f(
                "warmupTasksPendingRevocation",
                Kind::Array(&Kind::Struct(&[
                    f("subtopologyId", Kind::String, 0, i16::MAX),
                    f("partitions", Kind::Array(&Kind::Int32), 0, i16::MAX),
                    f("assignmentEpochs", Kind::Array(&Kind::Int32), 0, i16::MAX)
                        .nullable(v(0, i16::MAX))
                        .tag(0),
                ])),
                0,
                i16::MAX,
            ),
        ],
    },
    Shape {
        name: "StreamsGroupMemberMetadataValue",
        key: Some(19),
        versions: v(0, 0),
        flexible: v(0, i16::MAX),
        fields: &[
            f("instanceId", Kind::String, 0, i16::MAX).nullable(v(0, i16::MAX)),
            f("rackId", Kind::String, 0, i16::MAX).nullable(v(0, i16::MAX)),
            f("clientId", Kind::String, 0, i16::MAX),
            f("clientHost", Kind::String, 0, i16::MAX),
            f("rebalanceTimeoutMs", Kind::Int32, 0, i16::MAX).default(-1),
            f("topologyEpoch", Kind::Int32, 0, i16::MAX),
            f("processId", Kind::String, 0, i16::MAX),
            f(
                "userEndpoint",
                Kind::Struct(&[
                    f("host", Kind::String, 0, i16::MAX),
                    f("port", Kind::Uint16, 0, i16::MAX),
                ]),
                0,
                i16::MAX,
            )
            .nullable(v(0, i16::MAX))
            .null_by_default(),
            f(
                "clientTags",
                Kind::Array(&Kind::Struct(&[
                    f("key", Kind::String, 0, i16::MAX),
                    f("value", Kind::String, 0, i16::MAX),
                ])),
                0,
                i16::MAX,
            ),
        ],
    },
    Shape {
        name: "StreamsGroupMetadataValue",
        key: Some(17),
        versions: v(0, 0),
        flexible: v(0, i16::MAX),
        fields: &[
            f("epoch", Kind::Int32, 0, i16::MAX),
            f("metadataHash", Kind::Int64, 0, i16::MAX),
            f("validatedTopologyEpoch", Kind::Int32, 0, i16::MAX).tag(0).default(-1),
            f(
                "lastAssignmentConfigs",
                Kind::Array(&Kind::Struct(&[
                    f("key", Kind::String, 0, i16::MAX),
                    f("value", Kind::String, 0, i16::MAX),
                ])),
                0,
                i16::MAX,
            )
            .nullable(v(0, i16::MAX))
            .tag(1),
        ],
    },
    Shape {
        name: "StreamsGroupTargetAssignmentMemberValue",
        key: Some(21),
        versions: v(0, 0),
        flexible: v(0, i16::MAX),
        fields: &[
            f(
                "activeTasks",
                Kind::Array(&Kind::Struct(&[
                    f("subtopologyId", Kind::String, 0, i16::MAX),
                    f("partitions", Kind::Array(&Kind::Int32), 0, i16::MAX),
                ])),
                0,
                i16::MAX,
            ),
            f(
                "standbyTasks",
                Kind::Array(&Kind::Struct(&[
                    f("subtopologyId", Kind::String, 0, i16::MAX),
                    f("partitions", Kind::Array(&Kind::Int32), 0, i16::MAX),
                ])),
                0,
                i16::MAX,
            ),
            f(
                "warmupTasks",
                Kind::Array(&Kind::Struct(&[
                    f("subtopologyId", Kind::String, 0, i16::MAX),
                    f("partitions", Kind::Array(&Kind::Int32), 0, i16::MAX),
                ])),
                0,
                i16::MAX,
            ),
        ],
    },
    Shape {
        name: "StreamsGroupTargetAssignmentMetadataValue",
        key: Some(20),
        versions: v(0, 0),
        flexible: v(0, i16::MAX),
        fields: &[
            f("assignmentEpoch", Kind::Int32, 0, i16::MAX),
            f("assignmentTimestamp", Kind::Int64, 0, i16::MAX).tag(0),
        ],
    },
    Shape {
        name: "StreamsGroupTopologyValue",
        key: Some(23),
        versions: v(0, 0),
        flexible: v(0, i16::MAX),
        fields: &[
            f("epoch", Kind::Int32, 0, i16::MAX),
            f(
                "subtopologies",
                Kind::Array(&Kind::Struct(&[
                    f("subtopologyId", Kind::String, 0, i16::MAX),
                    f("sourceTopics", Kind::Array(&Kind::String), 0, i16::MAX),
                    f("sourceTopicRegex", Kind::Array(&Kind::String), 0, i16::MAX),
                    f(
                        "stateChangelogTopics",
                        Kind::Array(&Kind::Struct(&[
                            f("name", Kind::String, 0, i16::MAX),
                            f("partitions", Kind::Int32, 0, i16::MAX),
                            f("replicationFactor", Kind::Int16, 0, i16::MAX),
                            f(
                                "topicConfigs",
                                Kind::Array(&Kind::Struct(&[
                                    f("key", Kind::String, 0, i16::MAX),
                                    f("value", Kind::String, 0, i16::MAX),
                                ])),
                                0,
                                i16::MAX,
                            ),
                        ])),
                        0,
                        i16::MAX,
                    ),
                    f("repartitionSinkTopics", Kind::Array(&Kind::String), 0, i16::MAX),
                    f(
                        "repartitionSourceTopics",
                        Kind::Array(&Kind::Struct(&[
                            f("name", Kind::String, 0, i16::MAX),
                            f("partitions", Kind::Int32, 0, i16::MAX),
                            f("replicationFactor", Kind::Int16, 0, i16::MAX),
                            f(
                                "topicConfigs",
                                Kind::Array(&Kind::Struct(&[
                                    f("key", Kind::String, 0, i16::MAX),
                                    f("value", Kind::String, 0, i16::MAX),
                                ])),
                                0,
                                i16::MAX,
                            ),
                        ])),
                        0,
                        i16::MAX,
                    ),
                    f(
                        "copartitionGroups",
                        Kind::Array(&Kind::Struct(&[
                            f("sourceTopics", Kind::Array(&Kind::Int16), 0, i16::MAX),
                            f("sourceTopicRegex", Kind::Array(&Kind::Int16), 0, i16::MAX),
                            f("repartitionSourceTopics", Kind::Array(&Kind::Int16), 0, i16::MAX),
                        ])),
                        0,
                        i16::MAX,
                    ),
                ])),
                0,
                i16::MAX,
            ),
        ],
    },
];

/// Keys of `__transaction_state`.
pub const TRANSACTION_KEYS: &[Shape] = &[Shape {
    name: "TransactionLogKey",
    key: Some(0),
    versions: v(0, 0),
    flexible: VersionRange::NONE,
    fields: &[f("transactionalId", Kind::String, 0, 0)],
}];

/// Values of `__transaction_state`.
pub const TRANSACTION_VALUES: &[Shape] = &[Shape {
    name: "TransactionLogValue",
    key: Some(0),
    versions: v(0, 1),
    flexible: v(1, i16::MAX),
    fields: &[
        f("producerId", Kind::Int64, 0, i16::MAX),
        f("previousProducerId", Kind::Int64, 1, i16::MAX).tag(0).default(-1),
        f("nextProducerId", Kind::Int64, 1, i16::MAX).tag(1).default(-1),
        f("producerEpoch", Kind::Int16, 0, i16::MAX),
        f("nextProducerEpoch", Kind::Int16, 1, i16::MAX).tag(3).default(-1),
        f("transactionTimeoutMs", Kind::Int32, 0, i16::MAX),
        f("transactionStatus", Kind::Int8, 0, i16::MAX),
        f(
            "transactionPartitions",
            Kind::Array(&Kind::Struct(&[
                f("topic", Kind::String, 0, i16::MAX),
                f("partitionIds", Kind::Array(&Kind::Int32), 0, i16::MAX),
            ])),
            0,
            i16::MAX,
        )
        .nullable(v(0, i16::MAX)),
        f("transactionLastUpdateTimestampMs", Kind::Int64, 0, i16::MAX),
        f("transactionStartTimestampMs", Kind::Int64, 0, i16::MAX),
        f("clientTransactionVersion", Kind::Int16, 1, i16::MAX).tag(2),
    ],
}];

/// Keys of `__share_group_state`.
pub const SHARE_STATE_KEYS: &[Shape] = &[
    Shape {
        name: "ShareSnapshotKey",
        key: Some(0),
        versions: v(0, 0),
        flexible: VersionRange::NONE,
        fields: &[
            f("groupId", Kind::String, 0, 0),
            f("topicId", Kind::Uuid, 0, 0),
            f("partition", Kind::Int32, 0, 0),
        ],
    },
    Shape {
        name: "ShareUpdateKey",
        key: Some(1),
        versions: v(0, 0),
        flexible: VersionRange::NONE,
        fields: &[
            f("groupId", Kind::String, 0, 0),
            f("topicId", Kind::Uuid, 0, 0),
            f("partition", Kind::Int32, 0, 0),
        ],
    },
];

/// Values of `__share_group_state`.
pub const SHARE_STATE_VALUES: &[Shape] = &[
    Shape {
        name: "ShareSnapshotValue",
        key: Some(0),
        versions: v(0, 0),
        flexible: v(0, i16::MAX),
        fields: &[
            f("snapshotEpoch", Kind::Int32, 0, i16::MAX),
            f("stateEpoch", Kind::Int32, 0, i16::MAX),
            f("leaderEpoch", Kind::Int32, 0, i16::MAX),
            f("startOffset", Kind::Int64, 0, i16::MAX),
            f("deliveryCompleteCount", Kind::Int32, 0, i16::MAX).tag(0).default(-1),
            f("createTimestamp", Kind::Int64, 0, i16::MAX),
            f("writeTimestamp", Kind::Int64, 0, i16::MAX),
            f(
                "stateBatches",
                Kind::Array(&Kind::Struct(&[
                    f("firstOffset", Kind::Int64, 0, i16::MAX),
                    f("lastOffset", Kind::Int64, 0, i16::MAX),
                    f("deliveryState", Kind::Int8, 0, i16::MAX),
                    f("deliveryCount", Kind::Int16, 0, i16::MAX),
                ])),
                0,
                i16::MAX,
            ),
        ],
    },
    Shape {
        name: "ShareUpdateValue",
        key: Some(1),
        versions: v(0, 0),
        flexible: v(0, i16::MAX),
        fields: &[
            f("snapshotEpoch", Kind::Int32, 0, i16::MAX),
            f("leaderEpoch", Kind::Int32, 0, i16::MAX),
            f("startOffset", Kind::Int64, 0, i16::MAX),
            f("deliveryCompleteCount", Kind::Int32, 0, i16::MAX).tag(0).default(-1),
            f(
                "stateBatches",
                Kind::Array(&Kind::Struct(&[
                    f("firstOffset", Kind::Int64, 0, i16::MAX),
                    f("lastOffset", Kind::Int64, 0, i16::MAX),
                    f("deliveryState", Kind::Int8, 0, i16::MAX),
                    f("deliveryCount", Kind::Int16, 0, i16::MAX),
                ])),
                0,
                i16::MAX,
            ),
        ],
    },
];

/// What consumers of classic groups tell each other.
pub const CONSUMER_PROTOCOL: &[Shape] = &[
    Shape {
        name: "ConsumerProtocolAssignment",
        key: None,
        versions: v(0, 3),
        flexible: VersionRange::NONE,
        fields: &[
            f(
                "assignedPartitions",
                Kind::Array(&Kind::Struct(&[
                    f("topic", Kind::String, 0, i16::MAX),
                    f("partitions", Kind::Array(&Kind::Int32), 0, i16::MAX),
                ])),
                0,
                i16::MAX,
            ),
            f("userData", Kind::Bytes, 0, i16::MAX).nullable(v(0, i16::MAX)).null_by_default(),
        ],
    },
    Shape {
        name: "ConsumerProtocolSubscription",
        key: None,
        versions: v(0, 3),
        flexible: VersionRange::NONE,
        fields: &[
            f("topics", Kind::Array(&Kind::String), 0, i16::MAX),
            f("userData", Kind::Bytes, 0, i16::MAX).nullable(v(0, i16::MAX)).null_by_default(),
            f(
                "ownedPartitions",
                Kind::Array(&Kind::Struct(&[
                    f("topic", Kind::String, 1, i16::MAX),
                    f("partitions", Kind::Array(&Kind::Int32), 1, i16::MAX),
                ])),
                1,
                i16::MAX,
            ),
            f("generationId", Kind::Int32, 2, i16::MAX).default(-1),
            f("rackId", Kind::String, 3, i16::MAX).nullable(v(3, i16::MAX)).null_by_default(),
        ],
    },
];

/// The records of `__remote_log_metadata`.
pub const REMOTE_LOG_METADATA: &[Shape] = &[
    Shape {
        name: "RemoteLogSegmentMetadataRecord",
        key: Some(0),
        versions: v(0, 0),
        flexible: v(0, i16::MAX),
        fields: &[
            f(
                "remoteLogSegmentId",
                Kind::Struct(&[
                    f(
                        "topicIdPartition",
                        Kind::Struct(&[
                            f("name", Kind::String, 0, i16::MAX),
                            f("id", Kind::Uuid, 0, i16::MAX),
                            f("partition", Kind::Int32, 0, i16::MAX),
                        ]),
                        0,
                        i16::MAX,
                    ),
                    f("id", Kind::Uuid, 0, i16::MAX),
                ]),
                0,
                i16::MAX,
            ),
            f("startOffset", Kind::Int64, 0, i16::MAX),
            f("endOffset", Kind::Int64, 0, i16::MAX),
            f("brokerId", Kind::Int32, 0, i16::MAX),
            f("maxTimestampMs", Kind::Int64, 0, i16::MAX),
            f("eventTimestampMs", Kind::Int64, 0, i16::MAX),
            f(
                "segmentLeaderEpochs",
                Kind::Array(&Kind::Struct(&[
                    f("leaderEpoch", Kind::Int32, 0, i16::MAX),
                    f("offset", Kind::Int64, 0, i16::MAX),
                ])),
                0,
                i16::MAX,
            ),
            f("segmentSizeInBytes", Kind::Int32, 0, i16::MAX),
            f("customMetadata", Kind::Bytes, 0, i16::MAX)
                .nullable(v(0, i16::MAX))
                .null_by_default(),
            f("remoteLogSegmentState", Kind::Int8, 0, i16::MAX),
            f("txnIndexEmpty", Kind::Bool, 0, i16::MAX).tag(0),
        ],
    },
    Shape {
        name: "RemoteLogSegmentMetadataSnapshotRecord",
        key: Some(3),
        versions: v(0, 0),
        flexible: v(0, i16::MAX),
        fields: &[
            f("segmentId", Kind::Uuid, 0, i16::MAX),
            f("startOffset", Kind::Int64, 0, i16::MAX),
            f("endOffset", Kind::Int64, 0, i16::MAX),
            f("brokerId", Kind::Int32, 0, i16::MAX),
            f("maxTimestampMs", Kind::Int64, 0, i16::MAX),
            f("eventTimestampMs", Kind::Int64, 0, i16::MAX),
            f(
                "segmentLeaderEpochs",
                Kind::Array(&Kind::Struct(&[
                    f("leaderEpoch", Kind::Int32, 0, i16::MAX),
                    f("offset", Kind::Int64, 0, i16::MAX),
                ])),
                0,
                i16::MAX,
            ),
            f("segmentSizeInBytes", Kind::Int32, 0, i16::MAX),
            f("customMetadata", Kind::Bytes, 0, i16::MAX)
                .nullable(v(0, i16::MAX))
                .null_by_default(),
            f("remoteLogSegmentState", Kind::Int8, 0, i16::MAX),
            f("txnIndexEmpty", Kind::Bool, 0, i16::MAX).tag(0),
        ],
    },
    Shape {
        name: "RemoteLogSegmentMetadataUpdateRecord",
        key: Some(1),
        versions: v(0, 0),
        flexible: v(0, i16::MAX),
        fields: &[
            f(
                "remoteLogSegmentId",
                Kind::Struct(&[
                    f(
                        "topicIdPartition",
                        Kind::Struct(&[
                            f("name", Kind::String, 0, i16::MAX),
                            f("id", Kind::Uuid, 0, i16::MAX),
                            f("partition", Kind::Int32, 0, i16::MAX),
                        ]),
                        0,
                        i16::MAX,
                    ),
                    f("id", Kind::Uuid, 0, i16::MAX),
                ]),
                0,
                i16::MAX,
            ),
            f("brokerId", Kind::Int32, 0, i16::MAX),
            f("eventTimestampMs", Kind::Int64, 0, i16::MAX),
            f("customMetadata", Kind::Bytes, 0, i16::MAX)
                .nullable(v(0, i16::MAX))
                .null_by_default(),
            f("remoteLogSegmentState", Kind::Int8, 0, i16::MAX),
        ],
    },
    Shape {
        name: "RemotePartitionDeleteMetadataRecord",
        key: Some(2),
        versions: v(0, 0),
        flexible: v(0, i16::MAX),
        fields: &[
            f(
                "topicIdPartition",
                Kind::Struct(&[
                    f("name", Kind::String, 0, i16::MAX),
                    f("id", Kind::Uuid, 0, i16::MAX),
                    f("partition", Kind::Int32, 0, i16::MAX),
                ]),
                0,
                i16::MAX,
            ),
            f("brokerId", Kind::Int32, 0, i16::MAX),
            f("eventTimestampMs", Kind::Int64, 0, i16::MAX),
            f("remotePartitionDeleteState", Kind::Int8, 0, i16::MAX),
        ],
    },
];
