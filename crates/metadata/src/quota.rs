//! Client quotas, kept as they came.

use keld_wire::Str;
use keld_wire::metadata_records::client_quota_record::EntityData;

/// Whom a quota is for: pairs of kind (`user`, `client-id`, `ip`) and name, `None` being the default
/// entity of that kind.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct QuotaEntity(Vec<(String, Option<String>)>);

impl QuotaEntity {
    /// The given pairs, in a fixed order.
    pub fn new(pairs: impl IntoIterator<Item = (String, Option<String>)>) -> Self {
        let mut pairs: Vec<_> = pairs.into_iter().collect();
        pairs.sort();
        Self(pairs)
    }

    /// The pairs.
    pub fn pairs(&self) -> &[(String, Option<String>)] {
        &self.0
    }

    pub(crate) fn from_record(entity: &[EntityData]) -> Self {
        Self::new(entity.iter().map(|part| {
            (part.entity_type.to_string(), part.entity_name.as_ref().map(ToString::to_string))
        }))
    }

    pub(crate) fn to_record(&self) -> Vec<EntityData> {
        self.0
            .iter()
            .map(|(entity_type, name)| EntityData {
                entity_type: Str::from(entity_type.as_str()),
                entity_name: name.as_deref().map(Str::from),
                ..EntityData::default()
            })
            .collect()
    }
}
