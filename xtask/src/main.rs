//! The project's own commands: `cargo xtask VERB`.
//!
//! One verb, one module; this file only chooses between them.

mod codegen;
mod import_schemas;
mod schema;

use anyhow::bail;

fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let verb = arguments.next().unwrap_or_default();
    let rest: Vec<String> = arguments.collect();
    match verb.as_str() {
        "import-schemas" => import_schemas::run(&rest),
        "codegen" => codegen::run(&rest),
        _ => bail!("unknown verb `{verb}`: one of import-schemas, codegen"),
    }
}
