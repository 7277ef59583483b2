//! Record batch v2 bytes: view, header, records, builder, control records, compression, CRC.
