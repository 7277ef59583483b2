//! Tagged fields this release does not know, kept as they came.

use bytes::Bytes;

/// Unknown tagged fields in order of their tags, each tag once.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct TaggedFields(Vec<(u32, Bytes)>);

impl TaggedFields {
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Adds a field; the last value of a tag wins.
    pub fn insert(&mut self, tag: u32, value: Bytes) {
        // Tags arrive in order from every known client: then this is a push.
        if self.0.last().is_none_or(|(last, _)| *last < tag) {
            self.0.push((tag, value));
            return;
        }
        match self.0.binary_search_by_key(&tag, |(tag, _)| *tag) {
            Ok(index) => self.0[index].1 = value,
            Err(index) => self.0.insert(index, (tag, value)),
        }
    }

    /// The value of a tag.
    pub fn get(&self, tag: u32) -> Option<&Bytes> {
        let index = self.0.binary_search_by_key(&tag, |(tag, _)| *tag).ok()?;
        self.0.get(index).map(|(_, value)| value)
    }

    /// The fields in order of their tags.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (u32, &Bytes)> {
        self.0.iter().map(|(tag, value)| (*tag, value))
    }

    /// The field at `index` of the order.
    pub(crate) fn at(&self, index: usize) -> Option<(u32, &Bytes)> {
        self.0.get(index).map(|(tag, value)| (*tag, value))
    }
}
