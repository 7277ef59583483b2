// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `ListTransactionsRequest` versions 0-2, flexible 0+.

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `ListTransactionsRequest`, versions 0-2.
#[derive(Clone, Debug, PartialEq)]
pub struct ListTransactionsRequest {
    /// Versions 0-2.
    pub state_filters: Vec<Str>,
    /// Versions 0-2.
    pub producer_id_filters: Vec<i64>,
    /// Versions 1-2, default -1.
    pub duration_filter: i64,
    /// Versions 2, nullable 2, default null.
    pub transactional_id_pattern: Option<Str>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for ListTransactionsRequest {
    fn default() -> Self {
        Self {
            state_filters: Vec::new(),
            producer_id_filters: Vec::new(),
            duration_filter: -1,
            transactional_id_pattern: None,
            unknown_tagged_fields: TaggedFields::default(),
        }
    }
}

impl Message for ListTransactionsRequest {
    const NAME: &'static str = "ListTransactionsRequest";
    const KEY: Option<i16> = Some(66);
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 2);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(0, 2);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for ListTransactionsRequest {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        out.strings(&self.state_filters, true, "ListTransactionsRequest.StateFilters")?;
        out.plains(&self.producer_id_filters, true, "ListTransactionsRequest.ProducerIdFilters")?;
        if version >= 1 {
            out.i64(self.duration_filter);
        } else {
            out.only_default(
                self.duration_filter == -1,
                "ListTransactionsRequest.DurationFilter",
                version,
            )?;
        }
        if version >= 2 {
            out.string_or_null(
                self.transactional_id_pattern.as_ref(),
                true,
                true,
                "ListTransactionsRequest.TransactionalIdPattern",
            )?;
        } else {
            out.only_default(
                self.transactional_id_pattern.is_none(),
                "ListTransactionsRequest.TransactionalIdPattern",
                version,
            )?;
        }
        out.tagged_fields(&self.unknown_tagged_fields, true, "ListTransactionsRequest", version)
    }
}

impl Decode for ListTransactionsRequest {
    const MIN_LENGTH: usize = 3;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        Ok(Self {
            state_filters: input.strings(true, "ListTransactionsRequest.StateFilters")?,
            producer_id_filters: input.plains(true, "ListTransactionsRequest.ProducerIdFilters")?,
            duration_filter: if version >= 1 { input.i64()? } else { -1 },
            transactional_id_pattern: if version >= 2 {
                input.string_or_null(
                    true,
                    true,
                    "ListTransactionsRequest.TransactionalIdPattern",
                )?
            } else {
                None
            },
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}
