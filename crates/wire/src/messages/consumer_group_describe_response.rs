// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `ConsumerGroupDescribeResponse` versions 0-1, flexible 0+.

use keld_types::{ErrorCode, Uuid};

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `ConsumerGroupDescribeResponse`, versions 0-1.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct ConsumerGroupDescribeResponse {
    /// Versions 0-1.
    pub throttle_time_ms: i32,
    /// Versions 0-1.
    pub groups: Vec<DescribedGroup>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for ConsumerGroupDescribeResponse {
    const NAME: &'static str = "ConsumerGroupDescribeResponse";
    const KEY: Option<i16> = Some(69);
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 1);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(0, 1);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for ConsumerGroupDescribeResponse {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        out.i32(self.throttle_time_ms);
        out.structs(&self.groups, version, true, "ConsumerGroupDescribeResponse.Groups")?;
        out.tagged_fields(
            &self.unknown_tagged_fields,
            true,
            "ConsumerGroupDescribeResponse",
            version,
        )
    }
}

impl Decode for ConsumerGroupDescribeResponse {
    const MIN_LENGTH: usize = 6;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        Ok(Self {
            throttle_time_ms: input.i32()?,
            groups: input.structs(version, true, "ConsumerGroupDescribeResponse.Groups")?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}

/// `DescribedGroup`, versions 0-1.
#[derive(Clone, Debug, PartialEq)]
pub struct DescribedGroup {
    /// Versions 0-1.
    pub error_code: ErrorCode,
    /// Versions 0-1, nullable 0-1, default null.
    pub error_message: Option<Str>,
    /// Versions 0-1.
    pub group_id: Str,
    /// Versions 0-1.
    pub group_state: Str,
    /// Versions 0-1.
    pub group_epoch: i32,
    /// Versions 0-1.
    pub assignment_epoch: i32,
    /// Versions 0-1.
    pub assignor_name: Str,
    /// Versions 0-1.
    pub members: Vec<Member>,
    /// Versions 0-1, default -2147483648.
    pub authorized_operations: i32,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for DescribedGroup {
    fn default() -> Self {
        Self {
            error_code: ErrorCode::NONE,
            error_message: None,
            group_id: Str::default(),
            group_state: Str::default(),
            group_epoch: 0,
            assignment_epoch: 0,
            assignor_name: Str::default(),
            members: Vec::new(),
            authorized_operations: -2147483648,
            unknown_tagged_fields: TaggedFields::default(),
        }
    }
}

impl Encode for DescribedGroup {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.i16(self.error_code.code());
        out.string_or_null(self.error_message.as_ref(), true, true, "DescribedGroup.ErrorMessage")?;
        out.string(&self.group_id, true, "DescribedGroup.GroupId")?;
        out.string(&self.group_state, true, "DescribedGroup.GroupState")?;
        out.i32(self.group_epoch);
        out.i32(self.assignment_epoch);
        out.string(&self.assignor_name, true, "DescribedGroup.AssignorName")?;
        out.structs(&self.members, version, true, "DescribedGroup.Members")?;
        out.i32(self.authorized_operations);
        out.tagged_fields(&self.unknown_tagged_fields, true, "DescribedGroup", version)
    }
}

impl Decode for DescribedGroup {
    const MIN_LENGTH: usize = 20;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            error_code: ErrorCode::from_code(input.i16()?),
            error_message: input.string_or_null(true, true, "DescribedGroup.ErrorMessage")?,
            group_id: input.string(true, "DescribedGroup.GroupId")?,
            group_state: input.string(true, "DescribedGroup.GroupState")?,
            group_epoch: input.i32()?,
            assignment_epoch: input.i32()?,
            assignor_name: input.string(true, "DescribedGroup.AssignorName")?,
            members: input.structs(version, true, "DescribedGroup.Members")?,
            authorized_operations: input.i32()?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}

/// `Member`, versions 0-1.
#[derive(Clone, Debug, PartialEq)]
pub struct Member {
    /// Versions 0-1.
    pub member_id: Str,
    /// Versions 0-1, nullable 0-1, default null.
    pub instance_id: Option<Str>,
    /// Versions 0-1, nullable 0-1, default null.
    pub rack_id: Option<Str>,
    /// Versions 0-1.
    pub member_epoch: i32,
    /// Versions 0-1.
    pub client_id: Str,
    /// Versions 0-1.
    pub client_host: Str,
    /// Versions 0-1.
    pub subscribed_topic_names: Vec<Str>,
    /// Versions 0-1, nullable 0-1, default null.
    pub subscribed_topic_regex: Option<Str>,
    /// Versions 0-1.
    pub assignment: Assignment,
    /// Versions 0-1.
    pub target_assignment: Assignment,
    /// Versions 1, default -1.
    pub member_type: i8,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for Member {
    fn default() -> Self {
        Self {
            member_id: Str::default(),
            instance_id: None,
            rack_id: None,
            member_epoch: 0,
            client_id: Str::default(),
            client_host: Str::default(),
            subscribed_topic_names: Vec::new(),
            subscribed_topic_regex: None,
            assignment: Assignment::default(),
            target_assignment: Assignment::default(),
            member_type: -1,
            unknown_tagged_fields: TaggedFields::default(),
        }
    }
}

impl Encode for Member {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.string(&self.member_id, true, "Member.MemberId")?;
        out.string_or_null(self.instance_id.as_ref(), true, true, "Member.InstanceId")?;
        out.string_or_null(self.rack_id.as_ref(), true, true, "Member.RackId")?;
        out.i32(self.member_epoch);
        out.string(&self.client_id, true, "Member.ClientId")?;
        out.string(&self.client_host, true, "Member.ClientHost")?;
        out.strings(&self.subscribed_topic_names, true, "Member.SubscribedTopicNames")?;
        out.string_or_null(
            self.subscribed_topic_regex.as_ref(),
            true,
            true,
            "Member.SubscribedTopicRegex",
        )?;
        self.assignment.encode(out, version)?;
        self.target_assignment.encode(out, version)?;
        if version >= 1 {
            out.i8(self.member_type);
        }
        out.tagged_fields(&self.unknown_tagged_fields, true, "Member", version)
    }
}

impl Decode for Member {
    const MIN_LENGTH: usize = 16;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            member_id: input.string(true, "Member.MemberId")?,
            instance_id: input.string_or_null(true, true, "Member.InstanceId")?,
            rack_id: input.string_or_null(true, true, "Member.RackId")?,
            member_epoch: input.i32()?,
            client_id: input.string(true, "Member.ClientId")?,
            client_host: input.string(true, "Member.ClientHost")?,
            subscribed_topic_names: input.strings(true, "Member.SubscribedTopicNames")?,
            subscribed_topic_regex: input.string_or_null(
                true,
                true,
                "Member.SubscribedTopicRegex",
            )?,
            assignment: Assignment::decode(input, version)?,
            target_assignment: Assignment::decode(input, version)?,
            member_type: if version >= 1 { input.i8()? } else { -1 },
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}

/// `TopicPartitions`, versions 0-1.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct TopicPartitions {
    /// Versions 0-1.
    pub topic_id: Uuid,
    /// Versions 0-1.
    pub topic_name: Str,
    /// Versions 0-1.
    pub partitions: Vec<i32>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for TopicPartitions {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.uuid(self.topic_id);
        out.string(&self.topic_name, true, "TopicPartitions.TopicName")?;
        out.plains(&self.partitions, true, "TopicPartitions.Partitions")?;
        out.tagged_fields(&self.unknown_tagged_fields, true, "TopicPartitions", version)
    }
}

impl Decode for TopicPartitions {
    const MIN_LENGTH: usize = 19;
    fn decode(input: &mut Decoder, _version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            topic_id: input.uuid()?,
            topic_name: input.string(true, "TopicPartitions.TopicName")?,
            partitions: input.plains(true, "TopicPartitions.Partitions")?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}

/// `Assignment`, versions 0-1.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Assignment {
    /// Versions 0-1.
    pub topic_partitions: Vec<TopicPartitions>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for Assignment {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.structs(&self.topic_partitions, version, true, "Assignment.TopicPartitions")?;
        out.tagged_fields(&self.unknown_tagged_fields, true, "Assignment", version)
    }
}

impl Decode for Assignment {
    const MIN_LENGTH: usize = 2;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            topic_partitions: input.structs(version, true, "Assignment.TopicPartitions")?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}
