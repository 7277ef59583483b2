// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `ConsumerGroupRegularExpressionValue` versions 0, flexible 0+.

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `ConsumerGroupRegularExpressionValue`, versions 0.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct ConsumerGroupRegularExpressionValue {
    /// Versions 0.
    pub topics: Vec<Str>,
    /// Versions 0.
    pub version: i64,
    /// Versions 0.
    pub timestamp: i64,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for ConsumerGroupRegularExpressionValue {
    const NAME: &'static str = "ConsumerGroupRegularExpressionValue";
    const KEY: Option<i16> = Some(16);
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for ConsumerGroupRegularExpressionValue {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        out.strings(&self.topics, true, "ConsumerGroupRegularExpressionValue.Topics")?;
        out.i64(self.version);
        out.i64(self.timestamp);
        out.tagged_fields(
            &self.unknown_tagged_fields,
            true,
            "ConsumerGroupRegularExpressionValue",
            version,
        )
    }
}

impl Decode for ConsumerGroupRegularExpressionValue {
    const MIN_LENGTH: usize = 18;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        Ok(Self {
            topics: input.strings(true, "ConsumerGroupRegularExpressionValue.Topics")?,
            version: input.i64()?,
            timestamp: input.i64()?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}
