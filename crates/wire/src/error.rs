//! What can be wrong with bytes that are read and messages that are written.

/// Why bytes are not the message they should be. Hostile input gives one of these, nothing worse.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// The input ends within a value of fixed width.
    #[error("input ends at byte {position}: {needed} bytes needed, {remaining} left")]
    Truncated {
        /// Where the value begins, counted from the beginning of the input.
        position: usize,
        /// How many bytes the value takes.
        needed: usize,
        /// How many bytes are left.
        remaining: usize,
    },
    /// A length is larger than the rest of the input.
    #[error("{field} has length {length}, but only {remaining} bytes are left")]
    LengthBeyondEnd {
        /// `Struct.Field`.
        field: &'static str,
        /// The length as sent.
        length: usize,
        /// How many bytes are left.
        remaining: usize,
    },
    /// A string is longer than the protocol allows.
    #[error("{field} has length {length}, more than a string's 32767")]
    StringTooLong {
        /// `Struct.Field`.
        field: &'static str,
        /// The length as sent.
        length: usize,
    },
    /// An array counts more elements than the rest of the input can hold.
    #[error(
        "{field} counts {count} elements of at least {element} bytes, but only {remaining} bytes are left"
    )]
    CountBeyondEnd {
        /// `Struct.Field`.
        field: &'static str,
        /// The count as sent.
        count: usize,
        /// The least length of one element.
        element: usize,
        /// How many bytes are left.
        remaining: usize,
    },
    /// Elements that are there, but so many and so small that they would take far more memory
    /// than they have bytes.
    #[error("{field} has {count} elements, too many for the bytes they are sent in")]
    TooManyElements {
        /// `Struct.Field`.
        field: &'static str,
        /// The count as sent.
        count: usize,
    },
    /// A field that is never null is null.
    #[error("non-nullable field {field} is null")]
    UnexpectedNull {
        /// `Struct.Field`.
        field: &'static str,
    },
    /// A string is not UTF-8.
    #[error("{field} is not UTF-8 after its first {valid} bytes")]
    InvalidUtf8 {
        /// `Struct.Field`.
        field: &'static str,
        /// How many bytes are good.
        valid: usize,
    },
    /// A variable-length integer does not end within five bytes.
    #[error("variable-length integer at byte {position} is longer than 32 bits")]
    VarintTooLong {
        /// Where it begins.
        position: usize,
    },
    /// More tagged fields are announced than the rest of the input can hold.
    #[error("{count} tagged fields announced, but only {remaining} bytes are left")]
    TagCountBeyondEnd {
        /// The count as sent.
        count: u32,
        /// How many bytes are left.
        remaining: usize,
    },
    /// A tagged field is known, but not in this version.
    #[error("tag {tag} is not valid in version {version} of {message}")]
    TagNotInVersion {
        /// The struct.
        message: &'static str,
        /// The tag.
        tag: u32,
        /// The version.
        version: i16,
    },
    /// A tagged field is longer than its value.
    #[error("tagged field {tag} has {left} bytes after its value")]
    TagLength {
        /// The tag.
        tag: u32,
        /// How many bytes are left in it.
        left: usize,
    },
    /// The message does not exist in this version.
    #[error("version {version} of {message} is not supported")]
    UnsupportedVersion {
        /// The message.
        message: &'static str,
        /// The version.
        version: i16,
    },
    /// No API of this release has this key.
    #[error("unknown API key {api_key}")]
    UnknownApi {
        /// The key as sent.
        api_key: i16,
    },
}

/// Why a message cannot be written at a version.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EncodeError {
    /// The message does not exist in this version.
    #[error("version {version} of {message} is not supported")]
    UnsupportedVersion {
        /// The message.
        message: &'static str,
        /// The version.
        version: i16,
    },
    /// A field that does not exist in this version, and may not be dropped, is set.
    #[error("{field} is set, but does not exist in version {version}")]
    NotInVersion {
        /// `Struct.Field`.
        field: &'static str,
        /// The version.
        version: i16,
    },
    /// A field is null where it may not be.
    #[error("non-nullable field {field} is null")]
    Null {
        /// `Struct.Field`.
        field: &'static str,
    },
    /// A string, array or byte sequence does not fit its length field.
    #[error("{field} has length {length}, more than {limit}")]
    TooLong {
        /// `Struct.Field`.
        field: &'static str,
        /// Its length.
        length: usize,
        /// The largest length that can be written.
        limit: usize,
    },
    /// Unknown tagged fields are set on a version without tagged fields.
    #[error("{message} has unknown tagged fields, which version {version} cannot carry")]
    TagsNotSupported {
        /// The struct.
        message: &'static str,
        /// The version.
        version: i16,
    },
    /// An unknown tagged field uses the tag of a known one.
    #[error("unknown tagged field {tag} has the tag of a known field")]
    TagTaken {
        /// The tag.
        tag: u32,
    },
    /// External records stand in a message that must be plain bytes.
    #[error("external records in a message that must be plain bytes")]
    External,
}
