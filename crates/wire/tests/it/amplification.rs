//! How much memory a message of real, but tiny, elements takes: a fixed multiple of its length.

use bytes::Bytes;
use keld_wire::messages::{DescribeGroupsRequest, FetchRequest};
use keld_wire::{DecodeError, decode_message};

use crate::allocation::measure;
use crate::schema::{Field, Type};
use crate::schemas::every;
use crate::value::{Schema, Struct, Value, put_varint};

/// Elements in the array that is filled.
const ELEMENTS: usize = 4000;

/// The most bytes alive per byte received, while an array grows to twice its size included.
const AMPLIFICATION_MAX: usize = 80;

/// An instance whose array number `target` has many empty elements, all others one or none.
struct Filler<'a> {
    schema: Schema<'a>,
    target: usize,
    seen: usize,
    found: bool,
}

impl Filler<'_> {
    fn fill(&mut self, fields: &[Field]) -> Struct {
        let version = self.schema.version;
        let present: Vec<&Field> =
            fields.iter().filter(|field| field.versions.contains(version)).collect();
        let fields = present.into_iter().map(|field| self.field(field)).collect();
        Struct { fields, unknown: Vec::new() }
    }

    fn field(&mut self, field: &Field) -> Value {
        if let Type::Array(element) = &field.kind {
            let before = (self.seen, self.found);
            self.seen += 1;
            if before.0 == self.target {
                self.found = true;
                return Value::Array(vec![self.empty(element); ELEMENTS]);
            }
            if let Type::Struct(name) = &**element {
                let message = self.schema.message;
                let inner = message.struct_fields(name).expect("a struct of the schema");
                let one = self.fill(inner);
                if self.found && !before.1 {
                    return Value::Array(vec![Value::Struct(one)]);
                }
            }
        }
        self.schema.default(field)
    }

    fn empty(&self, kind: &Type) -> Value {
        match kind {
            Type::Struct(name) => {
                let fields = self.schema.message.struct_fields(name).expect("a struct");
                let fields = self.schema.present(fields).map(|field| self.schema.default(field));
                Value::Struct(Struct { fields: fields.collect(), unknown: Vec::new() })
            }
            Type::String => Value::Text(String::new()),
            Type::Bytes => Value::Bytes(Vec::new()),
            Type::Uuid => Value::Uuid([0; 16]),
            _ => Value::Int(0),
        }
    }
}

#[test]
fn memory_of_a_message_is_a_fixed_multiple_of_its_bytes() {
    let mut arrays = 0;
    let mut worst = (0, String::new());
    for (recoder, message) in every() {
        for version in [recoder.versions.min, recoder.versions.max] {
            let schema = Schema { message: &message, version };
            for target in 0.. {
                let mut filler = Filler { schema, target, seen: 0, found: false };
                let value = filler.fill(&message.fields);
                if !filler.found {
                    break;
                }
                arrays += 1;
                let bytes = Bytes::from(schema.bytes(&value));
                let length = bytes.len();
                let (result, allocated) = measure(|| (recoder.decode)(bytes, version));
                assert_eq!(result, Ok(0), "{} v{version} array {target}", recoder.name);
                let factor = allocated.peak.div_ceil(length);
                if factor > worst.0 {
                    worst = (factor, format!("{} v{version} array {target}", recoder.name));
                }
            }
        }
    }
    assert!(arrays > 300, "{arrays}");
    assert!(worst.0 <= AMPLIFICATION_MAX, "{worst:?}");
    println!("worst of {arrays} arrays: {worst:?}");
}

#[test]
fn elements_far_larger_in_memory_than_on_the_wire_are_refused_together() {
    // Two million empty names: one byte each, and a string each in memory.
    let count = 2_000_000_u32;
    let mut body = vec![];
    put_varint(&mut body, count as usize + 1);
    body.resize(body.len() + count as usize, 1);
    body.extend([0, 0]);
    let (result, allocated) = measure(|| decode_message::<DescribeGroupsRequest>(body.into(), 5));
    let field = "DescribeGroupsRequest.Groups";
    assert_eq!(result, Err(DecodeError::TooManyElements { field, count: count as usize }));
    assert!(allocated.peak < 4096, "{allocated:?}");

    // Split over tagged fields of many structs it is refused as well: Fetch v12 answers carry
    // partitions with three tagged structs each, and every struct has tagged fields nobody knows.
    let fields = 500_u32;
    let mut tags = vec![];
    put_varint(&mut tags, fields as usize);
    for tag in 0..fields {
        put_varint(&mut tags, 100 + tag as usize);
        tags.push(0);
    }
    let one = [&[2, b'x', 1][..], &tags].concat();
    let partitions = 3000_u32;
    let mut body = vec![0; 25];
    put_varint(&mut body, partitions as usize + 1);
    for _ in 0..partitions {
        body.extend(&one);
    }
    body.extend([1, 1, 0]);
    let length = body.len();
    let (result, allocated) = measure(|| decode_message::<FetchRequest>(body.into(), 12));
    let error = result.expect_err("more tagged fields than the budget has");
    assert!(
        matches!(error, DecodeError::TooManyElements { field: "tagged fields", .. }),
        "{error}"
    );
    let limit = 2 * ((16 << 20) + 8 * length);
    assert!(allocated.peak < limit, "{} for {length}", allocated.peak);
}
