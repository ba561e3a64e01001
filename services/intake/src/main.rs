//! Intake in a process of its own: the reception window.

fn main() -> std::process::ExitCode {
    chassis::process::main(&chassis::Program::alone(intake::BLUEPRINT))
}
