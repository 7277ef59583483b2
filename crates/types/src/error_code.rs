//! Kafka's error codes, −1 to 133 (Apache Kafka 4.3.1).
//!
//! Lower layers return their own errors; codes are chosen only at the edge (the API handlers) and
//! in the two deciding crates (controller, coordinator).

use std::fmt;

/// An error code of the Kafka protocol. Codes this release does not know are kept as they came.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct ErrorCode(i16);

impl ErrorCode {
    /// The code as it stands on the wire.
    pub const fn code(self) -> i16 {
        self.0
    }

    /// Wraps a code from the wire, known or not.
    pub const fn from_code(code: i16) -> Self {
        Self(code)
    }

    /// Whether this is NONE.
    pub const fn is_none(self) -> bool {
        self.0 == 0
    }

    /// Whether a client may send the same request again and hope.
    pub fn is_retriable(self) -> bool {
        NAMES.iter().any(|(code, _, retriable)| *code == self.0 && *retriable)
    }

    /// Kafka's name of the code, if it is one of Kafka 4.3's.
    pub fn name(self) -> Option<&'static str> {
        NAMES.iter().find(|(code, _, _)| *code == self.0).map(|(_, name, _)| *name)
    }

    /// Every code Kafka 4.3 knows, in order.
    pub fn all() -> impl Iterator<Item = Self> {
        NAMES.iter().map(|(code, _, _)| Self(*code))
    }

    /// −1
    pub const UNKNOWN_SERVER_ERROR: Self = Self(-1);
    /// 0
    pub const NONE: Self = Self(0);
    /// 1
    pub const OFFSET_OUT_OF_RANGE: Self = Self(1);
    /// 2
    pub const CORRUPT_MESSAGE: Self = Self(2);
    /// 3
    pub const UNKNOWN_TOPIC_OR_PARTITION: Self = Self(3);
    /// 4
    pub const INVALID_FETCH_SIZE: Self = Self(4);
    /// 5
    pub const LEADER_NOT_AVAILABLE: Self = Self(5);
    /// 6
    pub const NOT_LEADER_OR_FOLLOWER: Self = Self(6);
    /// 7
    pub const REQUEST_TIMED_OUT: Self = Self(7);
    /// 8
    pub const BROKER_NOT_AVAILABLE: Self = Self(8);
    /// 9
    pub const REPLICA_NOT_AVAILABLE: Self = Self(9);
    /// 10
    pub const MESSAGE_TOO_LARGE: Self = Self(10);
    /// 11
    pub const STALE_CONTROLLER_EPOCH: Self = Self(11);
    /// 12
    pub const OFFSET_METADATA_TOO_LARGE: Self = Self(12);
    /// 13
    pub const NETWORK_EXCEPTION: Self = Self(13);
    /// 14
    pub const COORDINATOR_LOAD_IN_PROGRESS: Self = Self(14);
    /// 15
    pub const COORDINATOR_NOT_AVAILABLE: Self = Self(15);
    /// 16
    pub const NOT_COORDINATOR: Self = Self(16);
    /// 17
    pub const INVALID_TOPIC_EXCEPTION: Self = Self(17);
    /// 18
    pub const RECORD_LIST_TOO_LARGE: Self = Self(18);
    /// 19
    pub const NOT_ENOUGH_REPLICAS: Self = Self(19);
    /// 20
    pub const NOT_ENOUGH_REPLICAS_AFTER_APPEND: Self = Self(20);
    /// 21
    pub const INVALID_REQUIRED_ACKS: Self = Self(21);
    /// 22
    pub const ILLEGAL_GENERATION: Self = Self(22);
    /// 23
    pub const INCONSISTENT_GROUP_PROTOCOL: Self = Self(23);
    /// 24
    pub const INVALID_GROUP_ID: Self = Self(24);
    /// 25
    pub const UNKNOWN_MEMBER_ID: Self = Self(25);
    /// 26
    pub const INVALID_SESSION_TIMEOUT: Self = Self(26);
    /// 27
    pub const REBALANCE_IN_PROGRESS: Self = Self(27);
    /// 28
    pub const INVALID_COMMIT_OFFSET_SIZE: Self = Self(28);
    /// 29
    pub const TOPIC_AUTHORIZATION_FAILED: Self = Self(29);
    /// 30
    pub const GROUP_AUTHORIZATION_FAILED: Self = Self(30);
    /// 31
    pub const CLUSTER_AUTHORIZATION_FAILED: Self = Self(31);
    /// 32
    pub const INVALID_TIMESTAMP: Self = Self(32);
    /// 33
    pub const UNSUPPORTED_SASL_MECHANISM: Self = Self(33);
    /// 34
    pub const ILLEGAL_SASL_STATE: Self = Self(34);
    /// 35
    pub const UNSUPPORTED_VERSION: Self = Self(35);
    /// 36
    pub const TOPIC_ALREADY_EXISTS: Self = Self(36);
    /// 37
    pub const INVALID_PARTITIONS: Self = Self(37);
    /// 38
    pub const INVALID_REPLICATION_FACTOR: Self = Self(38);
    /// 39
    pub const INVALID_REPLICA_ASSIGNMENT: Self = Self(39);
    /// 40
    pub const INVALID_CONFIG: Self = Self(40);
    /// 41
    pub const NOT_CONTROLLER: Self = Self(41);
    /// 42
    pub const INVALID_REQUEST: Self = Self(42);
    /// 43
    pub const UNSUPPORTED_FOR_MESSAGE_FORMAT: Self = Self(43);
    /// 44
    pub const POLICY_VIOLATION: Self = Self(44);
    /// 45
    pub const OUT_OF_ORDER_SEQUENCE_NUMBER: Self = Self(45);
    /// 46
    pub const DUPLICATE_SEQUENCE_NUMBER: Self = Self(46);
    /// 47
    pub const INVALID_PRODUCER_EPOCH: Self = Self(47);
    /// 48
    pub const INVALID_TXN_STATE: Self = Self(48);
    /// 49
    pub const INVALID_PRODUCER_ID_MAPPING: Self = Self(49);
    /// 50
    pub const INVALID_TRANSACTION_TIMEOUT: Self = Self(50);
    /// 51
    pub const CONCURRENT_TRANSACTIONS: Self = Self(51);
    /// 52
    pub const TRANSACTION_COORDINATOR_FENCED: Self = Self(52);
    /// 53
    pub const TRANSACTIONAL_ID_AUTHORIZATION_FAILED: Self = Self(53);
    /// 54
    pub const SECURITY_DISABLED: Self = Self(54);
    /// 55
    pub const OPERATION_NOT_ATTEMPTED: Self = Self(55);
    /// 56
    pub const KAFKA_STORAGE_ERROR: Self = Self(56);
    /// 57
    pub const LOG_DIR_NOT_FOUND: Self = Self(57);
    /// 58
    pub const SASL_AUTHENTICATION_FAILED: Self = Self(58);
    /// 59
    pub const UNKNOWN_PRODUCER_ID: Self = Self(59);
    /// 60
    pub const REASSIGNMENT_IN_PROGRESS: Self = Self(60);
    /// 61
    pub const DELEGATION_TOKEN_AUTH_DISABLED: Self = Self(61);
    /// 62
    pub const DELEGATION_TOKEN_NOT_FOUND: Self = Self(62);
    /// 63
    pub const DELEGATION_TOKEN_OWNER_MISMATCH: Self = Self(63);
    /// 64
    pub const DELEGATION_TOKEN_REQUEST_NOT_ALLOWED: Self = Self(64);
    /// 65
    pub const DELEGATION_TOKEN_AUTHORIZATION_FAILED: Self = Self(65);
    /// 66
    pub const DELEGATION_TOKEN_EXPIRED: Self = Self(66);
    /// 67
    pub const INVALID_PRINCIPAL_TYPE: Self = Self(67);
    /// 68
    pub const NON_EMPTY_GROUP: Self = Self(68);
    /// 69
    pub const GROUP_ID_NOT_FOUND: Self = Self(69);
    /// 70
    pub const FETCH_SESSION_ID_NOT_FOUND: Self = Self(70);
    /// 71
    pub const INVALID_FETCH_SESSION_EPOCH: Self = Self(71);
    /// 72
    pub const LISTENER_NOT_FOUND: Self = Self(72);
    /// 73
    pub const TOPIC_DELETION_DISABLED: Self = Self(73);
    /// 74
    pub const FENCED_LEADER_EPOCH: Self = Self(74);
    /// 75
    pub const UNKNOWN_LEADER_EPOCH: Self = Self(75);
    /// 76
    pub const UNSUPPORTED_COMPRESSION_TYPE: Self = Self(76);
    /// 77
    pub const STALE_BROKER_EPOCH: Self = Self(77);
    /// 78
    pub const OFFSET_NOT_AVAILABLE: Self = Self(78);
    /// 79
    pub const MEMBER_ID_REQUIRED: Self = Self(79);
    /// 80
    pub const PREFERRED_LEADER_NOT_AVAILABLE: Self = Self(80);
    /// 81
    pub const GROUP_MAX_SIZE_REACHED: Self = Self(81);
    /// 82
    pub const FENCED_INSTANCE_ID: Self = Self(82);
    /// 83
    pub const ELIGIBLE_LEADERS_NOT_AVAILABLE: Self = Self(83);
    /// 84
    pub const ELECTION_NOT_NEEDED: Self = Self(84);
    /// 85
    pub const NO_REASSIGNMENT_IN_PROGRESS: Self = Self(85);
    /// 86
    pub const GROUP_SUBSCRIBED_TO_TOPIC: Self = Self(86);
    /// 87
    pub const INVALID_RECORD: Self = Self(87);
    /// 88
    pub const UNSTABLE_OFFSET_COMMIT: Self = Self(88);
    /// 89
    pub const THROTTLING_QUOTA_EXCEEDED: Self = Self(89);
    /// 90
    pub const PRODUCER_FENCED: Self = Self(90);
    /// 91
    pub const RESOURCE_NOT_FOUND: Self = Self(91);
    /// 92
    pub const DUPLICATE_RESOURCE: Self = Self(92);
    /// 93
    pub const UNACCEPTABLE_CREDENTIAL: Self = Self(93);
    /// 94
    pub const INCONSISTENT_VOTER_SET: Self = Self(94);
    /// 95
    pub const INVALID_UPDATE_VERSION: Self = Self(95);
    /// 96
    pub const FEATURE_UPDATE_FAILED: Self = Self(96);
    /// 97
    pub const PRINCIPAL_DESERIALIZATION_FAILURE: Self = Self(97);
    /// 98
    pub const SNAPSHOT_NOT_FOUND: Self = Self(98);
    /// 99
    pub const POSITION_OUT_OF_RANGE: Self = Self(99);
    /// 100
    pub const UNKNOWN_TOPIC_ID: Self = Self(100);
    /// 101
    pub const DUPLICATE_BROKER_REGISTRATION: Self = Self(101);
    /// 102
    pub const BROKER_ID_NOT_REGISTERED: Self = Self(102);
    /// 103
    pub const INCONSISTENT_TOPIC_ID: Self = Self(103);
    /// 104
    pub const INCONSISTENT_CLUSTER_ID: Self = Self(104);
    /// 105
    pub const TRANSACTIONAL_ID_NOT_FOUND: Self = Self(105);
    /// 106
    pub const FETCH_SESSION_TOPIC_ID_ERROR: Self = Self(106);
    /// 107
    pub const INELIGIBLE_REPLICA: Self = Self(107);
    /// 108
    pub const NEW_LEADER_ELECTED: Self = Self(108);
    /// 109
    pub const OFFSET_MOVED_TO_TIERED_STORAGE: Self = Self(109);
    /// 110
    pub const FENCED_MEMBER_EPOCH: Self = Self(110);
    /// 111
    pub const UNRELEASED_INSTANCE_ID: Self = Self(111);
    /// 112
    pub const UNSUPPORTED_ASSIGNOR: Self = Self(112);
    /// 113
    pub const STALE_MEMBER_EPOCH: Self = Self(113);
    /// 114
    pub const MISMATCHED_ENDPOINT_TYPE: Self = Self(114);
    /// 115
    pub const UNSUPPORTED_ENDPOINT_TYPE: Self = Self(115);
    /// 116
    pub const UNKNOWN_CONTROLLER_ID: Self = Self(116);
    /// 117
    pub const UNKNOWN_SUBSCRIPTION_ID: Self = Self(117);
    /// 118
    pub const TELEMETRY_TOO_LARGE: Self = Self(118);
    /// 119
    pub const INVALID_REGISTRATION: Self = Self(119);
    /// 120
    pub const TRANSACTION_ABORTABLE: Self = Self(120);
    /// 121
    pub const INVALID_RECORD_STATE: Self = Self(121);
    /// 122
    pub const SHARE_SESSION_NOT_FOUND: Self = Self(122);
    /// 123
    pub const INVALID_SHARE_SESSION_EPOCH: Self = Self(123);
    /// 124
    pub const FENCED_STATE_EPOCH: Self = Self(124);
    /// 125
    pub const INVALID_VOTER_KEY: Self = Self(125);
    /// 126
    pub const DUPLICATE_VOTER: Self = Self(126);
    /// 127
    pub const VOTER_NOT_FOUND: Self = Self(127);
    /// 128
    pub const INVALID_REGULAR_EXPRESSION: Self = Self(128);
    /// 129
    pub const REBOOTSTRAP_REQUIRED: Self = Self(129);
    /// 130
    pub const STREAMS_INVALID_TOPOLOGY: Self = Self(130);
    /// 131
    pub const STREAMS_INVALID_TOPOLOGY_EPOCH: Self = Self(131);
    /// 132
    pub const STREAMS_TOPOLOGY_FENCED: Self = Self(132);
    /// 133
    pub const SHARE_SESSION_LIMIT_REACHED: Self = Self(133);
}

