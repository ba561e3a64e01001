//! One row to learn from: a person's words with the category a reader gave them, or a court's facts with their cause.

use rulebook::causes::{self, Cause};
use serde::Deserialize;

use crate::Label;

/// Names of earlier revisions that courts' older cases carry, with the code of what took their place in 2026.
const FORMER: [(&str, &str); 8] = [
    ("公共场所管理人责任纠纷", "407.1"),
    ("农村土地承包合同纠纷", "140"),
    ("房屋拆迁安置补偿合同纠纷", "97"),
    ("土地承包经营权出租合同纠纷", "140.5"),
    ("土地承包经营权转包合同纠纷", "140.5"),
    ("合伙协议纠纷", "132"),
    ("网络购物合同纠纷", "88.8"),
    ("企业借贷纠纷", "108"),
];

fn named(name: &str) -> Option<&'static Cause> {
    let former = || FORMER.iter().find(|(old, _)| *old == name.trim()).map(|(_, code)| *code);
    causes::by_name(name).or_else(|| former().and_then(causes::by_code))
}

/// A row, checked.
#[derive(Debug, Clone)]
pub struct Row {
    /// Where the text comes from: a model must be able to leave a source out.
    pub source: String,
    /// What was said.
    pub text: String,
    /// The category, and every one that a fair reader would accept (the first among them).
    pub labels: Vec<Label>,
    /// The cause, if it is known.
    pub cause: Option<&'static Cause>,
    /// Whether the text is a tidy question and no post: it teaches, but confidences are set on the others.
    pub tidy: bool,
}

/// The keys of a line. Unknown keys are ignored, so that the data sets can be read as they are.
#[derive(Deserialize)]
struct Line {
    text: String,
    #[serde(default)]
    subject: Option<String>,
    #[serde(default)]
    source: Option<String>,
    #[serde(default)]
    label: Option<String>,
    #[serde(default)]
    labels_ok: Option<Vec<String>>,
    #[serde(default)]
    label_basis: Option<String>,
    #[serde(default)]
    cause_code: Option<String>,
    #[serde(default)]
    cause_name: Option<String>,
}

impl Row {
    /// The source of rows that `supermarket corrections` writes. They are personal: what only one of them says is not kept.
    pub const CLERK: &str = "clerk";

    /// Reads a line: `text`, and `label` (with `labels_ok`) or `cause_code` or `cause_name`; `subject`, `source` and `label_basis`
    /// may be there. A row with a cause teaches the cause only: a court's words are not a person's.
    pub fn parse(line: &str) -> Result<Row, String> {
        let line: Line = serde_json::from_str(line).map_err(|error| {
            format!("not a row (JSON with `text`): {:?} in column {}", error.classify(), error.column())
        })?;
        if line.text.trim().is_empty() {
            return Err("`text` is empty".to_owned());
        }
        let filled = |text: &Option<String>| text.clone().filter(|text| !text.trim().is_empty());
        let cause = match (filled(&line.cause_code), filled(&line.cause_name)) {
            (None, None) => None,
            (Some(code), _) => Some(causes::by_code(&code).ok_or("`cause_code` is not on the list of 2026")?),
            (None, Some(name)) => Some(named(&name).ok_or("`cause_name` is not on the list of 2026")?),
        };
        let mut labels = Vec::new();
        if cause.is_none() {
            let first = filled(&line.label).ok_or("neither `label` nor `cause_code` nor `cause_name`")?;
            for code in std::iter::once(first).chain(line.labels_ok.unwrap_or_default()) {
                let label = code.parse().map_err(|_| "a label is none of the 17 codes")?;
                if !labels.contains(&label) {
                    labels.push(label);
                }
            }
        }
        let text = line.subject.map_or(line.text.clone(), |subject| format!("{subject}\n{}", line.text));
        Ok(Row {
            source: line.source.unwrap_or_default(),
            text,
            labels,
            cause,
            tidy: line.label_basis.as_deref() == Some("statute"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_read_or_refused_with_the_reason() {
        let row = Row::parse(
            r#"{"id":"1","text":"x","label":"labour","labels_ok":["contract","labour"],"label_basis":"statute"}"#,
        );
        let row = row.unwrap();
        assert_eq!((row.labels, row.tidy), (vec![Label::Labour, Label::Contract], true));
        let row = Row::parse(r#"{"text":"x","cause_name":"民间借贷纠纷","label":"contract"}"#).unwrap();
        assert_eq!((row.cause.unwrap().code.as_str(), row.labels.len()), ("108.3", 0));
        assert!(FORMER.iter().all(|(name, _)| causes::by_name(name).is_none() && named(name).is_some()));
        for (line, told) in [
            ("{", "not a row"),
            (r#"{"label":"labour"}"#, "not a row"),
            (r#"{"text":" ","label":"labour"}"#, "empty"),
            (r#"{"text":"x"}"#, "neither"),
            (r#"{"text":"x","label":"loan"}"#, "17 codes"),
            (r#"{"text":"x","cause_name":"邻里纠纷"}"#, "list of 2026"),
            (r#"{"text":"x","cause_code":"9999"}"#, "list of 2026"),
        ] {
            let error = Row::parse(line).unwrap_err();
            assert!(error.contains(told), "{line}: {error}");
        }
    }
}
