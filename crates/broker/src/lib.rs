//! The node: dispatch, one file an API, drivers that join the cores to the world.
