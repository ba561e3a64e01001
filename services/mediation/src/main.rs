//! Mediation in a process of its own: at the table.

fn main() -> std::process::ExitCode {
    chassis::process::main(&chassis::Program::alone(mediation::BLUEPRINT))
}
