//! CRC-32C (Castagnoli), the checksum of record batches.

use crc_fast::{CrcAlgorithm, Digest};

/// CRC-32C of one slice.
pub fn crc32c(bytes: &[u8]) -> u32 {
    crc_fast::crc32_iscsi(bytes)
}

/// CRC-32C of slices as if they stood one after the other.
pub fn crc32c_of_parts(parts: &[&[u8]]) -> u32 {
    let mut digest = Digest::new(CrcAlgorithm::Crc32Iscsi);
    for part in parts {
        digest.update(part);
    }
    // A 32-bit algorithm: the upper half is zero.
    (digest.finalize() & u64::from(u32::MAX)) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_vector() {
        assert_eq!(crc32c(b"123456789"), 0xe306_9283);
        assert_eq!(crc32c_of_parts(&[b"1234", b"", b"56789"]), 0xe306_9283);
    }

    proptest::proptest! {
        #[test]
        fn agrees_with_another_implementation(bytes: Vec<u8>, cut: usize) {
            let expected = crc32c::crc32c(&bytes);
            let (left, right) = bytes.split_at(cut % (bytes.len() + 1));
            proptest::prop_assert_eq!(crc32c(&bytes), expected);
            proptest::prop_assert_eq!(crc32c_of_parts(&[left, right]), expected);
        }
    }
}
