//! The lines that the commands read: one JSON object a line; for `import` and `demo` a dispute.

use std::io::BufRead as _;
use std::path::Path;

use anyhow::Context as _;
use contracts::intake::v1::{Channel, ChannelRecord, DataConsents, DisputeBody, FileDisputeRequest};
use contracts::lexicon::v1::{IdentityPaper, PaperKind, Party, PartyKind, PartyRole};
use serde::Deserialize;
use serde::de::DeserializeOwned;

/// The version of the privacy notice that the example town shows.
const NOTICE: &str = "2026-1";

/// One dispute as it stands in a file. Unknown keys are ignored: files of other systems carry more.
#[derive(Debug, Clone, Deserialize)]
pub struct Row {
    /// The file's own identifier.
    pub id: String,
    /// The story.
    pub text: String,
    /// A title.
    #[serde(default)]
    pub subject: Option<String>,
    /// A channel's name, such as WINDOW; WINDOW when absent.
    #[serde(default)]
    pub channel: Option<String>,
    /// The parties.
    #[serde(default)]
    pub parties: Vec<PartyRow>,
    /// The amount in controversy in fen.
    #[serde(default)]
    pub amount_fen: Option<i64>,
    /// When the claimant asked (RFC 3339).
    #[serde(default)]
    pub requested_time: Option<String>,
    /// What the channel records.
    #[serde(default)]
    pub record: Option<RecordRow>,
}

/// What a channel records, as it stands in a file.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct RecordRow {
    document_number: String,
    document_date: String,
    station: String,
    place: String,
    account: String,
}

/// A party as it stands in a file.
#[derive(Debug, Clone, Deserialize)]
pub struct PartyRow {
    role: String,
    kind: String,
    name: String,
    #[serde(default)]
    paper: Option<PaperRow>,
    #[serde(default)]
    phone: String,
    #[serde(default)]
    address: String,
    #[serde(default)]
    town: String,
}

/// An identity paper as it stands in a file.
#[derive(Debug, Clone, Deserialize)]
pub struct PaperRow {
    kind: String,
    number: String,
}

/// A line of a file: its number, and what stands in it or what is wrong with it.
pub type Line<T> = (usize, Result<T, String>);

/// Reads a file of one JSON object a line, line by line. A malformed line is reported with its number and the rest goes on.
pub fn read<T: DeserializeOwned>(
    path: &Path,
) -> anyhow::Result<impl Iterator<Item = anyhow::Result<Line<T>>>> {
    // serde's message names the place and the key, never the value, as long as types are plain.
    let parse = |line: String| serde_json::from_str(&line).map_err(|error| told(&error));
    Ok(lines(path)?.map(move |line| line.map(|(number, line)| (number, line.and_then(parse)))))
}

/// The lines of a file by their numbers, read as they are asked for; blank ones are skipped. An editor's mark of UTF-8 before the
/// first is no part of it.
pub fn lines(path: &Path) -> anyhow::Result<impl Iterator<Item = anyhow::Result<Line<String>>>> {
    let named = path.display().to_string();
    let file = std::fs::File::open(path).with_context(|| format!("{named} cannot be read"))?;
    let lines = std::io::BufReader::new(file).lines().enumerate().map(move |(index, line)| {
        let line = match line {
            Ok(line) if index == 0 => Ok(line.trim_start_matches('\u{feff}').to_owned()),
            Ok(line) => Ok(line),
            Err(error) if error.kind() == std::io::ErrorKind::InvalidData => {
                Err("the line is not UTF-8".to_owned())
            }
            Err(error) => return Err(error).with_context(|| format!("{named} cannot be read")),
        };
        Ok((index + 1, line))
    });
    let blank = |line: &Line<String>| matches!(line, (_, Ok(line)) if line.trim().is_empty());
    Ok(lines.filter(move |line| !line.as_ref().is_ok_and(blank)))
}

