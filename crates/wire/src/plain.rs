//! Values of fixed width.

use keld_types::{ErrorCode, Uuid};

use crate::{DecodeError, Decoder, Encoder};

/// A value of fixed width, as it stands in arrays.
pub trait Plain: Copy {
    /// Its length in bytes.
    const LENGTH: usize;
    /// Reads one.
    fn read(input: &mut Decoder) -> Result<Self, DecodeError>;
    /// Writes one.
    fn write(self, out: &mut Encoder);
}

macro_rules! plain {
    ($($kind:ty, $method:ident;)*) => {$(
        impl Plain for $kind {
            const LENGTH: usize = size_of::<$kind>();

            fn read(input: &mut Decoder) -> Result<Self, DecodeError> {
                input.$method()
            }

            fn write(self, out: &mut Encoder) {
                out.$method(self);
            }
        }
    )*};
}

plain! {
    i8, i8;
    i16, i16;
    i32, i32;
    i64, i64;
    Uuid, uuid;
}

impl Plain for ErrorCode {
    const LENGTH: usize = 2;

    fn read(input: &mut Decoder) -> Result<Self, DecodeError> {
        input.i16().map(Self::from_code)
    }

    fn write(self, out: &mut Encoder) {
        out.i16(self.code());
    }
}
