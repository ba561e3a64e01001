//! Compiles `proto/` without protoc, and turns every method's policy option into a row of a table. A method without a
//! policy stops the build: nobody can add a door and forget to say who may pass.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use prost::Message as _;
use prost_reflect::{DescriptorPool, DynamicMessage, ReflectMessage as _, Value};

type Anyhow<T> = Result<T, Box<dyn std::error::Error>>;

fn main() -> Anyhow<()> {
    let root = PathBuf::from("../../proto");
    println!("cargo:rerun-if-changed={}", root.display());
    let mut files = Vec::new();
    collect(&root.join("supermarket"), &mut files)?;
    files.sort();

    let mut compiler = protox::Compiler::new([&root])?;
    compiler.include_source_info(true).include_imports(true);
    compiler.open_files(&files)?;
    let pool = compiler.descriptor_pool();
    let out = PathBuf::from(std::env::var_os("OUT_DIR").ok_or("OUT_DIR is not set")?);
    std::fs::write(out.join("descriptor.bin"), compiler.encode_file_descriptor_set())?;
    std::fs::write(out.join("policies.rs"), policies(&pool)?)?;

    let files = prost_types(&compiler.encode_file_descriptor_set())?;
    let mut prost = tonic_prost_build::Config::new();
    prost.enable_type_names();
    tonic_prost_build::configure().bytes(".").compile_fds_with_config(files, prost)?;
    Ok(())
}

fn prost_types(bytes: &[u8]) -> Anyhow<tonic_prost_build::FileDescriptorSet> {
    Ok(tonic_prost_build::FileDescriptorSet::decode(bytes)?)
}

fn collect(folder: &Path, into: &mut Vec<PathBuf>) -> Anyhow<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, into)?;
        } else if path.extension().is_some_and(|e| e == "proto") {
            into.push(path);
        }
    }
    Ok(())
}

fn policies(pool: &DescriptorPool) -> Anyhow<String> {
    let option = pool
        .get_extension_by_name("supermarket.access.v1.policy")
        .ok_or("the policy option is not defined")?;
    let mut rows = String::from("&[\n");
    for service in pool.services().filter(|s| s.full_name().starts_with("supermarket.")) {
        for method in service.methods() {
            let name = format!("{}/{}", service.full_name(), method.name());
            let options = method.options();
            if !options.has_extension(&option) {
                return Err(
                    format!("{name} has no (supermarket.access.v1.policy): say who may call it").into()
                );
            }
            let value = options.get_extension(&option);
            let Value::Message(policy) = &*value else {
                return Err(format!("{name}: the policy is not a message").into());
            };
            let roles = names(policy, "roles", "ROLE_")?;
            let relations = names(policy, "relations", "RELATION_")?;
            if roles.is_empty() || relations.is_empty() {
                return Err(format!("{name}: a policy needs a role and a relation").into());
            }
            writeln!(
                rows,
                "    Policy {{ path: \"/{name}\", roles: &[{}], relations: &[{}] }},",
                list("Role", &roles),
                list("Relation", &relations)
            )?;
        }
    }
    rows.push(']');
    Ok(rows)
}

fn list(kind: &str, names: &[String]) -> String {
    names.iter().map(|n| format!("{kind}::{n}")).collect::<Vec<_>>().join(", ")
}

/// The enum values of a repeated field as Rust variant names.
fn names(policy: &DynamicMessage, field: &str, prefix: &str) -> Anyhow<Vec<String>> {
    let descriptor = policy.descriptor().get_field_by_name(field).ok_or("the policy message has changed")?;
    let kind = descriptor.kind();
    let kind = kind.as_enum().ok_or("a policy field is not an enum")?;
    let value = policy.get_field(&descriptor);
    let mut names = Vec::new();
    for item in value.as_list().unwrap_or_default() {
        let number = item.as_enum_number().ok_or("a policy value is not an enum")?;
        let value = kind.get_value(number).ok_or("a policy names an unknown value")?;
        if number == 0 {
            return Err("a policy names the unspecified value".into());
        }
        names.push(camel(value.name().trim_start_matches(prefix)));
    }
    Ok(names)
}

fn camel(upper_snake: &str) -> String {
    upper_snake.split('_').map(|word| word[..1].to_owned() + &word[1..].to_lowercase()).collect()
}
