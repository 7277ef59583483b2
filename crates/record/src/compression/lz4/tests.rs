//! The block decoder, which is not safe Rust, against a simple one: the same bytes or an error from
//! both, and not a byte written outside of the block's room.

use super::*;
use proptest::prelude::*;

/// Decompresses a block as the description of the format reads, a byte at a time.
fn decompress_simply(mut input: &[u8], bytes_max: usize) -> Option<Vec<u8>> {
    fn take(input: &mut &[u8]) -> Option<usize> {
        let (byte, rest) = input.split_first()?;
        *input = rest;
        Some(usize::from(*byte))
    }
    fn length(input: &mut &[u8], nibble: usize) -> Option<usize> {
        let mut length = nibble;
        let mut more = nibble == 15;
        while more {
            let byte = take(input)?;
            length += byte;
            more = byte == 255;
        }
        Some(length)
    }
    let mut out = Vec::new();
    loop {
        let token = take(&mut input)?;
        for _ in 0..length(&mut input, token >> 4)? {
            out.push(take(&mut input)? as u8);
        }
        if out.len() > bytes_max {
            return None;
        }
        if input.is_empty() {
            return Some(out);
        }
        let offset = take(&mut input)? + take(&mut input)? * 256;
        let count = 4 + length(&mut input, token & 15)?;
        let from = out.len().checked_sub(offset).filter(|_| offset > 0)?;
        if input.is_empty() || out.len() + count > bytes_max {
            return None;
        }
        for at in from..from + count {
            out.push(out[at]);
        }
    }
}

/// Literals, then a match of some length so far behind.
#[derive(Clone, Debug)]
struct Sequence {
    literals: Vec<u8>,
    offset: usize,
    length: usize,
}

fn sequences() -> impl Strategy<Value = Vec<Sequence>> {
    let literals = prop_oneof![
        4 => prop::collection::vec(any::<u8>(), 0..18),
        1 => prop::collection::vec(any::<u8>(), 0..400),
    ];
    let offset = prop_oneof![4 => 1usize..40, 2 => 1usize..2_000, 1 => 0usize..65_536];
    let length = prop_oneof![5 => 4usize..24, 2 => 4usize..300, 1 => 4usize..20_000];
    let sequence = (literals, offset, length).prop_map(|(literals, offset, length)| Sequence {
        literals,
        offset,
        length,
    });
    prop::collection::vec(sequence, 1..60)
}

fn push_length(block: &mut Vec<u8>, length: usize) {
    if let Some(rest) = length.checked_sub(15) {
        block.extend(std::iter::repeat_n(255, rest / 255));
        block.push((rest % 255) as u8);
    }
}

/// The block of these sequences, which ends with the last one's literals. Nearly all offsets are
/// made to point into the block.
fn block_of(sequences: &[Sequence]) -> Vec<u8> {
    let (mut block, mut size) = (Vec::new(), 0);
    for (index, sequence) in sequences.iter().enumerate() {
        let Sequence { literals, offset, length } = sequence;
        let is_last = index + 1 == sequences.len();
        let matched = if is_last { 0 } else { length - 4 };
        block.push(((literals.len().min(15) << 4) | matched.min(15)) as u8);
        push_length(&mut block, literals.len());
        block.extend_from_slice(literals);
        size += literals.len();
        if !is_last {
            let is_kept = *offset > 65_000 || size == 0;
            let offset = if is_kept { *offset } else { (offset - offset.min(&1)) % size + 1 };
            block.extend_from_slice(&(offset as u16).to_le_bytes());
            push_length(&mut block, matched);
            size += length;
        }
    }
    block
}

fn check(block: &[u8]) {
    const CANARY: u8 = 0xa5;
    let mut frame = HEAD.to_vec();
    frame.extend_from_slice(&(block.len() as u32).to_le_bytes());
    frame.extend_from_slice(block);
    frame.extend_from_slice(&END_MARK);
    let room = (block.len() * RATIO_MAX + 64).min(BLOCK_BYTES);
    let mut scratch = vec![CANARY; room + 256];
    let length = decompress_over(&frame, &mut scratch, 1 << 20, &mut Vec::new()).ok();
    assert!(scratch[room..].iter().all(|byte| *byte == CANARY), "written outside: {block:02x?}");
    let expected = decompress_simply(block, room);
    assert_eq!(length, expected.as_ref().map(Vec::len), "{block:02x?}");
    if let (Some(length), Some(expected)) = (length, expected) {
        assert!(scratch[..length] == expected, "{block:02x?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn blocks_of_sequences_come_out_as_from_a_simple_decoder(sequences in sequences()) {
        check(&block_of(&sequences));
    }

    #[test]
    fn broken_blocks_do_so_too(
        sequences in sequences(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
        cut in prop::option::of(any::<prop::sample::Index>()),
    ) {
        let mut block = block_of(&sequences);
        for (index, byte) in changes {
            let index = index.index(block.len());
            block[index] = byte;
        }
        if let Some(cut) = cut {
            block.truncate(1 + cut.index(block.len()));
        }
        check(&block);
    }

    #[test]
    fn any_bytes_do_so_too(block in prop::collection::vec(any::<u8>(), 1..200)) {
        check(&block);
    }
}