/// Code, name, retriable.
const NAMES: &[(i16, &str, bool)] = &[
    (-1, "UNKNOWN_SERVER_ERROR", false),
    (0, "NONE", false),
    (1, "OFFSET_OUT_OF_RANGE", false),
    (2, "CORRUPT_MESSAGE", true),
    (3, "UNKNOWN_TOPIC_OR_PARTITION", true),
    (4, "INVALID_FETCH_SIZE", false),
    (5, "LEADER_NOT_AVAILABLE", true),
    (6, "NOT_LEADER_OR_FOLLOWER", true),
    (7, "REQUEST_TIMED_OUT", true),
    (8, "BROKER_NOT_AVAILABLE", false),
    (9, "REPLICA_NOT_AVAILABLE", true),
    (10, "MESSAGE_TOO_LARGE", false),
    (11, "STALE_CONTROLLER_EPOCH", false),
    (12, "OFFSET_METADATA_TOO_LARGE", false),
    (13, "NETWORK_EXCEPTION", true),
    (14, "COORDINATOR_LOAD_IN_PROGRESS", true),
    (15, "COORDINATOR_NOT_AVAILABLE", true),
    (16, "NOT_COORDINATOR", true),
    (17, "INVALID_TOPIC_EXCEPTION", false),
    (18, "RECORD_LIST_TOO_LARGE", false),
    (19, "NOT_ENOUGH_REPLICAS", true),
    (20, "NOT_ENOUGH_REPLICAS_AFTER_APPEND", true),
    (21, "INVALID_REQUIRED_ACKS", false),
    (22, "ILLEGAL_GENERATION", false),
    (23, "INCONSISTENT_GROUP_PROTOCOL", false),
    (24, "INVALID_GROUP_ID", false),
    (25, "UNKNOWN_MEMBER_ID", false),
    (26, "INVALID_SESSION_TIMEOUT", false),
    (27, "REBALANCE_IN_PROGRESS", false),
    (28, "INVALID_COMMIT_OFFSET_SIZE", false),
    (29, "TOPIC_AUTHORIZATION_FAILED", false),
    (30, "GROUP_AUTHORIZATION_FAILED", false),
    (31, "CLUSTER_AUTHORIZATION_FAILED", false),
    (32, "INVALID_TIMESTAMP", false),
    (33, "UNSUPPORTED_SASL_MECHANISM", false),
    (34, "ILLEGAL_SASL_STATE", false),
    (35, "UNSUPPORTED_VERSION", false),
    (36, "TOPIC_ALREADY_EXISTS", false),
    (37, "INVALID_PARTITIONS", false),
    (38, "INVALID_REPLICATION_FACTOR", false),
    (39, "INVALID_REPLICA_ASSIGNMENT", false),
    (40, "INVALID_CONFIG", false),
    (41, "NOT_CONTROLLER", true),
    (42, "INVALID_REQUEST", false),
    (43, "UNSUPPORTED_FOR_MESSAGE_FORMAT", false),
    (44, "POLICY_VIOLATION", false),
    (45, "OUT_OF_ORDER_SEQUENCE_NUMBER", false),
    (46, "DUPLICATE_SEQUENCE_NUMBER", false),
    (47, "INVALID_PRODUCER_EPOCH", false),
    (48, "INVALID_TXN_STATE", false),
    (49, "INVALID_PRODUCER_ID_MAPPING", false),
    (50, "INVALID_TRANSACTION_TIMEOUT", false),
    (51, "CONCURRENT_TRANSACTIONS", true),
    (52, "TRANSACTION_COORDINATOR_FENCED", false),
    (53, "TRANSACTIONAL_ID_AUTHORIZATION_FAILED", false),
    (54, "SECURITY_DISABLED", false),
    (55, "OPERATION_NOT_ATTEMPTED", false),
    (56, "KAFKA_STORAGE_ERROR", true),
    (57, "LOG_DIR_NOT_FOUND", false),
    (58, "SASL_AUTHENTICATION_FAILED", false),
    (59, "UNKNOWN_PRODUCER_ID", false),
    (60, "REASSIGNMENT_IN_PROGRESS", false),
    (61, "DELEGATION_TOKEN_AUTH_DISABLED", false),
    (62, "DELEGATION_TOKEN_NOT_FOUND", false),
    (63, "DELEGATION_TOKEN_OWNER_MISMATCH", false),
    (64, "DELEGATION_TOKEN_REQUEST_NOT_ALLOWED", false),
    (65, "DELEGATION_TOKEN_AUTHORIZATION_FAILED", false),
    (66, "DELEGATION_TOKEN_EXPIRED", false),
    (67, "INVALID_PRINCIPAL_TYPE", false),
    (68, "NON_EMPTY_GROUP", false),
    (69, "GROUP_ID_NOT_FOUND", false),
    (70, "FETCH_SESSION_ID_NOT_FOUND", true),
    (71, "INVALID_FETCH_SESSION_EPOCH", true),
    (72, "LISTENER_NOT_FOUND", true),
    (73, "TOPIC_DELETION_DISABLED", false),
    (74, "FENCED_LEADER_EPOCH", true),
    (75, "UNKNOWN_LEADER_EPOCH", true),
    (76, "UNSUPPORTED_COMPRESSION_TYPE", false),
    (77, "STALE_BROKER_EPOCH", false),
    (78, "OFFSET_NOT_AVAILABLE", true),
    (79, "MEMBER_ID_REQUIRED", false),
    (80, "PREFERRED_LEADER_NOT_AVAILABLE", true),
    (81, "GROUP_MAX_SIZE_REACHED", false),
    (82, "FENCED_INSTANCE_ID", false),
    (83, "ELIGIBLE_LEADERS_NOT_AVAILABLE", true),
    (84, "ELECTION_NOT_NEEDED", true),
    (85, "NO_REASSIGNMENT_IN_PROGRESS", false),
    (86, "GROUP_SUBSCRIBED_TO_TOPIC", false),
    (87, "INVALID_RECORD", false),
    (88, "UNSTABLE_OFFSET_COMMIT", true),
    (89, "THROTTLING_QUOTA_EXCEEDED", true),
    (90, "PRODUCER_FENCED", false),
    (91, "RESOURCE_NOT_FOUND", false),
    (92, "DUPLICATE_RESOURCE", false),
    (93, "UNACCEPTABLE_CREDENTIAL", false),
    (94, "INCONSISTENT_VOTER_SET", false),
    (95, "INVALID_UPDATE_VERSION", false),
    (96, "FEATURE_UPDATE_FAILED", false),
    (97, "PRINCIPAL_DESERIALIZATION_FAILURE", false),
    (98, "SNAPSHOT_NOT_FOUND", false),
    (99, "POSITION_OUT_OF_RANGE", false),
    (100, "UNKNOWN_TOPIC_ID", true),
    (101, "DUPLICATE_BROKER_REGISTRATION", false),
    (102, "BROKER_ID_NOT_REGISTERED", false),
    (103, "INCONSISTENT_TOPIC_ID", true),
    (104, "INCONSISTENT_CLUSTER_ID", false),
    (105, "TRANSACTIONAL_ID_NOT_FOUND", false),
    (106, "FETCH_SESSION_TOPIC_ID_ERROR", true),
    (107, "INELIGIBLE_REPLICA", false),
    (108, "NEW_LEADER_ELECTED", false),
    (109, "OFFSET_MOVED_TO_TIERED_STORAGE", false),
    (110, "FENCED_MEMBER_EPOCH", false),
    (111, "UNRELEASED_INSTANCE_ID", false),
    (112, "UNSUPPORTED_ASSIGNOR", false),
    (113, "STALE_MEMBER_EPOCH", false),
    (114, "MISMATCHED_ENDPOINT_TYPE", false),
    (115, "UNSUPPORTED_ENDPOINT_TYPE", false),
    (116, "UNKNOWN_CONTROLLER_ID", false),
    (117, "UNKNOWN_SUBSCRIPTION_ID", false),
    (118, "TELEMETRY_TOO_LARGE", false),
    (119, "INVALID_REGISTRATION", false),
    (120, "TRANSACTION_ABORTABLE", false),
    (121, "INVALID_RECORD_STATE", false),
    (122, "SHARE_SESSION_NOT_FOUND", true),
    (123, "INVALID_SHARE_SESSION_EPOCH", true),
    (124, "FENCED_STATE_EPOCH", false),
    (125, "INVALID_VOTER_KEY", false),
    (126, "DUPLICATE_VOTER", false),
    (127, "VOTER_NOT_FOUND", false),
    (128, "INVALID_REGULAR_EXPRESSION", false),
    (129, "REBOOTSTRAP_REQUIRED", false),
    (130, "STREAMS_INVALID_TOPOLOGY", false),
    (131, "STREAMS_INVALID_TOPOLOGY_EPOCH", false),
    (132, "STREAMS_TOPOLOGY_FENCED", false),
    (133, "SHARE_SESSION_LIMIT_REACHED", true),
];

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => f.write_str(name),
            None => write!(f, "UNKNOWN_CODE_{}", self.0),
        }
    }
}

impl fmt::Debug for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
