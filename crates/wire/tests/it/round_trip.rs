//! Every message at every version: bytes made from the schema are read and written back equal.

use bytes::Bytes;

use crate::schemas::every;
use crate::seeded::Seeded;
use crate::value::{Schema, Shape};

#[test]
fn random_instances_of_every_message_and_version_come_back_byte_for_byte() {
    let mut instances = 0;
    for (recoder, message) in every() {
        for version in recoder.versions.iter() {
            let schema = Schema { message: &message, version };
            for seed in 0..30 {
                let mut random =
                    Seeded::of(recoder.name, seed << 8 | u64::from(version.unsigned_abs()));
                let shape = Shape { unknown_tags: true, elements_max: 3 };
                let bytes = Bytes::from(schema.bytes(&schema.random(&mut random, shape)));
                let recoded = (recoder.recode)(bytes.clone(), version);
                let case = format!("{} v{version} seed {seed}", recoder.name);
                assert_eq!(recoded, Ok((bytes, 0)), "{case}");
                instances += 1;
            }
        }
    }
    assert!(instances > 10_000, "{instances}");
}

#[test]
fn bytes_after_a_message_are_reported_not_read() {
    for (recoder, message) in every() {
        let version = recoder.versions.max;
        let schema = Schema { message: &message, version };
        let shape = Shape { unknown_tags: false, elements_max: 2 };
        let mut bytes = schema.bytes(&schema.random(&mut Seeded::of(recoder.name, 1), shape));
        bytes.extend([0xaa; 7]);
        assert_eq!((recoder.decode)(bytes.into(), version), Ok(7), "{}", recoder.name);
    }
}

#[test]
fn versions_outside_the_range_are_refused() {
    for (recoder, _) in every() {
        for version in [recoder.versions.min - 1, recoder.versions.max + 1, i16::MIN, i16::MAX] {
            let expected = format!("version {version} of {} is not supported", recoder.name);
            let input = Bytes::from_static(&[0; 64]);
            let read = (recoder.decode)(input, version).expect_err("no such version");
            let written = (recoder.default)(version).expect_err("no such version");
            assert_eq!(read.to_string(), expected);
            assert_eq!(written.to_string(), expected);
        }
    }
}