/// What is wrong with a line, without repeating any of it.
fn told(error: &serde_json::Error) -> String {
    use serde_json::error::Category;
    match error.classify() {
        Category::Data if error.to_string().starts_with("missing field") => {
            error.to_string().split(" at line").next().unwrap_or_default().to_owned()
        }
        Category::Data => format!("a key has a value of the wrong type, at column {}", error.column()),
        _ => format!("not a JSON object, at column {}", error.column()),
    }
}

impl Row {
    /// The call that files this row, as something that is taken over from a file. An unknown word becomes the enum's zero, which the server refuses by its path.
    pub fn request(
        &self,
        request_id: String,
        external_id: String,
        parties: Vec<Party>,
        taken_over_by: &str,
    ) -> FileDisputeRequest {
        let record = self.record.clone().unwrap_or_default();
        let channel = self.channel.as_deref().unwrap_or("WINDOW");
        FileDisputeRequest {
            request_id,
            channel: Channel::from_str_name(&format!("CHANNEL_{channel}")).unwrap_or_default().into(),
            external_id,
            requested_time: self.requested_time.as_deref().map(instant),
            body: Some(DisputeBody {
                subject: self.subject.clone().unwrap_or_default(),
                text: self.text.clone(),
                amount_in_controversy_fen: self.amount_fen.unwrap_or_default(),
                parties,
                ..DisputeBody::default()
            }),
            consents: Some(DataConsents {
                process: true,
                share_with_studio: true,
                notice_version: NOTICE.to_owned(),
            }),
            record: Some(ChannelRecord {
                document_number: record.document_number,
                document_date: record.document_date,
                station_id: record.station,
                place: record.place,
                account: record.account,
                // Nothing is made up of what the file does not have: the case tells what nobody recorded.
                imported_from: taken_over_by.to_owned(),
                adviser: String::new(),
            }),
            ..FileDisputeRequest::default()
        }
    }

    /// The file's own parties.
    pub fn parties(&self) -> Vec<Party> {
        self.parties.iter().map(PartyRow::party).collect()
    }
}

impl PartyRow {
    fn party(&self) -> Party {
        Party {
            role: PartyRole::from_str_name(&format!("PARTY_ROLE_{}", self.role)).unwrap_or_default().into(),
            kind: PartyKind::from_str_name(&format!("PARTY_KIND_{}", self.kind)).unwrap_or_default().into(),
            name: self.name.clone(),
            paper: self.paper.as_ref().map(|paper| IdentityPaper {
                kind: PaperKind::from_str_name(&format!("PAPER_KIND_{}", paper.kind))
                    .unwrap_or_default()
                    .into(),
                number: paper.number.clone(),
            }),
            phone: self.phone.clone(),
            address: self.address.clone(),
            town_code: self.town.clone(),
            ..Party::default()
        }
    }
}

/// An RFC 3339 instant. A wrong one becomes the year 0, which the server refuses by its path.
fn instant(text: &str) -> prost_types::Timestamp {
    text.parse().unwrap_or(prost_types::Timestamp { seconds: -62_167_219_200, nanos: 0 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mark_of_an_editor_is_no_part_of_the_first_line() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("rows.jsonl");
        std::fs::write(&file, "\u{feff}{\"id\":\"1\",\"text\":\"x\"}\r\n \n{\"id\":\"2\",\"text\":\"y\"}")
            .unwrap();
        let rows: Vec<Line<Row>> = read(&file).unwrap().collect::<anyhow::Result<_>>().unwrap();
        let ids: Vec<_> = rows.into_iter().map(|(number, row)| (number, row.unwrap().id)).collect();
        assert_eq!(ids, [(1, "1".to_owned()), (3, "2".to_owned())]);
    }

    #[test]
    fn a_bad_line_is_told_without_its_content() {
        let bad: Result<Row, _> = serde_json::from_str(r#"{"id":"1","text":5,"phone":"13800000000"}"#);
        let told = told(&bad.unwrap_err());
        assert!(told.starts_with("a key has a value of the wrong type"), "{told}");
        let bad: Result<Row, _> = serde_json::from_str(r#"{"id":"1"}"#);
        assert_eq!(super::told(&bad.unwrap_err()), "missing field `text`");
    }
}
