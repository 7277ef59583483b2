//! The schemas of `crates/wire/schemas`, joined with the generated messages.

use std::path::Path;

use crate::every::EVERY;
use crate::recode::Recoder;
use crate::schema::Message;

/// Every message with its schema.
pub(crate) fn every() -> Vec<(&'static Recoder, Message)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("schemas");
    let one = |recoder: &'static Recoder| {
        let path = root.join(recoder.group).join(format!("{}.schema", recoder.name));
        let text = std::fs::read_to_string(&path).expect("every message has a schema file");
        (recoder, Message::parse(&text).expect("the schema is in our form"))
    };
    EVERY.iter().map(one).collect()
}

#[test]
fn every_schema_has_its_message_and_reads_back_as_it_was_written() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("schemas");
    let mut files = 0;
    for folder in std::fs::read_dir(root).expect("schemas are there") {
        for file in std::fs::read_dir(folder.expect("a folder").path()).expect("a folder") {
            let text = std::fs::read_to_string(file.expect("a file").path()).expect("text");
            assert_eq!(Message::parse(&text).expect("our form").to_text(), text);
            files += 1;
        }
    }
    assert_eq!(files, EVERY.len());
    for (recoder, schema) in every() {
        assert_eq!(
            (recoder.versions.min, recoder.versions.max),
            (schema.versions.min, schema.versions.max)
        );
    }
}
