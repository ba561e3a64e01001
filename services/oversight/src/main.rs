//! Oversight in a process of its own: the record of every case, and the deadlines.

fn main() -> std::process::ExitCode {
    chassis::process::main(&chassis::Program::alone(oversight::BLUEPRINT))
}
