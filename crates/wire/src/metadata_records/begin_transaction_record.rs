// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `BeginTransactionRecord` versions 0, flexible 0+.

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `BeginTransactionRecord`, versions 0.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct BeginTransactionRecord {
    /// Versions 0, nullable 0, tag 0, default null.
    pub name: Option<Str>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for BeginTransactionRecord {
    const NAME: &'static str = "BeginTransactionRecord";
    const KEY: Option<i16> = Some(23);
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for BeginTransactionRecord {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        let mut tags = out.begin_tags(&self.unknown_tagged_fields);
        if self.name.is_some() {
            out.begin_tag(&mut tags, 0)?;
            out.string_or_null(self.name.as_ref(), true, true, "BeginTransactionRecord.Name")?;
            out.end_tag(&tags)?;
        }
        out.end_tags(tags)
    }
}

impl Decode for BeginTransactionRecord {
    const MIN_LENGTH: usize = 1;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        let mut this = Self { name: None, unknown_tagged_fields: TaggedFields::default() };
        let mut tags = input.tags(true)?;
        while let Some((tag, mut value)) = input.next_tag(&mut tags)? {
            match tag {
                0 => this.name = value.string_or_null(true, true, "BeginTransactionRecord.Name")?,
                _ => this.unknown_tagged_fields.insert(tag, value.rest()),
            }
            input.finish_tag(tag, &value)?;
        }
        Ok(this)
    }
}
