//! Which versions a server tells its clients about.

use crate::{ApiKey, VersionRange};

impl ApiKey {
    /// The versions to put into an ApiVersions response for an API that is served in full.
    ///
    /// An unstable last version is left out unless `unstable` (`unstable.api.versions.enable`).
    /// Produce is advertised from version 0, though it is read from version 3 only: librdkafka
    /// takes a broker without it for one too old to compress (KAFKA-18659).
    pub const fn advertised_versions(self, unstable: bool) -> VersionRange {
        let versions = self.versions();
        let max = if self.latest_version_unstable() && !unstable {
            versions.max - 1
        } else {
            versions.max
        };
        let min = if matches!(self, Self::Produce) { 0 } else { versions.min };
        VersionRange::new(min, max)
    }
}
