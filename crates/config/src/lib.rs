//! Every option defined once: name, type, default, range, scope, documentation.
