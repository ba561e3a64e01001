//! Routing in a process of its own: where a case belongs and who holds it.

fn main() -> std::process::ExitCode {
    chassis::process::main(&chassis::Program::alone(routing::BLUEPRINT))
}
