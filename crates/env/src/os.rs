//! The real side of the seams: the operating system.

mod disk;

pub use disk::OsDisk;
