//! The project's own commands: `cargo xtask VERB`.
//!
//! One verb, one module; this file only chooses between them.

mod bench;
mod check;
mod codegen;
mod docs;
mod guard;
mod import_schemas;
mod layers;
mod scenarios;
mod schema;
mod test;
mod tidy;

use anyhow::bail;

fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let verb = arguments.next().unwrap_or_default();
    let rest: Vec<String> = arguments.collect();
    match verb.as_str() {
        "bench" => bench::run(&rest),
        "check" => check::run(&rest),
        "import-schemas" => import_schemas::run(&rest),
        "codegen" => codegen::run(&rest),
        "docs" => docs::run(&rest),
        "guard" => guard::run(&rest),
        "layers" => layers::run(),
        "scenarios" => scenarios::run(&rest),
        "test" => test::run(&rest),
        "tidy" => tidy::run(),
        _ => bail!(
            "unknown verb `{verb}`: one of bench, check, codegen, docs, guard, import-schemas, layers, scenarios, test, tidy"
        ),
    }
}
