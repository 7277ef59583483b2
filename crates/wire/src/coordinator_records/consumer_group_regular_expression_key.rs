// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `ConsumerGroupRegularExpressionKey` versions 0, flexible none.

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `ConsumerGroupRegularExpressionKey`, versions 0.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct ConsumerGroupRegularExpressionKey {
    /// Versions 0.
    pub group_id: Str,
    /// Versions 0.
    pub regular_expression: Str,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for ConsumerGroupRegularExpressionKey {
    const NAME: &'static str = "ConsumerGroupRegularExpressionKey";
    const KEY: Option<i16> = Some(16);
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::NONE;
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for ConsumerGroupRegularExpressionKey {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        out.string(&self.group_id, false, "ConsumerGroupRegularExpressionKey.GroupId")?;
        out.string(
            &self.regular_expression,
            false,
            "ConsumerGroupRegularExpressionKey.RegularExpression",
        )?;
        out.tagged_fields(
            &self.unknown_tagged_fields,
            false,
            "ConsumerGroupRegularExpressionKey",
            version,
        )
    }
}

impl Decode for ConsumerGroupRegularExpressionKey {
    const MIN_LENGTH: usize = 4;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        Ok(Self {
            group_id: input.string(false, "ConsumerGroupRegularExpressionKey.GroupId")?,
            regular_expression: input
                .string(false, "ConsumerGroupRegularExpressionKey.RegularExpression")?,
            unknown_tagged_fields: input.tagged_fields(false)?,
        })
    }
}
