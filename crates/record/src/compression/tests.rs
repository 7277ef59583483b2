//! The codecs: round trips, foreign framings, hostile input.

use super::*;
use proptest::prelude::{
    Just, Strategy, any, prop, prop_assert, prop_assert_eq, prop_oneof, proptest,
};
use std::io::Read as _;

const CODECS: [Compression; 4] =
    [Compression::Gzip, Compression::Snappy, Compression::Lz4, Compression::Zstd];

fn compress(codec: Compression, input: &[u8]) -> Bytes {
    let mut out = Vec::new();
    CompressionWithLevel::from(codec).compress(input, &mut out).expect("compresses");
    out.into()
}

fn payloads() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        prop::collection::vec(any::<u8>(), 0..2_000),
        // Long enough for several blocks of every codec.
        (any::<u8>(), 0usize..300_000).prop_map(|(byte, count)| vec![byte; count]),
        (prop::collection::vec(any::<u8>(), 1..50), 1usize..4_000)
            .prop_map(|(pattern, times)| pattern.repeat(times)),
        Just(Vec::new()),
    ]
}

proptest! {
    #[test]
    fn every_codec_gives_back_what_it_was_given(input in payloads()) {
        for codec in CODECS {
            let compressed = compress(codec, &input);
            let out = codec.decompress(compressed, input.len() as u64).expect("decompresses");
            prop_assert_eq!(&out[..], &input[..], "{}", codec);
        }
    }

    #[test]
    fn over_a_used_scratch_the_same_comes_out(input in payloads(), before in 0usize..5_000) {
        let mut scratch = vec![0xa5; before];
        for codec in Compression::ALL {
            let compressed = compress(codec, &input);
            let bytes_max = input.len() as u64;
            let length = codec.decompress_over(&compressed, &mut scratch, bytes_max).expect("fits");
            prop_assert_eq!(&scratch[..length], &input[..], "{}", codec);
            let cut = &compressed[..compressed.len() / 2];
            let whole = codec.decompress(Bytes::copy_from_slice(cut), bytes_max);
            let over = codec.decompress_over(cut, &mut scratch, bytes_max);
            prop_assert_eq!(over.ok(), whole.ok().map(|out| out.len()), "{} cut off", codec);
        }
    }

    #[test]
    fn wanted_pieces_come_out_where_they_lie_in_the_whole(input in payloads(), wanted: u64) {
        for codec in Compression::ALL {
            let compressed = compress(codec, &input);
            let (mut whole, mut ends) = (Vec::new(), Vec::new());
            let length = codec
                .decompress_over_in_pieces(&compressed, &mut whole, 1 << 20, &mut ends)
                .expect("decompresses");
            prop_assert_eq!(&whole[..length], &input[..], "{}", codec);
            prop_assert_eq!(ends.last().copied().unwrap_or(0), input.len());
            let pieces = ends.iter().enumerate().map(|(index, end)| {
                Piece { end: *end, is_wanted: wanted >> (index % 64) & 1 == 1 }
            });
            let mut some = vec![0xa5; input.len()];
            codec.decompress_pieces_over(&compressed, &mut some, pieces.clone()).expect("again");
            let mut start = 0;
            for piece in pieces {
                let range = start..piece.end;
                if piece.is_wanted {
                    prop_assert_eq!(&some[range.clone()], &input[range], "{}", codec);
                }
                start = piece.end;
            }
            for other in [input.len() + 1, input.len().saturating_sub(1)] {
                let piece = Piece { end: other, is_wanted: true };
                let one = codec.decompress_pieces_over(&compressed, &mut some, [piece]);
                prop_assert!(one.is_err() || other == input.len(), "{} {}", codec, other);
            }
        }
    }

    #[test]
    fn any_bytes_decompress_or_fail_within_the_bound(input: Vec<u8>, prefix in 0usize..17) {
        let xerial = b"\x82SNAPPY\0\0\0\0\x01\0\0\0\x01";
        for codec in CODECS {
            for bytes in [input.clone(), [&xerial[..prefix.min(16)], &input[..]].concat()] {
                if let Ok(out) = codec.decompress(bytes.into(), 1_000) {
                    assert!(out.len() <= 1_000);
                }
            }
        }
    }
}

#[test]
fn every_level_of_the_configuration_compresses() {
    let input = b"one two one two one two".repeat(1_000);
    for codec in CODECS {
        let mut levels = vec![codec.level_default()];
        if let Some(range) = codec.levels() {
            levels.extend(range.filter(|level| *level >= -5 || *level == -131_072));
        }
        for level in levels {
            let with_level = CompressionWithLevel::new(codec, level).expect("a level of the codec");
            let mut out = Vec::new();
            with_level.compress(&input, &mut out).expect("compresses");
            let back = codec.decompress(out.into(), 1 << 20).expect("decompresses");
            assert_eq!(&back[..], &input[..], "{codec} {level}");
        }
    }
    for (codec, level) in [
        (Compression::Gzip, 0),
        (Compression::Gzip, 10),
        (Compression::Lz4, 0),
        (Compression::Lz4, 18),
        (Compression::Zstd, 23),
    ] {
        let error = CompressionWithLevel::new(codec, level).expect_err("no such level");
        assert_eq!(error.to_string(), format!("{codec} has no compression level {level}"));
    }
}

