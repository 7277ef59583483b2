//! What comes with a request beside its message.

use std::sync::Arc;

/// Who asks, and how.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RequestContext {
    /// The version of the API the request came with.
    pub api_version: i16,
    /// The client id of the request's header; empty if it had none.
    pub client_id: Arc<str>,
    /// The peer as Kafka prints it: `/` and the address.
    pub client_host: Arc<str>,
    /// Random bits for the id of a new member.
    pub random: [u8; 16],
}

/// The longest string that the records of `__consumer_offsets` can carry.
pub(crate) const STRING_LENGTH_MAX: usize = 32_767;

/// The most of a client's own name that goes into a member id: leaves room for a dash and a UUID.
const MEMBER_ID_PREFIX_MAX: usize = STRING_LENGTH_MAX - 37;

impl RequestContext {
    /// A new member's id: its name, a dash, a random UUID.
    pub(crate) fn member_id(&self, instance_id: Option<&str>) -> String {
        let name = instance_id.unwrap_or(&self.client_id);
        let mut end = name.len().min(MEMBER_ID_PREFIX_MAX);
        while !name.is_char_boundary(end) {
            end -= 1;
        }
        let uuid = keld_types::Uuid::version_4(self.random).hyphenated();
        format!("{}-{uuid}", &name[..end])
    }
}
