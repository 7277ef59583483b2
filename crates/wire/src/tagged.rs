//! Tagged fields this release does not know, kept as they came.

use bytes::Bytes;

/// Unknown tagged fields in order of their tags, each tag once.
///
/// Every struct of every message has this field and next to none uses it: it takes one word.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct TaggedFields(Option<Box<Fields>>);

/// At least one field, in strictly ascending order of tags.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
struct Fields(Vec<(u32, Bytes)>);

impl TaggedFields {
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.fields().len()
    }

    fn fields(&self) -> &[(u32, Bytes)] {
        self.0.as_ref().map_or(&[], |fields| &fields.0)
    }

    /// Adds a field; the last value of a tag wins.
    pub fn insert(&mut self, tag: u32, value: Bytes) {
        let fields = &mut self.0.get_or_insert_default().0;
        // Tags arrive in order from every known client: then this is a push.
        if fields.last().is_none_or(|(last, _)| *last < tag) {
            fields.push((tag, value));
            return;
        }
        match fields.binary_search_by_key(&tag, |(tag, _)| *tag) {
            Ok(index) => fields[index].1 = value,
            Err(index) => fields.insert(index, (tag, value)),
        }
    }

    /// The value of a tag.
    pub fn get(&self, tag: u32) -> Option<&Bytes> {
        let index = self.fields().binary_search_by_key(&tag, |(tag, _)| *tag).ok()?;
        self.at(index).map(|(_, value)| value)
    }

    /// The fields in order of their tags.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (u32, &Bytes)> {
        self.fields().iter().map(|(tag, value)| (*tag, value))
    }

    /// The field at `index` of the order.
    pub(crate) fn at(&self, index: usize) -> Option<(u32, &Bytes)> {
        self.fields().get(index).map(|(tag, value)| (*tag, value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_stand_in_order_and_the_last_value_wins() {
        let mut fields = TaggedFields::default();
        assert!(fields.is_empty());
        for (tag, value) in [(5, "a"), (2, "b"), (9, "c"), (5, "d")] {
            fields.insert(tag, Bytes::from_static(value.as_bytes()));
        }
        let all: Vec<(u32, &[u8])> = fields.iter().map(|(tag, value)| (tag, &value[..])).collect();
        assert_eq!(all, [(2, &b"b"[..]), (5, b"d"), (9, b"c")]);
        assert_eq!(fields.len(), 3);
        assert_eq!(fields.get(9).map(|value| &value[..]), Some(&b"c"[..]));
        assert_eq!(fields.get(3), None);
    }

    #[test]
    fn they_take_one_word_in_every_struct() {
        assert_eq!(size_of::<TaggedFields>(), size_of::<usize>());
    }
}
