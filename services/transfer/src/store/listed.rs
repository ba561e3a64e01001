//! A package's list of documents as text in the filing's row.

use courier::Fault;
use lexicon::DocumentId;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::model::Entry;

#[derive(Serialize, Deserialize)]
struct Listed {
    id: DocumentId,
    kind: String,
    title: String,
    size: u64,
    sha256: String,
}

pub(super) fn write(entries: &[Entry]) -> Result<String, Fault> {
    let all: Vec<Listed> = entries
        .iter()
        .map(|entry| Listed {
            id: entry.id,
            kind: entry.kind.code().to_owned(),
            title: entry.title.clone(),
            size: entry.size,
            sha256: entry.sha256.clone(),
        })
        .collect();
    serde_json::to_string(&all).map_err(|error| Fault::new("write a package's list", error))
}

pub(super) fn read(text: &str, table: &str, row: Uuid) -> Result<Vec<Entry>, Fault> {
    let wrong = || Fault::inconsistent(table, "documents", row);
    let all: Vec<Listed> = serde_json::from_str(text).map_err(|_| wrong())?;
    let entry = |listed: Listed| {
        let kind = listed.kind.parse().map_err(|_| wrong())?;
        Ok(Entry { id: listed.id, kind, title: listed.title, size: listed.size, sha256: listed.sha256 })
    };
    all.into_iter().map(entry).collect()
}
