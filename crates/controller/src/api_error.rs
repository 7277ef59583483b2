//! An error code with what to say about it.

use keld_config::ConfigError;
use keld_types::ErrorCode;
use keld_wire::Str;

/// Why something was refused, as an API answers it.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{code}{}", message.as_ref().map_or_else(String::new, |text| format!(": {text}")))]
pub struct ApiError {
    /// The code.
    pub code: ErrorCode,
    /// The message; `None` where Kafka sends none.
    pub message: Option<String>,
}

impl ApiError {
    /// A code and a message.
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self { code, message: Some(message.into()) }
    }

    /// A code alone.
    pub const fn bare(code: ErrorCode) -> Self {
        Self { code, message: None }
    }

    /// The message as it stands in a response.
    pub fn wire_message(&self) -> Option<Str> {
        self.message.as_deref().map(Str::from)
    }

    /// An invalid configuration.
    pub(crate) fn config(error: &ConfigError) -> Self {
        let code = match error {
            ConfigError::InvalidRequest(_) => ErrorCode::INVALID_REQUEST,
            ConfigError::InvalidValue { .. }
            | ConfigError::Missing { .. }
            | ConfigError::Invalid(_)
            | ConfigError::Requirement(_)
            | ConfigError::Refused { .. } => ErrorCode::INVALID_CONFIG,
        };
        Self::new(code, error.to_string())
    }
}

/// Code and message of a result, for responses.
pub(crate) fn outcome(result: &Result<(), ApiError>) -> (ErrorCode, Option<Str>) {
    match result {
        Ok(()) => (ErrorCode::NONE, None),
        Err(error) => (error.code, error.wire_message()),
    }
}
