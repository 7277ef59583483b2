//! Hostile frames: what is no request at all. Each is followed by a valid one that works.

use super::engine::Pair;

/// A request header of version 1 with a body; `key` and `version` as given.
fn frame(key: i16, version: i16, rest: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    body.extend_from_slice(&key.to_be_bytes());
    body.extend_from_slice(&version.to_be_bytes());
    body.extend_from_slice(&7_i32.to_be_bytes());
    body.extend_from_slice(rest);
    with_length(&body)
}

fn with_length(body: &[u8]) -> Vec<u8> {
    let length = i32::try_from(body.len()).expect("small");
    [&length.to_be_bytes(), body].concat()
}

/// A null client id and `rest`.
fn body(rest: &[u8]) -> Vec<u8> {
    [&[0xff, 0xff], rest].concat()
}

pub(crate) fn run(pair: &mut Pair) {
    let cases: Vec<(&str, Vec<u8>)> = vec![
        ("nothing", vec![]),
        ("one byte", vec![0]),
        ("length zero", with_length(&[])),
        ("length one", with_length(&[0])),
        ("half a header", with_length(&[0, 3, 0])),
        ("negative length", vec![0xff, 0xff, 0xff, 0xff, 1, 2, 3, 4]),
        ("length minus two", vec![0xff, 0xff, 0xff, 0xfe]),
        ("length above the limit", vec![0x7f, 0xff, 0xff, 0xff, 0, 3, 0, 0]),
        ("length just above the limit", vec![0x06, 0x40, 0x00, 0x01, 0, 3, 0, 0]),
        ("an HTTP request", b"GET / HTTP/1.1\r\nHost: keld\r\n\r\n".to_vec()),
        ("a TLS hello", vec![0x16, 0x03, 0x01, 0x00, 0x05, 0x01, 0x00, 0x00, 0x01, 0x03]),
        ("cut short", frame(3, 1, &body(&[0, 0, 0, 0]))[..12].to_vec()),
        ("unknown API", frame(999, 0, &body(&[]))),
        ("negative API", frame(-1, 0, &body(&[]))),
        ("removed API", frame(4, 0, &body(&[]))),
        ("API of controllers only", frame(52, 0, &body(&[0, 0, 0, 0]))),
        ("unknown version", frame(3, 99, &body(&[0, 0]))),
        ("negative version", frame(3, -1, &body(&[]))),
        ("removed version of Produce", frame(0, 2, &body(&[0, 1, 0, 0, 0, 1, 0, 0, 0, 0]))),
        ("removed version of Fetch", frame(1, 3, &body(&[0xff; 12]))),
        ("ApiVersions of the future", frame(18, 99, &body(&[0, 1, 1, 0]))),
        ("ApiVersions negative", frame(18, -1, &body(&[]))),
        ("ApiVersions cut", frame(18, 3, &[0xff, 0xff])),
        ("client id longer than the frame", frame(3, 1, &[0x7f, 0xff, 1, 2])),
        ("client id of length -2", frame(3, 1, &[0xff, 0xfe, 0, 0, 0, 0])),
        ("client id not UTF-8", frame(18, 0, &[0, 2, 0xc3, 0x28])),
        ("topic not UTF-8", frame(3, 1, &body(&[0, 0, 0, 1, 0, 2, 0xc3, 0x28]))),
        ("array count huge", frame(3, 1, &body(&[0x7f, 0xff, 0xff, 0xff]))),
        ("array count -2", frame(20, 1, &body(&[0xff, 0xff, 0xff, 0xfe, 0, 0, 0, 1]))),
        ("array longer than the frame", frame(3, 1, &body(&[0, 0, 0, 9, 0, 1, 0x61]))),
        ("compact array count huge", frame(3, 12, &[0xff, 0xff, 0, 0xff, 0xff, 0xff, 0xff, 0x0f])),
        ("compact string longer than the frame", frame(18, 3, &[0xff, 0xff, 0, 0xff, 0x7f])),
        ("varint without end", frame(18, 3, &[0xff, 0xff, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff])),
        ("tags huge", frame(18, 3, &[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x0f])),
        ("tag longer than the frame", frame(18, 3, &[0xff, 0xff, 1, 5, 0xff, 0x7f])),
        ("null where forbidden", frame(19, 5, &[0xff, 0xff, 0, 0, 0, 0, 0, 0, 0, 0])),
        ("topic name null", frame(20, 1, &body(&[0, 0, 0, 1, 0xff, 0xff, 0, 0, 0, 1]))),
        (
            "records longer than the frame",
            frame(
                0,
                3,
                &body(&[
                    0xff, 0xff, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 1, 0x61, 0, 0, 0, 1, 0, 0, 0, 0,
                    0x7f, 0xff, 0xff, 0xff,
                ]),
            ),
        ),
        (
            "records of length -2",
            frame(
                0,
                3,
                &body(&[
                    0xff, 0xff, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 1, 0x61, 0, 0, 0, 1, 0, 0, 0, 0,
                    0xff, 0xff, 0xff, 0xfe,
                ]),
            ),
        ),
        (
            "nested counts huge",
            frame(
                0,
                3,
                &body(&[
                    0xff, 0xff, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 1, 0x61, 0x3f, 0xff, 0xff, 0xff,
                ]),
            ),
        ),
        (
            "SASL handshake on a plain listener",
            frame(17, 1, &body(&[0, 5, b'P', b'L', b'A', b'I', b'N'])),
        ),
    ];
    for (name, bytes) in cases {
        pair.raw(name, &bytes, true);
    }
    pair.raw("bytes after the body", &frame(18, 0, &body(&[1, 2, 3])), true);
}