#[test]
fn writes_the_framings_that_kafka_writes() {
    let lz4 = compress(Compression::Lz4, b"x");
    // Magic, version 1 and independent blocks, 64 KiB, header checksum, a stored byte, end mark.
    assert_eq!(lz4[..], [4, 0x22, 0x4d, 0x18, 0x60, 0x40, 0x82, 1, 0, 0, 0x80, b'x', 0, 0, 0, 0]);
    let snappy = compress(Compression::Snappy, b"x");
    assert_eq!(snappy[..], *b"\x82SNAPPY\0\0\0\0\x01\0\0\0\x01\0\0\0\x03\x01\0x");
    assert!(compress(Compression::Gzip, b"x").starts_with(&[0x1f, 0x8b, 8]));
    assert!(compress(Compression::Zstd, b"x").starts_with(&[0x28, 0xb5, 0x2f, 0xfd]));
}

#[test]
fn lz4_frames_are_what_another_reader_takes_for_frames() {
    let words = b"page_view,checkout,null,\"country\":\"DE\",".repeat(7_000);
    let random: Vec<u8> = (0..200_000u64)
        .map(|n| (n.wrapping_mul(n).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 33) as u8)
        .collect();
    for input in [&words[..], &random, &words[..65_536], &words[..65_537], b"", b"short"] {
        let mut out = b"left alone".to_vec();
        CompressionWithLevel::from(Compression::Lz4).compress(input, &mut out).expect("compresses");
        let frame = out.strip_prefix(b"left alone").expect("appended");
        let mut read = Vec::new();
        lz4_flex::frame::FrameDecoder::new(frame).read_to_end(&mut read).expect("a frame");
        assert!(read == input, "{} bytes", input.len());
        assert!(frame.len() <= input.len() + 11 + 4 * (1 + input.len() / 65_536));
    }
}

#[test]
fn reads_raw_snappy_and_frames_behind_each_other() {
    let raw = snap::raw::Encoder::new().compress_vec(&[7; 100_000]).expect("compresses");
    let out = Compression::Snappy.decompress(raw.into(), 100_000).expect("decompresses");
    assert_eq!(out, vec![7; 100_000]);
    for codec in [Compression::Snappy, Compression::Gzip, Compression::Zstd] {
        let two = [compress(codec, b"left "), compress(codec, b"right")].concat();
        let out = codec.decompress(two.into(), 100).expect("decompresses");
        assert_eq!(&out[..], b"left right", "{codec}");
    }
}

#[test]
fn lz4_reads_checksums_and_refuses_what_kafka_refuses() {
    use lz4_flex::frame::{BlockMode, FrameEncoder, FrameInfo};
    let frame = |info: FrameInfo| {
        let mut encoder = FrameEncoder::with_frame_info(info, Vec::new());
        encoder.write_all(&b"abcabcabc".repeat(20_000)).expect("writes");
        Bytes::from(encoder.finish().expect("ends"))
    };
    let info = FrameInfo::new()
        .block_mode(BlockMode::Independent)
        .block_checksums(true)
        .content_checksum(true)
        .content_size(Some(180_000));
    let good = frame(info.clone());
    let out = Compression::Lz4.decompress(good.clone(), 180_000).expect("decompresses");
    assert_eq!(out.len(), 180_000);
    let mut bad = good.to_vec();
    bad[40] ^= 1;
    let error = Compression::Lz4.decompress(bad.into(), 180_000).expect_err("a flipped bit");
    assert_eq!(error.to_string(), "LZ4 block checksum mismatch");
    let error = Compression::Lz4
        .decompress(frame(info.block_mode(BlockMode::Linked)), 180_000)
        .expect_err("dependent blocks");
    assert_eq!(error.to_string(), "dependent LZ4 blocks are not supported");
    let mut trailing = good.to_vec();
    trailing.extend_from_slice(b"left alone");
    assert!(Compression::Lz4.decompress(trailing.into(), 180_000).is_ok());
}

#[test]
fn a_bomb_stops_at_the_bound() {
    let zeros = vec![0; 64 << 20];
    for codec in CODECS {
        let bomb = compress(codec, &zeros);
        let error = codec.decompress(bomb, 1 << 20).expect_err("too large");
        let bound = error.get_ref().and_then(|e| e.downcast_ref::<OutputBound>());
        assert!(bound.is_some(), "{codec}: {error}");
    }
}

#[test]
fn a_snappy_block_that_claims_too_much_is_refused_before_it_is_allocated() {
    // A length of 2³² − 1 and one literal.
    let error = Compression::Snappy
        .decompress(Bytes::from_static(&[0xff, 0xff, 0xff, 0xff, 0x0f, 0, b'x']), u64::MAX)
        .expect_err("an impossible length");
    assert!(error.to_string().contains("claims to hold 4294967295"), "{error}");
}

#[test]
fn cut_off_streams_are_errors_at_every_byte() {
    let input = b"some bytes that repeat, some bytes that repeat".repeat(3);
    for codec in CODECS {
        let whole = compress(codec, &input);
        for cut in 0..whole.len() {
            match codec.decompress(whole.slice(..cut), 1 << 20) {
                Err(_) => {}
                // Only what ends between two blocks is a shorter stream; never other bytes.
                Ok(out) => {
                    assert!(input.starts_with(&out) && out.len() < input.len(), "{codec} {cut}")
                }
            }
        }
    }
}

#[test]
fn flipped_bits_never_panic_or_pass_the_bound() {
    let input = b"some bytes that repeat, some bytes that repeat".repeat(30);
    for codec in CODECS {
        let whole = compress(codec, &input);
        for bit in 0..whole.len() * 8 {
            let mut bytes = whole.to_vec();
            bytes[bit / 8] ^= 1 << (bit % 8);
            if let Ok(out) = codec.decompress(bytes.into(), 10_000) {
                assert!(out.len() <= 10_000);
            }
        }
    }
}
