//! Installs what the suites need beforehand, so that the tests do not wait for downloads.

fn main() -> anyhow::Result<()> {
    keld_testkit::setup::all()
}
