//! Transfer in a process of its own: to the court, and the courts' door.

fn main() -> std::process::ExitCode {
    chassis::process::main(&chassis::Program::alone(transfer::BLUEPRINT))
}
