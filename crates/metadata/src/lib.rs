//! Cluster state: metadata records, image and delta, feature levels, snapshots.
