//! A message's `Default` is the schema's default.

use crate::schemas::every;
use crate::value::{Schema, Struct};

#[test]
fn a_default_message_is_written_as_the_schema_says() {
    for (recoder, message) in every() {
        for version in recoder.versions.iter() {
            let schema = Schema { message: &message, version };
            let fields = schema.present(&message.fields).map(|field| schema.default(field));
            let expected = schema.bytes(&Struct { fields: fields.collect(), unknown: Vec::new() });
            let bytes = (recoder.default)(version);
            let case = format!("{} v{version}", recoder.name);
            assert_eq!(bytes.as_deref(), Ok(expected.as_slice()), "{case}");
        }
    }
}
