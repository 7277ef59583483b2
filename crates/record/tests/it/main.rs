//! Batches as their users see them: built, cut, iterated, stamped, and compared with another
//! implementation.

mod agreement;
mod batches;
