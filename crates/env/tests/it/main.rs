//! Both sides of each seam keep the same promises; the simulator also breaks as promised.

mod disk;
mod network;
mod spawn;
