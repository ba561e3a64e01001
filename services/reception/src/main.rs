//! Reception in a process of its own: the door in front of the services in other processes.

fn main() -> std::process::ExitCode {
    chassis::process::main(&chassis::Program { services: vec![], front: Some(reception::FRONT) })
}
