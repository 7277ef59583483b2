//! Why a command ended early, and what to tell the user.

use keld_client::{ApiError, ClientError};

/// A command that did not do what was asked.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The command line makes no sense; help follows.
    Usage(String),
    /// Something failed; the text says what, the hint what to do.
    Failed {
        /// What failed.
        message: String,
        /// What to do about it.
        hint: Option<String>,
    },
    /// Everything was said already.
    Silent,
}

/// What a command gives.
pub(crate) type Outcome = Result<(), Failure>;

impl Failure {
    /// Something failed.
    pub(crate) fn failed(message: impl Into<String>) -> Self {
        Self::Failed { message: message.into(), hint: None }
    }

    /// The command line makes no sense.
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self::Usage(message.into())
    }

    /// Adds what to do.
    pub(crate) fn with_hint(self, hint: impl Into<String>) -> Self {
        match self {
            Self::Failed { message, .. } => Self::Failed { message, hint: Some(hint.into()) },
            other @ (Self::Usage(_) | Self::Silent) => other,
        }
    }

    /// The text alone.
    pub(crate) fn message(&self) -> &str {
        match self {
            Self::Usage(message) | Self::Failed { message, .. } => message,
            Self::Silent => "",
        }
    }
}

impl From<ClientError> for Failure {
    fn from(error: ClientError) -> Self {
        Self::Failed { message: error.to_string(), hint: error.advice().map(str::to_owned) }
    }
}

impl From<ApiError> for Failure {
    fn from(error: ApiError) -> Self {
        Self::Failed { message: error.to_string(), hint: error.advice().map(str::to_owned) }
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self::failed(error.to_string())
    }
}
